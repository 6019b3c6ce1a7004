"""What is being worked out, in words, while a reader waits: what is there within half a second is not announced."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from churn_dash.ui.language import say
from churn_dash.words import _

STAGES = {
    "growth": _("Counting who came and who went"),
    "recovery": _("Counting which balances came back"),
    "lottery": _("Looking who is back at the level of the month before"),
    "tier-migration": _("Counting moves between tiers"),
    "tier-watch": _("Looking who is about to be downgraded"),
    "rfm": _("Adding up what each customer did"),
    "clusters": _("Finding groups of customers who behave alike"),
    "orientation": _("Telling what customers come for"),
    "value": _("Ranking customers by value"),
    "lifecycle": _("Placing each customer in a stage"),
    "stage-value": _("Working out what each stage is worth"),
    "served": _("Telling who is served how"),
    "contrast": _("Setting the segments beside the bank"),
    "list by groups": _("Listing the customers"),
    "care-lists": _("Making the lists of the day"),
    "inside": _("Finding the customers whom the filters leave"),
    "scores": _("Working out everybody's risk"),
    "churn_dash.causes.loyalty_classes.standing": _("Working out how loyal each customer is"),
    "churn_dash.causes.profile.profile": _("Setting those who left beside those who stayed"),
    "churn_dash.causes.hypotheses.hypotheses": _("Testing the plan's hypotheses"),
}
"""By the name of an answer (``cache.worked_out``): what takes more than a second in a bank of a million customers."""
OTHER = _("Reading the data")


@contextmanager
def shown(name: str) -> Iterator[None]:
    """While the answer is worked out, or somebody else works it out, what is going on and for how many seconds."""
    with st.spinner(say(STAGES.get(name, OTHER)), show_time=True):
        yield
