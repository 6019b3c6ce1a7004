"""Talks and courses: who came leaves less often or not, compared with the others of the same months. Source: METHODS A1 4.3.3."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.causes.reading import HORIZON, resolved
from churn_dash.contract.calendar import shifted
from churn_dash.errors import NotPossible
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination, rate
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import month_rows
from churn_dash.store.reading import full_table
from churn_dash.words import Text, _

PURPOSE = "education"
CAVEAT = _(
    "Whoever comes to a talk is not like who stays away: the interested come of their own choice. "
    "The difference is an association, not what the talk does."
)


@dataclass(frozen=True)
class Education:
    """Customers who came to a talk or course against the others of the same months.

    ``attended`` and ``others``: share that left in the three months after the month of the talk, of those still there at its end;
    the others weighted by the months of the talks. ``n_talks``: customer-months with a talk; ``customers``: those who came in them.
    """

    n_talks: int
    customers: int
    attended: Estimate
    others: Estimate
    difference: Estimate
    months: tuple[datetime.date, ...]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        parts = {name: asdict(getattr(self, name)) for name in ("attended", "others", "difference")}
        return {"n_talks": self.n_talks, "customers": self.customers, **parts, "grade": "D", "why": Text(CAVEAT).in_(language)}


def education(question: Question) -> Education:
    """The comparison over every month that can be followed. Raises ``NotPossible`` without months or without such contacts."""
    ds = question.ds
    calls = full_table(ds, "contacts")
    own = None if calls is None else calls.filter(pl.col("purpose") == PURPOSE)
    if own is None or own.is_empty() or not ds.measurable:
        raise NotPossible(_("No talks or courses are recorded: this needs contacts with the purpose {purpose}."), purpose=PURPOSE)
    last = shifted(ds.measurable[-1], -HORIZON)
    if last < ds.measurable[0]:
        raise NotPossible(_("The months after the talks are not in the data yet."))
    asked = resolved(question.over(Period(ds.measurable[0], last)))
    rows, customers = _by_month(asked.ds, own, asked.definition, asked.where.and_sql, asked.where.bound, asked.whole)
    both = rows.filter((pl.col("n") > 0) & (pl.col("others") > 0))
    n, left = int(both["n"].sum()), int(both["left"].sum())
    attended = rate(left, n)
    others = _weighted(both, n)
    return Education(
        n_talks=n,
        customers=customers,
        attended=attended,
        others=others,
        difference=combination([(1, attended), (-1, others)]) if n else NOTHING,
        months=tuple(both["month"].to_list()),
    )


def _by_month(
    ds: Dataset, own: pl.DataFrame, definition: str, where: str, bound: tuple[Any, ...], period: Period
) -> tuple[pl.DataFrame, int]:
    """A row a month: n and left of those who came to a talk in it, others and others_left of the rest; and the customers who came."""
    cursor = ds.cursor()
    came = own.select("customer_id", pl.col("ts").dt.truncate("1mo").alias("month")).drop_nulls().unique()
    cursor.register("came_to_talks", came.to_arrow())
    gone = f"coalesce(s.end_day < m.month + INTERVAL {HORIZON + 1} MONTH, false)"
    there = (
        f"from {month_rows(definition)} join people p on p.c = m.c "
        "left join came_to_talks t on t.customer_id = p.customer_id and t.month = m.month "
        f"where s.active and coalesce(s.end_day >= m.month + INTERVAL 1 MONTH, true) "
        f"and m.month between DATE '{period.start}' and DATE '{period.end}'{where}"
    )
    sql = (
        "select m.month, count(t.customer_id) as n, count(*) - count(t.customer_id) as others, "
        f'sum(case when {gone} and t.customer_id is not null then 1 else 0 end) as "left", '
        f"sum(case when {gone} and t.customer_id is null then 1 else 0 end) as others_left "
        f"{there} group by m.month order by m.month"
    )
    found = pl.DataFrame(cursor.sql(sql, params=list(bound)).to_arrow_table())
    (customers,) = cursor.execute(f"select count(distinct t.customer_id) {there}", list(bound)).fetchone() or (0,)
    return found.with_columns(pl.col("n", "others", "left", "others_left").cast(pl.Int64)), int(customers)


def _weighted(rows: pl.DataFrame, n: int) -> Estimate:
    """The others' share, each month weighted by those who came in it."""
    if not n:
        return NOTHING
    share = rows["others_left"] / rows["others"]
    weight = rows["n"] / n
    value = float((weight * share).sum())
    error = float((weight**2 * share * (1 - share) / rows["others"]).sum()) ** 0.5
    half = normal_quantile() * error
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), int(rows["others"].sum()))
