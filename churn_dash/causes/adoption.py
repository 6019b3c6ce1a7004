"""Digital adoption: which share of the customers logs in, month by month and by group. Source: METHODS A1 2.1."""

from dataclasses import dataclass

import polars as pl

from churn_dash.causes.reading import Asked, resolved
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import laid_over
from churn_dash.measures.conditions.groupings import within
from churn_dash.measures.filters import Period, dimension
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.store import Dimension
from churn_dash.store.derive.facts import Span, month_rows
from churn_dash.store.reading import fetched

USED = ("digital_active", "login_count")
"""What tells digital use in a month: that column first, else at least one login."""
USUAL = "age_band"
"""By what it is broken down unless said otherwise, where the data have it."""


@dataclass(frozen=True)
class Adoption:
    """Digital use of customers active at the start of a month.

    ``months``: month, n (customers of whom it is known), unknown, used, share with low and high. ``groups``: level of ``by`` (empty: not
    known), with the same columns in the last month that tells, ``at``.
    """

    by: str
    months: pl.DataFrame
    groups: pl.DataFrame


def adoption(question: Question, by: str | None = None) -> Adoption:
    """Digital adoption in the months of the period, and by any dimension (age, else the first) in the last of them that tells.

    Raises ``NotPossible`` where no month tells who logged in, ``NotFound`` for an unknown dimension, and what ``measure`` raises.
    """
    ds = question.ds
    asked = resolved(question, leaving=False)
    months = used_digital(asked, asked.whole)
    if months.is_empty():
        raise NotPossible(
            _("Digital use needs login_count (登录次数) or digital_active (电子银行活跃) in the table {label} ({name}) in these months."),
            label=_("Customers by month"), name="customer_month",
        )  # fmt: skip
    names = [d.name for d in ds.dimensions]
    dim = dimension(ds, by or (USUAL if USUAL in names else names[0]))
    last = months["month"][-1]
    groups = used_digital(asked, Period(last, last), dim).rename({"level": "group"})
    order = {v: i for i, v in enumerate(dim.values)}
    placed = groups.sort(pl.col("group").replace_strict(order, default=len(order), return_dtype=pl.Int64), "group")
    return Adoption(dim.name, _rated(months), _rated(placed))


def used_digital(asked: Asked, period: Period, by: Dimension | None = None) -> pl.DataFrame:
    """month, level (with ``by``; empty: not known), n, unknown, used: months and levels in which nothing is known are left out."""
    ds = asked.ds
    told = {"digital_active": "CAST(m.digital_active AS BOOLEAN)", "login_count": "m.login_count > 0"}
    known = [told[c] for c in USED if c in ds.month_columns]
    if not known:
        return pl.DataFrame(schema={"month": pl.Date, "level": pl.String, "n": pl.Int64, "unknown": pl.Int64, "used": pl.Int64})
    use = f"coalesce({', '.join(known)})"
    level = f"coalesce(CAST(m.{by.column} AS VARCHAR), '')" if by is not None else "''"
    sql = (
        f"select m.month, {level} as level, count({use}) as n, count(*) - count({use}) as unknown, "
        f"count(case when {use} then 1 end) as used from {month_rows(asked.definition)} where s.active "
        f"and m.month between DATE '{period.start}' and DATE '{period.end}'{asked.where.and_sql} group by 1, 2 having count({use}) > 0 "
        "order by 1, 2"
    )
    view = within(asked.definition, asked.scope, [Span(period.start, period.start, period.last_day)])
    sql, bound = laid_over(ds, [by] if by is not None else [], sql, asked.where.bound, view)
    return fetched(ds, sql, bound).cast({"level": pl.String})


def _rated(rows: pl.DataFrame) -> pl.DataFrame:
    found = [(u / n, wilson(u, n)) for u, n in rows.select("used", "n").iter_rows()]
    ends = {"share": [v for v, _i in found], "low": [i and i.low for _v, i in found], "high": [i and i.high for _v, i in found]}
    return rows.with_columns(pl.Series(k, v, dtype=pl.Float64) for k, v in ends.items()).drop("level", strict=False)
