"""The money of the page, opened into inputs: what campaigns brought, what a call brings, what a customer kept is worth.

Sources: METHODS B5, B9, C11.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.members import roster
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.figures import Told
from churn_dash.evaluation.indicators.saves import Pool
from churn_dash.evaluation.ledger.decision import Decision, decided
from churn_dash.evaluation.ledger.inputs import DATA, Input, held_input, measured_input
from churn_dash.evaluation.scorecard import Measured
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.money.costs import yearly_retention
from churn_dash.measures.money.lifetime_value import multiple
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.retention.worklists.at_stake import values
from churn_dash.store import Dataset
from churn_dash.words import Text, say

CAMPAIGNS, CALL = "campaigns", "call"
WORTH = ("value_per_save", "decay", "horizon_years")
"""What the worth of a customer kept rests on."""
Amount = Callable[[Mapping[str, float]], float]


@dataclass(frozen=True)
class Worth:
    """What the data and the assumptions make of a customer kept: the mean lifetime value of the customers there (CNY), None where it
    cannot be told."""

    implied: float | None
    inputs: tuple[Input, ...]
    why_not: Told | None = None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "implied_value": self.implied,
            "formula": say(VALUE_FORMULA, language),
            "inputs": [i.as_json(language) for i in self.inputs],
            "why_not": self.why_not and say(self.why_not, language),
        }


@dataclass(frozen=True)
class Ledger:
    """Every amount of the page, opened."""

    decisions: tuple[Decision, ...]
    worth: Worth
    pool: Pool
    contacts: int

    def of(self, key: str) -> Decision:
        """One decision by key."""
        return next(d for d in self.decisions if d.key == key)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "decisions": [d.as_json(language) for d in self.decisions],
            "value_of_a_customer_kept": self.worth.as_json(language),
            "cost_per_save": self.pool.cost_per_save.value,
            "roi": self.pool.roi.value,
            "campaign_contacts": self.contacts,
        }


VALUE_FORMULA = _(
    "Mean over the customers there: (balances × margin + fees − cost of serving), a year at a time, each weighted by the chance that the "
    "customer is still there and discounted, over the years counted"
)
_CAMPAIGN_FORMULA = _(
    "Incremental save rate × members × value of a customer kept × part that lasts − contacts × cost of a contact "
    "− fixed cost, incentives and costs entered"
)
_CALL_FORMULA = _(
    "Chance that a warned customer leaves × leavers kept by a contact × (value of a customer kept × part that lasts − offer) − contact "
    "− offer taken by those who would have stayed"
)


def ledger(ds: Dataset, found: Measured, held: Mapping[str, Held], scope: Scope) -> Ledger:
    """The amounts of what was measured, under the assumptions in force."""
    contacts, assumed = contacted(ds, found.pool, scope)
    worth = _worth(ds, found.definition, held, scope)
    stays = next((i.value for i in worth.inputs if i.name == "retention"), None)
    lasting = _lasting(held, stays)
    decisions = (_campaigns(found.pool, held, assumed, lasting), _call(found, held, lasting))
    return Ledger(decisions, worth, found.pool, contacts)


def _lasting(held: Mapping[str, Held], stays: float | None) -> Amount:
    """What a customer kept is worth under other values of its inputs. The value in force is meant over the years counted; over more or
    fewer it grows or falls as the sum of what is earned in each year, weighted by who is still there (``stays``) and discounted."""
    discount, years = held["discount"].value, held["horizon_years"].value

    def times(horizon: float) -> float | None:
        return None if stays is None else multiple(stays, discount, horizon)

    def worth(v: Mapping[str, float]) -> float:
        now, then = times(years), times(v["horizon_years"])
        return v["value_per_save"] * v["decay"] * (then / now if now and then is not None else 1.0)

    return worth


def contacted(ds: Dataset, pool: Pool, scope: Scope) -> tuple[int, int]:
    """Members of the target groups who were contacted, and those of them whose contact costs what is assumed: no cost was entered."""
    n = assumed = 0
    for one in pool.campaigns:
        members = roster(ds, one.campaign_id, scope).filter(pl.col("arm") != (one.evaluation.control or ""))
        reached = members.drop_nulls("contacted_at")
        n, assumed = n + reached.height, assumed + reached["cost"].null_count()
    return n, assumed


def _campaigns(pool: Pool, held: Mapping[str, Held], contacts: int, worth: Amount) -> Decision:
    label = _("What the campaigns brought in, after their cost")
    if pool.why_not is not None or pool.rate.value is None:
        return Decision(CAMPAIGNS, label, _CAMPAIGN_FORMULA, why_not=pool.why_not)
    rate, contact = pool.rate, held["contact_cost"]
    rest = pool.cost - contacts * contact.value
    measured_rate = measured_input("save_rate", _("Incremental save rate"), "points", rate)
    assert measured_rate is not None
    inputs = (
        measured_rate,
        *(held_input(held[name]) for name in WORTH),
        held_input(contact),
        Input("members", _("Members of the target groups"), "count", pool.n, origin=DATA),
        Input("contacts", _("Contacts without a cost of their own"), "count", contacts, origin=DATA),
        Input("rest", _("Fixed cost, incentives and costs entered"), "money", rest, origin=DATA),
    )

    def net(v: Mapping[str, float]) -> float:
        return v["save_rate"] * v["members"] * worth(v) - v["contacts"] * v["contact_cost"] - v["rest"]

    return decided(CAMPAIGNS, label, _CAMPAIGN_FORMULA, inputs, net, "save_rate")


def _call(found: Measured, held: Mapping[str, Held], worth: Amount) -> Decision:
    """A call to a customer who is warned of, by the rule of the worklist: p·s·V − contact − (p·s + 1 − p)·offer."""
    label = _("What a call to a warned customer brings in")
    chance = found.figures["warning_precision"]
    leave = measured_input("chance", _("Warned customers who leave"), "ratio", chance.estimate)
    if leave is None:
        return Decision(CALL, label, _CALL_FORMULA, why_not=chance.why_not)
    inputs = (
        leave,
        *(held_input(held[name]) for name in ("save_rate", *WORTH, "contact_cost", "offer_cost")),
    )

    def gain(v: Mapping[str, float]) -> float:
        kept = v["chance"] * v["save_rate"]
        return kept * worth(v) - v["contact_cost"] - (kept + 1 - v["chance"]) * v["offer_cost"]

    return decided(CALL, label, _CALL_FORMULA, inputs, gain, "save_rate")


def _worth(ds: Dataset, definition: str, held: Mapping[str, Held], scope: Scope) -> Worth:
    inputs = tuple(held_input(held[name]) for name in ("spread", "servicing_cost", "discount", "horizon_years"))
    try:
        kept, low, high = yearly_retention(Question(ds, scope, definition=definition))
        if kept is None:
            return Worth(None, inputs, Text(_("What a customer is worth needs months: these data do not say how many stay a year.")))
        stay = measured_input("retention", _("Customers who stay a year"), "ratio", Estimate(kept, low, high, 0))
        inputs = (*inputs, *([stay] if stay is not None else []))
        worth = values(Question(ds, scope, definition=definition), held, kept)["value"].drop_nulls()
    except ChurnDashError as problem:
        return Worth(None, inputs, problem)
    mean = worth.mean()
    if not isinstance(mean, int | float):
        return Worth(None, inputs, Text(_("The balances of no customer are known.")))
    return Worth(float(mean), inputs)
