"""The card of fair treatment on the Risk page: groups side by side, what is flagged, what leaving out gender and age costs."""

import polars as pl
import streamlit as st

from churn_dash.contract.few import TOO_FEW
from churn_dash.risk import ByGroup, Cost, Model, by_group, costs_of_leaving_out, kept_costs
from churn_dash.risk.fairness.by_group import Rate
from churn_dash.ui import cache, models, session
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import progress
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

_FIRST = ("gender", "age_band")
_NAMES = {"gender": _("gender"), "age": _("age")}


def choices(question: PageQuestion) -> dict[str, str]:
    """The dimensions to compare by, gender and age first."""
    known = question.dimensions
    order = [n for n in _FIRST if n in known] + [n for n in known if n not in _FIRST and len(known[n].values) <= 20]
    return {n: dimension_words(known[n]) for n in order}


def groups(question: PageQuestion, kept: Model, by: str) -> ByGroup:
    """How the model treats the groups of a dimension, at the risk from which one acts now."""

    def work(_id: str, name: str, cut: float) -> ByGroup:
        return by_group(question.ds, kept, name, cut)

    return cache.worked_out(question.ds, question.scope, work, kept.id, by, models.threshold(kept), name="fairness")


def names(question: PageQuestion, found: ByGroup) -> dict[str | None, str]:
    """What the groups are called."""
    return {g.group: value_words(question.dimensions[found.by], g.group) for g in found.groups}


def finding(said: tuple[Text, ...]) -> str | Text:
    """Title: how many things call for a look."""
    if not said:
        return _("No group is treated much differently")
    return Text(_("{n} differences between groups call for a look"), n=Count(len(said)))


def table(question: PageQuestion, found: ByGroup) -> Table:
    """The groups as rows; who is in too small a group has no rates."""
    look, called = session.look(), names(question, found)

    def said(rate: Rate) -> str | None:
        if rate.value is None:
            return None
        if rate.low is None or rate.high is None:
            return look.show(rate.value, "ratio")
        low, high = look.show(rate.low, "ratio"), look.show(rate.high, "ratio")
        return session.say(Text(_("{value} ({low} to {high})"), value=look.show(rate.value, "ratio"), low=low, high=high))

    rows = [
        (
            called[g.group],
            g.customers,
            said(g.selection),
            said(g.selection_ratio),
            said(g.recall),
            said(g.recall_ratio),
            g.predicted,
            said(g.observed),
        )
        for g in found.groups
    ]
    kinds = {
        "group": pl.String,
        "customers": pl.Int64,
        "selection": pl.String,
        "selection_ratio": pl.String,
        "recall": pl.String,
        "recall_ratio": pl.String,
        "predicted": pl.Float64,
        "observed": pl.String,
    }
    labels = {
        "group": _("Group"),
        "customers": _("Customers"),
        "selection": _("At high risk"),
        "selection_ratio": _("Of the highest group's rate"),
        "recall": _("Leavers found"),
        "recall_ratio": _("Of the best group's rate"),
        "predicted": _("Predicted to leave"),
        "observed": _("Left"),
    }
    order = ["group", "customers", "selection", "recall", "predicted", "observed", "selection_ratio", "recall_ratio"]
    units = {"customers": "count", "predicted": "ratio", "group": "id"}
    how = session.say(
        _(
            "On customers that the model had not seen. At high risk: by the cuts in force. A rate under four "
            "fifths of the highest group's is flagged: a reason to look, no proof of unfairness where groups also leave at different "
            "rates. Ranges: 95%, knowing which rows are of one customer. Not legal advice."
        )
    )
    return Table(pl.DataFrame(rows, schema=kinds, orient="row").select(order), f"fairness-{found.by}", labels, units, how=how, only=True)


def fairness_card(question: PageQuestion, kept: Model) -> None:
    """The whole card; nothing for data without a dimension."""
    known = choices(question)
    if not known:
        return
    by = controls.choice(session.say(_("Fair treatment by")), list(known), key="fair", words=known.__getitem__)
    found = groups(question, kept, by)
    said = found.sentences(names(question, found))
    caption = Text(
        _("Fair treatment: on customers that the model had not seen, at a risk of {cut} or more, with 95% ranges"),
        cut=Ratio(found.threshold),
    )
    with cards.card(finding(said), caption, table(question, found), key="fairness"):
        cards.shown(table(question, found))
        if any(g.few for g in found.groups):
            st.caption(safe(session.say(Text(_("Groups of fewer than {n} customers are counted and not rated."), n=Count(TOO_FEW)))))
        if said:
            st.markdown("\n".join(f"- {safe(session.say(s))}" for s in said))
        _costs(question, kept)


def _costs(question: PageQuestion, kept: Model) -> None:
    """What leaving out gender and age costs, or the button that works it out."""
    found = kept_costs(kept)
    if found is None:
        st.caption(
            safe(session.say(_("Gender is left out of the model unless somebody keeps it on purpose; what that costs takes a few fits.")))
        )
        if st.button(session.say(_("Work out what leaving out gender and age costs")), key="fairness-cost"):
            with progress() as told:
                costs_of_leaving_out(question.ds, kept, told)
            st.rerun()
        return
    for one in found:
        st.markdown(safe(session.say(cost_words(one))))
    if not found:
        st.caption(safe(session.say(_("These data tell neither gender nor age."))))


def cost_words(one: Cost) -> Text:
    """One cost as a sentence."""
    text = (
        _("Leaving out {what} costs precision: PR-AUC {without} without and {with_it} with it, a difference of {cost} ({low} to {high}).")
        if one.clear and one.cost > 0
        else _("Leaving out {what} costs nothing that can be told from chance: PR-AUC {without} without, {with_it} with ({low} to {high}).")
    )
    numbers = {n: "—" if v is None else f"{v:.4f}" for n, v in vars(one).items() if n in ("without", "with_it", "cost", "low", "high")}
    return Text(text, what=_NAMES[one.attribute], **numbers)
