"""Campaigns planted in the bank: who is in them, what they do, and what each member would have done either way. Source: METHODS E3."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.sample.activity import KEPT, observed_assets
from churn_dash.sample.exits import HERE, SILENT, Chances, World, involuntary_hazard, logistic, ramp
from churn_dash.sample.listed import LOST_BY_CALLS, held_out, list_id, riskiest, strata
from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import People
from churn_dash.sample.process import Paths, tenure_effect

EFFECT_MONTHS = 3
HORIZON_DAYS = 90
RISK_NOISE = 0.6
"""Spread of the error in the score by which the bank picks the members of C01, log-odds."""
LOTTERY = np.array([-0.8, -0.3, 0.0, 0.0])
"""Log-odds added by the lottery, by orientation: product, consumption, service, mixed."""
SLEEPING_DOG = 0.3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Outcome = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Plan:
    """A campaign as it stands in the table, and when it starts, in months before the end."""

    id: str
    name: str
    type: str
    design: str
    outcome: str
    months_before_end: int
    treated: float | None
    cost_fixed: float
    least_start: int = 1
    control_rate: float | None = None
    """Share of the untreated who leave within the three months, where a rival's offer makes these unsettled months."""
    least_customers: int = 0
    """In a smaller bank too few would leave to tell anything."""
    listed: int | None = None
    """Customers each manager has on it, where it is a worklist that was frozen."""
    apart: bool = False
    """Only for those who are in no other campaign that starts with it."""

    def start(self, months: Months, n_customers: int) -> int | None:
        """Month in which it starts; None in a bank too short or too small for it."""
        t = max(months.count - self.months_before_end, self.least_start)
        return t if t + EFFECT_MONTHS <= months.count and n_customers >= self.least_customers else None


PLANS = (
    Plan("C02", "Randomiser check (A/A)", "test", "randomised", "churn", 16, 0.5, 0.0),
    Plan("C07", "Rescue after a low month", "offer", "rule", "aum_avg", 13, None, 8_000.0, 6),
    Plan("C01", "AUM recovery lottery", "lottery", "randomised", "churn", 10, 0.8, 20_000.0, 4, 0.12),
    Plan("C03a", "Care calls", "call", "manual", "churn", 6, None, 10_000.0, 6),
    Plan("L", "Summer call list", "call", "randomised", "churn", 3, 0.7, 6_000.0, 30, 0.16, 20_000, listed=48),
    Plan("C11", "Summer points", "points", "randomised", "churn", 3, 0.55, 20_000.0, 30, 0.0285, 20_000, apart=True),
)
"""Append only: what a plan draws is known by its place. The last two are in large banks alone, and after all that the others tell of."""


@dataclass(frozen=True)
class Members:
    """A planted campaign: places of its members, who is treated, and the log-odds that treatment adds to each.

    ``unrest`` is added to all members, treated or not.
    """

    plan: Plan
    start: int
    who: Ints
    treated: Flags
    effect: Floats
    unrest: float
    dogs: Flags
    outcomes: Outcome
    stratum: pl.Series | None = None
    """Within which the hold-out was drawn, where it is a frozen list."""

    def id(self, months: Months) -> str:
        """Its number in the tables."""
        return list_id(int(months.start[self.start])) if self.plan.listed else self.plan.id


def lottery_effect(orientation: Ints, dogs: Flags) -> Floats:
    """Log-odds that C01 adds: by orientation, and upwards for those better left alone."""
    return np.where(dogs, SLEEPING_DOG, LOTTERY[orientation])


def sleeping_dogs(silent_digital: Flags, risk: Floats) -> Flags:
    """Digitally silent members with a risk below the members' median."""
    return np.asarray(silent_digital & (risk < np.median(risk))) if len(risk) else np.zeros(0, dtype=bool)


def standardised(x: Floats) -> Floats:
    """(x − mean) / sd."""
    return np.asarray((x - x.mean()) / x.std())


def outcome(
    of: People, path: Paths, months: Months, luck: Chances, intercept: float, who: Ints, since: Ints, start: int, effect: Floats | float
) -> Outcome:
    """What ``who`` would do in the three months from ``start`` with ``effect`` added to the log-odds of leaving.

    ``left``: left of his own will, closing or falling silent; ``closed``: closed, for whatever reason, within the horizon;
    ``chance``: the expected value of ``left``. The same luck gives potential outcomes that differ by the effect only.
    """
    forced = involuntary_hazard(of, months)
    stays, chance = np.ones(len(who)), np.zeros(len(who))
    there = np.ones(len(who), dtype=bool)
    left, closed = np.zeros(len(who), dtype=bool), np.zeros(len(who), dtype=bool)
    length = np.diff(months.start)
    for t in range(start, start + EFFECT_MONTHS):
        odds = intercept + path.eta[t, who] + tenure_effect(t - since)
        hazard = logistic(odds + np.asarray(effect, dtype=np.float32))
        leaves = there & (luck.leave[t, who] < hazard)
        taken = there & ~leaves & (luck.taken[t, who] < forced[t, who])
        day = months.start[t] + (luck.day[t, who] * length[t]).astype(np.int64)
        in_time = day < months.start[start] + HORIZON_DAYS
        closed |= ((leaves & (luck.silent[t, who] >= SILENT)) | taken) & in_time
        left |= leaves
        there &= ~(leaves | taken)
        chance += stays * hazard
        stays *= (1 - hazard) * (1 - forced[t, who])
    return {"left": left, "closed": closed, "chance": chance}


def shifted(rate: Callable[[float], float], wanted: float) -> float:
    """The shift of the intercept at which ``rate(shift)``, which grows with it, is ``wanted``; by bisection within ±5."""
    low, high = -5.0, 5.0
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (middle, high) if rate(middle) < wanted else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Sight:
    """What the bank knows at the start of a campaign about the personal customers who are there."""

    who: Ints
    since: Ints
    risk: Floats
    log_aum: Floats
    low_month: Floats  # last month's log assets against the customer's own months before, in their standard deviations

    def without(self, others: Sequence[Ints]) -> "Sight":
        """The same without these customers."""
        kept = ~np.isin(self.who, np.concatenate([np.zeros(0, dtype=np.int64), *others]))
        return Sight(*(getattr(self, field)[kept] for field in self.__dataclass_fields__))


def sight(of: People, path: Paths, happened: World, luck: Chances, months: Months, start: int) -> Sight:
    """Personal customers active for at least three months, with a risk score from observables and the fall of assets and use."""
    who = np.flatnonzero((happened.state[start - 1] == HERE) & (of.join <= start - 4) & ~of.corporate)
    since = start - 1 - happened.tenure[start - 1, who].astype(np.int64)
    depth = ramp(of, happened, luck, months)
    seen = np.log(observed_assets(path, depth))[: WARM_UP + start, who]
    used = np.log1p(path.txn * KEPT[depth])[WARM_UP + start - 4 : WARM_UP + start, who]
    fall = 1.5 * (seen[-4] - seen[-1]) + used[0] - used[-1]
    past = seen[max(WARM_UP, WARM_UP + start - 12) :]
    missing = (np.arange(start - len(past), start)[:, None] < of.join[who]) | (len(past) < 3)
    past = np.where(missing, np.nan, past)
    enough = (~missing).sum(axis=0) >= 6
    low = np.full(len(who), np.nan)
    low[enough] = (past[-1, enough] - np.nanmean(past[:, enough], axis=0)) / np.nanstd(past[:, enough], axis=0, ddof=1)
    return Sight(who, since, path.observed[start, who] + tenure_effect(start - since) + fall, seen[-1], low)


def _split(rng: np.random.Generator, n: int, share: float) -> Flags:
    """A random split with exactly the planned shares."""
    treated = np.zeros(n, dtype=bool)
    treated[rng.permutation(n)[: round(share * n)]] = True
    return treated


def chosen(rng: np.random.Generator, plan: Plan, of: People, at: Sight) -> tuple[Ints, Flags, Floats, Flags]:
    """Members (places in ``at``), who is treated, the effect on each, and the sleeping dogs."""
    n = len(at.who)
    if plan.id == "C01":
        score = at.risk + RISK_NOISE * rng.normal(size=n)
        members = np.sort(np.argsort(-score)[: round(0.3 * n)])
        dogs = sleeping_dogs(of.silent_digital[at.who[members]], at.risk[members])
        return members, _split(rng, len(members), 0.8), lottery_effect(of.orientation[at.who[members]], dogs), dogs
    if plan.listed:
        members = riskiest(of.manager[at.who].astype(np.int64), at.risk + RISK_NOISE * rng.normal(size=n), plan.listed)
        treated = ~held_out(rng, strata(at.log_aum[members]), 1 - (plan.treated or 0.0))
        return members, treated, np.full(len(members), LOST_BY_CALLS), np.zeros(len(members), dtype=bool)
    if plan.id == "C11":
        members = np.arange(n)
        dogs = sleeping_dogs(of.silent_digital[at.who], at.risk)
        return members, _split(rng, n, plan.treated or 0.0), lottery_effect(of.orientation[at.who], dogs), dogs
    if plan.id == "C02":
        members = np.sort(rng.permutation(n)[: min(4_000, n // 2)])
        treated = _split(rng, len(members), 0.5)
    elif plan.id == "C07":
        members = np.flatnonzero(np.nan_to_num(at.low_month) <= -1.5)
        treated = np.ones(len(members), dtype=bool)
    else:
        members = np.arange(n)
        treated = rng.random(n) < logistic(-1 + 1.0 * standardised(at.risk) + 0.5 * standardised(at.log_aum))
        return members, treated, np.full(n, -0.5), np.zeros(n, dtype=bool)
    return members, treated, np.zeros(len(members)), np.zeros(len(members), dtype=bool)


def planted(
    rng: np.random.Generator,
    of: People,
    path: Paths,
    months: Months,
    luck: Chances,
    intercept: float,
    untouched: World,
    again: Callable[[NDArray[np.float32], NDArray[np.float32]], World],
) -> tuple[list[Members], World]:
    """Plant the campaigns one after the other; ``again(shift, unrest)`` lets the bank live with what has been planted so far."""
    shift, unrest = np.zeros(path.eta.shape, dtype=np.float32), np.zeros(path.eta.shape, dtype=np.float32)
    happened = untouched
    found: list[Members] = []
    for plan, own in zip(PLANS, rng.spawn(len(PLANS)), strict=True):
        start = plan.start(months, len(of))
        if start is None:
            continue
        at = sight(of, path, happened, luck, months, start)
        if plan.apart:
            at = at.without([m.who for m in found if m.start == start])
        members, treated, effect, dogs = chosen(own, plan, of, at)
        who, since = at.who[members], at.since[members]
        outcomes: Outcome = {"risk": at.risk[members]}

        def would(value: Floats | float, base: float, who: Ints = who, since: Ints = since, start: int = start) -> Outcome:
            return outcome(of, path, months, luck, intercept + base, who, since, start, value)

        base = shifted(lambda by: float(would(0.0, by)["chance"].mean()), plan.control_rate) if plan.control_rate else 0.0
        for arm, value in ((0, np.zeros(len(who))), (1, effect)):
            outcomes |= {f"{name}{arm}": values for name, values in would(value, base).items()}
        stratum = strata(at.log_aum[members]) if plan.listed else None
        found.append(Members(plan, start, who, treated, effect, base, dogs, outcomes, stratum))
        if base or effect.any():
            during = slice(start, start + EFFECT_MONTHS)
            unrest[during, who] += np.float32(base)
            shift[during, who[treated]] += effect[treated].astype(np.float32)
            happened = again(shift, unrest)
    return found, happened
