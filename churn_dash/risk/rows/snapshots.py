"""What ``snapshot`` gives of one day, of several days at once: each table is asked once, which is quicker for few customers."""

import datetime
from collections.abc import Sequence

import polars as pl

from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.score_dates import DAYS, ScoreDate, together
from churn_dash.risk.rows.snapshot import WHOLE, Panel, asked_by_table, city_query, eligible, filled, in_time, query, read

_KEYS = ["customer_id", "score_date"]


def snapshots(panel: Panel, features: Sequence[Feature], days: Sequence[datetime.date]) -> pl.DataFrame:
    """The rows of ``snapshot`` at each of the days (at least one), day after day."""
    active = pl.concat([eligible(panel, day).with_columns(score_date=pl.lit(day)) for day in days])
    wide, cities = active.select(_KEYS), None
    at, rows_of_days = together(days, panel.lag)
    panel.held.con.register(DAYS, rows_of_days.to_arrow())
    for table, asked in asked_by_table(panel, features).items():
        rows = read(panel.held, query(table, asked, at, panel.windows.observation), asked)
        rows = in_time(rows, pl.col("score_date"), panel.lag)
        if table in WHOLE:
            cities = _cities(panel, at, rows_of_days) if cities is None else cities
            rows = _by_customer(rows, cities, WHOLE[table])
        wide = wide.join(rows.drop("event_ts", "available_ts"), on=_KEYS, how="left", maintain_order="left")
    panel.held.con.unregister(DAYS)
    return active.select(*_KEYS, "fate").hstack(filled(panel, features, wide))


def _cities(panel: Panel, at: ScoreDate, days: pl.DataFrame) -> pl.DataFrame:
    """customer_id, city, score_date: as ``snapshot`` places customers on each day."""
    if sql := city_query(panel, at):
        return read(panel.held, sql)
    return panel.joined.select("customer_id", city=pl.lit(None, pl.String)).join(days.select("score_date"), how="cross")


def _by_customer(rows: pl.DataFrame, cities: pl.DataFrame, whole: str | None) -> pl.DataFrame:
    place = ["city", "score_date"]
    there = cities.join(rows.select(*place, there=pl.lit(True)), on=place, how="left", maintain_order="left")
    placed = there.with_columns(city=pl.when("there").then("city").otherwise(pl.lit(whole, dtype=pl.String))).drop("there")
    return placed.join(rows, on=place, how="left", nulls_equal=True).drop("city")
