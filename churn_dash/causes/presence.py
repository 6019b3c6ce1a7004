"""Who of some customers was there in which month, and how long all of them were, added up by the engine."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.reading import Asked
from churn_dash.measures.filters import Period
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import month_rows
from churn_dash.store.reading import fetched


@dataclass(frozen=True)
class Exposure:
    """How many customers were there in some month, and on how many days together."""

    customers: int
    days: float


def there_at_end(ds: Dataset, definition: str, month: datetime.date) -> pl.DataFrame:
    """Whoever was a customer at the end of the month, by number: customer_id."""
    sql = (
        f"select p.customer_id from {month_rows(definition)} join people p on p.c = m.c where (s.active or m.joined) and s.end_day is null"
    )
    return fetched(ds, f"{sql} and m.month = ? order by 1", [month])


def exposure_of(asked: Asked, period: Period) -> Exposure:
    """The customers chosen who were there in the period."""
    sql = (
        f"select count(distinct m.c) as n, coalesce(sum(s.exposure), 0) as days from {month_rows(asked.definition)} "
        f"where (s.active or s.exposure > 0) and m.month between DATE '{period.start}' and DATE '{period.end}'{asked.where.and_sql}"
    )
    n, days = fetched(asked.ds, sql, asked.where.bound).row(0)
    return Exposure(int(n), float(days))
