"""Where the load stands: the page's sentence, and the steps with the one that is next."""

import streamlit as st

from churn_dash.intake import Extract, Preview
from churn_dash.store import Loaded
from churn_dash.ui import session
from churn_dash.ui.wizard import matching, reading, state
from churn_dash.words import Count, Ratio, Text, _


def answer(found: Preview | None, checked: Extract | None, loaded: Loaded | None) -> str:
    """The page's sentence: where the load stands, or what is published."""
    if checked is not None:
        good = checked.rows_good + checked.rows_repeated
        if checked.rows_quarantined:
            share, aside = Ratio(good / checked.rows_in), Count(checked.rows_quarantined)
            return session.say(Text(_("{share} of the rows can be used; {aside} are set aside with reasons."), share=share, aside=aside))
        return session.say(Text(_("All {n} rows can be used."), n=Count(checked.rows_good)))
    if found is not None:
        if reading.unusable(found) is not None:
            return session.say(_("The file cannot be loaded as it is."))
        n = len(matching.unsure(found))
        if not n:
            return session.say(Text(_("All {n} columns have their place; next, check the file."), n=len(found.mapping)))
        return session.say(Text(_("{n} of {all} columns to look at, then check the file."), n=n, all=len(found.mapping)))
    if loaded is not None and not loaded.published:
        return session.say(Text(_("Nothing is new in these files; version {version} stays."), version=loaded.version))
    if loaded is not None:
        return session.say(Text(_("Published as version {version}: {n} rows."), version=loaded.version, n=Count(loaded.rows_good)))
    ds = session.dataset()
    if ds is None:
        return session.say(_("No data have been loaded here yet."))
    last = ds.data_end
    if last is None:
        return session.say(Text(_("Version {version} holds one row a customer."), version=ds.version))
    return session.say(Text(_("Version {version} holds months up to {date}."), version=ds.version, date=last.isoformat()))


def steps(at: str) -> None:
    """Draw the steps with the one that is next, and a bar."""
    names = list(state.STEPS)
    here = names.index(at)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            for i, name in enumerate(names):
                icon = "check_circle" if i < here else "radio_button_checked" if i == here else "radio_button_unchecked"
                text = f":material/{icon}: {i + 1} {session.say(state.STEPS[name])}"
                st.markdown(f":gray[{text}]" if i > here else f"**{text}**" if i == here else text, width="content")
        st.progress(here / (len(names) - 1))
