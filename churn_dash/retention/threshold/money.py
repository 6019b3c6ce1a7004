"""The cut that earns most: expected profit of calling everybody above it, with an interval over customers. Source: METHODS D8.

``P(t; γ) = CLV · [(γ(1 − δ) − φ) π0 F0(t) − (δ + φ) π1 F1(t)]`` at the mean γ, with each leaver's own CLV: a leaver who is called stays
with probability γ and takes the offer then; whoever would have stayed anyway takes it, too. EMPC is the most that this comes to when γ
is not known but Beta-distributed, with the best cut for each γ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from churn_dash.measures.statistics.odds import Values
from churn_dash.retention.threshold.held_out import HeldOut
from churn_dash.risk.trials.profit import acceptance, expected_best


@dataclass(frozen=True)
class Offer:
    """Share of leavers kept by a contact (γ, 0–1), what an accepted offer costs and what a contact costs, in CNY."""

    saved: float
    offer: float
    contact: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> "Offer":
        """From the assumptions in force, by name."""
        return cls(values["save_rate"], values["offer_cost"], values["contact_cost"])


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
    customers the best cut lies from ``best_low`` to ``best_high`` (of the draws in which calling pays at all, ``pays`` of them, 0–1).
    ``expected`` is EMPC in CNY for a customer of the base, with its 95 % interval: γ from the Beta distribution ``gamma`` (a, b)."""

    points: tuple[Point, ...]
    best: Point | None
    best_low: float | None
    best_high: float | None
    pays: float
    expected: float
    expected_low: float
    expected_high: float
    gamma: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "best": self.best and self.best.as_json(),
            "best_low": self.best_low,
            "best_high": self.best_high,
            "pays": self.pays,
            "expected": {"profit": self.expected, "low": self.expected_low, "high": self.expected_high, "gamma": list(self.gamma)},
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
    each = np.where(held.y == 1, offer.saved * (held.worth - offer.offer) - offer.contact, -(offer.offer + offer.contact))
    ones = np.ones(len(each))
    n = float(len(each))
    profit, called = held.sums(each) / n, held.sums(ones) / n
    drawn: Values = np.array([held.sums(each, w) / w[held.customers].sum() for w in held.draws])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    points = tuple(Point(*map(float, row)) for row in zip(held.cuts, called, profit, low, high, strict=True))
    top, paying = int(profit.argmax()), drawn.max(axis=1) > 0
    bests = held.cuts[drawn.argmax(axis=1)[paying]]
    low_cut, high_cut = (float(np.quantile(bests, q)) if paying.any() else None for q in (0.025, 0.975))
    best = points[top] if profit[top] > 0 else None
    return ProfitCurve(points, best, low_cut, high_cut, float(paying.mean()), *_expected(held, offer), acceptance(offer.saved))


def _expected(held: HeldOut, offer: Offer) -> tuple[float, float, float]:
    """EMPC a customer with its 95 % interval over customers."""
    won = held.y * (held.worth - offer.offer)
    spent = offer.contact + np.where(held.y == 1, 0.0, offer.offer)

    def at(weights: Values | None, n: float) -> float:
        won_by, spent_by = (np.append(0.0, held.sums(v, weights)) / n for v in (won, spent))
        return expected_best(won_by, spent_by, offer.saved)

    drawn = [at(w, float(w[held.customers].sum())) for w in held.draws]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return at(None, float(len(won))), float(low), float(high)
