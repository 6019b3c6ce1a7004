"""The cut that earns most: expected profit of calling everybody above it, with an interval over customers. Source: METHODS D8.

``P(t; γ) = CLV · [(γ(1 − δ) − φ) π0 F0(t) − (δ + φ) π1 F1(t)]`` at the mean γ, with each leaver's own CLV: a leaver who is called stays
with probability γ and takes the offer then; whoever would have stayed anyway takes it, too. Ranges draw the customers again, and with
them γ where campaigns measured it, from what they measured; an assumed γ has no range, so that the profit's covers the customers only.
EMPC is the most that this comes to when γ is not known, with the best cut for each γ: as it was measured, else Beta-distributed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.statistics.odds import Values
from churn_dash.retention.threshold.held_out import HeldOut
from churn_dash.risk.trials.profit import acceptance, expected_best, measured_share

_SEED = 20_260_101


@dataclass(frozen=True)
class Offer:
    """Share of leavers kept by a contact (γ, 0–1), what an accepted offer costs and what a contact costs, in CNY; ``ends``: the 95 % range
    of γ where campaigns measured it."""

    saved: float
    offer: float
    contact: float
    ends: tuple[float, float] | None = None

    @classmethod
    def of(cls, held: Mapping[str, Held]) -> "Offer":
        """From the assumptions in force, by name."""
        saved, offer, contact = (held[n].value for n in ("save_rate", "offer_cost", "contact_cost"))
        return cls(saved, offer, contact, ends_of(held["save_rate"]))


def ends_of(saved: Held) -> tuple[float, float] | None:
    """The 95 % range of the share of leavers kept; None where nobody measured it."""
    return None if saved.measured is None else (saved.measured["low"], saved.measured["high"])


@dataclass(frozen=True)
class Point:
    """Profit in CNY for a customer of the base when everybody at or above ``threshold`` is called, with its 95 % interval."""

    threshold: float
    share: float
    profit: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return dict(vars(self))


@dataclass(frozen=True)
class ProfitCurve:
    """Points by falling threshold. ``best`` is where most is earned; None where calling nobody is best. In 95 of 100 draws of the
    customers (and of a measured γ) the best cut lies from ``best_low`` to ``best_high`` (of the draws in which calling pays at all,
    ``pays`` of them, 0–1). ``expected`` is EMPC in CNY for a customer of the base, with its 95 % interval over customers: γ from the Beta
    distribution ``gamma`` (a, b), or as measured with the 95 % range ``measured``; one of them is None."""

    points: tuple[Point, ...]
    best: Point | None
    best_low: float | None
    best_high: float | None
    pays: float
    expected: float
    expected_low: float
    expected_high: float
    gamma: tuple[float, float] | None
    measured: tuple[float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "best": self.best and self.best.as_json(),
            "best_low": self.best_low,
            "best_high": self.best_high,
            "pays": self.pays,
            "expected": {"profit": self.expected, "low": self.expected_low, "high": self.expected_high, "gamma": self.gamma},
            "save_rate_drawn": self.measured,
            "points": [p.as_json() for p in self.points],
        }


def profit_curve(held: HeldOut, offer: Offer) -> ProfitCurve:
    """The curve over the cuts of the held-out rows.

    >>> rows = np.array([0, 0, 1, 0, 1, 1]), np.array([.1, .2, .3, .6, .8, .9]), np.full(6, 200.0)
    >>> found = profit_curve(HeldOut(np.arange(6), *rows), Offer(0.3, 10, 1))
    >>> found.best.threshold, round(found.best.profit, 5), round(found.best.share, 3)
    (0.3, 26.16667, 0.667)
    >>> round(found.expected, 5)
    26.16693
    """
    n = float(len(held.y))
    won_each = held.y * (held.worth - offer.offer)
    spent_each = offer.contact + np.where(held.y == 1, 0.0, offer.offer)

    def by_cut(weights: Values | None) -> tuple[Values, Values]:
        size = n if weights is None else float(weights[held.customers].sum())
        return held.sums(won_each, weights) / size, held.sums(spent_each, weights) / size

    won, spent = by_cut(None)
    profit, called = offer.saved * won - spent, held.sums(np.ones(len(held.y))) / n
    again = [by_cut(w) for w in held.draws]
    kept = np.full(len(again), offer.saved)
    if offer.ends is not None:
        kept = measured_share(offer.ends, np.random.default_rng(_SEED).standard_normal(len(again)))
    drawn: Values = np.array([share * w - s for share, (w, s) in zip(kept, again, strict=True)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    points = tuple(Point(*map(float, row)) for row in zip(held.cuts, called, profit, low, high, strict=True))
    top, paying = int(profit.argmax()), drawn.max(axis=1) > 0
    bests = held.cuts[drawn.argmax(axis=1)[paying]]
    low_cut, high_cut = (float(np.quantile(bests, q)) if paying.any() else None for q in (0.025, 0.975))
    best = points[top] if profit[top] > 0 else None
    empc = [expected_best(np.append(0.0, w), np.append(0.0, s), offer.saved, offer.ends) for w, s in ((won, spent), *again)]
    least, most = (float(np.quantile(empc[1:], q)) for q in (0.025, 0.975))
    gamma = acceptance(offer.saved) if offer.ends is None else None
    return ProfitCurve(points, best, low_cut, high_cut, float(paying.mean()), empc[0], least, most, gamma, offer.ends)
