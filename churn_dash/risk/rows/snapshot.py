"""Features of every active customer at one month end, from what was known by then. Source: METHODS D1."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.calendar import month_number, ordinal
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.monthly import MONTHLY, ingredients, value
from churn_dash.risk.rows.windows import Windows, fates, joined_on, known, old_enough, tenure_months

_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True)
class Panel:
    """What a bank knows of some customers, month by month.

    ``months``: customer_id, month (first day), the columns of customer_month, ``d_<column>`` for attributes as they stood at the
    start of the month, and ``available_ts`` where known. ``spells``: of one definition. ``treated``: customer_id, day (first day
    of a retention campaign's treatment). ``market``: city (null: the whole bank), month, aum. ``data_lag`` is the usual number
    of days after a month's end until its rows are in.
    """

    windows: Windows
    months: pl.DataFrame
    spells: pl.DataFrame
    customers: pl.DataFrame | None = None
    surveys: pl.DataFrame | None = None
    complaints: pl.DataFrame | None = None
    treated: pl.DataFrame | None = None
    market: pl.DataFrame | None = None
    data_lag: int = 0


def available_features(panel: Panel, declared: Sequence[Feature]) -> tuple[Feature, ...]:
    """Those of the declared features for which the panel has the columns, not all of them empty."""
    return tuple(f for f in declared if _possible(panel, f))


def _possible(panel: Panel, feature: Feature) -> bool:
    source = feature.source
    if source.measure in MONTHLY:
        return all(_filled(panel.months, c) for c in (source.column, source.other) if c)
    if source.measure == "age":
        return _filled(panel.customers, "birth_date")
    if source.measure == "tenure":
        return True
    if source.measure == "market_change":
        return panel.market is not None and panel.market.height > 0
    if source.measure in ("open", "recent", "since_event"):
        return panel.complaints is not None and panel.complaints.height > 0
    if source.measure in ("last", "last_change"):
        return _filled(panel.surveys, source.column)
    return _filled(panel.months, f"d_{source.column}") or _filled(panel.customers, source.column)


def _filled(frame: pl.DataFrame | None, column: str) -> bool:
    return frame is not None and column in frame.columns and frame[column].null_count() < frame.height


def snapshot(panel: Panel, features: Sequence[Feature], score_date: datetime.date, training: bool = True) -> pl.DataFrame:
    """One row for each eligible customer active at the end of ``score_date``: customer_id, score_date, fate, then the features.

    For training, rows that arrived later than the usual data lag are not used. Not eligible: customers of less than three
    months. ``fate`` as in ``windows.fates``.
    """
    active = (
        fates(panel.spells, score_date, panel.windows)
        .join(joined_on(panel.spells, panel.customers, panel.windows), on="customer_id", how="left")
        .filter(old_enough(score_date))
        .sort("customer_id")
    )
    wide = active.select("customer_id", tenure_months(score_date).cast(pl.Float64))
    wide = wide.join(_monthly_values(panel, features, score_date, training, active), on="customer_id", how="left", maintain_order="left")
    for part in (
        _ages(panel, features, score_date),
        _complaints(panel, features, score_date),
        _answers(panel, features, score_date),
        _market(panel, features, score_date, wide),
    ):
        if part is not None:
            wide = wide.join(part, on="customer_id", how="left", maintain_order="left")
    wide = _attributes(panel, features, wide)
    counts = [f.name for f in features if f.source.measure in ("open", "recent")]
    return active.select("customer_id", pl.lit(score_date).alias("score_date"), "fate").hstack(
        wide.select(pl.col(f.name).fill_null(0) if f.name in counts else pl.col(f.name) for f in features)
    )


def _monthly_values(
    panel: Panel, features: Sequence[Feature], score_date: datetime.date, training: bool, active: pl.DataFrame
) -> pl.DataFrame:
    """Measures over the observation window, counted back from each customer's last known month."""
    at = ordinal(score_date)
    number = month_number(pl.col("month"))
    window = panel.months.filter(number.is_between(at - panel.windows.observation + 1, at))
    window = known(window, score_date, "month", "available_ts" if training else None, panel.data_lag)
    # Sorted groups are summed up twice as fast; the rows come sorted from the source, and stay so.
    window = window.filter(pl.col("customer_id").is_in(active["customer_id"].implode())).sort("customer_id", maintain_order=True)
    window = window.with_columns(offset=(number.max().over("customer_id") - number).cast(pl.Int32))
    monthly = [f for f in features if f.source.measure in MONTHLY]
    needed = {name: expr for f in monthly for name, expr in ingredients(f.source, window.schema).items()}
    asked = dict.fromkeys(["city", *(f.source.column for f in features if f.source.measure == "attribute")])
    stood = [f"d_{c}" for c in asked if f"d_{c}" in window.columns]
    found = window.group_by("customer_id").agg(expr.alias(name) for name, expr in needed.items())
    last = window.filter(pl.col("offset") == 0).select("customer_id", *(pl.col(c).cast(pl.String) for c in stood))
    return found.select("customer_id", *(value(f.source).alias(f.name) for f in monthly)).join(last, on="customer_id")


def _ages(panel: Panel, features: Sequence[Feature], score_date: datetime.date) -> pl.DataFrame | None:
    if panel.customers is None or not any(f.source.measure == "age" for f in features):
        return None
    years = (pl.lit(score_date) - pl.col("birth_date")).dt.total_days() / 365.25
    return panel.customers.select("customer_id", years.floor().alias("age"))


def _attributes(panel: Panel, features: Sequence[Feature], wide: pl.DataFrame) -> pl.DataFrame:
    """Attributes as they stood at the start of the month where that is known, else as the customers table has them."""
    wanted = [f for f in features if f.source.measure == "attribute"]
    stood = [
        pl.col(f"d_{f.source.column}").alias(f.name) for f in wanted if f.kind == "category" and f"d_{f.source.column}" in wide.columns
    ]
    rest = [f for f in wanted if f.kind != "category" or f"d_{f.source.column}" not in wide.columns]
    wide = wide.with_columns(stood)
    if not rest or panel.customers is None:
        return wide
    picked = [
        pl.col(f.source.column).cast(pl.String if f.kind == "category" else pl.Float64).alias(f.name)
        for f in rest
        if f.source.column in panel.customers.columns
    ]
    return wide.join(panel.customers.select("customer_id", *picked), on="customer_id", how="left", maintain_order="left")


def _complaints(panel: Panel, features: Sequence[Feature], score_date: datetime.date) -> pl.DataFrame | None:
    wanted = [f for f in features if f.source.column == "complaints"]
    if panel.complaints is None or not wanted:
        return None
    made = known(panel.complaints, score_date, "created_at")
    age = (pl.lit(score_date) - pl.col("created_at")).dt.total_days() / _DAYS_A_MONTH
    settled = pl.col("resolved_at").is_not_null() & (pl.col("resolved_at") <= score_date)
    measures = {
        "open": (~settled).sum().cast(pl.Float64),
        "recent": (age <= 12).sum().cast(pl.Float64),
        "since_event": pl.when(age.min() <= 12).then(age.min().floor()),
    }
    return made.group_by("customer_id").agg(measures[f.source.measure].alias(f.name) for f in wanted)


def _answers(panel: Panel, features: Sequence[Feature], score_date: datetime.date) -> pl.DataFrame | None:
    wanted = [f for f in features if f.source.measure in ("last", "last_change")]
    if panel.surveys is None or not wanted:
        return None
    answered = known(panel.surveys.filter(pl.col("answered_at").is_not_null()), score_date, "answered_at")
    since = (pl.lit(score_date) - pl.col("answered_at")).dt.total_days() / _DAYS_A_MONTH
    ordered = answered.filter(since <= max(f.source.months for f in wanted)).sort("customer_id", "answered_at", "survey_id")

    def latest(feature: Feature) -> pl.Expr:
        given = pl.col(feature.source.column).drop_nulls().cast(pl.Float64)
        return (
            given.last() if feature.source.measure == "last" else given.last() - given.slice(-2, 1).first().filter(given.len() > 1).first()
        )

    return ordered.group_by("customer_id").agg(latest(f).alias(f.name) for f in wanted)


def _market(panel: Panel, features: Sequence[Feature], score_date: datetime.date, wide: pl.DataFrame) -> pl.DataFrame | None:
    """How the balances of the customer's city moved; where the city is unknown, those of the whole bank."""
    wanted = [f for f in features if f.source.measure == "market_change"]
    if panel.market is None or not wanted:
        return None
    months = wanted[0].source.months
    number = month_number(pl.col("month"))
    sums = panel.market.with_columns(number.alias("number")).filter(pl.col("number") <= ordinal(score_date))
    now, then = (sums.filter(pl.col("number") == ordinal(score_date) - k).select("city", "aum") for k in (0, months))
    moved = now.join(then, on="city", suffix="_then", nulls_equal=True).select(
        "city", pl.when(pl.col("aum_then") > 0).then(pl.col("aum") / pl.col("aum_then") - 1).alias(wanted[0].name)
    )
    city = pl.col("d_city") if "d_city" in wide.columns else pl.lit(None, dtype=pl.String)
    return wide.select("customer_id", city.alias("city")).join(moved, on="city", how="left", nulls_equal=True).drop("city")
