"""The views of the Survival page, one drawn at a time."""

from collections.abc import Callable

import streamlit as st

from churn_dash.measures.tenure.survival import Stay
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.tenure import departures, signs, silence, survival, threads, torn
from churn_dash.words import _


def _stay_view(asked: PageQuestion, found: Stay, by: str | None) -> None:
    """How long customers stay, when and why they go, and how early it shows."""
    left, right = st.columns([2, 1], gap="small")
    curves = survival.stay(asked.apart(survival.CHART), by)[0] or found
    title, caption, table = survival.finding(asked, curves), survival.caption(asked, curves), survival.table(asked, curves)
    with left, cards.card(title, caption, table, key="curves") as as_table:
        survival.picture(asked, curves, as_table)
    caption, table = _("Departures a customer-month by time since joining; n: customer-months"), departures.pace_table(found)
    with right, cards.card(departures.pace_finding(found), caption, table, key="pace") as as_table:
        levels = departures.pace_levels(found) if survival.told(found) else []
        clicks.rows(asked.ds, "age_left", departures.pace_chart(found), levels, as_table or not survival.told(found))

    left, right = st.columns([3, 2], gap="small")
    caption, table = _("Share of customers gone by time since joining, one cause on top of another"), departures.causes_table(found)
    with left, cards.card(departures.causes_finding(found), caption, table, key="causes") as as_table:
        cards.picture(departures.causes_chart(found), as_table or not survival.told(found))
    given = signs.signs(asked)
    table = signs.table(given)
    with right, cards.card(signs.finding(given), signs.caption(), table, key="signs") as as_table:
        signs.shown(given, as_table)


def _silence_view(asked: PageQuestion, found: Stay, by: str | None) -> None:
    """Which thread breaks first, whose threads are broken now, and how customers fall silent."""
    left, right = st.columns(2, gap="small")
    torn_now = threads.broken(asked)
    table = threads.table(torn_now)
    with left, cards.card(threads.finding(torn_now), threads.caption(torn_now), table, key="threads") as as_table:
        cards.picture(threads.chart(torn_now), as_table)
    table = threads.order_table(torn_now)
    with right, cards.card(threads.order_finding(torn_now), threads.order_caption(torn_now), table, key="orders") as as_table:
        cards.picture(threads.order_chart(torn_now), as_table)

    left, right = st.columns(2, gap="small")
    table = torn.now_table(torn_now)
    with left, cards.card(torn.now_finding(torn_now), torn.NOW_CAPTION, table, key="torn") as as_table:
        torn.now_picture(asked, torn_now, as_table)
    states = torn.states(asked)
    with (
        right,
        cards.card(torn.states_finding(states), torn.STATES_CAPTION, torn.states_table(states), key="quiet-now") as as_table,
    ):
        torn.states_picture(asked, states, as_table)

    quiet = silence.fallen(asked)
    table = silence.table(quiet)
    with cards.card(silence.finding(quiet), silence.caption(quiet), table, key="silence") as as_table:
        silence.picture(quiet, as_table)
    table = silence.months_table(quiet)
    with cards.card(silence.months_finding(quiet), silence.months_caption(quiet), table, key="months") as as_table:
        silence.shown(quiet, as_table)


_NAMES = {"stay": _("How long they stay"), "silence": _("How they fall silent")}
_VIEWS: dict[str, Callable[[PageQuestion, Stay, str | None], None]] = {"stay": _stay_view, "silence": _silence_view}


def view_control() -> Callable[[PageQuestion, Stay, str | None], None]:
    """Choose what the page shows; the view, to be drawn."""
    return _VIEWS[controls.view(_NAMES, key="survival-view")]
