"""Tables that are read when they are first asked for."""

from collections.abc import Callable, Iterator, Mapping

import polars as pl


class Frames(Mapping[str, pl.DataFrame]):
    """A mapping of names to frames, each read once, when it is needed.

    >>> frames = Frames({"a": lambda: pl.DataFrame({"x": [1]})})
    >>> "a" in frames, frames["a"]["x"].to_list(), frames.get("b")
    (True, [1], None)
    """

    def __init__(self, readers: Mapping[str, Callable[[], pl.DataFrame]]) -> None:
        self._readers = dict(readers)
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = self._readers[name]()
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._readers

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    def release(self) -> None:
        """Forget the rows that were read; they are read again when asked for."""
        self._read.clear()
