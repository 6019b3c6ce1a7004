"""The one way to every number: metric names, dimensions, filters, period, definition and scope in, rows out.

Pages, command line and exports all pass here. Names come from closed lists; values are bound.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import Condition, condition, virtual
from churn_dash.measures.conditions.groupings import View, within
from churn_dash.measures.filters import Period, covered, dimension, last_12
from churn_dash.measures.metrics import METRICS, Metric
from churn_dash.measures.question import Question
from churn_dash.store import GRAINS, Dataset, Dimension, shifted
from churn_dash.store.derive.facts import (
    FLOW,
    LISTS,
    OUTCOME,
    RETURNED,
    STOCK,
    Span,
    cells,
    flow,
    gathered,
    lists,
    moves,
    outcome,
    returned,
    starts,
    stock,
)
from churn_dash.store.derive.grains import spans
from churn_dash.store.lacking import who_left
from churn_dash.words import Month, nearest

_FILE = datetime.date(1970, 1, 1)
"""Stands for the one period of a cross-section; never shown."""
TIMES = ("month", "quarter", "year")
BY_REASON = {"churned_voluntary", "churned_involuntary"}
"""Sums that rest on reasons of leaving."""


def metric(name: str) -> Metric:
    """The metric by name; ``NotFound`` with the nearest known name."""
    if name in METRICS:
        return METRICS[name]
    near = nearest(name, METRICS)
    if near:
        raise NotFound(_("There is no metric {name}; the nearest is {near}."), name=name, near=near)
    raise NotFound(_("There is no metric {name}; there are: {known}."), name=name, known=", ".join(METRICS))


def measure(question: Question, names: Sequence[str], by: Sequence[str] = ()) -> pl.DataFrame:
    """Metrics by dimensions.

    ``by`` may hold dimensions and one of month, quarter, year. Without a period: the last twelve complete months; a
    cross-section is one period. Returns a row a combination, ordered, with the ``by`` columns (time as the first day) and for
    each metric ``<name>``, ``<name>_low``, ``<name>_high``, ``<name>_n``: rates 0–1, null where undefined.

    Raises ``NotFound`` for an unknown name, ``NotPossible`` where the data cannot answer.
    """
    ds = question.ds
    wanted = [metric(n) for n in dict.fromkeys(names)]
    chosen = question.chosen
    panel = ds.shape == "panel"
    by = tuple(dict.fromkeys(by))
    own = () if panel else {d.name.casefold() for d in ds.dimensions}
    times = [b for b in by if b in TIMES and b not in own]
    if (times or question.period is not None) and not panel:
        raise NotPossible(_("These data hold one row a customer and no months; leave out the dates."))
    if len(times) > 1:
        raise NotPossible(_("Ask for one of month, quarter or year at a time."))
    dims = {b: dimension(ds, b) for b in by if b not in times}
    _told_apart(dims, wanted)
    time = times[0] if times else None
    whole = covered(ds, question.period) if question.period is not None else _latest(ds, time) if panel else None
    view = within(chosen, question.scope, _spans(ds, whole, time) if panel else ())
    where = condition(question, view)
    asked = _Asked(chosen, list(dims.values()), where, whole, time, view)
    answerable = _answerable(ds, wanted)
    return _measured(_sums(ds, answerable, asked), wanted, answerable, by, dims, time)


def _latest(ds: Dataset, time: str | None) -> Period:
    """Without dates: the last twelve complete months; by quarter the last four whole quarters, by year every whole year."""
    if time in (None, "month"):
        return last_12(ds)
    found = spans(str(time), ds.measurable)[-4 if time == "quarter" else 0 :]
    if not found:
        first, last = Month(last_12(ds).start), Month(last_12(ds).end)
        raise NotPossible(
            _("The data hold no whole {unit}: they measure {first} to {last}."),
            unit=time,
            first=first,
            last=last,
        )
    return Period(found[0].start, found[-1].last_month)


def _answerable(ds: Dataset, metrics: Sequence[Metric]) -> list[Metric]:
    """The metrics that these data can answer; the others are undefined. Raises ``NotPossible`` where none is left."""
    lacking = set(LISTS) if ds.shape == "panel" else {*FLOW, *OUTCOME}
    if metrics and ds.shape == "panel" and all(m.sums & lacking for m in metrics):
        raise NotPossible(_("{names} are of a list without months; these data have months."), names=", ".join(m.name for m in metrics))
    if metrics and not [m for m in metrics if not m.sums & lacking]:
        raise NotPossible(_("{names} need months; these data hold one row a customer."), names=", ".join(m.name for m in metrics))
    lacking |= set(LISTS) - set(ds.listed)
    lacking |= set() if ds.flagged else {"churned", "aum_start_churned", *BY_REASON}
    found = [m for m in metrics if not m.sums & lacking]
    if any(m.sums & BY_REASON for m in found) and not ds.explained:
        # Without a single reason all churn is without one; how much of it is whose is not known, rather than nothing.
        found = [m for m in found if not m.sums & BY_REASON or "churned" in m.sums]
        if not found:
            raise NotPossible(
                _(
                    "{names} need reasons: no departure in these data has one. Load churn_events with reason_code, or accounts with "
                    "close_initiator."
                ),
                names=", ".join(m.name for m in metrics),
            )
    if metrics and not found and all(m.sums & set(LISTS) for m in metrics):
        raise NotPossible(
            _("{names} cannot be told: the list needs balances, or the day of each customer's last transaction."),
            names=", ".join(m.name for m in metrics),
        )
    if metrics and not found:
        raise who_left(ds)
    return found


def _told_apart(dims: Mapping[str, Dimension], metrics: Sequence[Metric]) -> None:
    """Raise where two columns of the answer would be one."""
    taken: dict[str, str] = {}
    for asked, d in dims.items():
        if d.column in taken:
            raise NotPossible(_("{first} and {second} are the same dimension; ask for it once."), first=taken[d.column], second=asked)
        taken[d.column] = asked
        if any(asked in (m.name, f"{m.name}_low", f"{m.name}_high", f"{m.name}_n") for m in metrics):
            other = d.column.removeprefix("d_")
            raise NotPossible(_("The dimension {name} is called like a measure; ask for it as {other}."), name=asked, other=other)


@dataclass(frozen=True)
class _Asked:
    """What was asked, every name already found in its closed list."""

    definition: str
    dims: list[Dimension]
    where: Condition
    period: Period | None
    time: str | None
    view: View

    @property
    def columns(self) -> list[str]:
        return [d.column for d in self.dims]


def _sums(ds: Dataset, metrics: Sequence[Metric], asked: _Asked) -> pl.DataFrame:
    """The sums and the metrics over them: columns ``period``, dims, metric names, and every sum that they need."""
    needed = {"active_at_start"}.union(*(m.sums for m in metrics))
    wanted = _spans(ds, asked.period, asked.time)
    sums = [c for c in (*STOCK, *RETURNED, *OUTCOME, *FLOW, *LISTS) if c in needed]
    if not wanted:
        return pl.DataFrame(schema=["period", *asked.columns, *(m.name for m in metrics), *(f"sum_{c}" for c in sums)])
    grain, wanted = _grain(asked.time, wanted)
    touched = {*asked.columns, *asked.where.columns}
    known = set(ds.measurable)
    if any(m not in known for s in wanted if s.period != _FILE for m in _months(s)):
        grain = None  # the cube holds no period with a month that did not come whole
    if grain is not None and ds.cube_columns and touched <= set(ds.cube_columns) and not needed & set(OUTCOME):
        source, bound = _from_cube(grain, wanted, asked)
    else:
        source, bound = _from_months(wanted, asked, needed, ds.shape == "panel")
    keys = ["period", *asked.columns]
    values = [f"CAST({m.sql} AS DOUBLE) as {m.name}" for m in metrics] + [f"CAST(sum({c}) AS DOUBLE) as sum_{c}" for c in sums]
    order = ", ".join(f"{k} nulls last" for k in keys)
    laid_over, first = virtual(ds, asked.dims, asked.view)
    sql = f"{laid_over}select {', '.join([*keys, *values])} from {source} group by {', '.join(keys)} order by {order}"
    rows = _drained(ds.cursor(), sql, [*first, *bound])
    # A cell in which nobody was is no row: the cube lays stock and flow over one another.
    return rows.filter(pl.any_horizontal([pl.col(f"sum_{c}").fill_null(0) != 0 for c in sums]))


def _months(span: Span) -> list[datetime.date]:
    """Every month of a span."""
    return [shifted(span.start, i) for i in range((span.last.year - span.start.year) * 12 + span.last.month - span.start.month + 1)]


def _from_cube(grain: str, wanted: list[Span], asked: _Asked) -> tuple[str, list[Any]]:
    """The rows of the cube for these periods."""
    limits = [f"m.definition = '{asked.definition}'", f"m.grain = '{grain}'"]
    listed = ", ".join(f"DATE '{s.period}'" for s in wanted)
    limits.append(f"m.period in ({listed})")
    limits += [asked.where.sql] if asked.where.sql else []
    return f"(select m.* from cube m where {' and '.join(limits)}) f", list(asked.where.bound)


def _from_months(wanted: list[Span], asked: _Asked, needed: set[str], panel: bool) -> tuple[str, list[Any]]:
    """The facts straight from the month table, for what the cube lacks."""
    definition, columns, chosen = asked.definition, asked.columns, asked.where.sql
    keys = ["period", *columns]
    cell = "select * from cells"
    parts: list[tuple[str, Sequence[str]]] = [(stock(starts(definition, columns, cell), columns, wanted, panel), STOCK)]
    bound = list(asked.where.bound)
    if needed & set(FLOW):
        parts.append((flow(moves(definition, columns, cell), columns, wanted), FLOW))
    if needed & set(LISTS) and not panel:
        parts.append((lists(definition, columns, wanted, chosen), LISTS))
        bound += asked.where.bound
    for names, relation in ((RETURNED, returned), (OUTCOME, outcome)):
        if needed & set(names) and panel:
            parts.append((relation(definition, columns, wanted, chosen), names))
            bound += asked.where.bound
    if not panel:
        parts.append((f"select {', '.join(keys)}, 0 as returned from ({parts[0][0]}) z where 1 = 0", RETURNED))
    summed = cells(definition, columns, chosen, wanted if panel else (), bool(needed & set(FLOW)))
    return f"(with cells as ({summed}) {gathered(parts, ', '.join(keys), keys)}) f", bound


def asked_spans(ds: Dataset, period: Period | None, time: str | None = None) -> list[Span]:
    """The periods that a question over time is about, as ``measure`` takes them: the whole one, or every month, quarter or year in it.

    Raises ``NotPossible`` for data without months and for dates outside them.
    """
    if ds.shape != "panel":
        raise NotPossible(ONE_LIST, what=_("This needs months: these data hold one row a customer"))
    return _spans(ds, covered(ds, period) if period is not None else _latest(ds, time), time)


def _spans(ds: Dataset, period: Period | None, time: str | None) -> list[Span]:
    """The periods to measure: the whole one, or every whole month, quarter or year inside it."""
    if period is None:
        return [Span(_FILE, _FILE, _FILE)]
    if time is None:
        return [Span(period.start, period.start, period.last_day)]
    inside = [m for m in ds.measurable if period.start <= m <= period.end]
    return spans(time, inside)


def _grain(time: str | None, wanted: list[Span]) -> tuple[str | None, list[Span]]:
    """The grain of the cube that holds these periods, and the periods as it names them; None where only the month table does."""
    if time is not None:
        return time, wanted
    if len(wanted) != 1:
        return None, wanted
    span = wanted[0]
    for grain, length in GRAINS.items():
        if (
            grain != "trailing"
            and shifted(span.start, length - 1) == span.last_month
            and (grain == "month" or (span.start.month - 1) % length == 0)
        ):
            return grain, wanted
    if shifted(span.start, 11) == span.last_month:
        return "trailing", [Span(span.last_month, span.start, span.last)]
    return None, wanted


def _drained(cursor: duckdb.DuckDBPyConnection, sql: str, bound: Sequence[Any]) -> pl.DataFrame:
    result = cursor.execute(sql, list(bound))
    names = [d[0] for d in result.description or ()]
    return pl.DataFrame(result.fetchall(), schema=names, orient="row", infer_schema_length=None)


def _measured(
    rows: pl.DataFrame,
    metrics: Sequence[Metric],
    answered: Sequence[Metric],
    by: Sequence[str],
    dims: dict[str, Dimension],
    time: str | None,
) -> pl.DataFrame:
    """Rename to what was asked, order levels as declared, add interval and n; what was not ``answered`` is undefined."""
    records = rows.to_dicts()
    out: dict[str, list[Any]] = {b: [r["period"] if b == time else r[dims[b].column] for r in records] for b in by}
    for m in metrics:
        for suffix in ("", "_low", "_high", "_n"):
            out[m.name + suffix] = []
        for r in records:
            if m not in answered:
                for suffix, undefined in (("", None), ("_low", None), ("_high", None), ("_n", 0)):
                    out[m.name + suffix].append(undefined)
                continue
            sums = {k.removeprefix("sum_"): (float(v) if v is not None else None) for k, v in r.items() if k.startswith("sum_")}
            value = r[m.name]
            found = m.interval(sums) if value is not None else None
            out[m.name].append(None if value is None else int(value) if m.unit == "count" else float(value))
            out[m.name + "_low"].append(found and found.low)
            out[m.name + "_high"].append(found and found.high)
            out[m.name + "_n"].append(m.n(sums))
    types: dict[str, Any] = {b: pl.Date if b == time else pl.Enum(dims[b].values) for b in by}
    for m in metrics:
        types |= {m.name: pl.Int64 if m.unit == "count" else pl.Float64, f"{m.name}_low": pl.Float64, f"{m.name}_high": pl.Float64}
        types[f"{m.name}_n"] = pl.Float64 if m.kind == "person_time" else pl.Int64
    if not records and not by:
        return _undefined(metrics, types)
    return pl.DataFrame(out, schema=types).sort(list(by), nulls_last=True) if by else pl.DataFrame(out, schema=types)


def _undefined(metrics: Sequence[Metric], types: dict[str, Any]) -> pl.DataFrame:
    """One row for a question that no customer matches: n = 0, every rate undefined."""
    row: dict[str, Any] = {}
    for m in metrics:
        row |= {m.name: 0 if m.unit == "count" else None, f"{m.name}_low": None, f"{m.name}_high": None, f"{m.name}_n": 0}
    return pl.DataFrame([row], schema=types)
