"""The reason map on the page: what each code and each category of complaints stands for, and the fields that change it."""

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from churn_dash.causes.settings import ReasonMap, reason_map, set_complaint, set_reason
from churn_dash.contract.causes import CLASSES, DECIDED, DEFICITS
from churn_dash.errors import ChurnDashError
from churn_dash.store import Record
from churn_dash.ui import session
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.reasons_why import causes
from churn_dash.ui.reasons_why.complaints import category_words
from churn_dash.words import _

_NONE = _("none of the four")
_DEFICITS = {"": _NONE, **DEFICITS}
_KINDS = {name: c.label for name, c in CLASSES.items() if name not in ("other", "none")}


def editor(question: PageQuestion) -> None:
    """Draw the map and its fields under a heading that opens; a change is recorded and holds from then on."""
    found = reason_map(question.ds)
    codes = list(dict.fromkeys([*(c for c in causes.found(question).reasons["code"] if c), *found.reasons]))
    with st.expander(session.say(_("Reason map")), icon=":material/edit_note:"):
        st.dataframe(_map(found, codes), hide_index=True, height=220)
        _reason(question, found, codes)
        _complaint(question, found)


def _map(found: ReasonMap, codes: list[str]) -> pl.DataFrame:
    rows = []
    for code in codes:
        cause = found.cause(code)
        said = (CLASSES[cause.cause_class].label, _DEFICITS[cause.deficit] if cause.deficit else "—", DECIDED[cause.decided])
        rows.append((causes.reason_words(code), *(session.say(word) for word in said)))
    headers = [session.say(h) for h in (_("Reason"), _("Kind of cause"), _("Deficit"), _("Who decided"))]
    return pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")


def _reason(question: PageQuestion, found: ReasonMap, codes: list[str]) -> None:
    """The fields of one reason, filled with what it stands for: only what somebody changes becomes another."""
    chosen = st.selectbox(session.say(_("Reason")), codes, format_func=causes.reason_words, key="map-code", accept_new_options=True)
    code = str(chosen or "").strip().lower()
    now, key = found.cause(code), f"{code}-{found.version}"
    left, middle, right = st.columns(3, gap="small")
    with left:
        kind = _field(_("Kind of cause"), _KINDS, now.cause_class, f"map-class-{key}")
    with middle:
        deficit = _field(_("Deficit"), _DEFICITS, now.deficit, f"map-deficit-{key}")
    with right:
        decided = _field(_("Who decided"), DECIDED, now.decided, f"map-decided-{key}")
    if st.button(session.say(_("Record")), icon=":material/save:", key="map-record", disabled=not (code and kind)):
        _record(lambda: set_reason(question.ds, code, kind, deficit, decided))


def _complaint(question: PageQuestion, found: ReasonMap) -> None:
    """The same of one category of complaints: the deficit that it points to."""
    left, right = st.columns(2, gap="small")
    with left:
        label = session.say(_("Complaints about"))
        chosen = st.selectbox(label, list(found.complaints), format_func=category_words, key="map-category", accept_new_options=True)
    category = str(chosen or "").strip().lower()
    with right:
        now = found.complaints.get(category, "")
        deficit = _field(_("point to"), _DEFICITS, now, f"map-complaint-{category}-{found.version}")
    if st.button(session.say(_("Record")), icon=":material/save:", key="map-complaint-record", disabled=not category):
        _record(lambda: set_complaint(question.ds, category, deficit))


def _field(label: str, words: Mapping[str, str], now: str, key: str) -> str:
    """One of a closed list, at first what holds now; empty where nothing does."""
    names = list(words)
    at = names.index(now) if now in words else None
    said = session.say(_("Choose one"))
    return st.selectbox(session.say(label), names, at, format_func=lambda n: session.say(words[n]), key=key, placeholder=said) or ""


def _record(change: Callable[[], Record]) -> None:
    try:
        change()
    except ChurnDashError as problem:
        shown(problem)
        return
    st.rerun()
