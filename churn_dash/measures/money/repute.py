"""What departures do to the bank's standing: its share of the market's deposits, detractors, complaints. Source: METHODS A1 1.2(3), (4)."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import garwood, wilson
from churn_dash.store.derive.facts import month_rows

ALL_CITIES = "all"
_DETRACTOR = 6
"""Who would recommend the bank with at most this of 10 is a detractor. METHODS 0."""


@dataclass(frozen=True)
class Share:
    """Own deposits in the market's, in the cities whose market is known, at two months. Amounts in CNY, shares 0–1."""

    first: datetime.date
    last: datetime.date
    own_first: float
    own_last: float
    market_first: float
    market_last: float

    @property
    def before(self) -> float:
        return self.own_first / self.market_first

    @property
    def after(self) -> float:
        return self.own_last / self.market_last

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {"first": f"{self.first:%Y-%m}", "last": f"{self.last:%Y-%m}", "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Voice:
    """So many of ``n``, a thousand: detractors of answers, complaints of customers; with its 95 % range. None where ``n`` is 0."""

    events: int
    n: int
    per_1000: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def market_share(question: Question) -> Share | None:
    """The share at the month before the period and at its end, or at the months nearest inside for which the market is known.

    None where no market deposits, no own deposits by city, or fewer than two such months are known.
    """
    ds, period = question.ds, question.months
    table = ds.scan("market_month")
    con = ds.cursor()
    has = ds.month_columns
    if table is None or "market_balances" not in table.collect_schema() or "deposit_avg" not in has:
        return None
    inside = pl.col("month").is_between(shifted(period.start, -1), period.end)
    known = table.filter(inside & (pl.col("market_balances") > 0)).select("month", "city", "market_balances").collect()
    country = known.filter(pl.col("city") == ALL_CITIES)
    if country.is_empty() and "d_city" not in has:
        return None
    months = (country if len(country) else known)["month"].unique().sort()
    if len(months) < 2:
        return None
    where = condition(question, at_starts(ds.default_definition, question.scope, [months[0], months[-1]]))
    city = f"'{ALL_CITIES}'" if len(country) else "CAST(m.d_city AS VARCHAR)"
    ends = f"DATE '{months[0]}', DATE '{months[-1]}'"
    asked = (
        f"select m.month, {city} as city, sum(m.deposit_avg) as own from month_rows m where m.month in ({ends}) "
        f"and m.deposit_avg is not null{where.and_sql} group by m.month, {city} order by m.month, city nulls last"
    )
    own = pl.DataFrame(
        con.sql(asked, params=list(where.bound)).to_arrow_table(), schema={"month": pl.Date, "city": pl.String, "own": pl.Float64}
    )
    both = own.join(known, on=["month", "city"])
    first, last = (both.filter(pl.col("month") == m) for m in (months[0], months[-1]))
    # Only cities known at both ends: a city that enters the table is no growth.
    first, last = first.join(last, on="city", how="semi"), last.join(first, on="city", how="semi")
    if first.is_empty():
        return None
    sums = [float(part[c].sum()) for c in ("own", "market_balances") for part in (first, last)]
    return Share(months[0], months[-1], *sums)


def detractors(question: Question) -> Voice | None:
    """Detractors of the answers that the period's customers gave in it; None where no survey asks who would recommend the bank."""
    rows = _of_customers(question, "surveys", "answered_at", ("nps",))
    if rows is None:
        return None
    answers = rows.drop_nulls("nps")
    k, n = answers.filter(pl.col("nps") <= _DETRACTOR).height, answers.height
    ends = wilson(k, n)
    return Voice(k, n, 1000 * k / n if n else None, 1000 * ends.low if ends else None, 1000 * ends.high if ends else None)


def complaints(question: Question) -> Voice | None:
    """Complaints in the period of the customers there at its start, a thousand of them; None without the table."""
    rows = _of_customers(question, "complaints", "created_at", ())
    if rows is None:
        return None
    n = _customers(question).height
    ends = garwood(rows.height, n)
    return Voice(
        rows.height, n, 1000 * rows.height / n if n else None, 1000 * ends.low if ends else None, 1000 * ends.high if ends else None
    )


def _of_customers(question: Question, name: str, day: str, columns: tuple[str, ...]) -> pl.DataFrame | None:
    """The rows of a table in the period, of the customers there at its start."""
    period = question.months
    table = question.ds.scan(name)
    if table is None or not {day, "customer_id", *columns} <= set(table.collect_schema().names()):
        return None
    inside = table.filter(pl.col(day).is_between(period.start, period.last_day)).select("customer_id", day, *columns).collect()
    return inside.join(_customers(question), on="customer_id", how="semi")


def _customers(question: Question) -> pl.DataFrame:
    period, definition = question.months, question.chosen
    where = condition(question, at_starts(definition, question.scope, [period.start]))
    asked = (
        f"select p.customer_id from {month_rows(definition)} join people p on p.c = m.c "
        f"where s.active and m.month = DATE '{period.start}'{where.and_sql} order by m.c"
    )
    return pl.DataFrame(question.ds.cursor().sql(asked, params=list(where.bound)).to_arrow_table(), schema={"customer_id": pl.String})
