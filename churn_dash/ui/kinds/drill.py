"""The card under every page whose charts can be clicked: choose a group, look at its customers, download them, save them."""

import functools
from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from churn_dash.behind import described
from churn_dash.segments import members, rule_of_where
from churn_dash.ui import address, cache, session
from churn_dash.ui.filtering import clicks, filters, limits
from churn_dash.ui.parts import cards, saving
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion, current
from churn_dash.words import Count, Text, _

_MOST = 1_000


def card() -> None:
    """Draw it; nothing on a page without such charts, or one that lists its customers itself."""
    offered = clicks.offered()
    if not offered:
        return
    question = current()
    chosen = bool(address.held(limits.PICKED) or limits.cells())
    with errors_shown():
        if not chosen:
            hint = _("Click a bar, a cell or a point above, or choose a group here, and its customers are listed.")
            with cards.card(_("The customers behind these charts"), hint, key="chosen"):
                _choice(question, offered)
            return
        ids = _ids(question)
        rows = _listed(question, ids)
        with cards.card(_title(question), _caption(question, len(ids)), _table(question, rows, ids), key="chosen"):
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                _choice(question, offered)
                where = question.filters.where
                rule = rule_of_where(where) if where and not limits.cells() else None
                saving.offered(question.ds, rule, key="chosen", ids=lambda: ids)
            cards.shown(_table(question, rows, ids), height=320)


def _choice(question: PageQuestion, offered: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    """Everything that can be clicked, as a list: for who has no mouse, and for groups too small to hit."""
    words = {code: _words(question, level) for code, (_chart, level) in offered.items()}
    turn = f"drill-{abs(hash(tuple(sorted(limits.codes()))))}"
    st.selectbox(
        session.say(_("Customers of")),
        list(offered),
        index=None,
        key=turn,
        format_func=lambda code: words.get(code, code),
        placeholder=session.say(_("Choose a group")),
        on_change=_taken,
        args=(question, turn, dict(offered)),
        width=320,
    )


def _taken(question: PageQuestion, key: str, offered: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    code = st.session_state.get(key)
    if isinstance(code, str) and code in offered:
        limits.click(*offered[code], question.ds)


def _words(question: PageQuestion, level: Mapping[str, str]) -> str:
    """What can be clicked, as people read it."""
    found, known = [], limits.groupings(question.ds)
    for name, value in level.items():
        if name == limits.WHEN:
            found.append(session.say(limits.time_words(value)))
        elif name == limits.CELL:
            cell = limits.cell_of(value)
            found.append(cell.words if cell is not None else value)
        else:
            found.append(limits.words(limits.of(name, value), known))
    return " · ".join(found)


def _title(question: PageQuestion) -> str:
    """Whom the list holds: every limit on the customers, and the clicked time."""
    moment = limits.moment(question.ds)
    words = filters.words(question.ds)
    return words if moment is None else f"{words} · {session.say(limits.time_words(limits.moment_code(*moment)))}"


def _caption(question: PageQuestion, n: int) -> Text:
    if limits.cells():
        text = _("{n} customers · as they stood when the period began, or when they came · the first {shown} here, all in the download")
        return Text(text, n=Count(n), shown=Count(min(n, _MOST)))
    if n <= _MOST:
        return Text(_("{n} customers at the start of the period · the list downloads as CSV or Excel"), n=Count(n))
    text = _("{n} customers at the start of the period · the first {shown} here, all in the download")
    return Text(text, n=Count(n), shown=Count(_MOST))


def _ids(question: PageQuestion) -> list[str]:
    """The customers of everything clicked: those in every clicked cell, else those whom the filters leave; by number."""
    q, cells = question, limits.cells()
    if not cells:
        asked = (q.filters.where, str(q.period), q.definition)
        return cache.worked_out(q.ds, q.scope, lambda *_asked: _members(q), *asked, name="chosen-members")
    found: set[str] | None = None
    for cell in cells:
        others = q.apart(cell.split).filters
        rows = filters.in_cells(q.of(others), cell.split, cell.how)
        mine = set(rows.filter(pl.col("cell") == cell.cell)["customer_id"])
        found = mine if found is None else found & mine
    return sorted(found or ())


def _members(q: PageQuestion) -> list[str]:
    ids: list[str] = members(q)["customer_id"].to_list()
    return ids


def _listed(question: PageQuestion, ids: Sequence[str]) -> pl.DataFrame:
    """The customers with their levels in words, those lost first; columns in which nothing is known are left out."""
    q = question
    asked = (q.filters.where, limits.codes(), str(q.period), q.definition, session.language())
    return cache.worked_out(q.ds, q.scope, lambda *_asked: _described(q, ids), *asked, name="chosen-people")


def _described(q: PageQuestion, ids: Sequence[str]) -> pl.DataFrame:
    rows = described(q, ids)
    kept = [c for c in ("customer_id", "balance", "left", "left_on", *q.dimensions) if c in rows.columns]
    rows = rows.select(c for c in kept if rows[c].is_not_null().any() or c == "customer_id")
    spoken = {n: {v: value_words(d, v) for v in d.values} for n, d in q.dimensions.items() if n in rows.columns}
    return rows.with_columns(pl.col(n).replace(words) for n, words in spoken.items())


def _table(question: PageQuestion, rows: pl.DataFrame, ids: Sequence[str]) -> Table:
    """The first of them, with a download that holds all."""
    labels = {"customer_id": _("Customer"), "balance": _("Balances, ¥"), "left": _("Left"), "left_on": _("Left on")}
    labels |= {n: safe(dimension_words(d)) for n, d in question.dimensions.items()}
    units = {"customer_id": "id", "balance": "money", "left_on": "date"}
    whole = functools.partial(_described, question, ids) if len(rows) < len(ids) else rows.clone
    return Table(rows.head(_MOST), f"customers-{question.ds.version}", labels, units, is_list=True, only=True, whole=whole)
