"""What customers of each stage are worth, and what moving from one stage to another is worth. Source: METHODS A1 7.2.2, B9.

The worth of a stage is the lifetime value of a customer with the stage's mean yearly margin and its retention over the period, as if
customers stayed in it: a comparison of stages, not a forecast of a person. The range comes from the interval of the churn rate alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.lifecycle import STAGES
from churn_dash.measures.money.lifetime_value import lifetime_value
from churn_dash.segments.groups.lifecycle import CHURNED, Lifecycle
from churn_dash.segments.groups.tenths import Margin, margins
from churn_dash.store import Dataset

_YEAR = 12


@dataclass(frozen=True)
class Worth:
    """How value is worked out: the margin, the discount a year (0–1), and how many years count (None: without end); the margin of
    today is not in it."""

    margin: Margin
    discount: float
    years: int | None = None


def worth_of(assumed: Mapping[str, float]) -> Worth:
    """The worth that the values of ``contract.assumptions`` make, by name.

    >>> worth_of({"spread": 0.015, "servicing_cost": 60.0, "discount": 0.1, "horizon_years": 5.0})
    Worth(margin=Margin(spread=0.015, servicing=60.0), discount=0.1, years=5)
    """
    margin = Margin(assumed["spread"], assumed["servicing_cost"])
    return Worth(margin, assumed["discount"], round(assumed["horizon_years"]))


@dataclass(frozen=True)
class StageValue:
    """``stages``: a row a stage with stage, n, n_known (margin known), margin (CNY a year, mean), retention (a year, 0–1) and its ends,
    value (CNY a customer) and its ends. ``moves``: before, after, n, each (CNY gained by one customer who moves; negative: lost) and
    total (CNY of all who moved); undefined where a stage has no value."""

    stages: pl.DataFrame
    moves: pl.DataFrame
    fees: bool


def stage_value(ds: Dataset, found: Lifecycle, worth: Worth) -> StageValue:
    """The worth of the stages of a period and of the moves in it. Raises what ``margins`` raises."""
    earned, fees = margins(ds, found.period.start, worth.margin)
    people = found.people.join(earned, on="c", how="left", maintain_order="left").filter("asked")
    means = {
        g: (m, n) for g, m, n in people.group_by("group").agg(pl.col("margin").mean(), pl.col("margin").count().alias("n")).iter_rows()
    }
    rows = []
    for r in found.groups().filter(pl.col("group").is_in(STAGES)).iter_rows(named=True):
        margin, known = means.get(r["group"], (None, 0))
        kept = [yearly(r[c], found.period.n_months) for c in ("churn_rate", "churn_rate_high", "churn_rate_low")]
        worths = [lifetime_value(margin, k, worth.discount, worth.years) for k in kept]
        low, high = _ordered(worths[1], worths[2])
        rows.append((r["group"], r["customers"], known, margin, *kept, worths[0], low, high))
    kinds: dict[str, type[pl.DataType]] = {"stage": pl.String, "n": pl.Int64, "n_known": pl.Int64, "margin": pl.Float64}
    kinds |= dict.fromkeys(("retention", "retention_low", "retention_high", "value", "value_low", "value_high"), pl.Float64)
    stages = pl.DataFrame(rows, schema=kinds, orient="row")
    values: dict[str, float | None] = dict(stages.select("stage", "value").iter_rows()) | {CHURNED: 0.0}
    return StageValue(stages, _moves(found, values), fees)


def yearly(churn: float | None, months: int) -> float | None:
    """Retention over a year from the churn of so many months, as if it went on alike. METHODS B0.

    >>> round(yearly(0.02, 1), 4), yearly(0.1, 12)
    (0.7847, 0.9)
    """
    return None if churn is None else (1 - churn) ** (_YEAR / months)


def _ordered(a: float | None, b: float | None) -> tuple[float | None, float | None]:
    """The two ends, smaller first: with a negative margin longer retention is worth less."""
    return (b, a) if a is not None and b is not None and b < a else (a, b)


def _moves(found: Lifecycle, values: dict[str, float | None]) -> pl.DataFrame:
    rows = []
    for before, after, n in found.transitions().select("before", "after", "n").iter_rows():
        first, last = values.get(before), values.get(after)
        each = None if first is None or last is None else last - first
        rows.append((before, after, n, each, None if each is None else each * n))
    kinds = {"before": pl.String, "after": pl.String, "n": pl.Int64, "each": pl.Float64, "total": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row")
