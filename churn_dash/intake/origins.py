"""Where each good row stands in its file, kept as runs of rows that follow each other."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from churn_dash.intake.files.parts import Rows

ORIGINS = {"place": pl.UInt32, "file": pl.String, "source_row": pl.Int64}


def origins(names: Sequence[str], read: Sequence[Rows], kept: pl.Series | None) -> pl.DataFrame:
    """One line a run of good rows: the place of its first row among the good ones, its file, and that row's number there.

    ``kept`` says of all rows of the parts together which are good; None where all are.
    """
    if kept is None and all(rows.numbers is None for rows in read):
        places = np.cumsum([0, *(rows.height for rows in read)])[:-1]
        runs = {"place": places, "file": list(names), "source_row": [rows.first for rows in read]}
        return pl.DataFrame(runs, schema=ORIGINS)
    numbers = [_numbers(rows) for rows in read]
    file = np.repeat(np.arange(len(read)), [len(n) for n in numbers])
    number = np.concatenate(numbers) if numbers else np.empty(0, dtype=np.int64)
    if kept is not None:
        mask = kept.to_numpy()
        file, number = file[mask], number[mask]
    begins = np.flatnonzero(np.r_[True, (np.diff(number) != 1) | (np.diff(file) != 0)]) if len(number) else np.empty(0, dtype=np.intp)
    return pl.DataFrame({"place": begins, "file": [names[i] for i in file[begins]], "source_row": number[begins]}, schema=ORIGINS)


def _numbers(rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if rows.numbers is not None:
        return rows.numbers.cast(pl.Int64).to_numpy()
    return np.arange(rows.first, rows.first + rows.height, dtype=np.int64)


def stood(runs: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """File and row number of good rows at these places; missing where it is not known.

    >>> runs = pl.DataFrame({"place": [0, 2], "file": ["a.csv", "a.csv"], "source_row": [2, 7]}, schema=ORIGINS)
    >>> stood(runs, pl.Series([1, 3])).rows()
    [('a.csv', 3), ('a.csv', 8)]
    """
    if not runs.height:
        return pl.DataFrame(
            {"file": [None] * len(places), "source_row": [None] * len(places)}, schema={"file": pl.String, "source_row": pl.Int64}
        )
    at = np.searchsorted(runs["place"].to_numpy(), places.to_numpy(), side="right") - 1
    run = runs.select(pl.all().gather(pl.Series(at)))
    return run.select("file", (pl.col("source_row") + places.cast(pl.Int64) - pl.col("place").cast(pl.Int64)).alias("source_row"))
