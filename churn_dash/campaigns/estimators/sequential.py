"""Looks before the end that keep the promise of the test: boundaries by Lan and DeMets, and what peeking costs. Source: METHODS C8.

The chance of crossing is integrated look by look (Armitage, McPherson and Rowe 1969) over the sum of what came in so far, whose spread
grows with the share of the information. All boundaries are two-sided and alike on both sides.
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]

MOST_LOOKS = 20
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(160)
_FARTHEST = 8.5


def spent(share: float, level: float = 0.95) -> float:
    """How much of the allowed chance of error may be spent by this share of the information: O'Brien and Fleming's way, each side.

    >>> round(spent(1.0), 6), spent(0.2) < 2e-6
    (0.05, True)
    """
    each = (1 - level) / 2
    return float(4 * special.ndtr(special.ndtri(each / 2) / math.sqrt(share))) if share > 0 else 0.0


def equal_looks(looks: int) -> tuple[float, ...]:
    """Shares of the information at equally spaced looks."""
    return tuple((i + 1) / looks for i in range(looks))


def boundaries(shares: Sequence[float], level: float = 0.95, allowed: Sequence[float] | None = None) -> tuple[float, ...]:
    """The z that the difference must pass at each look, by Lan and DeMets with O'Brien and Fleming's spending.

    ``allowed``: the error that may be spent by each look, where it hangs on another clock than the share of the information.

    >>> [round(b, 3) for b in boundaries(equal_looks(5))]
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    found: list[float] = []
    walk = _Walk()
    by_then = [spent(s, level) for s in shares] if allowed is None else allowed
    for share, (before, now) in zip(shares, itertools.pairwise((0.0, *by_then)), strict=True):
        walk.step(share)
        found.append(walk.bar(now - before))
        walk.stop(found[-1])
    return tuple(found)


def chance_of_crossing(bounds: Sequence[float], shares: Sequence[float], drift: float = 0.0) -> float:
    """The chance that a look passes its boundary; ``drift`` is the expected z at the full information, 0 where there is no effect.

    >>> [round(100 * chance_of_crossing([1.959964] * k, equal_looks(k)), 1) for k in (2, 3, 4, 5, 10)]
    [8.3, 10.7, 12.6, 14.2, 19.3]
    """
    walk, total = _Walk(drift), 0.0
    for z, share in zip(bounds, shares, strict=True):
        walk.step(share)
        total += walk.beyond(z)
        walk.stop(z)
    return total


def peeking(looks: int, level: float = 0.95) -> float:
    """The true chance of a false alarm when somebody looks so often and stops at the first p below 1 − level."""
    return chance_of_crossing([float(special.ndtri(0.5 + level / 2))] * looks, equal_looks(looks))


def inflation(looks: int, power: float = 0.8, level: float = 0.95) -> float:
    """How many times more members the same power needs with so many equally spaced looks.

    >>> inflation(1), round(inflation(5), 3)
    (1.0, 1.025)
    """
    if looks == 1:
        return 1.0
    shares = equal_looks(looks)
    bounds = boundaries(shares, level)
    fixed = float(special.ndtri(0.5 + level / 2) + special.ndtri(power))
    needed = float(optimize.brentq(lambda d: chance_of_crossing(bounds, shares, d) - power, 0.5 * fixed, 2 * fixed, xtol=1e-8))
    return (needed / fixed) ** 2


class _Walk:
    """How the sum of what came in is spread among the comparisons that have not stopped."""

    def __init__(self, drift: float = 0.0) -> None:
        self._drift, self._share = drift, 0.0
        self._at: Floats = np.zeros(1)
        self._mass: Floats = np.ones(1)
        self._gap = 0.0

    def step(self, share: float) -> None:
        """Go on to the next look, at this share of the information."""
        self._gap, self._share = share - self._share, share

    def beyond(self, z: float) -> float:
        """The chance, from the start, of going on to here and lying beyond ±z now."""
        root, middle = math.sqrt(self._gap), self._at + self._drift * self._gap
        edge = z * math.sqrt(self._share)
        return float((self._mass * (special.ndtr((middle - edge) / root) + special.ndtr((-edge - middle) / root))).sum())

    def bar(self, allowed: float) -> float:
        """The z beyond which just this chance lies; for next to no chance at all the farthest that is asked."""
        if allowed <= self.beyond(_FARTHEST):
            return _FARTHEST
        return float(optimize.brentq(lambda z: self.beyond(z) - allowed, 0.0, _FARTHEST, xtol=1e-10))

    def stop(self, z: float) -> None:
        """Take out those that lie beyond ±z."""
        edge, root = z * math.sqrt(self._share), math.sqrt(self._gap)
        at = _NODES * edge
        away = (at[:, None] - (self._at + self._drift * self._gap)[None, :]) / root
        density = (np.exp(-(away**2) / 2) / (root * math.sqrt(2 * math.pi)) * self._mass[None, :]).sum(axis=1)
        self._at, self._mass = at, _WEIGHTS * edge * density
