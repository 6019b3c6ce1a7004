"""How long customers were there, as counts by day since they joined: all that survival and hazard rest on. Source: METHODS B0.

A spell counts its days from the day it began (day 0); a return begins a new one. Inside a window of whole months a spell that began
before it enters late, at the age it has on the first day (left truncation), and one that still runs leaves at the last, without
an event (right censoring). Counted this way a bank of any size is a few thousand numbers.
"""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.measures.conditions.condition import condition, laid_over
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.filters import Period, dimension
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, Dimension
from churn_dash.store.derive.states import WHY

Counts = npt.NDArray[np.int64]
_NEVER = datetime.date(1900, 1, 1)
"""The day on which a customer began of whom nothing tells when."""


@dataclass(frozen=True)
class Lifetimes:
    """Spells by day of their age, arrays of one length: ``entered`` (first day watched), ``left`` (last day watched, for whatever
    cause), ``events`` (of those, the departures by cause)."""

    entered: Counts
    left: Counts
    events: Mapping[str, Counts]

    @property
    def n(self) -> int:
        """Spells watched."""
        return int(self.entered.sum())

    @functools.cached_property
    def departed(self) -> Counts:
        """Departures of every cause by day."""
        found: Counts = np.sum([np.zeros_like(self.left), *self.events.values()], axis=0, dtype=np.int64)
        return found

    @functools.cached_property
    def at_risk(self) -> Counts:
        """Spells watched on each day of their age; the sum is the exposure in days of METHODS B1.

        >>> Lifetimes(np.array([2, 0, 1]), np.array([0, 1, 2]), {}).at_risk.tolist()
        [2, 2, 2]
        """
        found: Counts = np.cumsum(self.entered) - np.cumsum(self.left) + self.left
        return found

    def since(self, day: int) -> "Lifetimes":
        """The same spells watched from that age on: what went before is not looked at."""
        entered = self.entered.copy()
        entered[day] = self.at_risk[day]
        entered[:day] = 0
        after = np.arange(len(entered)) >= day
        return Lifetimes(entered, self.left * after, {why: n * after for why, n in self.events.items()})


def counted(first: Counts, last: Counts, why: npt.NDArray[Any], n: Counts | None = None) -> Lifetimes:
    """Spells by their first and last day watched (ages in whole units) and why they ended, None or "" where they had not.

    ``n`` says how many spells each entry stands for.

    >>> counted(np.array([0, 0]), np.array([3, 5]), np.array(["voluntary", ""])).events["voluntary"].tolist()
    [0, 0, 0, 1, 0, 0]
    """
    weight = np.ones(len(last), dtype=np.int64) if n is None else n
    size = int(last.max()) + 1 if len(last) else 1

    def by_day(day: Counts, chosen: npt.NDArray[np.bool_] | slice = slice(None)) -> Counts:
        return np.bincount(day[chosen], weights=weight[chosen], minlength=size).astype(np.int64)

    known = np.array([w or "" for w in why], dtype=object)
    return Lifetimes(by_day(first), by_day(last), {w: by_day(last, known == w) for w in sorted({*known} - {""})})


def added(parts: list[Lifetimes]) -> Lifetimes:
    """The spells of several groups together."""
    size = max([len(p.left) for p in parts], default=1)

    def total(arrays: list[Counts]) -> Counts:
        found: Counts = np.sum([np.zeros(size, np.int64), *(np.pad(a, (0, size - len(a))) for a in arrays)], axis=0, dtype=np.int64)
        return found

    causes = [w for w in WHY if any(w in p.events for p in parts)] + sorted({w for p in parts for w in p.events} - set(WHY))
    return Lifetimes(
        total([p.entered for p in parts]),
        total([p.left for p in parts]),
        {w: total([p.events[w] for p in parts if w in p.events]) for w in causes},
    )


def lifetimes(question: Question, by: str | None) -> tuple[dict[str | None, Lifetimes], int]:
    """The spells watched in the period, by the level of a dimension, and how many had to be left out.

    Filters and levels are those of the month in which a spell came to be watched: what a customer became later must not decide in which
    group he is. Left out are those whose first day nothing tells: they were there when the data begin, and no opening day is known.
    """
    ds, period = question.ds, question.months
    rows = _spells(question, dimension(ds, by) if by else None)
    unknown = rows.filter(pl.col("unknown"))
    known = rows.filter(~pl.col("unknown"))
    levels = [*(dimension(ds, by).values if by else ()), None]
    groups = {level: known.filter(pl.col("level").eq_missing(level)) for level in levels}
    return {level: _counts(part, period) for level, part in groups.items() if len(part)}, int(unknown["n"].sum())


def _counts(rows: pl.DataFrame, period: Period) -> Lifetimes:
    start = rows["start_date"].cast(pl.Int32).to_numpy().astype(np.int64)
    opening = (period.start - _EPOCH).days
    end = rows["end_date"].cast(pl.Int32).fill_null((period.last_day - _EPOCH).days).to_numpy().astype(np.int64)
    return counted(np.maximum(opening - start, 0), end - start, rows["why"].to_numpy(), rows["n"].to_numpy())


_EPOCH = datetime.date(1970, 1, 1)


def watched(question: Question, columns: str, joined: bool) -> tuple[str, list[Any]]:
    """SQL that selects ``columns`` of the spells watched in the period, ``sp``, and its bound values.

    With ``joined``, ``m`` is the row of the month in which the spell came to be watched.
    """
    period, definition = question.months, question.chosen
    where = condition(question, at_starts(definition, question.scope, [period.start]))
    inside = (
        f"sp.definition = '{definition}' and sp.start_date <= DATE '{period.last_day}' "
        f"and (sp.end_date is null or sp.end_date >= DATE '{period.start}')"
    )
    if not joined and not where.sql:
        return f"select {columns} from spell_rows sp where {inside}", []
    # Those there at the start need one month of the table, and only those who came later the others.
    parts = (
        (f"m.month = DATE '{period.start}'", f"sp.start_date <= DATE '{period.start}'"),
        (
            "m.month = date_trunc('month', sp.start_date)",
            f"sp.start_date > DATE '{period.start}' and m.month between DATE '{period.start}' and DATE '{period.end}'",
        ),
    )
    sql = " union all ".join(
        f"select {columns} from spell_rows sp join month_rows m on m.c = sp.c and {month} where {inside} and {side}{where.and_sql}"
        for month, side in parts
    )
    return sql, [*where.bound, *where.bound]


def _spells(question: Question, by: Dimension | None) -> pl.DataFrame:
    """Spells watched: level, start_date, end_date and why inside the period (else null), unknown (the first day), n."""
    ds, period = question.ds, question.months
    con = ds.cursor()
    doubtful = unknown_starts(ds)
    con.register("doubtful_spells", doubtful.to_frame("c").to_arrow())
    inside = f"sp.end_date <= DATE '{period.last_day}'"
    level = f"CAST(m.{by.column} AS VARCHAR)" if by is not None else "CAST(NULL AS VARCHAR)"
    columns = (
        f"{level} as level, sp.start_date, case when {inside} then sp.end_date end as end_date, "
        f"case when {inside} and sp.form is not null then coalesce(sp.why, 'unknown') end as why, "
        "sp.spell = 1 and sp.c in (select c from doubtful_spells) as unknown"
    )
    sql, bound = watched(question, columns, joined=by is not None)
    keys = "level, start_date, end_date, why, unknown"
    order = "level nulls last, start_date, end_date nulls last, why nulls last, unknown"
    counts = f"select {keys}, CAST(count(*) AS BIGINT) as n from ({sql}) z group by {keys} order by {order}"
    counts, bound = laid_over(ds, [by] if by is not None else [], counts, bound, at_starts(question.chosen, question.scope, [period.start]))
    return pl.DataFrame(con.sql(counts, params=bound).to_arrow_table())


def watched_spells(question: Question, by: str | None) -> pl.DataFrame:
    """Every spell watched in the period, a row each: customer_id, start_date, end_date (null: runs on), left (the end counts as leaving),
    level (of ``by`` in the month in which the spell came to be watched; null without one or where unknown), spell (its number among those
    of the customer, from 1).

    An end after the period stays: whoever asks decides how far to look. Sorted by customer and start.
    """
    ds = question.ds
    over = dimension(ds, by) if by else None
    level = f"CAST(m.{over.column} AS VARCHAR)" if over is not None else "CAST(NULL AS VARCHAR)"
    columns = f'{level} as level, sp.c, sp.start_date, sp.end_date, sp.form is not null as "left", sp.spell'
    sql, bound = watched(question, columns, joined=over is not None)
    sql, bound = laid_over(
        ds, [over] if over is not None else [], sql, bound, at_starts(question.chosen, question.scope, [question.months.start])
    )
    asked = (
        'select p.customer_id, z.start_date, z.end_date, z."left", z.level, z.spell, z.c '
        f"from ({sql}) z join people p on p.c = z.c order by p.customer_id, z.start_date"
    )
    return pl.DataFrame(ds.cursor().sql(asked, params=bound).to_arrow_table())


def unknown_starts(ds: Dataset) -> pl.Series:
    """The customers (by number, ``c``) whose first day is not known: it was taken to be the first day of the data, or of all days."""
    first = ds.all_months[0]
    asked = (
        "select distinct sp.c, p.customer_id from spell_rows sp join people p on p.c = sp.c "
        f"where sp.spell = 1 and (sp.start_date = DATE '{first}' or sp.start_date <= DATE '{_NEVER}') order by sp.c"
    )
    some = pl.DataFrame(ds.cursor().sql(asked).to_arrow_table())
    for name in ("customers", "accounts"):
        table = ds.scan(name)
        if len(some) and table is not None and "open_date" in table.collect_schema():
            ids = some["customer_id"].implode()
            known = (
                table.filter(pl.col("open_date").is_not_null() & pl.col("customer_id").is_in(ids)).select("customer_id").unique().collect()
            )
            some = some.join(known, on="customer_id", how="anti")
    return some["c"]
