"""The rule builder: a row of controls a condition, all or any of them, held in the address as the rule itself."""

import json
from typing import Any

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.measures import Dimension
from churn_dash.measures.conditions.rule_columns import Column, columns
from churn_dash.measures.conditions.saved_segments import PREFIX
from churn_dash.segments import Clause, Rule, rule_in
from churn_dash.store import Dataset
from churn_dash.ui import address, session
from churn_dash.ui.filtering import limits
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.problems import shown
from churn_dash.words import Text, _

KEY = "rule"
"""Key of the address: the rule being built, as JSON."""
_ROWS, _TURN, _NOTES, _SEEN, _ANY = "_rule-rows", "_rule-turn", "_rule-notes", "_rule-seen", "rule-any"
_YES_NO = ("yes", "no")
_TESTS = {"in": _("is one of"), "not_in": _("is none of"), "between": _("lies between"), "outside": _("lies outside")}
Row = dict[str, Any]
Known = dict[str, Dimension | Column]


def chosen(ds: Dataset) -> Rule | None:
    """Draw the builder; the rule that it holds now, None while no condition is complete."""
    known = choices(ds)
    _arrive(known)
    rows: list[Row] = st.session_state[_ROWS]
    for note in st.session_state.get(_NOTES, ()):
        st.caption(f":orange[:material/info:] {safe(session.say(note))}")
    words = {True: session.say(_("any of these")), False: session.say(_("all of these"))}
    if len(rows) > 1:
        st.segmented_control(
            session.say(_("Customers who meet")),
            [False, True],
            format_func=words.__getitem__,
            key=_ANY,
            required=True,
            on_change=address.touched,
        )
    for i, row in enumerate(rows):
        _row(i, row, known)
    with st.container(horizontal=True, gap="small"):
        st.button(session.say(_("Add a condition")), icon=":material/add:", key="rule-add", on_click=_add, type="tertiary")
        if rows:
            st.button(
                session.say(_("Start again")), icon=":material/close:", key="rule-clear", on_click=load, args=(None,), type="tertiary"
            )
    parts = [c for row in rows if (c := _clause(row, known)) is not None]
    rule = Rule(tuple(parts), bool(st.session_state.get(_ANY)) and len(parts) > 1) if parts else None
    address.hold(KEY, (json.dumps(rule.as_json(), ensure_ascii=False, separators=(",", ":")),) if rule else ())
    st.session_state[_SEEN] = address.held(KEY)
    return rule


def load(rule: Rule | None) -> None:
    """Put a rule into the builder in place of what it holds; None empties it. A rule in rules keeps only its own conditions."""
    address.touched()
    parts = [p for p in rule.parts if isinstance(p, Clause)] if rule is not None else []
    st.session_state[_ROWS] = [_row_of(c) for c in parts]
    st.session_state[_NOTES] = []
    st.session_state[_ANY] = rule.any_of if rule is not None else False
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def flat(rule: Rule) -> bool:
    """Whether the builder can show the whole rule."""
    return all(isinstance(p, Clause) for p in rule.parts)


def choices(ds: Dataset) -> Known:
    """What a condition may be about, by name: dimensions, numbers and flags of the month table, other segments."""
    return {**limits.groupings(ds), **{n: c for n, c in columns(ds).items() if n not in limits.groupings(ds)}}


def label(known: Dimension | Column) -> str:
    """A column in the reader's language."""
    if isinstance(known, Column):
        return known.label if known.own_words else session.say(known.label)
    if known.name.startswith(PREFIX):
        return session.say(Text(_("Segment {name}"), name=known.label))
    return dimension_words(known)


def _labels(known: Known) -> dict[str, str]:
    """The columns in the reader's language; a number that is also offered in bands says that it is the number."""
    bands = {label(k) for k in known.values() if isinstance(k, Dimension)}
    return {
        n: session.say(Text(_("{label}, as a number"), label=label(k))) if isinstance(k, Column) and label(k) in bands else label(k)
        for n, k in known.items()
    }


def rule_words(rule: Rule, ds: Dataset) -> str:
    """A rule as people read it."""
    known = choices(ds)
    parts = [f"({rule_words(p, ds)})" if isinstance(p, Rule) else _clause_words(p, known) for p in rule.parts]
    if len(parts) > 1 and rule.any_of:
        return session.say(Text(_("any of: {parts}"), parts=" · ".join(parts)))
    return " · ".join(parts)


def _clause_words(clause: Clause, known: Known) -> str:
    about = known.get(_found(clause, known))
    what = label(about) if about is not None else clause.column
    if isinstance(about, Dimension) and about.name.startswith(PREFIX):
        wanted = set(clause.values) ^ ({"in", "out"} if clause.excluded else set())
        return " / ".join(value_words(about, v) for v in ("in", "out") if v in wanted)
    if clause.values:
        listed = ", ".join(_level(about, v) for v in clause.values)
        template = _("{what}: not {words}") if clause.excluded else _("{what}: {words}")
        return session.say(Text(template, what=what, words=listed))
    low, high = (None if v is None else _number(v) for v in (clause.low, clause.high))
    span = f"≥ {low}" if high is None else f"≤ {high}" if low is None else f"{low} – {high}"
    template = _("{what}: not {words}") if clause.excluded else _("{what}: {words}")
    return session.say(Text(template, what=what, words=span))


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _level(about: Dimension | Column | None, value: str) -> str:
    if isinstance(about, Dimension):
        return value_words(about, value)
    return session.say(_("Yes")) if value == "yes" else session.say(_("No")) if value == "no" else value


def _found(clause: Clause, known: Known) -> str:
    """The name under which a condition's column is offered, where a rule calls it by its header or an alias; else the name itself."""
    wanted = clause.column.strip().casefold()
    for offered, about in known.items():
        number = isinstance(about, Column) and about.kind == "number"
        also = (*about.aliases, about.column.removeprefix("d_")) if isinstance(about, Dimension) else ()
        if number != bool(clause.values) and wanted in (offered.casefold(), about.label.casefold(), *(a.casefold() for a in also)):
            return offered
    return clause.column


def _fits(name: str, clause: Clause, known: Known) -> bool:
    about = known.get(name)
    return about is not None and (isinstance(about, Column) and about.kind == "number") != bool(clause.values)


def _arrive(known: Known) -> None:
    """Take over a rule that the address brings along."""
    codes = address.accepted(KEY, None)
    state = st.session_state
    state.setdefault(_TURN, 0)
    if _ROWS in state and (not codes or state.get(_SEEN) == codes):
        return
    state[_SEEN] = codes
    state.setdefault(_ROWS, [])
    if not codes:
        return
    try:
        rule = rule_in(codes[0])
    except ChurnDashError as problem:
        shown(problem)
        return
    load(rule)
    lacking = [c.column for c in rule.clauses() if not _fits(_found(c, known), c, known)]
    notes = [Text(_("These data do not hold {name}, which the rule asks for; that condition was left out."), name=n) for n in lacking]
    state[_NOTES] = [*notes, *([] if flat(rule) else [Text(_("Rules inside the rule were left out: the builder shows one level."))])]
    kept = [(c, _found(c, known)) for c in rule.parts if isinstance(c, Clause)]
    state[_ROWS] = [_row_of(c) | {"column": name} for c, name in kept if _fits(name, c, known)]


def _row_of(clause: Clause) -> Row:
    return {"column": clause.column, "values": list(clause.values), "low": clause.low, "high": clause.high, "excluded": clause.excluded}


def _add() -> None:
    address.touched()
    st.session_state[_ROWS].append({"column": None, "values": [], "low": None, "high": None, "excluded": False})


def _remove(i: int) -> None:
    address.touched()
    st.session_state[_ROWS].pop(i)
    st.session_state[_TURN] += 1


def _row(i: int, row: Row, known: Known) -> None:
    """One condition: what, how, which; what the controls say goes into the row."""
    stem, names = f"rule-{st.session_state[_TURN]}-{i}", list(known)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{stem}-row"):
        said = _labels(known)
        at = names.index(row["column"]) if row["column"] in names else None
        picked = st.selectbox(
            session.say(_("Condition")),
            names,
            index=at,
            format_func=said.__getitem__,
            key=f"{stem}-column",
            width=230,
            placeholder=session.say(_("Choose a characteristic")),
            label_visibility="collapsed",
            on_change=address.touched,
        )
        if picked != row["column"]:
            row |= {"column": picked, "values": [], "low": None, "high": None, "excluded": False}
        about = known.get(picked) if picked is not None else None
        if about is not None:
            tests = ["between", "outside"] if isinstance(about, Column) and about.kind == "number" else ["in", "not_in"]
            test = st.selectbox(
                session.say(_("How to compare")),
                tests,
                index=int(row["excluded"]),
                format_func=lambda t: session.say(_TESTS[t]),
                key=f"{stem}-{picked}-test",
                width=140,
                label_visibility="collapsed",
                on_change=address.touched,
            )
            row["excluded"] = test == tests[1]
            if tests[0] == "between":
                _ends(row, f"{stem}-{picked}")
            else:
                _levels(row, f"{stem}-{picked}", about)
        st.button(
            "",
            icon=":material/close:",
            key=f"{stem}-drop",
            on_click=_remove,
            args=(i,),
            type="tertiary",
            help=session.say(_("Remove this condition")),
        )


def _ends(row: Row, stem: str) -> None:
    for end, hint in (("low", _("at least")), ("high", _("at most"))):
        row[end] = st.number_input(
            session.say(hint),
            value=row[end],
            key=f"{stem}-{end}",
            width=150,
            placeholder=session.say(hint),
            label_visibility="collapsed",
            step=1.0,
            format="%.10g",
            on_change=address.touched,
        )


def _levels(row: Row, stem: str, about: Dimension | Column) -> None:
    levels = list(about.values) if isinstance(about, Dimension) else list(_YES_NO)
    row["values"] = st.multiselect(
        session.say(_("Values")),
        levels,
        default=[v for v in row["values"] if v in levels],
        format_func=lambda v: _level(about, v),
        key=f"{stem}-values",
        width=360,
        placeholder=session.say(_("Choose values")),
        label_visibility="collapsed",
        on_change=address.touched,
    )


def _clause(row: Row, known: Known) -> Clause | None:
    """The row as a condition; None while it is incomplete."""
    about = known.get(row["column"]) if row["column"] is not None else None
    if about is None:
        return None
    if isinstance(about, Column) and about.kind == "number":
        low, high = row["low"], row["high"]
        if (low is None and high is None) or (low is not None and high is not None and low > high):
            return None
        return Clause(row["column"], (), low, high, row["excluded"])
    return Clause(row["column"], tuple(row["values"]), excluded=row["excluded"]) if row["values"] else None


def unfinished(ds: Dataset) -> str:
    """Why a condition does not count yet; empty where all do."""
    for row in st.session_state.get(_ROWS, []):
        low, high = row["low"], row["high"]
        if low is not None and high is not None and low > high:
            return session.say(_("A condition whose lower end is above its upper end does not count."))
    incomplete = sum(1 for row in st.session_state.get(_ROWS, []) if _clause(row, choices(ds)) is None)
    return safe(session.say(Text(_("Conditions not complete yet: {n}"), n=incomplete))) if incomplete else ""
