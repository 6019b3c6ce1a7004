"""That the groups of a campaign were drawn at random, declared for good on the page where its table does not say so; and taken back."""

import streamlit as st

from churn_dash.campaigns.drawn import Declared, declare, declared, take_back
from churn_dash.campaigns.groups.design import told_of
from churn_dash.campaigns.registration import FIELDS
from churn_dash.errors import ChurnDashError
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.campaign.campaigns import Chosen
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _


def line(question: PageQuestion, chosen: Chosen) -> None:
    """Draw what was declared of a campaign of the data, and the form that declares it or takes it back."""
    number = chosen.campaign_id
    if number is None:
        return

    def work(name: str, *_stamp: object) -> Declared:
        return declared(question.ds, name)

    stamp = Records(question.ds.root).stamp
    found = cache.worked_out(question.ds, question.scope, work, number, stamp, name="declared draw")
    held = found.in_force
    if held is None and chosen.evaluation.design == "randomised":
        return
    if held is not None:
        st.caption(safe(f"{session.say(told_of(held))} ({held.digest[:12]})"))
    if found.moved:
        what = ", ".join(session.say(FIELDS[f]) for f in found.moved)
        words = Text(_("Not as it was when the draw was declared: {what}."), what=what)
        st.markdown(f":orange[:material/warning:] {safe(session.say(words))}")
    _form(question, number, declared_now=held is not None)


def _form(question: PageQuestion, number: str, *, declared_now: bool) -> None:
    title = _("Take the declared draw back") if declared_now else _("Declare that the groups were drawn at random")
    about = (
        _("What the table says of the groups holds again. The declaration stays in the records.")
        if declared_now
        else _("It is written down with name and day and holds for everybody; sizes and balance of the groups are checked all the same.")
    )
    with st.expander(session.say(title), icon=":material/casino:"), st.form("declare-draw", border=False):
        st.caption(session.say(about))
        hint = session.say(_("kept with the declaration"))
        who = st.text_input(session.say(_("Your name")), key=f"draw-who-{number}", placeholder=hint, width=260)
        pressed = st.form_submit_button(session.say(_("Take back") if declared_now else _("Declare")), icon=":material/casino:")
    if not pressed:
        return
    try:
        (take_back if declared_now else declare)(question.ds, number, who.strip() or None)
    except ChurnDashError as problem:
        shown(problem)
        return
    st.rerun()
