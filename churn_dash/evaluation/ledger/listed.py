"""What calls of the worklist and asking lost customers back are expected to bring, opened. Sources: METHODS B9, D8, A1 8.2."""

from collections.abc import Mapping

import polars as pl

from churn_dash.campaigns.winback import ToAsk, WinBack
from churn_dash.evaluation.ledger.inputs import DATA, MODEL, Input, Opened, held_input
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.retention import Worklist
from churn_dash.words import Text

CALLS = _("What the calls of the worklist are expected to bring")
BACK = _("Balances that may return within 90 days")
CALLS_FORMULA = _(
    "Leavers kept × risk and value of each, multiplied and added up × part that lasts − customers × contact "
    "− (leavers kept × expected leavers + those who would stay) × offer"
)
BACK_FORMULA = _("Balances before the loss × chance of coming back within 90 days, added up")
EACH_BACK_FORMULA = _("Cost on record ÷ customers who came back, whoever brought that about")
_BEHIND = ("spread", "servicing_cost", "discount", "horizon_years")


def calls_opened(one: Worklist, held: Mapping[str, Held]) -> Opened:
    """What the calls of the list are expected to bring, and what the value of a customer behind it rests on."""
    rows = one.rows.drop_nulls("gain")
    if rows.is_empty():
        return Opened("worklist", CALLS, CALLS_FORMULA, why_not=Text(_("Nobody of a known value is on the list.")))
    stake = float(rows["stake"].sum())
    inputs = (
        Input("listed", _("Customers on the list of known value"), "count", rows.height, origin=DATA),
        Input("leavers", _("Of them expected to leave"), "count", float(rows["probability"].sum()), origin=MODEL, kind="model"),
        Input(
            "at_stake",
            _("Risk and value of each, multiplied and added up"),
            "money",
            stake,
            origin=MODEL,
            kind="model",
        ),
        *(held_input(held[n]) for n in ("save_rate", "decay", "contact_cost", "offer_cost", *_BEHIND)),
    )
    if one.retention is not None:
        inputs = (*inputs, Input("retention", _("Customers who stay a year"), "ratio", one.retention, origin=DATA))
    return Opened("worklist", CALLS, CALLS_FORMULA, inputs, one.expected.gain)


def back_opened(one: ToAsk) -> Opened:
    """What may come back of the balances of the lost customers of the list."""
    rows = one.rows.drop_nulls("expected")
    balances, expected = float(rows["aum_lost"].sum()), float(rows["expected"].sum())
    if not balances:
        return Opened("win_back", BACK, BACK_FORMULA, why_not=Text(_("Of nobody on the list both balances and chance are known.")))
    seen = Text(_("from customers lost before, by cause and time away; mean weighted by balances"))
    inputs = (
        Input("listed", _("Lost customers of known balances and chance"), "count", rows.height, origin=DATA),
        Input("balances", _("Their balances before the loss"), "money", balances, origin=DATA),
        Input("chance", _("Chance of coming back within 90 days"), "ratio", expected / balances, origin=seen),
    )
    return Opened("win_back", BACK, BACK_FORMULA, inputs, expected)


def each_back_opened(found: WinBack) -> Opened:
    """What a customer who came back cost."""
    label = _("Cost a customer who came back")
    if found.cost is None or found.cost_per_return is None:
        return Opened(
            "cost_per_return", label, EACH_BACK_FORMULA, why_not=Text(_("No cost of win-back is on record, or nobody came back."))
        )
    returns = found.counted.filter(pl.col("returned")).height
    inputs = (
        Input("cost", _("Cost of win-back on record"), "money", found.cost, origin=DATA),
        Input("returns", _("Customers who came back within 180 days"), "count", returns, origin=DATA),
    )
    return Opened("cost_per_return", label, EACH_BACK_FORMULA, inputs, found.cost_per_return)
