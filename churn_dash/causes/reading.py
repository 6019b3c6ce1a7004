"""What this room asks of a published version: what must be there, who was there, month by month."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract import TABLES
from churn_dash.contract.calendar import shifted
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import Condition, condition
from churn_dash.measures.conditions.groupings import within
from churn_dash.measures.filters import Period
from churn_dash.measures.leaving import must_leave
from churn_dash.measures.question import Question
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import Span, month_rows
from churn_dash.store.lacking import who_left
from churn_dash.store.reading import Readable, fetched, full_table

HORIZON = 3
"""Months after a complaint or an answer in which a departure counts. METHODS D1."""
STILL_THERE = _("Who falls a tier is still a customer: choose a definition by which customers leave to see why they left.")
_THERE = "(s.active or s.exposure > 0)"
_ASKED_OF = "asked_of"
_KNUTH, _RANGE = 2_654_435_761, 2**32
_KINDS = {"customer_id": pl.String, "left": pl.Boolean, "left_on": pl.Date, "form": pl.String, "why": pl.String}


def needed(ds: Readable, name: str, columns: Sequence[str] = ()) -> pl.DataFrame:
    """The table; raises ``NotPossible`` in one sentence where it, or what stands in ``columns``, is not in the data."""
    frame = full_table(ds, name)
    about = TABLES[name]
    if frame is None or frame.is_empty():
        raise NotPossible(_("This needs the table {label} ({name}); load it beside the others."), label=about.label, name=name)
    empty = [c for c in columns if frame[c].null_count() == len(frame)]
    if empty:
        raise NotPossible(
            _("This needs the column {column} in the table {label} ({name}), which is empty or was not loaded."),
            column=", ".join(empty),
            label=about.label,
            name=name,
        )
    return frame


@dataclass(frozen=True)
class Asked:
    """A question with every name found: the definition, the months (None: a list without months), the condition over ``m``, the scope."""

    ds: Dataset
    definition: str
    period: Period | None
    where: Condition
    scope: Scope

    @property
    def whole(self) -> Period:
        """The months; raises ``NotPossible`` for a list without them."""
        if self.period is None:
            raise NotPossible(ONE_LIST, what=_("This needs months: these data hold one row a customer"))
        return self.period

    @property
    def followed(self) -> datetime.date:
        """The last month that is measured."""
        return self.ds.measurable[-1]


def resolved(question: Question, leaving: bool = True) -> Asked:
    """What is asked. Raises what ``measure`` raises, and with ``leaving`` ``NotPossible`` where nothing tells who has left."""
    ds, chosen = question.ds, question.chosen
    if leaving:
        tells(ds)
    panel = ds.shape == "panel"
    whole = question.months if panel else None
    whole_span = [Span(whole.start, whole.start, whole.last_day)] if whole is not None else []
    return Asked(ds, chosen, whole, condition(question, within(chosen, question.scope, whole_span)), question.scope)


def tells(ds: Dataset) -> None:
    """Raise ``NotPossible`` where nothing in the data tells who has left."""
    if not ds.flagged:
        raise who_left(ds)


def gone(asked: Asked) -> None:
    """Raise ``NotPossible`` by a definition by which nobody leaves."""
    must_leave(asked.ds, asked.definition, STILL_THERE)


def dims(ds: Dataset, names: Sequence[str]) -> list[str]:
    """SQL of dimensions of ``m`` by name; null where the data lack one."""
    known = {d.name: d.column for d in ds.dimensions}
    return [f"CAST(m.{known[n]} AS VARCHAR) as {n}" if n in known else f"CAST(NULL AS VARCHAR) as {n}" for n in names]


def _lagged(
    asked: Asked, columns: Sequence[str], lag: int, months: tuple[datetime.date, datetime.date] | None, drawn: str = ""
) -> tuple[list[str], str]:
    """SQL of columns of the month table ``lag`` months before the row ``m`` (null where the data lack them), and of the join; the rows
    ``m`` are of the ``months``, first and last."""
    known = [c for c in columns if c in asked.ds.month_columns]
    listed = [f"CAST({f'l.{c}' if c in known else 'NULL'} AS DOUBLE) as {c}" for c in columns]
    if not known or months is None:
        return listed, ""
    first, last = (shifted(m, -lag) for m in months)
    # Joined on a month that is there, and no more of them than needed: an interval in the condition would read every month.
    earlier = (
        f"select m.c, CAST(m.month + INTERVAL {int(lag)} MONTH AS DATE) as later, {', '.join(f'm.{c}' for c in known)} from month_rows m "
        f"where m.month between DATE '{first}' and DATE '{last}'{drawn}"
    )
    return listed, f" left join ({earlier}) l on l.c = m.c and l.later = m.month"


def cohort(asked: Asked, names: Sequence[str] = (), before: Sequence[str] = ()) -> pl.DataFrame:
    """Customers active at the start of the period, by number: exactly those whom the churn rate counts (METHODS B1).

    Columns: customer_id, left (in the period), left_on (null for a list), form, why (null for those who stayed), the
    dimensions ``names`` as they stood then, and the columns ``before`` of the month before (a period only).
    """
    d, period = asked.definition, asked.period
    if period is not None:
        gone, limit = f"coalesce(s.end_day <= DATE '{period.last_day}', false)", f" and m.month = DATE '{period.start}'"
        sp = f" left join spell_rows e on e.definition = '{d}' and e.c = m.c and e.end_date = s.end_day and e.form is not null"
        left_on, form = f"case when {gone} then s.end_day end", f"case when {gone} then e.form end"
    else:
        gone, limit, sp, left_on, form = "s.end_day is not null", "", "", "CAST(NULL AS DATE)", "CAST(NULL AS VARCHAR)"
    columns = [f'{gone} as "left"', f"{left_on} as left_on", f"{form} as form", f"case when {gone} then s.why end as why"]
    lagged, joined = _lagged(asked, before, 1, None if period is None else (period.start, period.start))
    columns += [*dims(asked.ds, names), *lagged]
    sql = (
        f"select p.customer_id, {', '.join(columns)} from {month_rows(d)} join people p on p.c = m.c{sp}{joined} "
        f"where s.active{limit}{asked.where.and_sql} order by p.customer_id nulls last"
    )
    return fetched(asked.ds, sql, asked.where.bound).with_columns(pl.col(c).cast(t) for c, t in _KINDS.items())


def begun(asked: Asked) -> int:
    """How many customers are active at the start of the period."""
    sql = f"select count(*) from {month_rows(asked.definition)} where s.active and m.month = DATE '{asked.whole.start}'"
    found = asked.ds.cursor().execute(sql + asked.where.and_sql, list(asked.where.bound)).fetchone()
    return int(found[0]) if found else 0


def customer_months(
    asked: Asked,
    names: Sequence[str] = (),
    before: Sequence[str] = (),
    months: tuple[datetime.date, datetime.date] | None = None,
    lag: int = 1,
    share: float = 1.0,
    of: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """A row a customer a month in which he was active at the start, or joined; below 1 ``share`` of the customers, drawn by number.
    ``of``: only the customers that stand there (customer_id), or only their months (customer_id, month).

    Columns: customer_id, month, active (at the start), exposure (days), end_day (of the spell; null: open), the dimensions
    ``names`` as they stood at the start, and the columns ``before`` of the table ``customer_month`` ``lag`` months before (null
    where there are none). ``months``: first and last, else those of the period.
    """
    first, last = months or (asked.whole.start, asked.whole.end)
    d = asked.definition
    # Multiplicative hashing (Knuth, volume 3, 6.4): spread evenly, the same customers on every run and every machine.
    drawn = f" and (CAST(m.c AS BIGINT) * {_KNUTH}) % {_RANGE} < {int(share * _RANGE)}" if share < 1 else ""
    lagged, joined = _lagged(asked, before, lag, (first, last), drawn)
    columns = ["m.month", "s.active", "s.exposure", "s.end_day", *dims(asked.ds, names), *lagged]
    con = asked.ds.cursor()
    if of is not None:
        con.register(_ASKED_OF, of.unique().to_arrow())
        same_month = " and o.month = m.month" if "month" in of.columns else ""
        joined = f" join {_ASKED_OF} o on o.customer_id = p.customer_id{same_month}{joined}"
    sql = (
        f"select p.customer_id, {', '.join(columns)} from {month_rows(d)} join people p on p.c = m.c{joined} "
        f"where {_THERE} and m.month between DATE '{first}' and DATE '{last}'{drawn}{asked.where.and_sql} "
        "order by p.customer_id nulls last, m.month nulls last"
    )
    found = pl.DataFrame(con.sql(sql, params=list(asked.where.bound)).to_arrow_table())
    if of is not None:
        con.unregister(_ASKED_OF)
    return found.with_columns(pl.col("active").fill_null(value=False))


def counted_months(asked: Asked, names: Sequence[str] = ()) -> pl.DataFrame:
    """How many rows of ``customer_months`` there are in the period, by month and dimensions.

    Columns: month, the dimensions ``names``, n, active (at the start, of them), exposure (days of all).
    """
    listed = dims(asked.ds, names)
    active = "CAST(sum(case when s.active then 1 else 0 end) AS BIGINT) as active"
    keys = ", ".join(str(i + 1) for i in range(1 + len(listed)))
    sql = (
        f"select {', '.join(['m.month', *listed])}, count(*) as n, {active}, CAST(sum(s.exposure) AS BIGINT) as exposure "
        f"from {month_rows(asked.definition)} where {_THERE} and m.month between DATE '{asked.whole.start}' "
        f"and DATE '{asked.whole.end}'{asked.where.and_sql} group by {keys} order by {keys}"
    )
    return fetched(asked.ds, sql, asked.where.bound)


def placed(asked: Asked, rows: pl.DataFrame, day: str, names: Sequence[str] = (), period: Period | None = None) -> pl.DataFrame:
    """``rows`` with the columns of ``customer_months`` of the customer's month in which ``day`` lies; rows of whoever was not counted then,
    or in no month of the ``period`` (else that of the question), are left out."""
    whole = period or asked.whole
    dated = rows.with_columns(month=pl.col(day).dt.truncate("1mo"))
    keys = ["customer_id", "month"]
    return dated.join(customer_months(asked, names, (), (whole.start, whole.end), of=dated.select(keys)), on=keys, how="inner")


def left_within(months: int = HORIZON) -> pl.Expr:
    """Whether a spell active at the start of ``month`` ended within ``months`` from there, over the columns of ``customer_months``."""
    return (pl.col("end_day") < pl.col("month").dt.offset_by(f"{months}mo")).fill_null(value=False)
