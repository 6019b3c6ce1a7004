"""By what a customer's worth is reckoned: the reader's assumptions, held in the address."""

import streamlit as st

from churn_dash.segments.stage_value import Worth
from churn_dash.segments.value import Margin
from churn_dash.ui import controls, session
from churn_dash.words import Money, Ratio, Text, _

_SPREADS = ("1.5", "0.5", "1.0", "2.0", "2.5", "3.0")
_COSTS = ("60", "0", "30", "120", "240")
_DISCOUNTS = ("8", "3", "5", "10", "12")
_YEARS = ("life", "3", "5", "10")


def assumed() -> Worth:
    """Draw the assumptions in a popover; the worth that they make."""
    with st.popover(session.say(_("Assumptions")), icon=":material/calculate:", key="assumptions"):
        spread = controls.choice(session.say(_("Margin on balances, % a year")), _SPREADS, key="spread", words=str)
        cost = controls.choice(session.say(_("Cost of serving a customer, ¥ a year")), _COSTS, key="serving", words=str)
        discount = controls.choice(session.say(_("Discount, % a year")), _DISCOUNTS, key="discount", words=str)
        years = controls.choice(session.say(_("Years that count")), _YEARS, key="years", words=_years)
        st.caption(session.say(_("Assumed: replace them by the bank's own figures.")))
    return Worth(Margin(float(spread) / 100, float(cost)), float(discount) / 100, None if years == "life" else int(years))


def _years(code: str) -> str:
    return session.say(_("as long as customers stay")) if code == "life" else code


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
