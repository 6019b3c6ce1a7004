"""What a campaign to keep the riskiest would earn: the maximum profit, expected over how many accept an offer. Source: METHODS D8.

``P(t; γ) = CLV · [(γ(1 − δ) − φ) π0 F0(t) − (δ + φ) π1 F1(t)]`` for a customer, where F0 and F1 are the shares of leavers and stayers
among those called at cut t, π0 and π1 the shares of both, γ the share of leavers who stay when offered something (Beta 6, 14),
δ = d / CLV and φ = f / CLV. Verbraken, Verbeke and Baesens (2013), IEEE TKDE 25, 961. Where campaigns measured γ, it is drawn from what
they measured instead: ln(1 − γ), a ratio of two rates, is normal, so that γ may well lie below 0 (METHODS C2, D8).
"""

import functools
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, norm

from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.measures.statistics.odds import Labels, Values

CERTAINTY = 20.0
"""How sure one is of the share that accepts: Beta(6, 14) is a mean of 0.3 with this much behind it."""
NODES = 100


@dataclass(frozen=True)
class Stakes:
    """What a customer is worth (``value``), what an offer costs when accepted (``offer``) and what a contact costs, in money; ``saved`` is
    the mean share of leavers who accept (0–1), ``ends`` its 95 % range where it was measured (None: assumed, Beta)."""

    value: float = 200.0
    offer: float = 10.0
    contact: float = 1.0
    saved: float = 0.3
    ends: tuple[float, float] | None = None

    @property
    def delta(self) -> float:
        return self.offer / self.value

    @property
    def phi(self) -> float:
        return self.contact / self.value


DEFAULT = Stakes()


@dataclass(frozen=True)
class Profit:
    """Profit a customer of the base: ``maximum`` at the mean acceptance, ``expected`` over all of them; ``cut`` is the score down to
    which one calls for ``maximum`` (None: nobody), ``fraction`` the share of customers then called."""

    maximum: float
    expected: float
    cut: float | None
    fraction: float


def profit(y: Labels, score: Values, stakes: Stakes = DEFAULT) -> Profit:
    """MPC and EMPC, exact: over the corners of the convex hull of the ROC curve.

    >>> found = profit(np.array([0, 0, 1, 0, 1, 1]), np.array([.1, .2, .3, .6, .8, .9]))
    >>> round(found.maximum, 5), round(found.expected, 5), found.cut, round(found.fraction, 3)
    (26.16667, 26.16693, 0.3, 0.667)
    """
    order = np.argsort(-score, kind="stable")
    ranked, labels = score[order], y[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    leavers = np.append(0.0, np.cumsum(labels)[ends]) / len(y)
    stayers = np.append(0.0, np.cumsum(1 - labels)[ends]) / len(y)
    cuts = np.append(np.nan, ranked[ends])
    delta, phi = stakes.delta, stakes.phi
    won, spent = stakes.value * (1 - delta) * leavers, stakes.value * (phi * leavers + (delta + phi) * stayers)
    at_mean = stakes.saved * won - spent
    best = int(at_mean.argmax())
    expected = expected_best(won, spent, stakes.saved, stakes.ends)
    return Profit(float(at_mean[best]), expected, float(cuts[best]) if best else None, float(leavers[best] + stayers[best]))


def acceptance(saved: float) -> tuple[float, float]:
    """The parameters of the Beta distribution of the share that accepts, by its mean.

    >>> acceptance(0.3)
    (6.0, 14.0)
    """
    mean = min(max(saved, 1e-3), 1 - 1e-3)
    return CERTAINTY * mean, CERTAINTY * (1 - mean)


def measured_share(ends: tuple[float, float], at: Values) -> Values:
    """Shares kept where campaigns measured ``ends`` (95 %), at these places of a standard normal.

    >>> [round(float(x), 4) for x in measured_share((-0.04, 0.5), np.array([-1.959964, 0.0, 1.959964]))]
    [-0.04, 0.2789, 0.5]
    """
    low, high = np.log1p(-ends[0]), np.log1p(-ends[1])
    found: Values = 1 - np.exp((low + high) / 2 + (high - low) / (2 * normal_quantile()) * at)
    return found


def expected_best(won: Values, spent: Values, saved: float, ends: tuple[float, float] | None = None) -> float:
    """The most that ``γ · won − spent`` comes to over the cuts, expected over γ: exact where it is Beta, by ``NODES`` equally likely shares
    where it was measured.

    Both by cut, beginning with nobody called (0, 0); ``spent`` never falls.
    """
    if ends is not None:
        corner = _hull(spent, won)
        return float((_shares(saved, ends)[:, None] * won[corner] - spent[corner]).max(axis=1).mean())
    corner = _hull(spent, won)
    corner = corner[: int(won[corner].argmax()) + 1]
    won, spent = won[corner], spent[corner]
    # The acceptance from which the next corner of the hull earns more than this one.
    turns = np.diff(spent) / np.diff(won)
    bounds = np.clip(np.concatenate([[0.0], turns, [1.0]]), 0, 1)
    a, b = acceptance(saved)
    mass = np.diff(beta.cdf(bounds, a, b))
    first = a / (a + b) * np.diff(beta.cdf(bounds, a + 1, b))
    return float((won * first - spent * mass).sum())


def _hull(x: Values, y: Values) -> Labels:
    """Positions of the upper convex hull from (0, 0) to the last point, where ``x`` never falls."""
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) > 1:
            a, b = kept[-2], kept[-1]
            if (y[b] - y[a]) * (x[i] - x[a]) > (y[i] - y[a]) * (x[b] - x[a]):
                break
            kept.pop()
        if kept and x[i] == x[kept[-1]] and y[i] >= y[kept[-1]] and len(kept) > 1 and x[kept[-1]] == x[kept[-2]]:
            kept.pop()
        kept.append(i)
    return np.array(kept, dtype=np.int64)


@functools.lru_cache(maxsize=8)
def _shares(saved: float, ends: tuple[float, float] | None = None) -> Values:
    places = (np.arange(NODES) + 0.5) / NODES
    if ends is not None:
        return measured_share(ends, norm.ppf(places))
    found: Values = beta.ppf(places, *acceptance(saved))
    return found


def nearly_expected(leavers: Values, stayers: Values, stakes: Stakes = DEFAULT) -> float:
    """``expected`` from counts cumulated down the ranking, by a hundred shares of acceptance: fast enough to be done again and again."""
    total = leavers[-1] + stayers[-1]
    # Two hundred cuts are enough: between them the profit is nearly straight.
    at = np.unique(np.linspace(0, len(leavers) - 1, 200).astype(np.int64))
    won = leavers[at] / total
    spent = (stakes.phi * leavers[at] + (stakes.delta + stakes.phi) * stayers[at]) / total
    best = ((1 - stakes.delta) * _shares(stakes.saved, stakes.ends)[:, None] * won - spent).max(axis=1)
    return float(stakes.value * np.maximum(best, 0.0).mean())
