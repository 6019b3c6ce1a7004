"""By what a customer's worth is reckoned: the assumptions in force, in words, and the way to where they are set."""

import streamlit as st

from churn_dash.segments.groups.stage_value import Worth, worth_of
from churn_dash.ui import address, frame, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Money, Ratio, Text, _


def assumed(question: PageQuestion) -> Worth:
    """The worth that the assumptions of this workspace make."""
    return worth_of({name: h.value for name, h in assumptions.held(question).items()})


def link() -> None:
    """To the page on which the assumptions are set."""
    label = session.say(_("Assumptions"))
    st.page_link(frame.page("costs"), label=label, icon=":material/calculate:", query_params=address.link())


def words(worth: Worth, fees: bool) -> str:
    """The assumptions in one line."""
    named = {
        "spread": Ratio(worth.margin.spread),
        "cost": Money(worth.margin.servicing),
        "discount": Ratio(worth.discount),
        "fees": _("fees included") if fees else _("without fees, which the data lack"),
    }
    line = Text(_("assumed: {spread} of balances a year, {fees}, less {cost} for serving, discount {discount}"), **named)
    if worth.years is None:
        return session.say(Text(_("{line}, as long as customers stay, without the margin of today"), line=line))
    return session.say(Text(_("{line}, over {n} years, without the margin of today"), line=line, n=worth.years))
