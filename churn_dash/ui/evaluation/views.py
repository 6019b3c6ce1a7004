"""The views of the Evaluation page, one drawn at a time."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from churn_dash.contract.few import ONE_LIST
from churn_dash.evaluation.review.incentive import LUCK
from churn_dash.ui import address, frame, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.evaluation import around, improvements, lines, money, review
from churn_dash.ui.evaluation.asked import Asked
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _


def _scorecard_view(one: Asked, buttons: DeltaGenerator) -> None:
    """The eight indicators, their report, targets and owners."""
    with buttons:
        lines.reports(one)
    with cards.card(_("The eight indicators"), lines.CAPTION, lines.table(one), key="scorecard", tall=False) as as_table:
        if not as_table:
            lines.grid(one)
    with st.expander(session.say(_("Targets and owners")), icon=":material/flag:"):
        if lines.form(one):
            st.rerun()
        if versions := lines.versions(one):
            cards.shown(versions)
    lines.footnote()


def _around_view(one: Asked, buttons: DeltaGenerator) -> None:
    """Before and after a day."""
    if one.question.timeless:
        cards.needs_time(Text(ONE_LIST, what=_("Before and after need months: these data hold one row a customer, or one month only")))
    else:
        day, campaign = around.chosen(one)
        with errors_shown():
            found = around.found(one, day)
            table = around.table(found)
            with cards.card(around.finding(found), around.caption(found), table, key="around", tall=False):
                around.warning(campaign)
                cards.shown(table, height=around.HEIGHT)


def _improvements_view(one: Asked, buttons: DeltaGenerator) -> None:
    """What was done, and what followed."""
    rows = improvements.seen(one)
    table = improvements.table(rows)
    with cards.card(improvements.finding(rows), improvements.CAPTION, table, key="improvements", tall=False):
        cards.shown(table)
        improvements.note(rows)
    if picked := improvements.chosen(rows):
        with cards.card(improvements.watched_finding(picked), improvements.name_of(picked.action), key="watched", tall=False):
            cards.picture(improvements.chart(one, picked))
            for sentence in improvements.words(picked):
                st.caption(safe(sentence))
    with st.expander(session.say(_("Add or change an improvement")), icon=":material/edit:"):
        if improvements.form(one):
            st.rerun()


def _review_view(one: Asked, buttons: DeltaGenerator) -> None:
    """The regular review: cuts, training, base of incentives, lessons."""
    left, right = st.columns(2, gap="small")
    table = review.policy_table(one)
    caption = _("From which risk on a customer is called; set on the Risk page")
    with left, cards.card(review.policy_finding(table), caption, table, key="policies"):
        st.caption(safe(review.policy_now(one)))
        if len(table.rows):
            cards.shown(table)
        st.page_link(frame.page("risk"), label=session.say(_("Risk")), icon=":material/radar:", query_params=address.link())
    trained, why_not = review.trained(one)
    if trained:
        table = review.training_table(trained)
        with right, cards.card(review.training_finding(trained), _("Hours by month"), table, key="training") as as_table:
            cards.picture(review.training_chart(trained), as_table)
    elif why_not is not None:
        with right:
            cards.note(session.say(why_not))
    by = review.unit_control()
    bases = review.bases(one, by)
    table = review.incentive_table(bases)
    with cards.card(review.incentive_finding(bases), review.incentive_caption(bases), table, key="incentive", tall=False):
        if bases.rows:
            cards.shown(table)
            st.caption(session.say(LUCK))
        elif bases.why_not:
            st.markdown(safe(session.say(bases.why_not)))
    table = review.lesson_table(one)
    with cards.card(review.lesson_finding(table), _("Lessons and cases, each with what it rests on"), table, key="lessons", tall=False):
        if len(table.rows):
            cards.shown(table)
        with st.expander(session.say(_("Record a lesson")), icon=":material/edit:"):
            if review.lesson_form(one):
                st.rerun()


def _money_view(one: Asked, buttons: DeltaGenerator) -> None:
    """Every amount opened, the assumptions, and what turns the decision."""
    book = money.found(one)
    tiles(money.tiles(book))
    left, right = st.columns([3, 2], gap="small")
    with left, cards.card(_("Every amount, opened"), _("Each with what it was worked out from, who set it and when"), key="opened"):
        money.opened(book)
    table = assumptions.table(list(one.held.values()))
    caption = _("For everybody who looks at these data; each change is kept with name and day")
    with right, cards.card(_("Assumptions of this bank"), caption, table, key="assumptions"):
        cards.shown(table)
        with st.expander(session.say(_("Set them")), icon=":material/edit:"):
            if assumptions.form(one.question):
                st.rerun()
    for decision in book.decisions:
        if decision.swings:
            table = money.table(decision)
            with cards.card(money.finding(decision), money.CAPTION, table, key=f"swings-{decision.key}", tall=False) as as_table:
                cards.picture(money.chart(decision), as_table)


VIEWS: dict[str, Callable[[Asked, DeltaGenerator], None]] = {
    "scorecard": _scorecard_view,
    "around": _around_view,
    "improvements": _improvements_view,
    "review": _review_view,
    "money": _money_view,
}
"""By the code of the view; ``buttons`` is the place beside its name."""
