"""The rows a viewer may see."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The branches a viewer may see; ``None`` is all of them. Part of every cache key.

    >>> Scope.everything().branches is None
    True
    """

    branches: frozenset[str] | None = None

    @classmethod
    def everything(cls) -> "Scope":
        return cls(None)
