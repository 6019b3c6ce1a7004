"""A difference between two groups by regression: adjusted for what was known before, by stratum, with clusters. Source: METHODS C2, C6.

One way for all of them: each group is fitted by itself and read at the mean of everybody (Lin 2013); each member's part in the
difference gives its error, summed by cluster where members were drawn in clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

FEWEST_CLUSTERS = 5
"""Clusters that each group must have for an interval (METHODS C4)."""
FEWEST_CLUSTERS_IN_ALL = 20


@dataclass(frozen=True)
class Fit:
    """A difference with its error; ``treated`` and ``base`` are both groups' means at the mean of everybody."""

    difference: float
    error: float
    freedom: float
    treated: float
    base: float

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.difference - self._half

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.difference + self._half

    @property
    def p_value(self) -> float:
        """Two-sided chance of a difference this far from none."""
        return float(2 * special.stdtr(self.freedom, -abs(self.difference) / self.error))

    @property
    def _half(self) -> float:
        return float(special.stdtrit(self.freedom, 0.975)) * self.error


def fitted(y: Floats, treated: NDArray[np.bool_], known: Floats | None = None, clusters: NDArray[np.int64] | None = None) -> Fit | None:
    """The difference in ``y`` at equal ``known`` (a column each, from before the groups were made); None where it is undefined.

    Without clusters the error is HC2, as of ``y ~ t * (x − mean)``; with ``clusters`` (codes) it is CR1 with one degree of freedom
    less than clusters. Without ``known`` and clusters this is the difference of means with Welch's error.
    """
    columns = None if known is None or known.shape[1] == 0 else known - known.mean(axis=0)
    sides = (treated, ~treated)
    found = [_side(y[side], None if columns is None else columns[side], leverage=clusters is None) for side in sides]
    first, second = found
    if first is None or second is None:
        return None
    k = 2 * (1 if columns is None else columns.shape[1] + 1)
    if clusters is None:
        error, freedom = float(np.sqrt((first[1] ** 2).sum() + (second[1] ** 2).sum())), float(len(y) - k)
    else:
        error, freedom = _by_cluster([(clusters[side], part) for side, (_mean, part) in zip(sides, (first, second), strict=True)], k)
    if freedom < 1 or error == 0:
        return None
    return Fit(first[0] - second[0], error, freedom, first[0], second[0])


def _by_cluster(parts: list[tuple[NDArray[np.int64], Floats]], k: int) -> tuple[float, float]:
    """The error of a difference from the members' parts summed by cluster (CR1), and its degrees of freedom."""
    (first, ours), (second, theirs) = parts
    codes, share = np.concatenate([first, second]), np.concatenate([ours, -theirs])
    n, g = len(codes), len(np.unique(codes))
    if g < 2:
        return 0.0, 0.0
    sums = np.bincount(codes, weights=share)
    return float(np.sqrt((sums**2).sum() * g / (g - 1) * (n - 1) / (n - k))), float(g - 1)


def _side(y: Floats, columns: Floats | None, *, leverage: bool) -> tuple[float, Floats] | None:
    """A group's mean at zero of ``columns`` and each member's part in its error; None where the group is too small to fit."""
    n, k = len(y), 1 if columns is None else columns.shape[1] + 1
    if n <= k:
        return None
    if columns is None:
        mean = float(y.mean())
        return mean, (y - mean) / (np.sqrt(n * (n - 1)) if leverage else n)
    design = np.column_stack([np.ones(n), columns])
    inverse = np.linalg.pinv(design.T @ design)
    weights = design @ inverse
    coefficients = inverse @ (design.T @ y)
    rest = y - design @ coefficients
    if leverage:
        rest /= np.sqrt(np.clip(1 - np.einsum("ij,ij->i", weights, design), 1e-12, None))
    return float(coefficients[0]), weights[:, 0] * rest


def enough_clusters(treated: NDArray[np.bool_], clusters: NDArray[np.int64]) -> bool:
    """Whether there are clusters enough for an interval: five a group and twenty in all."""
    sides = [len(np.unique(clusters[side])) for side in (treated, ~treated)]
    return min(sides) >= FEWEST_CLUSTERS and len(np.unique(clusters)) >= FEWEST_CLUSTERS_IN_ALL


@dataclass(frozen=True)
class Reached:
    """The effect on those who were reached because they were assigned to be, if the offer does nothing for the others."""

    difference: float
    low: float
    high: float
    more: float
    """How much larger a share was reached than in the hold-out."""


STRONG = 4.0
"""The difference in the shares reached must be so many times its error; below, the effect on those reached is not given."""


def reached_effect(
    y: Floats, treated: NDArray[np.bool_], reached: Floats, known: Floats | None = None, clusters: NDArray[np.int64] | None = None
) -> Reached | None:
    """Effect on the compliers (CACE): the difference as assigned over the difference in the shares reached. METHODS B5.

    Both at equal ``known``, such as strata. The interval is that of two-stage least squares with a robust error. None where assignment
    hardly changes who is reached.
    """
    first, as_assigned = fitted(reached, treated, known, clusters), fitted(y, treated, known, clusters)
    more = _apart(reached, treated, known)
    if as_assigned is None or more <= 0 or (first is not None and more < STRONG * first.error):
        return None
    effect = as_assigned.difference / more
    rest = fitted(y - effect * reached, treated, known, clusters)
    if rest is None:
        return None
    half = float(special.stdtrit(rest.freedom, 0.975)) * rest.error / more
    return Reached(effect, effect - half, effect + half, more)


def _apart(values: Floats, treated: NDArray[np.bool_], known: Floats | None) -> float:
    """The difference at equal ``known``, also where nothing is left to vary; 0 where a group is too small to fit."""
    columns = None if known is None or known.shape[1] == 0 else known - known.mean(axis=0)
    ours, theirs = (_side(values[s], None if columns is None else columns[s], leverage=False) for s in (treated, ~treated))
    return 0.0 if ours is None or theirs is None else ours[0] - theirs[0]
