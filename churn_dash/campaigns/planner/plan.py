"""Can this campaign be judged, with which hold-out, at what cost, and when? Sources: METHODS C8, C9.

Everything here is asked before the start. Power after the fact is never worked out: a campaign that was judged has its interval.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.campaigns.estimators.power import chance_of_finding, design_effect, members_needed, smallest_difference_of_rates
from churn_dash.campaigns.estimators.sequential import MOST_LOOKS, boundaries, equal_looks, inflation, peeking, spent
from churn_dash.campaigns.planner.base import Base
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures.money.assumptions import Held
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import DASH

POWER = 0.8
"""The chance with which the expected effect is to be found."""
SHARES = tuple(i / 100 for i in range(1, 51))
"""Shares held out that are looked at."""


@dataclass(frozen=True)
class Terms:
    """What somebody plans. ``effect``: the fall of the rate of churn that is expected, as a difference (0–1); None: the share of leavers
    kept by a contact, of the base. ``members``: customers in both groups; None: everybody eligible. ``weekly``: customers who can be
    taken in a week, by the first day or by the capacity to call them; None: all at once. ``cluster_size``, ``icc``: whole clusters of so
    many are drawn, whose members are so alike. ``looks``: how often the result is looked at, the last time included.
    """

    hold_out: float = 0.2
    effect: float | None = None
    members: int | None = None
    weekly: float | None = None
    cluster_size: float = 1.0
    icc: float = 0.0
    looks: int = 1
    power: float = POWER
    level: float = 0.95

    def checked(self) -> "Terms":
        """The terms themselves. Raises ``BadInput`` for what cannot be planned."""
        for wrong, words in (
            (not 0.01 <= self.hold_out <= 0.9, _("The share held out lies between 0.01 and 0.9.")),
            (self.members is not None and self.members < 2, _("A campaign with a hold-out has at least two members.")),
            (self.weekly is not None and not self.weekly > 0, _("At least one customer a week must be taken in.")),
            (not self.cluster_size >= 1 or not 0 <= self.icc <= 1, _("A cluster has one member or more, and their likeness is 0 to 1.")),
            (not 1 <= self.looks <= MOST_LOOKS, _("A result is looked at once at least and 20 times at most.")),
            (not 0.5 <= self.power < 1 or not 0.5 <= self.level < 1, _("Power and confidence lie between 0.5 and 1.")),
        ):
            if wrong:
                raise BadInput(words)
        return self


@dataclass(frozen=True)
class Point:
    """One share held out: what it could show and what it costs. Rates 0–1, money in CNY; undefined figures are None."""

    hold_out: float
    treated: int
    control: int
    mde: float | None
    """The smallest fall of the rate that would be found with the power asked for."""
    power: float | None
    """The chance of finding the expected fall."""
    cost: float | None
    """Hold-out × expected effect × value of a customer kept: what is forgone by not contacting them."""
    saved: float | None
    """What is not spent on contacting them."""
    enough: bool


@dataclass(frozen=True)
class Look:
    """One look before the end: at which share of the information, how far z must be from 0, how much of the error is spent by then."""

    share: float
    z: float
    spent: float


@dataclass(frozen=True)
class Plan:
    """A campaign planned. ``chosen`` is the share asked for, ``by_share`` every one; ``smallest``: the smallest share that suffices."""

    terms: Terms
    base: Base
    effect: float | None
    members: int
    chosen: Point
    by_share: tuple[Point, ...]
    smallest: Point | None
    needed: int | None
    weeks: int | None
    weeks_for_all: int | None
    looks: tuple[Look, ...]
    peeking: float
    more: float
    """How many times more members clusters and looks ask for."""
    value_per_save: float
    contact_cost: float
    contacting: float
    saves: float | None

    @property
    def enough(self) -> bool:
        """Whether the expected effect is no smaller than what the plan can show."""
        return self.chosen.enough

    @property
    def verdict(self) -> Text:
        """The answer in a sentence."""
        named = {
            "share": f"{self.chosen.hold_out:.0%}",
            "control": Count(self.chosen.control),
            "mde": points(self.chosen.mde),
            "effect": points(self.effect),
            "needed": Count(self.needed),
            "members": Count(self.members),
        }
        if self.effect is None:
            return Text(_("The rate of churn is not known, so nothing can be planned from it."))
        if self.enough:
            return Text(
                _(
                    "Enough: with {share} held out ({control} customers) the campaign can show a fall of {mde} points in churn "
                    "within the horizon, and {effect} are expected."
                ),
                **named,
            )
        if self.chosen.mde is None:
            return Text(
                _("The sample is not enough to detect the effect: {members} members could not even show the end of all churn."), **named
            )
        return Text(
            _(
                "The sample is not enough to detect the effect: with {share} held out of {members} customers the campaign can show "
                "a fall of {mde} points in churn, and {effect} are expected. {needed} members would be needed."
            ),
            **named,
        )

    @property
    def advice(self) -> Text | None:
        """What to do about the share held out; None where nothing better is known."""
        if self.smallest is not None and self.smallest.hold_out < self.chosen.hold_out and self.enough:
            return Text(_("{share} held out would do too, and cost less."), share=f"{self.smallest.hold_out:.0%}")
        if self.smallest is not None and not self.enough:
            return Text(_("{share} held out would be enough."), share=f"{self.smallest.hold_out:.0%}")
        if self.smallest is None and self.effect is not None:
            return Text(_("No share held out is enough: take in more customers, judge later, or pool it with the next campaigns."))
        return None

    @property
    def about_looks(self) -> Text:
        """When the result may be looked at, and why not before."""
        if self.terms.looks == 1:
            many = 5
            return Text(
                _(
                    "Who looks {n} times and stops at the first significant result "
                    "is wrong in {peeking} of the campaigns that do nothing, not in {allowed}."
                ),
                n=many,
                peeking=Ratio(peeking(many, self.terms.level)),
                allowed=Ratio(1 - self.terms.level),
            )
        return Text(
            _(
                "{n} looks, each with its own bar, keep the error at {allowed}; without the bars it would be {peeking}. "
                "The first look must reach z = {first}, the last {last}."
            ),
            n=self.terms.looks,
            allowed=Ratio(1 - self.terms.level),
            peeking=Ratio(self.peeking),
            first=f"{self.looks[0].z:.3f}",
            last=f"{self.looks[-1].z:.3f}",
        )

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "verdict": self.verdict.in_(language),
            "advice": self.advice and self.advice.in_(language),
            "enough": self.enough,
            "base": self.base.as_json(language),
            "effect": self.effect,
            "hold_out": self.terms.hold_out,
            "members": self.members,
            "treated": self.chosen.treated,
            "control": self.chosen.control,
            "mde": self.chosen.mde,
            "power": self.chosen.power,
            "needed": self.needed,
            "weeks": self.weeks,
            "weeks_for_all": self.weeks_for_all,
            "smallest_hold_out": self.smallest and self.smallest.hold_out,
            "hold_out_cost": self.chosen.cost,
            "hold_out_saved": self.chosen.saved,
            "contacting": self.contacting,
            "saves": self.saves,
            "value_per_save": self.value_per_save,
            "contact_cost": self.contact_cost,
            "cluster_size": self.terms.cluster_size,
            "icc": self.terms.icc,
            "times_more": self.more,
            "power_wanted": self.terms.power,
            "level": self.terms.level,
            "looks": [asdict(one) for one in self.looks],
            "peeking": self.peeking,
            "about_looks": self.about_looks.in_(language),
            "by_share": [asdict(p) for p in self.by_share],
        }


def plan(base: Base, terms: Terms, assumed: Mapping[str, Held]) -> Plan:
    """The plan for customers with this base rate. Raises ``BadInput`` for terms that cannot be, or an effect
    larger than the base, ``NotPossible`` where nobody left."""
    terms.checked()
    effect = terms.effect if terms.effect is not None or base.rate is None else base.rate * assumed["save_rate"].value
    if base.rate == 0:
        raise NotPossible(_("None of the {n} customers left in the months before, so no fall can be planned."), n=Count(base.n))
    if effect is not None and base.rate is not None and not 0 < effect <= base.rate:
        raise BadInput(_("The rate of churn is {rate}; it cannot fall by {effect} points."), rate=Ratio(base.rate), effect=points(effect))
    more = design_effect(terms.cluster_size, terms.icc) * inflation(terms.looks, terms.power, terms.level)
    members = terms.members if terms.members is not None else base.eligible
    value, contact = assumed["value_per_save"].value * assumed["decay"].value, assumed["contact_cost"].value

    def at(share: float) -> Point:
        control = round(members * share)
        return _point(share, members - control, control, base.rate, effect, terms, more, value, contact)

    chosen, by_share = at(terms.hold_out), tuple(at(s) for s in SHARES)
    least = None
    if base.rate is not None and effect is not None:
        least = members_needed(base.rate, base.rate - effect, terms.hold_out, power=terms.power, level=terms.level)
    needed = None if least is None else math.ceil(least * more)
    shares = equal_looks(terms.looks)
    return Plan(
        terms=terms,
        base=base,
        effect=effect,
        members=members,
        chosen=chosen,
        by_share=by_share,
        smallest=next((p for p in by_share if p.enough), None),
        needed=needed,
        weeks=_weeks(needed, terms.weekly),
        weeks_for_all=_weeks(members, terms.weekly),
        looks=tuple(Look(s, z, spent(s, terms.level)) for s, z in zip(shares, boundaries(shares, terms.level), strict=True)),
        peeking=peeking(terms.looks, terms.level),
        more=more,
        value_per_save=value,
        contact_cost=contact,
        contacting=chosen.treated * contact,
        saves=None if effect is None else chosen.treated * effect,
    )


def _point(
    share: float,
    treated: int,
    control: int,
    rate: float | None,
    effect: float | None,
    terms: Terms,
    more: float,
    value: float,
    contact: float,
) -> Point:
    """``treated`` and ``control`` count as so many fewer as clusters and looks ask for more."""
    if rate is None or effect is None:
        return Point(share, treated, control, None, None, None, None, False)
    sizes = treated / more, control / more
    mde = smallest_difference_of_rates(*sizes, rate, power=terms.power, level=terms.level)
    return Point(
        share,
        treated,
        control,
        mde,
        chance_of_finding(*sizes, rate, rate - effect, level=terms.level),
        control * effect * value,
        control * contact,
        mde is not None and mde <= effect,
    )


def points(difference: float | None) -> str:
    """A difference of rates in percentage points, without sign or unit.

    >>> points(0.0178), points(None)
    ('1.78', '—')
    """
    return DASH if difference is None else f"{100 * difference:.2f}"


def _weeks(members: int | None, weekly: float | None) -> int | None:
    return None if members is None or weekly is None else math.ceil(members / weekly)
