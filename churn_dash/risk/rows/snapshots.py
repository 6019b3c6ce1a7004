"""What ``snapshot`` gives of one day, of several days at once: each table is asked once, which is quicker for few customers."""

import datetime
from collections.abc import Sequence

import polars as pl

from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.known import KNOWN
from churn_dash.risk.features.readings import value
from churn_dash.risk.rows.snapshot import (
    WHOLE,
    Asked,
    Panel,
    asked_by_table,
    city_query,
    eligible,
    filled,
    in_time,
    query,
    read,
    rows_known,
)

_KEYS = ["customer_id", "score_date"]


def snapshots(panel: Panel, features: Sequence[Feature], days: Sequence[datetime.date]) -> pl.DataFrame:
    """The rows of ``snapshot`` at each of the days (at least one), day after day."""
    active = pl.concat([eligible(panel, day).with_columns(score_date=pl.lit(day)) for day in days])
    wide, cities = active.select(_KEYS), None
    for table, asked in asked_by_table(panel, features).items():
        rows = in_time(read(panel.held, _query(panel, table, asked, days), asked), pl.col("score_date"), panel.lag)
        if table in WHOLE:
            cities = _cities(panel, days) if cities is None else cities
            rows = _by_customer(rows, cities, WHOLE[table])
        wide = wide.join(rows.drop("event_ts", "available_ts"), on=_KEYS, how="left", maintain_order="left")
    return active.select(*_KEYS, "fate").hstack(filled(panel, features, wide))


def _query(panel: Panel, table: str, asked: Asked, days: Sequence[datetime.date]) -> str:
    """SQL of the features of one table by day. Values that are written alike for every day are written once: with many features the
    text is most of the work."""
    observation, lag = panel.windows.observation, panel.lag
    values = {tuple(value(f, r, day) for f, r in asked) for day in days}
    if len(values) > 1 or table not in KNOWN:
        return _each_day({day: query(table, asked, day, observation, lag) for day in days})
    rows = _each_day({day: rows_known(KNOWN[table], asked, day, observation, lag) for day in days})
    said = ", ".join(f"{v} as f{i}" for i, v in enumerate(values.pop()))
    by = f"w.{KNOWN[table].key}, w.score_date"
    return f"select {by}, max(w.event_ts) as event_ts, max(w.available_ts) as available_ts, {said} from ({rows}) w group by {by}"


def _each_day(queries: dict[datetime.date, str]) -> str:
    return " union all ".join(f"select DATE '{day}' as score_date, q.* from ({sql}) q" for day, sql in queries.items())


def _cities(panel: Panel, days: Sequence[datetime.date]) -> pl.DataFrame:
    """customer_id, city, score_date: as ``snapshot`` places customers on each day."""
    known = {day: city_query(panel, day) for day in days}
    if sql := {day: q for day, q in known.items() if q}:
        return read(panel.held, _each_day(sql))
    return pl.concat([panel.joined.select("customer_id", city=pl.lit(None, pl.String), score_date=pl.lit(day)) for day in days])


def _by_customer(rows: pl.DataFrame, cities: pl.DataFrame, whole: str | None) -> pl.DataFrame:
    place = ["city", "score_date"]
    there = cities.join(rows.select(*place, there=pl.lit(True)), on=place, how="left", maintain_order="left")
    placed = there.with_columns(city=pl.when("there").then("city").otherwise(pl.lit(whole, dtype=pl.String))).drop("there")
    return placed.join(rows, on=place, how="left", nulls_equal=True).drop("city")
