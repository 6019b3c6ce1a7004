"""What customers hold and pay in fees, one row a customer: those who left in a period, those who are there now. METHODS A1 1.2(1)."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.question import Question
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import month_rows

_YEAR = 12


@dataclass(frozen=True)
class Holdings:
    """customer_id, held (CNY; null where unknown), fees (CNY a year; null where unknown), by number of customer."""

    rows: pl.DataFrame

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def n_known(self) -> int:
        """Customers whose balances are known."""
        return self.n - self.rows["held"].null_count()

    @property
    def held(self) -> float | None:
        """All balances; None where none is known."""
        return float(self.rows["held"].sum()) if self.n_known else None

    @property
    def fees(self) -> float | None:
        """The fees of a year; None where none is known."""
        return float(self.rows["fees"].sum()) if self.rows["fees"].null_count() < self.n else None


def lost(question: Question) -> Holdings:
    """The customers that ``customers_lost`` counts: balances at the start of the period, fees of the year before it.

    Fees of fewer months than twelve are taken to a year. ``period`` is None for a cross-section, which knows no fees by month.
    """
    period, definition = question.period, question.chosen
    where = condition(question, at_starts(definition, question.scope, [period.start] if period is not None else []))
    left = "s.end_day is not null" if period is None else f"m.month = DATE '{period.start}' and s.end_day <= DATE '{period.last_day}'"
    source = f"select m.c, m.aum_start as held from {month_rows(definition)} where s.active and {left}{where.and_sql}"
    return Holdings(_with_fees(question.ds, source, where.bound, None if period is None else shifted(period.start, -1)))


def present(question: Question) -> Holdings:
    """The customers who are there at the end of the data: balances then, fees of the last twelve months.

    The filters are those of the start of the last month. The data are a panel of at least two months.
    """
    ds, definition = question.ds, question.chosen
    last = ds.measurable[-1]
    where = condition(question, at_starts(definition, question.scope, [last]))
    here = f"m.month = DATE '{last}' and (s.active or m.joined) and s.end_day is null"
    source = f"select m.c, m.aum_end as held from {month_rows(definition)} where {here}{where.and_sql}"
    return Holdings(_with_fees(ds, source, where.bound, last))


def _with_fees(ds: Dataset, source: str, bound: tuple[object, ...], until: datetime.date | None) -> pl.DataFrame:
    con = ds.cursor()
    has = ds.month_columns
    fees, joined = "CAST(NULL AS DOUBLE)", ""
    if until is not None and "fee_income" in has:
        months = f"f.month between DATE '{shifted(until, 1 - _YEAR)}' and DATE '{until}'"
        yearly = f"select f.c, avg(f.fee_income) * CAST({_YEAR} AS DOUBLE) as fees from month_rows f"
        fees, joined = "g.fees", f"left join ({yearly} where {months} and f.c in (select c from held) group by f.c) g on g.c = h.c"
    asked = (
        f"with held as ({source}) select p.customer_id, h.held, {fees} as fees from held h join people p on p.c = h.c {joined} order by h.c"
    )
    return pl.DataFrame(
        con.sql(asked, params=list(bound)).to_arrow_table(), schema={"customer_id": pl.String, "held": pl.Float64, "fees": pl.Float64}
    )
