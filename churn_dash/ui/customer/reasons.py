"""Why the model gives one customer this risk: the waterfall that adds up, and the reasons in words."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Step, waterfall
from churn_dash.risk import GROUPS, REASONS_NOTE, Explanation, Reason
from churn_dash.ui import cache, session
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table, card, picture
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Ratio, Text, _

_GROUPS, _ALL = "groups", "all"
STEADY_HELP = _(
    "●●●: among the three strongest in at least nine of ten models learnt again from other customers like these; "
    "●: not, so it is not told to the manager."
)
_UNITS = {"log-odds": _("log-odds"), "probability": _("probability")}


def _opened(why: Explanation) -> str:
    """Which group is opened into what the model looks at: none, one, or all."""
    there = [g for g in GROUPS if any(c.group == g for c in why.contributions)]
    words = {_GROUPS: session.say(_("Groups")), **{g: session.say(GROUPS[g]) for g in there}, _ALL: session.say(_("Everything"))}
    label = session.say(_("Open a group"))
    return controls.choice(label, [_GROUPS, *there, _ALL], key="opened", words=words.__getitem__, kind="segments", hidden=True)


def steps(why: Explanation, opened: str, own_unit: bool) -> list[Step]:
    """The steps of the waterfall: groups, those opened as what the model looks at; in points, or in the unit of the model."""
    found = []
    for group, label in GROUPS.items():
        inside = [c for c in why.contributions if c.group == group]
        if opened in (group, _ALL):
            found += [
                Step(session.say(c.label), c.contribution if own_unit else c.points, session.say(Text("{value}", value=c.spoken)))
                for c in inside
            ]
        elif inside:
            found.append(Step(session.say(label), sum(c.contribution if own_unit else c.points for c in inside)))
    return found


def waterfall_chart(why: Explanation, opened: str = _GROUPS, own_unit: bool = False) -> Chart:
    """From the average customer's risk to this one's, in points that add up; in the unit of the model for analysts."""
    return cache.chart(
        waterfall,
        steps(why, opened, own_unit),
        start=why.base if own_unit else why.base_probability,
        end=why.output if own_unit else why.probability,
        start_label=session.say(_("Customers on average")),
        end_label=session.say(_("This customer")),
        look=session.look(),
        unit="score" if own_unit else "ratio",
        tolerance=1e-4 if own_unit else 1e-6,
    )


def waterfall_finding(why: Explanation) -> str:
    """Title of the waterfall: the group with the largest contribution."""
    group, points = max(why.groups.items(), key=lambda pair: abs(pair[1]))
    if not points:
        return session.say(_("What makes the risk"))
    if points > 0:
        return session.say(Text(_("Raises the risk most: {what}"), what=GROUPS[group]))
    return session.say(Text(_("Lowers the risk most: {what}"), what=GROUPS[group]))


def waterfall_table(why: Explanation) -> Table:
    """Every contribution, in probability and in the unit of the model."""
    rows = pl.DataFrame(
        [
            (session.say(GROUPS[c.group]), session.say(c.label), session.say(Text("{value}", value=c.spoken)), c.points, c.contribution)
            for c in why.bars
        ],
        schema={"group": pl.String, "what": pl.String, "value": pl.String, "points": pl.Float64, "contribution": pl.Float64},
        orient="row",
    )
    labels = {
        "group": _("Group"),
        "what": _("What the model looks at"),
        "value": _("Value"),
        "points": _("Contribution"),
        "contribution": session.say(Text(_("In {unit}"), unit=_UNITS[why.unit])),
    }
    return Table(rows, f"reasons-{why.customer_id}", labels, {"points": "ratio", "contribution": "score"})


def waterfall_card(why: Explanation) -> None:
    """The card of the waterfall: groups first, each can be opened; analysts may switch to the unit of the model."""
    caption = _("Risk of leaving, percentage points · the steps add up exactly")
    with card(waterfall_finding(why), caption, waterfall_table(why), key="waterfall") as as_table:
        opened = _opened(why)
        own_unit = st.toggle(session.say(Text(_("In {unit}"), unit=_UNITS[why.unit])), key="own-unit", help=session.say(_UNIT_HELP))
        picture(waterfall_chart(why, opened, own_unit), as_table)


_UNIT_HELP = _("What the model itself adds up, before it was calibrated to what happened; the order of customers is the same.")


def reasons_table(why: Explanation, plays: Mapping[str, str]) -> Table:
    """The analyst's table: at most four reasons with share, stability, mark and play; those that are not steady among them."""
    rows = [
        (r.mark or "—", session.say(r.text), r.share, r.stability, plays.get(r.feature.theme, ""), session.say(GROUPS[r.feature.group]))
        for r in why.reasons
    ]
    kinds = {"mark": pl.String, "reason": pl.String, "share": pl.Float64, "stability": pl.Float64, "play": pl.String, "group": pl.String}
    labels = {
        "mark": _("Steady"),
        "reason": _("Reason"),
        "share": _("Share of what raises it"),
        "stability": _("In the first three of refits"),
        "play": _("Play"),
        "group": _("Group"),
    }
    units = {"share": "ratio", "stability": "ratio"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), f"reasons-in-words-{why.customer_id}", labels, units)


def listed(found: tuple[Reason, ...], anything: bool, plays: Mapping[str, str]) -> None:
    """Draw the reasons in words with their mark, their share of all that raises the risk, and the play."""
    if not anything:
        st.markdown(session.say(_("Nothing raises the risk above that of the average customer.")))
    elif not found:
        st.markdown(session.say(_("No reason is steady enough to act on: other customers like these would give other reasons.")))
    for i, reason in enumerate(found, start=1):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            text = f"**{i}\\.** {safe(session.say(reason.text))}"
            if play := plays.get(reason.feature.theme):
                text += f"  \n:material/arrow_forward: {safe(play)}"
            st.markdown(text, width="stretch")
            share = session.say(Text(_("{share} of what raises it"), share=Ratio(reason.share)))
            st.badge(f"{reason.mark} {share}", color="gray", help=session.say(STEADY_HELP))


def being_steadied(why: Explanation) -> AbstractContextManager[None]:
    """Says that one waits for the marks of the reasons, where they were not worked out beforehand."""
    return nullcontext() if why.steadiness_known else st.spinner(session.say(_("Looking which reasons other models would give too")))


def words_card(why: Explanation, plays: Mapping[str, str], product: str = "") -> None:
    """The card of the reasons in words with the product that fits; its table is the analyst's."""
    with card(_("Reasons in words"), REASONS_NOTE, reasons_table(why, plays), key="reasons") as as_table:
        if not as_table:
            listed(why.card, bool(why.reasons), plays)
            if product:
                st.caption(f":material/sell: {safe(product)}")
