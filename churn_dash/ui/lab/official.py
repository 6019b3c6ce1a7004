"""The official definition: what is in force, making one official, and every one so far."""

import datetime
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.contract.definitions import Settings, with_settings
from churn_dash.contract.lifecycle import StageRule
from churn_dash.measures import named
from churn_dash.measures.tag import in_full
from churn_dash.store import freeze
from churn_dash.store.official import history
from churn_dash.ui import session
from churn_dash.ui.lab.settings import rules
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.progress import progress
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _


def words(question: PageQuestion) -> Text:
    """What is in force."""
    found = question.ds.official
    if found is None:
        return Text(
            _("No definition is official yet: numbers are by {definition}"), definition=in_full(question.ds.rules[question.definition])
        )
    definition = in_full(question.ds.rules[found.definition])
    return Text(_("Official since {date} as {title}: {definition}"), date=found.since, title=found.title, definition=definition)


def form(question: PageQuestion, chosen: Settings) -> bool:
    """Make one definition official, with the settings on the page; True when that was done."""
    place = session.workspace()
    if place is None:
        return False
    known = rules(question, chosen)
    default = question.ds.default_definition
    name = st.selectbox(
        session.say(_("Definition of churn")),
        list(known),
        index=list(known).index(default) if default in known else 0,
        format_func=lambda n: session.say(named(known[n])),
        key="freeze-definition",
    )
    given = _stages(chosen.stages)
    today = datetime.date.today()
    suggestion = f"{today.year}-Q{(today.month + 2) // 3}"
    title = st.text_input(session.say(_("Its name")), value=suggestion, key="freeze-title", max_chars=40)
    if not st.button(session.say(_("Make it official")), key="freeze", icon=":material/gavel:"):
        return False
    with progress() as told:
        freeze(place, name, title, replace(chosen, stages=StageRule(**given)), progress=told)
    return True


def _stages(now: StageRule) -> dict[str, Any]:
    """What is made official of the stages of a lifecycle."""
    with st.expander(session.say(_("Stages of the customer"))):
        declining = st.number_input(
            session.say(_("Declining: below this share of the three months before")), 0.05, 1.0, now.declining, 0.05, key="stage-declining"
        )
        growing = st.number_input(
            session.say(_("Growing: from this share of the three months before")), 0.1, 10.0, now.growing, 0.05, key="stage-growing"
        )
        exploring = st.number_input(
            session.say(_("Exploring: up to these months with the bank")), 0, 120, now.exploring_months, key="stage-exploring"
        )
        least = st.number_input(session.say(_("Declining: from these months with the bank")), 0, 120, now.least_tenure, key="stage-tenure")
    return {"declining": declining, "growing": growing, "exploring_months": exploring, "least_tenure": least}


def table(question: PageQuestion) -> Table | None:
    """Every official definition so far, newest first."""
    listed = history(question.ds.root)
    if not listed:
        return None
    rows = pl.DataFrame(
        [(o.title, session.say(in_full(with_settings(o.settings)[o.definition])), o.since, o.who) for o in listed],
        schema=["title", "definition", "since", "who"],
        orient="row",
    )
    labels = {"title": _("Name"), "definition": _("Definition of churn"), "since": _("Since"), "who": _("Set by")}
    return Table(rows, "official-definitions", labels, only=True)
