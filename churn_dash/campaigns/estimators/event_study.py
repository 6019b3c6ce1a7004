"""The differences between treated and untreated clusters, period by period around the start. Source: METHODS C4.

Each treated cohort is compared with the never treated, each period with the last one before its start, and cohorts weigh by their
clusters (Callaway and Sant'Anna 2021; the same as Sun and Abraham's where the panel is complete). Errors are those of cluster means
with n − 1, and the joint test before the start is Hotelling's with the degrees of freedom of Krishnamoorthy and Yu (2004), because
with some tens of clusters the usual χ² finds trends where there are none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from churn_dash.campaigns.estimators.panel import NEVER, Table

Floats = NDArray[np.float64]

LEADS = 6
"""At most so many periods before the last one are tested together: more would hide a trend in noise, and few clusters test fewer."""


@dataclass(frozen=True)
class Step:
    """The difference ``k`` periods after the start (negative: before it), against the last period before it."""

    k: int
    difference: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Before:
    """What the periods before the start say: chance of such differences without a trend, and the largest step between two periods."""

    p_value: float | None
    tested: int
    largest_step: float | None


@dataclass(frozen=True)
class _Parts:
    """Each side's part in the differences at ``ks``: a matrix a cohort or the control, a row a cluster, with weights by cohort."""

    ks: list[int]
    sides: list[Floats]

    @property
    def difference(self) -> Floats:
        return np.asarray(np.sum([s.mean(axis=0) for s in self.sides], axis=0))

    @property
    def spreads(self) -> list[Floats]:
        return [np.atleast_2d(np.cov(s, rowvar=False)) / len(s) for s in self.sides]


def path(table: Table) -> tuple[Step, ...]:
    """The difference in every period around the start that all cohorts reach; empty without a control or a period before."""
    shared = _shared(table)
    if not shared:
        return ()
    found = _parts(table, [k for k in shared if k != -1])
    error, freedom = _errors(found)
    steps = [Step(-1, 0.0, None, None)]
    for k, d, e, f in zip(found.ks, found.difference, error, freedom, strict=True):
        half = float(special.stdtrit(f, 0.975) * e) if e > 0 else None
        steps.append(Step(k, float(d), None if half is None else float(d) - half, None if half is None else float(d) + half))
    return tuple(sorted(steps, key=lambda s: s.k))


def before_start(table: Table, last: int = -1) -> Before:
    """The joint test of the periods before ``last``, against ``last``; undefined below three periods (METHODS C4)."""
    leads = [k for k in _shared(table) if k < last]
    if len(leads) < 2:
        return Before(None, 0, None)
    leads = leads[-_testable(table) :]
    found = _parts(table, leads, base=last)
    steps = np.abs(np.diff(np.append(found.difference, 0.0)))
    return Before(_joint(found), len(leads), float(steps.max()))


def jump(table: Table) -> float | None:
    """Chance that the last period before the start differs this far from those before it, if nobody acted ahead of the start."""
    leads = [k for k in _shared(table) if k < -1][-_testable(table) :]
    if len(leads) < 2:
        return None
    found = _parts(table, leads)
    mean = _Parts([-1], [s.mean(axis=1, keepdims=True) for s in found.sides])
    error, freedom = _errors(mean)
    return float(2 * special.stdtr(freedom[0], -abs(mean.difference[0]) / error[0])) if error[0] > 0 else None


def _testable(table: Table) -> int:
    """Periods that so many clusters can test together: half of the smaller side, two at least."""
    treated, clusters = table.counts
    return max(2, min(LEADS, (min(treated, clusters - treated) - 1) // 2))


def _shared(table: Table) -> list[int]:
    starts = table.start[~table.control]
    if len(starts) == 0 or not table.control.any() or starts.min() < 2:
        return []
    return list(range(1 - int(starts.min()), table.y.shape[1] - int(starts.max()) + 1))


def _parts(table: Table, ks: list[int], base: int = -1) -> _Parts:
    cohorts, n = np.unique(table.start[~table.control], return_counts=True)
    sides, control = [], np.zeros((int(table.control.sum()), len(ks)))
    for g, share in zip(cohorts, n / n.sum(), strict=True):
        columns = np.array([g + k - 1 for k in ks])
        moved = table.y[:, columns] - table.y[:, [g + base - 1]]
        sides.append(share * moved[table.start == g])
        control -= share * moved[table.start == NEVER]
    return _Parts(ks, [*_pooled(table, sides), control])


def _pooled(table: Table, sides: list[Floats]) -> list[Floats]:
    """Cohorts of a single cluster have no spread of their own: all cohorts together lend them theirs."""
    if all(len(s) > 1 for s in sides):
        return sides
    counts = [len(s) for s in sides]
    scale, kinds = sum(counts), len(sides)
    middle = np.sum([s.mean(axis=0) for s in sides], axis=0)
    parts = [s * scale / n for s, n in zip(sides, counts, strict=True)]
    if kinds == scale:
        return [np.concatenate(parts)]
    own = np.concatenate([p - p.mean(axis=0) for p in parts])
    return [own * np.sqrt((scale - 1) / (scale - kinds)) + middle]


def _errors(found: _Parts) -> tuple[Floats, Floats]:
    """Error and Satterthwaite's degrees of freedom of each difference; zero where a side has one cluster."""
    if min(len(s) for s in found.sides) < 2:
        return np.zeros(len(found.ks)), np.ones(len(found.ks))
    each = [np.diag(s) for s in found.spreads]
    total = np.sum(each, axis=0)
    share = np.sum([v**2 / (len(s) - 1) for v, s in zip(each, found.sides, strict=True)], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(share > 0, total**2 / share, 1.0)
    return np.sqrt(total), freedom


def _joint(found: _Parts) -> float | None:
    """Hotelling's test with unequal spreads that all differences are zero; None where there are too few clusters for it."""
    q = len(found.ks)
    if min(len(s) for s in found.sides) < 2:
        return None
    spreads = found.spreads
    total = np.sum(spreads, axis=0)
    if np.linalg.matrix_rank(total) < q:
        return None
    inverse = np.linalg.inv(total)
    weight = 0.0
    for spread, side in zip(spreads, found.sides, strict=True):
        ratio = spread @ inverse
        weight += (np.trace(ratio @ ratio) + np.trace(ratio) ** 2) / (len(side) - 1)
    freedom = (q + q**2) / weight
    if freedom <= q:
        return None
    distance = float(found.difference @ inverse @ found.difference)
    return float(special.fdtrc(q, freedom - q + 1, distance * (freedom - q + 1) / (q * freedom)))
