"""What to do next: a few steps that the data suggest, each with what is at stake and where to go."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from churn_dash.ui import address, frame, models, session
from churn_dash.ui.front import worst as groups
from churn_dash.ui.front.figures import totals
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Ratio, Text, _

_MOST = 3


@dataclass(frozen=True)
class Step:
    """One thing to do: what, why, what is at stake, and the page to do it on with the codes of its address."""

    what: str
    why: str
    stake: str
    page: str
    link: dict[str, str] = field(default_factory=dict)


def steps(question: PageQuestion) -> list[Step]:
    """At most three steps, the surest first."""
    return [*_calls(question), *_groups(question), *_campaigns(question), *_quarantine(question)][:_MOST]


def _calls(question: PageQuestion) -> list[Step]:
    risk = models.at_risk(question)
    if risk is None:
        why = session.say(_("Then this page names the customers to call first, with reasons."))
        if models.trouble(question.ds) is not None:
            return [Step(session.say(_("Train the risk model again")), why, session.say(_("the model cannot be opened here")), "risk")]
        return [Step(session.say(_("Train a risk model")), why, session.say(_("no model yet")), "risk")]
    if not risk.callable:
        return []
    what = session.say(Text(_("Call the {n} customers at highest risk"), n=Count(risk.callable)))
    named = {"threshold": Ratio(risk.threshold), "n": Count(risk.n - risk.callable)}
    spared = _("Their risk is {threshold} or more; {n} others at such a risk may not be called. The list gives the reasons.")
    plain = _("Their risk is {threshold} or more; the list gives the reasons.")
    why = session.say(Text(spared if risk.n > risk.callable else plain, **named))
    stake = session.say(Text(_("they hold {amount}"), amount=Money(risk.balances))) if risk.balances else ""
    return [Step(what, why, stake, "risk")]


def _groups(question: PageQuestion) -> list[Step]:
    bank = totals(question).get("churn_rate")
    worst = next((g for g in groups.groups(question) if g.surely_above(bank)), None)
    if worst is None:
        return []
    what = session.say(Text(_("Find out why they leave: {group}"), group=worst.label))
    why = session.say(Text(_("{rate} left, {bank} {whole}."), rate=Ratio(worst.rate), bank=Ratio(bank), whole=question.whole.within))
    stake = session.say(Text(_("{n} customers"), n=Count(worst.n)))
    return [Step(what, why, stake, "segments", {f"where.{worst.dimension}": worst.level})]


def _campaigns(question: PageQuestion) -> list[Step]:
    table = question.ds.table("campaigns")
    if table is None or table.is_empty() or "design" not in table.columns:
        return []
    undeclared = table.filter(table["design"].fill_null("") != "randomised")
    if undeclared.is_empty():
        return []
    what = session.say(_("Hold out a random group next time"))
    why = session.say(Text(_("{n} of {all} campaigns have none: whether they worked cannot be known."), n=len(undeclared), all=len(table)))
    return [Step(what, why, "", "campaigns")]


def _quarantine(question: PageQuestion) -> list[Step]:
    n = question.ds.info.counts.get("rows_quarantined", 0)
    if not n:
        return []
    what = session.say(Text(_("Mend {n} rows that were set aside"), n=Count(n)))
    return [Step(what, session.say(_("They are in no figure; the list says what is wrong with each.")), "", "data")]


def drawn(found: Sequence[Step]) -> None:
    """Draw the steps as a numbered list."""
    if not found:
        st.caption(session.say(_("Nothing stands out.")))
    for i, step in enumerate(found, start=1):
        if i > 1:
            st.space("xsmall")
        with st.container(gap="xsmall", key=f"step-{i}"):
            st.markdown(f"**{i}\\. {safe(step.what)}**")
            st.caption(safe(step.why))
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                if step.stake:
                    st.badge(safe(step.stake), color="orange")
                else:
                    st.space("xsmall")
                st.page_link(
                    frame.page(step.page),
                    label=session.say(_("Open")),
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    query_params=address.link(**step.link),
                )
