"""What becomes of the customers of one day under several definitions, a row a customer."""

import datetime
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.question import Question
from churn_dash.store import Dataset
from churn_dash.store.derive.activity import OPEN

LEAVES = ("close", "absent")
"""By which definition somebody has really left: the first of these that the data can answer."""
_NEVER = np.iinfo(np.int32).max


def leave_of(ds: Dataset) -> str | None:
    """The definition by which customers of these data really leave; None where nothing tells. A closing that no date tells is absence."""
    known = [name for name in LEAVES if name in ds.definitions]
    return "absent" if "absent" in known and not ds.closings else next(iter(known), None)


def outcomes(question: Question, names: Iterable[str], other: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The customers who are in the month table at the start of the period.

    Columns: aum (CNY at the start, null where unknown), and for each of ``names`` ``<name>_active`` (at the start), ``<name>_lost``
    (the day on which the spell of the start ends by an event, whenever; null: it does not), ``<name>_back`` (the day on which the
    next spell begins). ``gone``: the day of the real leave, null where it is not known or did not come. ``other``: by name the spells
    of those seen otherwise than as derived, see ``relabelled``.
    """
    ds, period = question.ds, question.months
    leave = leave_of(ds)
    listed = list(dict.fromkeys([*names, *([leave] if leave else [])]))
    # An own definition that was not derived is told of everybody by ``other``.
    wanted = [n for n in listed if n in ds.definitions]
    joins = " ".join(f"join states s_{n} on s_{n}.definition = '{n}' and s_{n}.code = m.s_{n}" for n in wanted)
    backs = " ".join(
        f"left join (select c, lost_day, min(back_day) as back from returns where definition = '{n}' group by c, lost_day) r_{n} "
        f"on r_{n}.c = m.c and r_{n}.lost_day = s_{n}.end_day"
        for n in wanted
    )
    columns = ", ".join(
        f"s_{n}.active as {n}_active, CAST(s_{n}.end_day AS DATE) as {n}_lost, CAST(r_{n}.back AS DATE) as {n}_back" for n in wanted
    )
    where = condition(question, at_starts(ds.default_definition, question.scope, [period.start]))
    asked = f"m.month = DATE '{period.start}'{where.and_sql}"
    sql = f"select m.c, m.aum_start as aum, {columns} from month_rows m {joins} {backs} where {asked}"
    rows = pl.DataFrame(ds.cursor().sql(sql, params=list(where.bound)).to_arrow_table())
    gone = rows[f"{leave}_lost"] if leave else pl.Series([None] * len(rows), dtype=pl.Date)
    rows = rows.with_columns(
        column
        for n in listed
        if n not in wanted
        for column in (
            pl.lit(value=False).alias(f"{n}_active"),
            pl.lit(None, dtype=pl.Date).alias(f"{n}_lost"),
            pl.lit(None, dtype=pl.Date).alias(f"{n}_back"),
        )
    )
    for name, spells in other.items():
        if name not in listed:
            continue
        rows = _replaced(rows, name, spells, period.start)
    return rows.with_columns(gone.alias("gone"))


def _replaced(rows: pl.DataFrame, name: str, spells: pl.DataFrame, start: datetime.date) -> pl.DataFrame:
    """The rows with another view of the customers in ``spells``, who may also not be active at all."""
    c, begun, ended = (spells[column].to_numpy() for column in ("c", "start", "end"))
    first = (start - datetime.date(1970, 1, 1)).days
    # Active at the start: begun in an earlier month, not ended before.
    there = (begun < first) & (ended >= first)
    happened = there & spells["form"].is_not_null().to_numpy() & (ended != OPEN)
    again = np.r_[c[1:] == c[:-1], False] if len(c) else np.array([], dtype=bool)
    following = np.where(again, np.r_[begun[1:], OPEN][: len(c)], OPEN)
    who = rows["c"].to_numpy()
    size = int(max(who.max(initial=0), c.max(initial=0))) + 1
    seen, active = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    lost, back = np.full(size, _NEVER, dtype=np.int32), np.full(size, _NEVER, dtype=np.int32)
    seen[c] = True
    active[c[there]] = True
    lost[c[happened]] = ended[happened]
    back[c[happened]] = np.minimum(following[happened], _NEVER)
    mine = pl.Series(seen[who])
    days = {column: pl.Series(values[who]).replace(_NEVER, None).cast(pl.Date) for column, values in (("lost", lost), ("back", back))}
    return rows.with_columns(
        pl.when(mine).then(pl.Series(active[who])).otherwise(pl.col(f"{name}_active")).alias(f"{name}_active"),
        *(pl.when(mine).then(values).otherwise(pl.col(f"{name}_{column}")).alias(f"{name}_{column}") for column, values in days.items()),
    )
