"""Groups of customers that are worked out, not stored in the month table: how they become dimensions of every question.

What a group is, is declared by the rooms above (``segments``, ``causes``) with ``declare``; here it is only kept, by the start at which
customers stood, and laid over the month table. Kept in memory beside the derived file, so that a group is worked out once a version,
definition, scope and start.
"""

import datetime
import functools
import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.calendar import ordinal
from churn_dash.errors import NotPossible
from churn_dash.store import Dataset, Dimension, Records, shifted
from churn_dash.store.derive.facts import Span

_PLACE = "grouped"
_guard = threading.Lock()
_locks: dict[str, threading.Lock] = {}


@dataclass(frozen=True)
class Grouping:
    """A way to group customers as they stood at the start of a month.

    ``levels``: in order, ``unknown`` among them: the level of whoever was not there or of whom too little is known. ``assigned(ds, at,
    definition, scope)`` gives customer_id and group (null: unknown) of everybody active at the start of ``at`` (None: a list without
    months). ``possible``: whether the data hold what it needs. ``state``: what the groups depend on beside the data.
    """

    name: str
    label: str
    levels: tuple[str, ...]
    unknown: str
    assigned: Callable[[Dataset, datetime.date | None, str, Scope], pl.DataFrame]
    possible: Callable[[Dataset], bool]
    state: Callable[[Dataset], int] = lambda _ds: 0

    @property
    def dimension(self) -> Dimension:
        """As a way to break customers down. Its column is none of the month table."""
        return Dimension(self.name, f"g_{self.name}", self.label, self.levels)


@dataclass(frozen=True)
class View:
    """From where customers are looked at: whose rows, by which definition, and for each month of the table the start at which groups
    are taken. Whoever stands in another month has no known group."""

    definition: str
    scope: Scope
    starts: tuple[tuple[datetime.date, datetime.date], ...]


_declared: dict[str, Grouping] = {}


def declare(grouping: Grouping) -> None:
    """Make a grouping a dimension of every question."""
    _declared[grouping.name] = grouping


def groupings(ds: Dataset) -> dict[str, Grouping]:
    """The groupings that these data allow, by name; a column of the bank's own that is called the same goes first."""
    return {name: _declared[name] for name in _allowed(ds, Records(ds.root).stamp, declared())}


@functools.lru_cache(maxsize=64)
def _allowed(ds: Dataset, _recorded: tuple[int, int, int], names: tuple[str, ...]) -> tuple[str, ...]:
    """The names among ``names`` that the data allow; asked anew when anything is recorded, since rules of loyalty may be."""
    if ds.shape == "empty":
        return ()
    stored = {d.name.casefold() for d in ds.dimensions}
    return tuple(name for name in names if name not in stored and _declared[name].possible(ds))


def declared() -> tuple[str, ...]:
    """The names of all groupings, whatever the data allow."""
    return tuple(sorted(_declared))


def grouping(ds: Dataset, name: str) -> Grouping | None:
    """The grouping by name, whatever the case; None where there is none or the data do not allow it."""
    wanted = name.strip().casefold()
    return groupings(ds).get(wanted) if wanted in _declared else None


def at_starts(definition: str, scope: Scope, months: Iterable[datetime.date]) -> View:
    """Every month by its own start."""
    return View(definition, scope, tuple((m, m) for m in sorted(set(months))))


def within(definition: str, scope: Scope, spans: Sequence[Span], also: Iterable[datetime.date] = ()) -> View:
    """Every month of a span by the span's start, so that a group never looks ahead; the months ``also`` by their own."""
    starts = {m: m for m in also}
    for span in spans:
        starts |= {shifted(span.start, i): span.start for i in range(ordinal(span.last_month) - ordinal(span.start) + 1)}
    return View(definition, scope, tuple(sorted(starts.items())))


def every_start(ds: Dataset, scope: Scope) -> View:
    """Every month that the data measure, and how they end, by its own start."""
    ends = (shifted(ds.months[-1], 1),) if ds.months else ()
    return at_starts(ds.default_definition, scope, (*ds.measurable, *ends))


@dataclass(frozen=True)
class Laid:
    """A grouping worked out for a view, to be asked in SQL: ``table`` with ``key`` and ``level``, ``key`` of a row ``m``."""

    table: str
    key: str
    unknown: str

    @property
    def join(self) -> str:
        """The join that gives a row of the month table ``m`` its ``level``, as the table's own name."""
        return f"left join {self.table} {self.alias} on {self.alias}.key = {self.key}"

    @property
    def alias(self) -> str:
        return self.table.rpartition(".")[2]

    @property
    def level(self) -> str:
        """The level of a row behind ``join``."""
        return f"coalesce({self.alias}.level, '{self.unknown}')"

    def among(self, values: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """The condition that a row is of one of the levels, true or false, and its bound values."""
        known = tuple(v for v in dict.fromkeys(values) if v != self.unknown)
        found = [f"coalesce({self.key} in (select key from {self.table} where level in ({', '.join('?' for _v in known)})), false)"]
        if not known:
            found = []
        if self.unknown in values:
            found.append(f"not coalesce({self.key} in (select key from {self.table}), false)")
        return f"({' or '.join(found)})", known


def laid(ds: Dataset, asked: Grouping, view: View) -> Laid:
    """The grouping, worked out where it was not yet. Raises ``NotPossible`` where it can be told of none of the starts."""
    panel = ds.shape == "panel"
    starts: list[datetime.date | None] = list(dict.fromkeys(start for _m, start in view.starts)) if panel else [None]
    branches = None if view.scope.branches is None else tuple(sorted(view.scope.branches))
    mark = hashlib.sha256(repr((asked.name, view.definition, branches, asked.state(ds))).encode()).hexdigest()[:16]
    table = f"{_PLACE}.main.{asked.name}_{mark}"
    refusals = []
    with _guard:
        con = _room(ds, table)
        lock = _locks.setdefault(table, threading.Lock())
    # Nobody waits for a group that somebody else is working out, but who asks for the same one.
    with lock:
        done = dict(con.execute(f"select start, told from {table}_starts").fetchall())
        for start in starts:
            code = _code(start)
            if code not in done:
                done[code] = _worked_out(ds, con, asked, view, start, table)
            refusals += [start] if not done[code] else []
    if starts and len(refusals) == len(starts):
        asked.assigned(ds, starts[-1], view.definition, view.scope)  # says why
        raise NotPossible(asked.label)
    return Laid(table, f"CAST(m.c AS BIGINT) * 65536 + {_start_of(view) if panel else '0'}", asked.unknown)


def _room(ds: Dataset, table: str) -> duckdb.DuckDBPyConnection:
    con = ds.cursor()
    con.execute(f"attach if not exists ':memory:' as {_PLACE} (READ_WRITE)")
    con.execute(f"create table if not exists {table} (key BIGINT, level VARCHAR)")
    con.execute(f"create table if not exists {table}_starts (start INTEGER, told BOOLEAN)")
    return con


def _worked_out(ds: Dataset, con: duckdb.DuckDBPyConnection, asked: Grouping, view: View, start: datetime.date | None, table: str) -> bool:
    """Keep the groups of a start; False where the data do not tell them."""
    told, code = True, _code(start)
    try:
        people = asked.assigned(ds, start, view.definition, view.scope).drop_nulls()
    except NotPossible:
        told, people = False, pl.DataFrame(schema={"customer_id": pl.String, "group": pl.String})
    con.register("people_of_groups", people.select("customer_id", "group").to_arrow())
    con.execute("begin")  # whole or not there: a start written twice would count its customers twice
    con.execute(
        f'insert into {table} select CAST(p.c AS BIGINT) * 65536 + {code}, g."group" from people_of_groups g '
        "join people p on p.customer_id = g.customer_id"
    )
    con.execute(f"insert into {table}_starts values ({code}, {told})")
    con.execute("commit")
    con.unregister("people_of_groups")
    return told


def _code(start: datetime.date | None) -> int:
    return 0 if start is None else start.year * 12 + start.month


def _start_of(view: View) -> str:
    """SQL of the code of the start that belongs to the month of a row ``m``; null for a month that the view does not hold."""
    runs: list[tuple[datetime.date, datetime.date, datetime.date]] = []
    first, last = (view.starts[0][0], view.starts[-1][0]) if view.starts else (None, None)
    gapless = first is not None and last is not None and ordinal(last) - ordinal(first) + 1 == len(view.starts)
    if gapless and all(m == start for m, start in view.starts):
        return f"case when m.month between DATE '{first}' and DATE '{last}' then year(m.month) * 12 + month(m.month) end"
    for month, start in view.starts:
        if runs and runs[-1][2] == start and shifted(runs[-1][1], 1) == month:
            runs[-1] = (runs[-1][0], month, start)
        else:
            runs.append((month, month, start))
    whens = " ".join(f"when m.month between DATE '{a}' and DATE '{b}' then {_code(start)}" for a, b, start in runs)
    return f"case {whens} end" if whens else "CAST(NULL AS INTEGER)"
