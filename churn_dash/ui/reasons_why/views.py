"""The views of the Satisfaction page, one drawn at a time."""

from collections.abc import Callable

import streamlit as st

from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.reasons_why import (
    balances_after,
    complaints,
    expectations,
    improvements,
    loyalty,
    loyalty_sensitivity,
    satisfaction,
    surveys_after,
)
from churn_dash.words import _


def _answers_view(asked: PageQuestion) -> None:
    """What customers answer over time, what drives it, who leaves afterwards, and whether improvements show."""
    with errors_shown():
        answered = asked.apart(*satisfaction.OUTCOMES)
        tiles(satisfaction.tiles(answered))
        cards.sentences(satisfaction.not_counted(answered))
        over, marks = satisfaction.longer(answered), improvements.events(asked)
        left, right = st.columns(2, gap="small")
        table = satisfaction.waves_table(over)
        with left, cards.card(satisfaction.waves_finding(over, "csat", "ratio"), satisfaction.WAVES_CAPTION, table, key="csat") as as_table:
            satisfaction.waves_picture(asked, over, "csat", "ratio", marks, as_table)
        with right, cards.card(satisfaction.waves_finding(over, "nps", "number"), satisfaction.WAVES_CAPTION, table, key="nps") as as_table:
            satisfaction.waves_picture(asked, over, "nps", "number", marks, as_table)

        with errors_shown():
            *places, last = (*st.columns(2, gap="small"), *st.columns(2, gap="small"))
            for place, split in zip(places, surveys_after.SPLITS, strict=True):
                with place:
                    surveys_after.card(asked, split)
            with last, errors_shown():
                balances_after.card(asked)
    with errors_shown():
        driving = satisfaction.driving(asked)
        caption, table = satisfaction.drivers_caption(driving), satisfaction.drivers_table(driving)
        with cards.card(satisfaction.drivers_finding(driving), caption, table, key="drivers") as as_table:
            cards.picture(satisfaction.drivers_chart(driving), as_table, key="drivers-picture")
    with errors_shown():
        followed, lacking = improvements.rows(asked)
        table = improvements.table(followed)
        with cards.card(improvements.finding(followed), improvements.CAPTION, table, key="improvements"):
            improvements.shown(followed, lacking, table)
            if improvements.form(asked):
                st.rerun()


def _expected_view(asked: PageQuestion) -> None:
    """What customers expect of the bank, in their answers and in what the data say of it."""
    with errors_shown():
        expected = expectations.expected(asked)
        table = expectations.expectations_table(expected)
        with cards.card(expectations.expectations_finding(expected), expectations.EXPECTATIONS_CAPTION, table, key="expected") as as_table:
            cards.picture(expectations.expectations_chart(expected), as_table, key="expected-picture")
    with errors_shown():
        by = expectations.group_control(asked)
        used = expectations.adopted(asked.apart("digital"), by)
        over = expectations.adopted(satisfaction.and_year_before(asked), by)
        left, right = st.columns(2, gap="small")
        caption, table = expectations.adoption_caption(used), expectations.adoption_table(asked, used)
        with left, cards.card(expectations.adoption_finding(asked, used), caption, table, key="digital") as as_table:
            expectations.adoption_picture(asked, used, as_table)
        table = expectations.trend_table(over)
        with right, cards.card(expectations.trend_finding(over), expectations.TREND_CAPTION, table, key="digital-trend") as as_table:
            cards.picture(expectations.trend_chart(over), as_table, key="digital-trend-picture")
    with errors_shown():
        told = expectations.signs(asked)
        table = expectations.signs_table(told)
        with cards.card(expectations.signs_finding(told), expectations.SIGNS_CAPTION, table, key="signs"):
            cards.shown(table)
            cards.sentences(list(told.lacking.values()))


def _complaints_view(asked: PageQuestion) -> None:
    """What customers complain about, how it is settled, and who leaves after it."""
    with errors_shown():
        complaining = asked.apart("complaint")
        made = complaints.found(complaining)
        tiles(complaints.tiles(complaining))
        cards.sentences(complaints.not_counted(complaining))
        left, right = st.columns([2, 3], gap="small")
        with left:
            with cards.card(complaints.finding(made), _("By category"), complaints.table(made), key="complaints", tall=False) as as_table:
                clicks.rows(asked.ds, "complaint", complaints.chart(made), complaints.levels(made), as_table, "complaints-picture")
            table = complaints.months_table(made)
            with cards.card(complaints.months_finding(made), complaints.MONTHS_CAPTION, table, key="complaint-months") as as_table:
                cards.picture(complaints.months_chart(asked, made), as_table, key="complaint-months-picture")
        with right, errors_shown():
            upset = complaints.after(asked)
            caption, table = complaints.after_caption(upset), complaints.after_table(upset)
            with cards.card(complaints.after_finding(upset), caption, table, key="after") as as_table:
                cards.picture(complaints.after_chart(upset), as_table, key="after-picture")


def _loyalty_view(asked: PageQuestion) -> None:
    """How attached customers are, how firm those classes are, and whom they bring."""
    left, right = st.columns(2, gap="small")
    with left, errors_shown():
        standing = loyalty.found(asked.apart("loyalty"))
        caption, table = loyalty.caption(standing), loyalty.table(standing)
        with cards.card(loyalty.finding(standing), caption, table, key="loyalty") as as_table:
            clicks.rows(asked.ds, "loyalty", loyalty.chart(standing), loyalty.levels(standing), as_table, "loyalty-picture")
            loyalty.save_form(asked)
            loyalty.editor(asked)
    with right, errors_shown():
        mouth = loyalty.mouth(asked)
        caption, table = loyalty.mouth_caption(mouth), loyalty.mouth_table(mouth)
        with cards.card(loyalty.mouth_finding(mouth), caption, table, key="mouth") as as_table:
            cards.picture(loyalty.mouth_chart(mouth), as_table, key="mouth-picture")

    with errors_shown():
        firm = loyalty_sensitivity.found(asked)
        caption, table = loyalty_sensitivity.caption(firm), loyalty_sensitivity.table(firm)
        with cards.card(loyalty_sensitivity.finding(firm), caption, table, key="loyalty-firm") as as_table:
            cards.picture(loyalty_sensitivity.chart(firm), as_table, key="loyalty-firm-picture")


_NAMES = {"answers": _("What they answer"), "expected": _("Expectations"), "complaints": _("Complaints"), "loyalty": _("Loyalty")}
_VIEWS: dict[str, Callable[[PageQuestion], None]] = {
    "answers": _answers_view,
    "expected": _expected_view,
    "complaints": _complaints_view,
    "loyalty": _loyalty_view,
}


def view_control() -> Callable[[PageQuestion], None]:
    """Choose what the page shows; the view, to be drawn."""
    return _VIEWS[controls.view(_NAMES, key="satisfaction-view")]
