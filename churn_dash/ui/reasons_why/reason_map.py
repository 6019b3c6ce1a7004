"""The reason map on the page: what each code stands for, and the form that changes it."""

import polars as pl
import streamlit as st

from churn_dash.causes.settings import reason_map, set_reason
from churn_dash.contract.causes import CLASSES, DECIDED, DEFICITS
from churn_dash.errors import ChurnDashError
from churn_dash.ui import session
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.reasons_why import causes
from churn_dash.words import _

_NONE = _("none of the four")


def editor(question: PageQuestion) -> None:
    """Draw the map and its form under a heading that opens; a change is recorded and holds from then on."""
    found = reason_map(question.ds)
    codes = list(dict.fromkeys([*(c for c in causes.found(question).reasons["code"] if c), *found.reasons]))
    with st.expander(session.say(_("Reason map")), icon=":material/edit_note:"):
        rows = [(causes.reason_words(c), CLASSES[found.cause(c).cause_class].label, DECIDED[found.cause(c).decided]) for c in codes]
        words = [(code, session.say(kind), session.say(decided)) for code, kind, decided in rows]
        headers = [session.say(h) for h in (_("Reason"), _("Kind of cause"), _("Who decided"))]
        st.dataframe(pl.DataFrame(words, schema=dict.fromkeys(headers, pl.String), orient="row"), hide_index=True, height=220)
        with st.form("reason-map", border=False):
            code = st.selectbox(session.say(_("Reason")), codes, format_func=causes.reason_words, key="map-code", accept_new_options=True)
            left, middle, right = st.columns(3, gap="small")
            kinds = [n for n in CLASSES if n not in ("other", "none")]
            kind = left.selectbox(
                session.say(_("Kind of cause")), kinds, format_func=lambda k: session.say(CLASSES[k].label), key="map-class"
            )
            deficit = middle.selectbox(
                session.say(_("Deficit")), ["", *DEFICITS], format_func=lambda d: session.say(DEFICITS.get(d, _NONE)), key="map-deficit"
            )
            decided = right.selectbox(
                session.say(_("Who decided")), list(DECIDED), format_func=lambda d: session.say(DECIDED[d]), key="map-decided"
            )
            if st.form_submit_button(session.say(_("Record")), icon=":material/save:"):
                _record(question, str(code or ""), kind, deficit, decided)


def _record(question: PageQuestion, code: str, kind: str, deficit: str, decided: str) -> None:
    try:
        set_reason(question.ds, code, kind, deficit, decided)
    except ChurnDashError as problem:
        shown(problem)
        return
    st.rerun()
