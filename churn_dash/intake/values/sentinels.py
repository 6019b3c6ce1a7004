"""Numbers that stand for missing, such as -999999: proposed from the data, for the person to decide."""

import polars as pl

from churn_dash.intake.values.amounts import numbers

_LEAST_REST = 10
_REPEATS = 3
_NINES = r"^-?9{4,}(?:\.9+|\.0+)?$"
_MOST = 3


def sentinels(cells: pl.Series) -> tuple[str, ...]:
    """Values of a number column, as the cells write them, that look like no number of it; at most three.

    Such a value comes three times or more, is the lowest or highest, and either lies farther from its neighbour than all others
    lie apart, or is the only one below zero and −1, or is all nines and far off. Zero is never one.

    >>> sentinels(pl.Series([*map(str, range(20)), "-999999", "-999999", "-999999"]))
    ('-999999',)
    >>> sentinels(pl.Series([*map(str, range(20)), "0", "0", "90"]))
    ()
    """
    texts = cells.cast(pl.String)
    found, bad = numbers(texts)
    frame = pl.DataFrame({"t": texts.str.strip_chars(), "n": found}).drop_nulls()
    if frame.height < _LEAST_REST or (bad is not None and 20 * int(bad.sum()) > len(cells)):
        return ()
    counts = frame.group_by("n").agg(pl.len().alias("times"), pl.col("t").mode().sort().first()).sort("n")
    out: list[str] = []
    while len(out) < _MOST and counts.height > _LEAST_REST:
        at = next((i for i in (0, counts.height - 1) if _odd(counts, i)), None)
        if at is None:
            break
        out.append(str(counts["t"][at]))
        counts = counts.slice(1) if at == 0 else counts.head(-1)
    return tuple(out)


def _odd(counts: pl.DataFrame, at: int) -> bool:
    """Whether the lowest (or highest) value is none of the others' kind."""
    value, times = float(counts["n"][at]), int(counts["times"][at])
    rest = counts.slice(1) if at == 0 else counts.head(-1)
    if times < _REPEATS or value == 0 or rest.filter(pl.col("times") < times).height < rest.height / 2:
        return False
    low, high = float(rest["n"][0]), float(rest["n"][-1])
    gap = low - value if at == 0 else value - high
    written = str(counts["t"][at])
    nines = pl.Series([written.replace(",", "")]).str.contains(_NINES)[0]
    if nines:
        return gap > 0.5 * (high - low) or (at == 0 and low >= 0)
    return gap > 3 * (high - low) or (value == -1 and low >= 0)
