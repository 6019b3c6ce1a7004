"""The figures that an improvement may be watched by: metrics of the registry, and monthly figures of service, products and fees.

A monthly figure is one row a month: month, value, top and bottom (its counts, where it is a rate), weight (what it rests on).
Sources: METHODS A1 4.3.4, 5.1, 5.2.1, 5.2.2.
"""

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl
from scipy import special

from churn_dash.campaigns.groups.extract import visible
from churn_dash.causes.improvements import told
from churn_dash.contract.causes import EXPECTATIONS
from churn_dash.errors import ChurnDashError, NotFound, NotPossible
from churn_dash.evaluation.indicators.customers import loyalty_index
from churn_dash.evaluation.indicators.voices import answers
from churn_dash.marks import _
from churn_dash.measures.filters import Filters
from churn_dash.measures.metrics import METRICS
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, rate
from churn_dash.measures.statistics.intervals import garwood
from churn_dash.store import Dataset, shifted
from churn_dash.store.reading import month_values
from churn_dash.words import nearest

Unit = Literal["ratio", "number", "money", "count", "per_month"]


@dataclass(frozen=True)
class Watch:
    """One figure: how it is called, its unit, which way is better, which table it needs (none: the months)."""

    key: str
    label: str
    unit: Unit
    better: Literal["up", "down", ""]
    table: str = ""


_OWN = (
    Watch("csat", _("Satisfied customers"), "ratio", "up", "surveys"),
    Watch("nps", _("Net promoter score"), "number", "up", "surveys"),
    *(Watch(item, label, "number", "up", "surveys") for item, label in EXPECTATIONS.items()),
    Watch("loyalty_index", _("Loyalty index, 0 to 100"), "number", "up"),
    Watch("product_adoption", _("Customers who took up a product in a month"), "ratio", "up"),
    Watch("handling_minutes", _("Minutes that a case takes"), "number", "down", "process_month"),
    Watch("waiting_minutes", _("Minutes that customers wait"), "number", "down", "process_month"),
    Watch("electronic_share", _("Cases done without a branch"), "ratio", "up", "process_month"),
    Watch("fee_disputes", _("Fee disputes per 1,000 customers a month"), "number", "down", "fees"),
    Watch("complaints", _("Complaints per 1,000 customers a month"), "number", "down", "complaints"),
)
WATCHED = {w.key: w for w in _OWN} | {
    m.name: Watch(m.name, m.label, m.unit, m.better)
    for m in METRICS.values()
    if m.unit == "ratio" and m.kind != "plain" and m.better and not m.sums & {"near_downgrade", "dormant"}
}
"""The closed list: what this room works out, then the rates of the registry."""


PROCESSED = ("handling_minutes", "waiting_minutes", "electronic_share")
"""Figures of a process: of all together, or of one, written handling_minutes:loan_approval."""


def watch(key: str) -> Watch:
    """The figure by key; ``NotFound`` with the nearest."""
    name, _colon, process = key.partition(":")
    if name not in WATCHED or (process and name not in PROCESSED):
        near = nearest(name, WATCHED) or ", ".join(WATCHED)
        raise NotFound(_("No figure is called {name}; the nearest is {near}."), name=key, near=near)
    return WATCHED[name]


def processes(ds: Dataset) -> list[str]:
    """The processes of the data, by name; empty without them."""
    rows = ds.columns("process_month", "process")
    return [] if rows is None else rows["process"].drop_nulls().unique().sort().to_list()


def over(question: Question, key: str) -> Estimate:
    """The figure over whole months, with its interval, of everybody whom the viewer may see: filters do not count. Raises what the figure
    needs and is not there."""
    question, w = question.of(Filters()), watch(key)
    if key in METRICS:
        row = measure(question, [key]).row(0, named=True)
        return Estimate(row[key], row[f"{key}_low"], row[f"{key}_high"], int(row[f"{key}_n"]))
    if key in ("csat", "nps"):
        return _told(next(f for f in answers(question, trend=False) if f.key == key))
    if key in EXPECTATIONS:
        return told(question, key)[0]
    if key == "loyalty_index":
        return _told(loyalty_index(question, trend=False))
    months = monthly(question, key)
    if months.is_empty():
        raise NotPossible(_("{what}: nothing is known of these months."), what=w.label)
    return _pooled(w, months)


def monthly(question: Question, key: str) -> pl.DataFrame:
    """The figure by month: month, value, top, bottom (null where it is no rate); months without a figure are left out. Filters
    do not count."""
    watch(key)
    question = question.of(Filters())
    if key in METRICS:
        rows = measure(question, [key], ["month"])
        return _frame([(m, v, None, None) for m, v in rows.select("month", key).iter_rows() if v is not None])
    if key in ("csat", "nps"):
        figure = next(f for f in answers(question, trend=True) if f.key == key)
        return _steps(figure.trend, figure.why_not)
    if key in EXPECTATIONS:
        waves = told(question, key)[1]
        return _frame([(wave, e.value, None, None) for wave, e in waves if e.value is not None])
    if key == "loyalty_index":
        figure = loyalty_index(question, trend=True)
        return _steps(figure.trend, figure.why_not)
    return _COUNTED[key.partition(":")[0]](question, key)


def _told(figure: object) -> Estimate:
    why = getattr(figure, "why_not", None)
    if isinstance(why, ChurnDashError):
        raise why
    found: Estimate = getattr(figure, "estimate", NOTHING)
    return found


def _steps(trend: tuple[object, ...], why: object) -> pl.DataFrame:
    if isinstance(why, ChurnDashError):
        raise why
    points = [(datetime.date.fromisoformat(f"{s.at}-01"), s.value) for s in trend]  # type: ignore[attr-defined]
    return _frame([(at, v, None, None) for at, v in points if v is not None])


def _frame(rows: list[tuple[datetime.date, float, float | None, float | None]]) -> pl.DataFrame:
    kinds = {"month": pl.Date, "value": pl.Float64, "top": pl.Float64, "bottom": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row").sort("month")


def _pooled(w: Watch, months: pl.DataFrame) -> Estimate:
    """The months together, weighted by what they rest on, with the linearised interval of months that differ. The interval of a rate is
    never narrower than that of its counts, as if every month were alike: few months can resemble each other by luck.
    """
    top, bottom = float(months["top"].sum()), float(months["bottom"].sum())
    if w.unit == "ratio":
        return _wider(rate(round(top), round(bottom)), _mean_of_months(months), most=1.0)
    if w.key in _PER_THOUSAND:
        found = garwood(round(top), bottom)
        low, high = (found.low * 1000, found.high * 1000) if found is not None else (None, None)
        counted = Estimate(1000 * top / bottom if bottom else None, low, high, round(bottom))
        return _wider(counted, _mean_of_months(months))
    return _mean_of_months(months)


def _wider(counted: Estimate, months: Estimate, most: float = math.inf) -> Estimate:
    if counted.low is None or counted.high is None or months.low is None or months.high is None:
        return counted
    return replace(counted, low=max(0.0, min(counted.low, months.low)), high=min(most, max(counted.high, months.high)))


def _mean_of_months(months: pl.DataFrame) -> Estimate:
    value, weight = months["value"].to_numpy(), months["bottom"].to_numpy()
    n, total = len(value), float(weight.sum())
    if not n or not total:
        return NOTHING
    middle = float((value * weight).sum()) / total
    if n < 2:
        return Estimate(middle, n=round(total))
    error = math.sqrt(n / (n - 1) * float((((value - middle) * weight) ** 2).sum())) / total
    half = float(special.stdtrit(n - 1, 0.975)) * error
    return Estimate(middle, middle - half, middle + half, round(total))


def _process(question: Question, key: str) -> pl.DataFrame:
    """Minutes weighted by cases, or the share of electronic cases, of all processes together or of the one named after the colon."""
    period = question.months
    name, _colon, process = key.partition(":")
    column = "electronic_cases" if name == "electronic_share" else name
    rows = question.ds.columns("process_month", "month", "process", "cases", column)
    if rows is None:
        raise NotPossible(_("This needs the table process_month with cases and {column}."), column=column)
    if process:
        rows = rows.filter(pl.col("process") == process)
    inside = rows.drop_nulls().filter(pl.col("month").is_between(period.start, period.end) & (pl.col("cases") > 0))
    amount = pl.col(column) if name == "electronic_share" else pl.col(column) * pl.col("cases")
    summed = inside.group_by("month").agg(
        amount.cast(pl.Float64).sum().alias("top"), pl.col("cases").cast(pl.Float64).sum().alias("bottom")
    )
    return summed.select("month", (pl.col("top") / pl.col("bottom")).alias("value"), "top", "bottom").sort("month")


def _per_customer(question: Question, key: str) -> pl.DataFrame:
    """Cases of a month by the day they came up, per 1,000 customers at its start."""
    ds = question.ds
    table, column = _PER_THOUSAND[key]
    days = ds.columns(table, "customer_id", column)
    if days is None:
        raise NotPossible(_("This needs the table {table} with the column {column}."), table=table, column=column)
    days = visible(ds, days, question.scope)
    rows = measure(question, ["churn_rate"], ["month"])
    there = rows.select("month", pl.col("churn_rate_n").cast(pl.Float64).alias("bottom")).filter(pl.col("bottom") > 0)
    cases = days.select(pl.col(column).dt.truncate("1mo").alias("month")).drop_nulls().group_by("month").agg(pl.len().alias("top"))
    joined = there.join(cases, on="month", how="left").with_columns(pl.col("top").fill_null(0).cast(pl.Float64))
    return joined.select("month", (1000 * pl.col("top") / pl.col("bottom")).alias("value"), "top", "bottom").sort("month")


def _adoption(question: Question, key: str) -> pl.DataFrame:
    """Of the customers whose products are known at the end of this month and the one before: who holds more than then."""
    ds, period = question.ds, question.months
    if "product_count" not in ds.month_columns:
        raise NotPossible(_("This needs the number of products held (product_count) in the table customer_month."))
    months = [shifted(period.start, i) for i in range(-1, period.n_months)]
    held = visible(ds, month_values(ds, "product_count", months).rename({"v": "n"}), question.scope)
    before = held.select("customer_id", pl.col("month").dt.offset_by("1mo"), pl.col("n").alias("was"))
    both = held.join(before, on=["customer_id", "month"]).filter(pl.col("month") >= period.start)
    more = (pl.col("n") > pl.col("was")).cast(pl.Float64)
    summed = both.group_by("month").agg(more.sum().alias("top"), pl.len().cast(pl.Float64).alias("bottom"))
    return summed.select("month", (pl.col("top") / pl.col("bottom")).alias("value"), "top", "bottom").sort("month")


_PER_THOUSAND = {"fee_disputes": ("fees", "disputed_at"), "complaints": ("complaints", "created_at")}
_COUNTED: dict[str, Callable[[Question, str], pl.DataFrame]] = {
    "product_adoption": _adoption,
    "handling_minutes": _process,
    "waiting_minutes": _process,
    "electronic_share": _process,
    "fee_disputes": _per_customer,
    "complaints": _per_customer,
}
