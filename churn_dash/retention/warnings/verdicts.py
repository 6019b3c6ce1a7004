"""What became of every alert, and which departures were announced. Source: METHODS B4."""

import datetime

import numpy as np
import polars as pl

HIT, FALSE_ALARM, LATE, PENDING = "hit", "false", "after", "pending"
"""Left within the horizon; did not; had left already; too early to tell."""


def judged(alerts: pl.DataFrame, spells: pl.DataFrame, horizon: int, known_to: datetime.date) -> pl.DataFrame:
    """The alerts of customers with a spell, each with ``verdict``, ``lead`` (days to the departure; null unless a hit) and the ``level``
    of the spell that it concerns.

    ``spells``: customer_id, start_date, end_date (null: runs on), left, level. An alert concerns the spell that it falls into, else the
    last one that was over by then. Without ``horizon`` days of data behind it, it is pending, whatever happened since: hits alone would
    be counted early. A spell that ended in a way that is no departure inside the horizon leaves the alert pending, too.
    """
    spells = spells.sort("start_date")
    found = (
        alerts.sort("ts")
        .join_asof(spells, left_on="ts", right_on="start_date", by="customer_id", strategy="backward", check_sortedness=False)
        .filter(pl.col("start_date").is_not_null())
    )
    lead = (pl.col("end_date") - pl.col("ts")).dt.total_days()
    ended = pl.col("end_date").is_not_null()
    over = (pl.col("ts") + pl.duration(days=horizon)) > known_to
    verdict = (
        pl.when(ended & (lead <= 0))
        .then(pl.lit(LATE))
        .when(over)
        .then(pl.lit(PENDING))
        .when(ended & pl.col("left") & (lead <= horizon))
        .then(pl.lit(HIT))
        .when(ended & ~pl.col("left") & (lead <= horizon))
        .then(pl.lit(PENDING))
        .otherwise(pl.lit(FALSE_ALARM))
    )
    return found.with_columns(verdict.alias("verdict")).with_columns(
        pl.when(pl.col("verdict") == HIT).then(lead).cast(pl.Int64).alias("lead")
    )


def announced(departures: pl.DataFrame, alerts: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """The departures (customer_id, start_date, end_date, …) with ``lead``: days from the first alert within the ``horizon`` days before,
    inside the same spell; null where there was none."""
    numbered = departures.with_row_index("departure")
    lead = (pl.col("end_date") - pl.col("ts")).dt.total_days()
    inside = (pl.col("ts") >= pl.col("start_date")) & (lead > 0) & (lead <= horizon)
    first = (
        numbered.join(alerts.select("customer_id", "ts"), on="customer_id")
        .filter(inside)
        .group_by("departure")
        .agg(lead.max().cast(pl.Int64).alias("lead"))
    )
    return numbered.join(first, on="departure", how="left").drop("departure")


def chances(days: pl.Series, spells: pl.DataFrame, horizon: int) -> pl.Series:
    """For each day, the share (0–1) of the customers there on it who leave within the ``horizon``: how often an alert given to anybody on
    that day would come true. Null where nobody is there.

    ``spells`` as for ``judged``; one that ends within the horizon in a way that is no departure counts in neither part, as there.

    >>> spell = {"start_date": [datetime.date(2024, 1, 1)] * 2, "end_date": [datetime.date(2024, 2, 1), None], "left": [True, False]}
    >>> chances(pl.Series([datetime.date(2024, 1, 10)]), pl.DataFrame(spell), 90).to_list()
    [0.5]
    """
    # Many alerts fall on one day, so each day is worked out once.
    on, day_of = np.unique(days.cast(pl.Date).to_numpy().astype("datetime64[D]"), return_inverse=True)

    def by_then(column: str, at: np.ndarray, rows: pl.DataFrame) -> np.ndarray:
        known = np.sort(rows[column].drop_nulls().cast(pl.Date).to_numpy().astype("datetime64[D]"))
        return np.searchsorted(known, at, side="right")

    until = on + np.timedelta64(horizon, "D")
    gone, other = spells.filter("left"), spells.filter(~pl.col("left"))
    left, ended = (by_then("end_date", until, rows) - by_then("end_date", on, rows) for rows in (gone, other))
    # Spells that begin inside the horizon and end inside it were not there on the day.
    for rows, found in ((gone, left), (other, ended)):
        starts, ends = (rows.drop_nulls("end_date")[c].cast(pl.Date).to_numpy().astype("datetime64[D]") for c in ("start_date", "end_date"))
        short = (ends - starts) <= np.timedelta64(horizon, "D")
        for start, end in zip(starts[short], ends[short], strict=True):
            found -= (start > on) & (end <= until)
    there = by_then("start_date", on, spells) - by_then("end_date", on, spells) - ended
    rates = np.divide(left, there, out=np.full(len(on), np.nan), where=there > 0)
    return pl.Series("chance", rates[day_of], dtype=pl.Float64).fill_nan(None)
