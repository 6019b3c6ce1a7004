"""The looks before the end that a campaign was registered with: what each said, and the next one."""

import streamlit as st

from churn_dash.access import Scope
from churn_dash.campaigns.interim import Looks, look, planned
from churn_dash.errors import ChurnDashError
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _


def line(question: PageQuestion, campaign_id: str | None) -> None:
    """Draw them for a campaign of the data; nothing where no look was planned before its end."""
    if campaign_id is None:
        return

    def work(number: str, *_stamp: object) -> Looks | None:
        return planned(question.ds, number)

    stamp = Records(question.ds.root).stamp
    found = cache.worked_out(question.ds, question.scope, work, campaign_id, stamp, name="looks")
    if found is None:
        return
    for one in found.taken:
        st.markdown(f":material/visibility: {safe(session.say(found.words(one)))}")
    if found.left and question.scope == Scope.everything():
        _form(question, found)


def _form(question: PageQuestion, found: Looks) -> None:
    about = Text(
        _(
            "{n} of {all} looks are taken. A look shows a verdict only beyond its own bar, "
            "spends a part of the allowed error and stays on record."
        ),
        n=Count(len(found.taken)),
        all=Count(found.planned),
    )
    with st.expander(session.say(_("Take the next look before the end")), icon=":material/visibility:"), st.form("look", border=False):
        st.caption(safe(session.say(about)))
        hint = session.say(_("kept with the look"))
        who = st.text_input(session.say(_("Your name")), key=f"look-who-{found.campaign_id}", placeholder=hint, width=260)
        pressed = st.form_submit_button(session.say(_("Look now")), icon=":material/visibility:")
    if not pressed:
        return
    try:
        look(question.ds, found.campaign_id, who.strip() or None)
    except ChurnDashError as problem:
        shown(problem)
        return
    st.rerun()
