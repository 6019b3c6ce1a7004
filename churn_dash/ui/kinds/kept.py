"""What the page of the saved segments shows of what is saved: the list, and one segment's rule, history, and what can be done with it."""

import datetime
from collections.abc import Sequence

import polars as pl
import streamlit as st

from churn_dash.segments import Segment, rename, retire, versions
from churn_dash.segments.lists.saved import LONGEST_NAME
from churn_dash.ui import address, session
from churn_dash.ui.filtering import limits
from churn_dash.ui.kinds import building
from churn_dash.ui.kinds.saved import Kept, enough, label
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table, columns, displayed
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tables import how
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _


def table(found: Sequence[Kept]) -> Table:
    """The saved segments as rows."""
    rows = []
    for k in found:
        one, inside = k.segment, k.beside.inside if k.beside is not None else {}
        rates = ("churn_rate", "churn_rate_low", "churn_rate_high")
        few = k.beside is None or not enough(k.beside)
        kind = session.say(_("Ready") if one.ready else _("Tag") if one.tag else _("Rule") if one.rule is not None else _("List"))
        numbers = [None if few else inside[c] for c in rates]
        share = k.beside.share if k.beside is not None else None
        rows.append((label(one), kind, inside.get("customers"), share, *numbers, one.version or None, one.who or None, _day(one)))
    kinds = {
        "name": pl.String,
        "kind": pl.String,
        "n": pl.Int64,
        "share": pl.Float64,
        "rate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
    shown = pl.DataFrame(rows, schema={**kinds, "version": pl.Int64, "who": pl.String, "made": pl.Date}, orient="row")
    labels = {"name": _("Segment"), "kind": _("Kind of segment"), "n": _("Customers"), "share": _("Share"), "rate": _("Churn rate")}
    labels |= {"low": _("95% range from"), "high": _("95% range to"), "version": _("Version"), "who": _("By"), "made": _("Saved on")}
    units = {"n": "count", "share": "bar", "rate": "ratio", "low": "ratio", "high": "ratio", "version": "count", "made": "date"}
    return Table(shown, "saved-segments", labels, units, how=how("churn_rate"), only=True)


def _day(one: Segment) -> datetime.date | None:
    return datetime.date.fromisoformat(one.made[:10]) if one.made else None


def list_card(question: PageQuestion, found: Sequence[Kept]) -> None:
    """The card of what is saved; the picked one can be looked at, changed, renamed and retired."""
    listed = table(found)
    own = sum(not k.segment.ready for k in found)
    title = Text(_("Saved segments: {n}"), n=Count(own))
    if own < len(found):
        title = Text(_("Saved segments: {n} · ready: {more}"), n=Count(own), more=Count(len(found) - own))
    with cards.card(
        title, _("Under the filters above · tick one for its rule, its history and what can be done with it"), listed, key="saved"
    ):
        event = st.dataframe(
            displayed(listed),
            hide_index=True,
            column_config=columns(listed),
            on_select="rerun",
            selection_mode="single-row",
            key="pick-saved",
            placeholder="—",
        )
        for k in found:
            if k.problem:
                st.caption(f":orange[:material/info:] {safe(k.problem)}")
        picked = [found[i] for i in event.selection.rows if i < len(found)]
        if picked:
            with errors_shown():
                _detail(question, picked[0])


def _detail(question: PageQuestion, k: Kept) -> None:
    """One segment: its rule in words, what can be done with it, its history."""
    one, ds = k.segment, question.ds
    if one.rule is not None:
        st.markdown(f"**{safe(label(one))}** {safe(building.rule_words(one.rule, ds))}")
    else:
        here = (one.n_listed or 0) - k.gone
        named = {"n": Count(one.n_listed), "here": Count(here), "gone": Count(k.gone)}
        words = session.say(Text(_("A list of {n} customers; these data hold {here} of them, {gone} are gone."), **named))
        st.markdown(f"**{safe(label(one))}** {safe(words)}")
    if one.note:
        st.caption(safe(session.say(one.note) if one.ready else one.note))
    with st.container(horizontal=True, gap="small", key="saved-actions"):
        st.button(session.say(_("Filter by it")), icon=":material/filter_alt:", key="saved-filter", on_click=_filter_by, args=(one.name,))
        if one.rule is not None and building.flat(one.rule):
            words = session.say(_("Copy its rule") if one.ready else _("Change its rule"))
            st.button(words, icon=":material/edit:", key="saved-edit", on_click=building.load, args=(one.rule,))
        if one.ready:
            st.badge(session.say(_("Ready: it cannot be changed or retired")), icon=":material/lock:", color="gray")
            return
        _rename(question, one)
        if st.button(session.say(_("Retire")), icon=":material/archive:", key="saved-retire", help=session.say(RETIRING)):
            retire(ds, one.name)
            _let_go(one.name)
            st.rerun()
    _history(question, one)


RETIRING = _("Out of use everywhere; its history stays, and saving the name again brings it back.")


def _filter_by(name: str) -> None:
    limits.put(limits.INSIDE, tuple(dict.fromkeys((*address.held(limits.INSIDE), name))))


def _let_go(name: str) -> None:
    """A name that is no longer in use leaves the filters."""
    for key in (limits.INSIDE, limits.OUTSIDE):
        if name in address.held(key):
            limits.put(key, tuple(n for n in address.held(key) if n != name))


def _rename(question: PageQuestion, one: Segment) -> None:
    with st.popover(session.say(_("Rename")), icon=":material/edit_note:", key="saved-rename"):
        to = st.text_input(session.say(_("New name")), key=f"saved-rename-{one.name}", max_chars=LONGEST_NAME)
        if st.button(session.say(_("Save")), key="saved-rename-now", disabled=not to.strip()):
            with errors_shown():
                rename(question.ds, one.name, to)
                _let_go(one.name)
                st.rerun()


def _history(question: PageQuestion, one: Segment) -> None:
    lines = versions(question.ds, one.name)
    rows = [
        (
            v.version,
            v.who,
            _day(v),
            building.rule_words(v.rule, question.ds) if v.rule else session.say(Text(_("{n} customers"), n=Count(v.n_listed))),
            _state(v),
        )
        for v in lines
    ]
    shown = pl.DataFrame(
        rows, schema={"version": pl.Int64, "who": pl.String, "made": pl.Date, "what": pl.String, "state": pl.String}, orient="row"
    )
    labels = {"version": _("Version"), "who": _("By"), "made": _("Saved on"), "what": _("Rule or list"), "state": _("State")}
    cards.shown(Table(shown, "history", labels, {"version": "count", "made": "date"}))


def _state(v: Segment) -> str:
    if v.renamed_to:
        return session.say(Text(_("renamed to {name}"), name=v.renamed_to))
    return session.say(_("retired") if v.retired else _("in use"))
