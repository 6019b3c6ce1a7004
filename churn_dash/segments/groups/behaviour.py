"""What each customer did in the months before a day: the ground of RFM, clusters and orientation. Source: METHODS A1 3.1(2)."""

import datetime
import functools
from dataclasses import dataclass, replace

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import Period
from churn_dash.measures.question import Question
from churn_dash.segments.groups.starters import among, counted, next_month, rows_of, standing
from churn_dash.store import Dataset, shifted

MONTHS = 12
"""How many months before the day are looked at, where the data hold as many."""
LEAST = 3
"""With fewer months than these nothing is said of behaviour."""
_MEANS = ("login_count", "branch_visits", "card_txn_count", "product_count", "loan_balance", "salary_in", "autopay_count")


@dataclass(frozen=True)
class Behaviour:
    """Customers active at the start of ``at`` and what they did in the ``months`` complete months before.

    ``people``: the columns of ``standing``, then recency (whole months since the last one with a transaction, 0: the last month;
    without any: as many as are known), transactions and amount (a month, mean), balances (mean over the months, CNY), invested
    (share of balances in wealth products and funds, 0–1), and a mean a month for the columns of the contract that the data hold.
    ``known`` names what is there.
    ``period``: the months over which leaving is counted; None where it is not.
    """

    people: pl.DataFrame
    at: datetime.date
    months: int
    known: tuple[str, ...]
    period: Period | None


def behaviour(question: Question) -> Behaviour:
    """Behaviour before the period, so that nothing of the months in which customers leave tells how they behaved.

    Raises ``NotPossible`` for data without months, or with fewer than three before the months counted.
    """
    ds = question.ds
    months = counted(ds, question.period, LEAST)
    whole = _everybody(ds, months, question.definition, question.scope)
    # A filter chooses whom to show: what everybody did need not be added up again.
    return replace(whole, people=among(question, whole.people, months.start))


@functools.lru_cache(maxsize=4)
def _everybody(ds: Dataset, months: Period, definition: str | None, scope: Scope) -> Behaviour:
    return _looked_at(Question(ds, scope, period=months, definition=definition), months.start)


def now(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope) -> Behaviour:
    """Behaviour before ``at`` (a first day; None: as the data end), whoever leaves afterwards. Raises ``NotPossible`` as above."""
    counted(ds, None)
    day = at or next_month(ds)
    if sum(m < day for m in ds.months) < LEAST:
        raise NotPossible(_("Behaviour needs at least {n} complete months of data."), n=LEAST)
    return _looked_at(Question(ds, scope, definition=definition), day)


def _looked_at(question: Question, at: datetime.date) -> Behaviour:
    ds = question.ds
    people = standing(question, at, question.period.end if question.period else None)
    window = [m for m in ds.months if shifted(at, -MONTHS) <= m < at]
    columns = ds.month_columns
    held = next((c for c in ("aum_avg", "aum_end") if c in columns), None)
    kept: dict[str, str] = {}
    if "txn_count" in columns:
        last = "max(case when m.txn_count > 0 then m.month end)"
        since = f"(year(DATE '{at}') - year({last})) * 12 + month(DATE '{at}') - month({last}) - 1"
        kept["recency"] = f"case when count(m.txn_count) > 0 then coalesce({since}, count(m.txn_count)) end"
        kept["transactions"] = "avg(CAST(m.txn_count AS DOUBLE))"
    if "txn_amount" in columns:
        kept["amount"] = "avg(CAST(m.txn_amount AS DOUBLE))"
    if held:
        kept["balances"] = f"avg(CAST(m.{held} AS DOUBLE))"
        invested = [c for c in ("wealth_avg", "fund_avg") if c in columns]
        if invested and "aum_avg" in columns:
            part = " + ".join(f"coalesce(m.{c}, CAST(0 AS DOUBLE))" for c in invested)
            total, zero = "sum(m.aum_avg)", "CAST(0 AS DOUBLE)"
            # least() passes over a null: whoever holds nothing would count as invested in full.
            kept["invested"] = f"case when {total} > 0 then least(sum({part}) / {total}, 1) when {total} is not null then {zero} end"
    kept |= {c: f"avg(CAST(m.{c} AS DOUBLE))" for c in _MEANS if c in columns}
    listed = ", ".join(f"DATE '{m}'" for m in window)
    chosen = ", ".join(["m.c", *(f"CAST({sql} AS DOUBLE) as {name}" for name, sql in kept.items())])
    done = rows_of(ds, f"select {chosen} from month_rows m where m.month in ({listed}) and m.listed group by m.c order by m.c nulls last")
    known = [name for name in kept if done[name].is_not_null().any()]
    found = people.join(done.select("c", *known), on="c", how="left", maintain_order="left")
    return Behaviour(found, at, len(window), tuple(known), question.period)
