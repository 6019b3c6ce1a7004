"""From when a customer is on a care list: the days without contact to look at now, and the form that records every setting."""

from dataclasses import replace

import streamlit as st

from churn_dash.care import SETTINGS, CareSettings, InForce, in_force, put
from churn_dash.errors import ChurnDashError
from churn_dash.store import Records
from churn_dash.ui import session
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import note
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_DAYS = (30, 60, 90, 120, 180, 365)


def control(question: PageQuestion) -> CareSettings:
    """Choose after how many days a core customer counts as not contacted; the settings in force with that."""
    now = in_force(Records(question.ds.root)).settings
    usual = str(now.uncontacted_days)
    codes = [str(n) for n in sorted({*_DAYS, now.uncontacted_days})]
    label = session.say(_("Core: not contacted for"))
    code = controls.choice(
        label, codes, key="uncontacted", words=lambda c: session.say(Text(_("{n} days"), n=Count(int(c)))), default=usual, width=160
    )
    return replace(now, uncontacted_days=int(code))


def form(question: PageQuestion) -> bool:
    """Draw the settings in force and the form that records others for everybody; True when they were recorded."""
    records = Records(question.ds.root)
    now = in_force(records)
    with st.expander(session.say(_("From when a customer is on a list")), icon=":material/edit_note:"):
        note(session.say(_told(now)))
        with st.form("care-settings", border=False):
            given = _fields(now)
            why = st.text_input(session.say(_("Why")), key="care-why", placeholder=session.say(_("kept with what you set")))
            who = st.text_input(session.say(_("Your name")), key="care-who")
            with st.container(horizontal=True, gap="small"):
                pressed = st.form_submit_button(session.say(_("Set")), icon=":material/edit:")
                back = st.form_submit_button(
                    session.say(_("Back to the usual settings")), type="tertiary", disabled=now.settings == CareSettings()
                )
        if not pressed and not back:
            return False
        try:
            put(records, CareSettings() if back else replace(now.settings, **given), why, who.strip() or None)  # type: ignore[arg-type]
        except ChurnDashError as problem:
            shown(problem)
            return False
    return True


def _fields(now: InForce) -> dict[str, float]:
    """The fields of the form, keyed by the version so that what was recorded fills them anew."""
    given: dict[str, float] = {}
    columns = st.columns(2, gap="medium", vertical_alignment="bottom")
    for i, (name, setting) in enumerate(SETTINGS.items()):
        value, key = getattr(now.settings, name), f"care-{name}-{now.version}"
        label = session.say(setting.label)
        with columns[i % 2]:
            if setting.whole:
                given[name] = int(st.number_input(label, int(setting.least), int(setting.most), int(value), key=key))
            else:
                step = 0.05 if setting.most <= 1 else 10_000.0
                least, most = float(setting.least), float(setting.most)
                given[name] = float(
                    st.number_input(label, least, most, float(value), step, format="%.2f" if most <= 1 else "%.0f", key=key)
                )
    return given


def _told(now: InForce) -> Text:
    if not now.version:
        return Text(_("Nobody has set anything here: these are the usual settings."))
    date = (now.made or "")[:10]
    return Text(_("Set by {who} on {date}: {why}"), who=now.who or "—", date=date, why=now.why)
