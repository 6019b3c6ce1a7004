"""Why the model gives one customer this risk: the waterfall that adds up, and the reasons in words."""

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Step, waterfall
from churn_dash.risk import REASONS_NOTE, Explanation
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table, card, picture
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Ratio, Text, _


def waterfall_chart(why: Explanation) -> Chart:
    """From the average customer's risk to this one's, in points that add up."""
    steps = [Step(session.say(c.label), c.points, session.say(Text("{value}", value=c.spoken))) for c in why.contributions]
    return cache.chart(
        waterfall,
        steps,
        start=why.base_probability,
        end=why.probability,
        start_label=session.say(_("Customers on average")),
        end_label=session.say(_("This customer")),
        look=session.look(),
    )


def waterfall_finding(why: Explanation) -> str:
    """Title of the waterfall: the largest contribution."""
    if not why.bars:
        return session.say(_("What makes the risk"))
    largest = why.bars[0]
    if largest.points >= 0:
        return session.say(Text(_("Raises the risk most: {what}"), what=largest.label))
    return session.say(Text(_("Lowers the risk most: {what}"), what=largest.label))


def waterfall_table(why: Explanation) -> Table:
    """Every contribution, in probability and in the unit of the model."""
    rows = pl.DataFrame(
        [(session.say(c.label), session.say(Text("{value}", value=c.spoken)), c.points, c.contribution) for c in why.bars],
        schema={"what": pl.String, "value": pl.String, "points": pl.Float64, "contribution": pl.Float64},
        orient="row",
    )
    labels = {
        "what": _("What the model looks at"),
        "value": _("Value"),
        "points": _("Contribution"),
        "contribution": session.say(Text(_("In {unit}"), unit=why.unit)),
    }
    return Table(rows, f"reasons-{why.customer_id}", labels, {"points": "ratio", "contribution": "score"})


def listed(why: Explanation) -> None:
    """Draw the reasons in words with their share of all that raises the risk."""
    if not why.reasons:
        st.markdown(session.say(_("Nothing raises the risk above that of the average customer.")))
    for i, reason in enumerate(why.reasons, start=1):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{i}\\.** {safe(session.say(reason.text))}", width="stretch")
            st.badge(session.say(Text(_("{share} of what raises it"), share=Ratio(reason.share))), color="gray")


def waterfall_card(why: Explanation) -> None:
    """The card of the waterfall."""
    caption = _("Risk of leaving, percentage points · the steps add up exactly")
    with card(waterfall_finding(why), caption, waterfall_table(why), key="waterfall") as as_table:
        picture(waterfall_chart(why), as_table)


def words_card(why: Explanation) -> None:
    """The card of the reasons in words."""
    with card(_("Reasons in words"), REASONS_NOTE, key="reasons"):
        listed(why)
