"""How each measure is read: its table, the columns it needs, and its value as SQL. Sources: METHODS D1, PLATFORM 1.2.

What is available in a bank's data, what is missing there, and how it is read all follow from ``reading``. A ratio to nothing is
undefined, one to next to nothing ends at tenfold (``ratios``); a count of nothing is 0.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.features.known import KNOWN, TODAY, TODAY_WORDS
from churn_dash.risk.features.ratios import change_of
from churn_dash.risk.features.score_dates import ScoreDate
from churn_dash.risk.features.which import WHICH

Columns = Mapping[str, Collection[str]]
"""Table → its columns."""
_ZERO, _ONE = "CAST(0 AS DOUBLE)", "CAST(1 AS DOUBLE)"
_LEAST_POINTS = 3
_OF = {
    **dict.fromkeys(("open", "recent", "since_event"), "complaints"),
    **dict.fromkeys(("last", "last_change"), "surveys"),
    **dict.fromkeys(("market_level", "market_gap", "market_gap_change"), "market_month"),
    "market_change": "balances",
    "tenure": "joined",
    "age": TODAY,
}
"""The table of a measure that needs not say it; of the others it is the months."""
_COUNTED = ("open", "recent", "recent_change", "sum", "standing", "standing_sum")
_BY_ROW = ("open", "recent", "recent_change", "since_event", "standing", "tenure")


@dataclass(frozen=True)
class Reading:
    """A feature's place: the table, the columns of it that must be there, those that may, those to be ranked by age, and the value
    among the rows ``w`` of one customer (or city) known at ``day``. ``nothing``: the value of who has no row at all."""

    table: str
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    nothing: float | None = None

    @property
    def today(self) -> bool:
        """Whether it says how things are in the extract, not how they were at the score date."""
        return self.table == TODAY

    @property
    def when(self) -> str:
        """When its rows become known, as a marked sentence."""
        return TODAY_WORDS if self.today else KNOWN[self.table].when


def reading(feature: Feature, columns: Columns) -> Reading:
    """Where a feature is read in data with these columns. Attributes as they stood where the months have them, else as of today."""
    source = feature.source
    if source.measure in ("attribute", "months_ago"):
        return Reading("months" if source.column in columns.get("months", ()) else TODAY, (source.column,))
    if source.measure == "age":
        return Reading(TODAY, ("birth_date",))
    table = source.table or _OF.get(source.measure, "months")
    nothing = 0.0 if source.measure in _COUNTED else None
    which = WHICH[source.where].columns if source.where else ()
    if source.measure in _BY_ROW:
        return Reading(table, (), (*which, *(("resolved_at",) if source.measure == "open" else ())), nothing=nothing)
    needs = (source.column,) if source.where else tuple(c for c in (source.column, source.other) if c)
    return Reading(table, needs, which, (source.column,) if source.measure in ("last", "last_change") else (), nothing)


def when_known(feature: Feature) -> str:
    """When what a feature says becomes known, as a marked sentence."""
    if feature.source.measure == "column":
        return _("with the extract: a list of one day keeps no past")
    return reading(feature, {}).when


def lacking(feature: Feature, columns: Columns) -> list[str]:
    """What the data lack for a feature: the table, or columns of it as ``table.column``; nothing where it can be read."""
    found = reading(feature, columns)
    if found.table not in columns:
        return [found.table]
    present, known = columns[found.table], KNOWN.get(found.table)
    days = [] if known is None or any(d in present for d in known.days) else [known.days[-1]]
    return [f"{found.table}.{c}" for c in (*days, *found.needs) if c not in present]


def value(feature: Feature, found: Reading, day: ScoreDate) -> str:
    """SQL of the feature among the rows ``w`` of one customer or city."""
    source = feature.source
    if source.measure in ("attribute", "level", "changed", "market_level"):
        column = found.needs[0]
        if source.measure == "changed":
            now, then = (_at(f"CAST(w.{column} AS STRING)", k) for k in (0, source.months))
            return f"case when {now} <> {then} then {_ONE} when {now} = {then} then {_ZERO} end"
        kind = "STRING" if feature.kind == "category" else "DOUBLE"
        return f"max(CAST(w.{column} AS {kind}))" if found.today else _at(f"CAST(w.{column} AS {kind})", 0)
    if source.measure == "months_ago":
        column = f"w.{found.needs[0]}"
        months = f"CAST({day.number} - (year({column}) * 12 + month({column}) - 1) AS DOUBLE)"
        return f"max({months})" if found.today else _at(months, 0)
    made = _EVENTS.get(source.measure) or _MONTHS[source.measure]
    return made(source, day)


def _at(x: str, months: int) -> str:
    return f"max(case when w.k = {months} then {x} end)"


def _number(column: str) -> str:
    return f"CAST(w.{column} AS DOUBLE)"


def _mean(column: str, nearest: int, farthest: int) -> str:
    return f"avg(case when w.k between {nearest} and {farthest - 1} then {_number(column)} end)"


def _relative(now: str, then: str) -> str:
    """The change of a ratio, within its ends: ``greatest`` passes over a null, so an unknown ``now`` is told apart before."""
    return f"case when {then} > 0 and {now} is not null then {change_of(f'{now} / nullif({then}, {_ZERO})')} end"


def _slope(s: Source, _day: ScoreDate) -> str:
    """Least-squares growth a month of log1p over the last months, within the ends of a ratio; undefined with fewer than three points."""
    use = f"w.k < {s.months} and w.{s.column} is not null"
    x, y = "CAST(-w.k AS DOUBLE)", f"ln(1 + greatest({_number(s.column)}, {_ZERO}))"
    n = f"sum(case when {use} then {_ONE} end)"
    sx, sy, sxx, sxy = (f"sum(case when {use} then {e} end)" for e in (x, y, f"{x} * {x}", f"{x} * {y}"))
    growth = f"exp(({n} * {sxy} - {sx} * {sy}) / nullif({n} * {sxx} - {sx} * {sx}, {_ZERO}))"
    return f"case when {n} >= {_LEAST_POINTS} then {change_of(growth)} end"


def _since(s: Source, _day: ScoreDate) -> str:
    """Months since the last one with something in it; where there was none, the months looked at."""
    return f"CAST(coalesce(min(case when {_number(s.column)} > 0 then w.k end), max(w.k) + 1) AS DOUBLE)"


def _age(_s: Source, day: ScoreDate) -> str:
    not_yet = f"case when month(max(w.birth_date)) * 100 + day(max(w.birth_date)) > {day.month_day} then 1 else 0 end"
    return f"CAST({day.year} - year(max(w.birth_date)) - {not_yet} AS DOUBLE)"


def _tenure(_s: Source, day: ScoreDate) -> str:
    not_yet = f"case when day(max(w.event_ts)) > {day.day_of_month} then 1 else 0 end"
    return f"CAST(max(w.back) - {not_yet} AS DOUBLE)"


def _which(s: Source, day: ScoreDate) -> str:
    """The condition on rows, with the days that it speaks of."""
    if not s.where:
        return "w.event_ts is not null"
    return WHICH[s.where].sql.format(t=day.day, **day.ends)


def _happened(s: Source, day: ScoreDate, nearest: int, farthest: int) -> str:
    """How many rows there are of the months from ``nearest`` back to before ``farthest``."""
    return f"sum(case when w.back between {nearest} and {farthest - 1} and ({_which(s, day)}) then {_ONE} else {_ZERO} end)"


def _total(column: str, condition: str) -> str:
    return f"sum(case when {condition} then coalesce({_number(column)}, {_ZERO}) else {_ZERO} end)"


def _part(part: str, whole: str) -> str:
    return f"case when {whole} > 0 then {part} / nullif({whole}, {_ZERO}) end"


def _standing_share(s: Source, day: ScoreDate) -> str:
    return _part(_total(s.column, _which(s, day)), _total(s.column, _which(Source("sum", s.column, where=s.other), day)))


def _row(column: str, n: int, months: int) -> str:
    return f"max(case when w.{column}_rank = {n} and w.back < {months} then {_number(column)} end)"


def _gap(s: Source, k: int) -> str:
    return f"{_at(_number(s.column), k)} - {_at(_number(s.other), k)}"


_MONTHS: Mapping[str, Callable[[Source, ScoreDate], str]] = {
    "change": lambda s, t: _relative(_at(_number(s.column), 0), _at(_number(s.column), s.months)),
    "difference": lambda s, t: f"{_at(_number(s.column), 0)} - {_at(_number(s.column), s.months)}",
    "share": lambda s, t: (
        f"case when {_at(_number(s.other), 0)} > 0 then {_at(_number(s.column), 0)} / nullif({_at(_number(s.other), 0)}, {_ZERO}) end"
    ),
    "peak": lambda s, t: _relative(_at(_number(s.column), 0), f"max({_number(s.column)})"),
    "mean": lambda s, t: _mean(s.column, 0, s.months),
    "mean_change": lambda s, t: _relative(_mean(s.column, 0, s.months), _mean(s.column, s.months, 2 * s.months)),
    "slope": _slope,
    "since": _since,
    "market_gap": lambda s, t: _gap(s, 0),
    "market_gap_change": lambda s, t: f"({_gap(s, 0)}) - ({_gap(s, s.months)})",
    "market_change": lambda s, t: _relative(_at(_number(s.column), 0), _at(_number(s.column), s.months)),
}
_EVENTS: Mapping[str, Callable[[Source, ScoreDate], str]] = {
    "age": _age,
    "tenure": _tenure,
    "open": lambda s, t: f"sum(case when w.resolved_at is null or w.resolved_at > {t.day} then {_ONE} else {_ZERO} end)",
    "recent": lambda s, t: _happened(s, t, 0, s.months),
    "recent_change": lambda s, t: f"{_happened(s, t, 0, s.months)} - {_happened(s, t, s.months, 2 * s.months)}",
    "since_event": lambda s, t: f"CAST(min(case when w.back < {s.months} and ({_which(s, t)}) then w.back end) AS DOUBLE)",
    "sum": lambda s, t: (
        f"sum(case when w.back < {s.months} and ({_which(s, t)}) then coalesce({_number(s.column)}, {_ZERO}) else {_ZERO} end)"
    ),
    "standing": lambda s, t: f"sum(case when {_which(s, t)} then {_ONE} else {_ZERO} end)",
    "standing_sum": lambda s, t: _total(s.column, _which(s, t)),
    "standing_share": _standing_share,
    "last": lambda s, t: _row(s.column, 1, s.months),
    "last_change": lambda s, t: f"{_row(s.column, 1, s.months)} - {_row(s.column, 2, s.months)}",
}
