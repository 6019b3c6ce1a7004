"""Which rows of the month table a question is about: the reader's filters, saved segments and the viewer's scope, as SQL with bound
values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.among import AMONG, codes_among
from churn_dash.measures.conditions.groupings import View, every_start, grouping, laid
from churn_dash.measures.conditions.rule_columns import Column, levels, number
from churn_dash.measures.conditions.rules import WRITTEN, Clause, Rule, rule_in
from churn_dash.measures.conditions.saved_segments import IN, OUT, PREFIX, codes, segment
from churn_dash.measures.filters import dimension
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, Dimension

_LISTED = "c"
"""The column that a list of customers touches; the cube lacks it."""
_NOBODY, _EVERYBODY = "1 = 0", "1 = 1"


@dataclass(frozen=True)
class Condition:
    """A condition over the month table ``m``: ``sql`` with a placeholder for each value in ``bound``; empty where every row counts.

    ``columns`` are the columns of the month table that it touches. It is true or false, never unknown.
    """

    sql: str
    bound: tuple[Any, ...]
    columns: frozenset[str]

    @property
    def and_sql(self) -> str:
        """The condition to follow another one.

        >>> Condition("m.d_tier in (?)", ("gold",), frozenset({"d_tier"})).and_sql
        ' and m.d_tier in (?)'
        """
        return f" and {self.sql}" if self.sql else ""


def condition(question: Question, view: View | None = None) -> Condition:
    """The filters and the scope together. A scope by branch on data without branches shows nothing; raises ``NotFound`` for an
    unknown dimension or segment. ``view``: at which starts groups are taken (RFM and the like); without it, at that of each month."""
    ds = question.ds
    where = [*question.filters.where]
    if question.scope.branches is not None:
        where.append(("branch_id", tuple(sorted(question.scope.branches))))
    return (
        _joined([_limit(ds, name, values, view or every_start(ds, question.scope)) for name, values in where], "and")
        if where
        else Condition("", (), frozenset())
    )


def rule_condition(ds: Dataset, rule: Rule) -> Condition:
    """A rule over the customers as they stood at the start of a row's month.

    A number is that of the month before; of a joiner, who was not there then, that of the month itself, as with every dimension.
    Raises ``NotFound`` for a column that these data lack, ``NotPossible`` where segments name one another in a ring.
    """
    return _rule(ds, rule, (), View(ds.default_definition, Scope.everything(), ()))


def virtual(ds: Dataset, dims: Sequence[Dimension], view: View | None = None) -> tuple[str, tuple[Any, ...]]:
    """SQL to stand before a question about ``month_rows`` that is broken down by segments or groups, and its bound values; empty
    without them.

    It lays over the month table one that also has a column ``in`` or ``out`` for each segment, and one of levels for each grouping.
    """
    ours = {d.column: d for d in dims if d.column.startswith("g_")}
    if not ours:
        return "", ()
    seen = view or every_start(ds, Scope.everything())
    columns: list[str] = []
    joins: list[str] = []
    bound: list[Any] = []
    for d in ours.values():
        if d.name.startswith((PREFIX, WRITTEN)):
            found = _group(ds, d.name, (), seen)
            columns.append(f"case when {found.sql} then 'in' else 'out' end as {d.column}")
            bound += found.bound
        else:
            known = grouping(ds, d.name)
            assert known is not None
            over = laid(ds, known, seen)
            columns.append(f"{over.level} as {d.column}")
            joins.append(over.join)
    # Its own name inside would be a circle; "not materialized" lets the engine read only what the question needs.
    source = " ".join(["main.month_rows m", *joins])
    return f"with month_rows as not materialized (select m.*, {', '.join(columns)} from {source}) ", tuple(bound)


def laid_over(ds: Dataset, dims: Sequence[Dimension], sql: str, bound: Sequence[Any], view: View | None = None) -> tuple[str, list[Any]]:
    """A question about ``month_rows`` and its bound values, made able to ask for the columns of segments and groups among ``dims``."""
    before, first = virtual(ds, dims, view)
    if before and sql.startswith("with "):
        return f"{before.rstrip()}, {sql.removeprefix('with ')}", [*first, *bound]
    return before + sql, [*first, *bound]


def _limit(ds: Dataset, name: str, values: Sequence[str], view: View) -> Condition:
    """A filter: one of the values."""
    if not values:
        return Condition(_NOBODY, (), frozenset())
    if name.startswith((PREFIX, WRITTEN, AMONG)):
        return _membership(_group(ds, name, (), view), values)
    d = dimension(ds, name)
    if d.column.startswith("g_"):
        return _of_levels(ds, d, values, view)
    return Condition(f"m.{d.column} in ({', '.join('?' for _v in values)})", tuple(values), frozenset({d.column}))


def _of_levels(ds: Dataset, d: Dimension, values: Sequence[str], view: View) -> Condition:
    """Whoever is in one of the levels of a grouping."""
    known = grouping(ds, d.name)
    assert known is not None
    among = [v for v in values if v in d.values]
    if not among or (not view.starts and ds.shape == "panel"):
        return Condition(f"({_EVERYBODY if known.unknown in among else _NOBODY})", (), frozenset({d.column}))
    sql, bound = laid(ds, known, view).among(among)
    return Condition(sql, bound, frozenset({d.column}))


def _membership(found: Condition, values: Sequence[str]) -> Condition:
    wanted = set(values)
    if wanted == {IN}:
        return found
    sql = f"not {found.sql}" if wanted == {OUT} else _EVERYBODY if IN in wanted else _NOBODY
    bound = found.bound if wanted == {OUT} else ()
    return Condition(sql, bound, found.columns)


def _joined(parts: Sequence[Condition], word: str) -> Condition:
    sql = f" {word} ".join(p.sql for p in parts)
    return Condition(sql, tuple(v for p in parts for v in p.bound), frozenset().union(*(p.columns for p in parts)))


def _group(ds: Dataset, name: str, seen: tuple[str, ...], view: View) -> Condition:
    """Those in a saved segment, those whom a rule that is not saved yet describes, or those named one by one."""
    if name.startswith(AMONG):
        return Condition("(m.c in (select unnest(?)))", (codes_among(ds, name),), frozenset({_LISTED}))
    return _rule(ds, rule_in(name), seen, view) if name.startswith(WRITTEN) else _segment(ds, name, seen, view)


def _segment(ds: Dataset, name: str, seen: tuple[str, ...], view: View) -> Condition:
    one = segment(ds, name)
    if one.name in seen:
        raise NotPossible(_("The segment {name} is defined by itself: {ring}."), name=one.name, ring=" → ".join((*seen, one.name)))
    if one.rule is not None:
        return _rule(ds, one.rule, (*seen, one.name), view)
    return Condition("(m.c in (select unnest(?)))", (codes(ds, one),), frozenset({_LISTED}))


def _rule(ds: Dataset, rule: Rule, seen: tuple[str, ...], view: View) -> Condition:
    found = _joined(
        [_rule(ds, p, seen, view) if isinstance(p, Rule) else _clause(ds, p, seen, view) for p in rule.parts],
        "or" if rule.any_of else "and",
    )
    return Condition(f"({found.sql})", found.bound, found.columns)


def _clause(ds: Dataset, clause: Clause, seen: tuple[str, ...], view: View) -> Condition:
    met = _met(ds, clause, seen, view)
    sql = f"(not {met.sql})" if clause.excluded else met.sql
    return Condition(sql, met.bound, met.columns)


def _met(ds: Dataset, clause: Clause, seen: tuple[str, ...], view: View) -> Condition:
    if clause.column.startswith(PREFIX):
        inner = _membership(_segment(ds, clause.column, seen, view), clause.values)
        return Condition(f"({inner.sql})", inner.bound, inner.columns)
    if clause.values:
        asked = levels(ds, clause.column)
        if isinstance(asked, Dimension) and asked.column.startswith("g_"):
            return _of_levels(ds, asked, clause.values, view)
        if isinstance(asked, Dimension):
            # A level that these data lack is nobody's; the engine would refuse to compare it with a closed list of levels.
            known = tuple(v for v in clause.values if v in asked.values)
            marks = ", ".join("?" for _v in known)
            sql = f"coalesce(m.{asked.column} in ({marks}), false)" if known else f"({_NOBODY})"
            return Condition(sql, known, frozenset({asked.column}))
        tests = " or ".join({"yes": f"{{x}}.{asked.sql}", "no": f"not {{x}}.{asked.sql}"}[v] for v in clause.values if v in ("yes", "no"))
        return _as_it_stood(ds, asked, f"({tests})" if tests else f"({_NOBODY})", ())
    asked = number(ds, clause.column)
    ends = [(">=", clause.low), ("<=", clause.high)]
    limits = [(f"{{x}}.{asked.sql} {sign} CAST(? AS DOUBLE)", end) for sign, end in ends if end is not None]
    return _as_it_stood(ds, asked, " and ".join(sql for sql, _end in limits), tuple(end for _sql, end in limits))


def _as_it_stood(ds: Dataset, asked: Column, test: str, bound: tuple[Any, ...]) -> Condition:
    """The test of a column of the month table as it stood at the start of the month."""
    touched = frozenset({asked.name})
    if ds.shape != "panel":
        return Condition(f"coalesce({test.format(x='m')}, false)", bound, touched)
    if asked.name == "aum_end":
        stood = "coalesce(m.aum_start, case when m.joined then m.aum_end end)"
        return Condition(f"coalesce({test.replace(f'{{x}}.{asked.sql}', stood)}, false)", bound, frozenset({"aum_start", "joined"}))
    key = "CAST({x}.c AS BIGINT) * 65536 + year({x}.month) * 12 + month({x}.month)"
    # One number a customer and month: looking it up in a set is several times faster than asking for the row of the month before.
    before = f"{key.format(x='m')} in (select {key.format(x='b')} + 1 from main.month_rows b where {test.format(x='b')})"
    return Condition(f"({before} or coalesce(m.joined and {test.format(x='m')}, false))", (*bound, *bound), touched)
