"""What was registered of a campaign, in a sentence: before anybody could know, or after the fact, and what differs now."""

import streamlit as st

from churn_dash.campaigns.estimators.sequential import MOST_LOOKS
from churn_dash.campaigns.registration import FIELDS, Registration, enter, registration
from churn_dash.errors import ChurnDashError
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _


def words(found: Registration | None) -> Text | str:
    """When and by whom, and whether it holds."""
    if found is None:
        return _("Not registered")
    named = {"day": found.made[:10], "who": found.who, "hash": found.digest[:12]}
    if not found.in_time:
        return Text(_("Registered after the fact, on {day} by {who}: the data already told what happened."), **named)
    return Text(_("Registered on {day} by {who}, before the outcome could be known ({hash})."), **named)


def line(question: PageQuestion, campaign_id: str | None) -> None:
    """Draw it for a campaign of the data, and in orange what was changed after the fact."""
    if campaign_id is None:
        return
    records = Records(question.ds.root)

    def work(number: str, definition: str, *_stamp: object) -> Registration | None:
        return registration(question.ds, number, definition, records, scope=question.scope)

    found = cache.worked_out(question.ds, question.scope, work, campaign_id, question.definition, records.stamp, name="registration")
    st.caption(safe(session.say(words(found))))
    if found is None:
        _form(question, records, campaign_id)
    if found is not None and found.changed_after:
        what = ", ".join(session.say(FIELDS[c.field]) for c in found.changed_after)
        st.markdown(f":orange[:material/warning:] {safe(session.say(Text(_('Changed after the fact: {what}.'), what=what)))}")


def looks_control(key: str) -> int:
    """How often the result may be looked at."""
    hint = _("Each look before the end must pass a bar of its own, or it gives no verdict; one look is the day of the analysis alone.")
    label = session.say(_("Looks, the last included"))
    return int(st.number_input(label, 1, MOST_LOOKS, 1, key=key, width=180, help=session.say(hint)))


def _form(question: PageQuestion, records: Records, campaign_id: str) -> None:
    """Register a campaign that was loaded, as the tables are now; it is told whether that is before or after the fact."""
    with st.expander(session.say(_("Register it as it is now")), icon=":material/verified:"), st.form("register-campaign", border=False):
        st.caption(session.say(_("Outcome, days, groups and day of the analysis are written down; nothing changes them later.")))
        hint = session.say(_("kept with the registration"))
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            who = st.text_input(session.say(_("Your name")), key=f"register-who-{campaign_id}", placeholder=hint, width=260)
            looks = looks_control(f"register-looks-{campaign_id}")
        pressed = st.form_submit_button(session.say(_("Register")), icon=":material/verified:")
    if not pressed:
        return
    try:
        enter(question.ds, records, campaign_id, question.definition, who=who.strip() or None, looks=looks)
    except ChurnDashError as problem:
        shown(problem)
        return
    st.rerun()
