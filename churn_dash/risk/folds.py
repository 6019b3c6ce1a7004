"""How models are tried: cross-validation for a cross-section, by time and customer for a panel. Source: METHODS D2."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from churn_dash.risk.windows import HORIZON, Windows

SEEDS = (0, 1, 2, 3, 4)
SPLITS = 5
TEST_SNAPSHOTS = 3
CALIBRATION_SNAPSHOTS = 3
LEAST_TRAINING_SNAPSHOTS = 6
CUSTOMER_GROUPS = 4
STRIDE = HORIZON
"""Training looks at every third month end, so that its outcome windows do not overlap."""
MOST_TRAINING_ROWS = 40_000

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """Rows to fit on, rows to calibrate on (none: out of fold), rows to test on, and the seed that shuffled them."""

    fit: Rows
    test: Rows
    calibrate: Rows | None = None
    seed: int = 0


def stratified(y: NDArray[np.int64], seeds: Sequence[int] = SEEDS, splits: int = SPLITS) -> list[Fold]:
    """Folds with the same share of leavers, shuffled once a seed: ``splits`` × seeds of them, those of a seed together."""
    nothing = np.zeros((len(y), 1))
    return [Fold(fit, test, seed=s) for s in seeds for fit, test in StratifiedKFold(splits, shuffle=True, random_state=s).split(nothing, y)]


def by_customer(y: NDArray[np.int64], customers: NDArray[np.int64], rows: Rows, seed: int, splits: int = SPLITS) -> list[Fold]:
    """Folds by customer alone, for a panel too short to test on later months; a customer is on one side of a fold only."""
    split = StratifiedGroupKFold(splits, shuffle=True, random_state=seed).split(np.zeros((len(rows), 1)), y[rows], customers[rows])
    return [Fold(rows[fit], rows[test], seed=seed) for fit, test in split]


@dataclass(frozen=True)
class Period:
    """One fold in time: score dates (running months) to fit on, calibrate on, and test on."""

    fit: tuple[int, ...]
    calibrate: tuple[int, ...]
    test: tuple[int, ...]


def periods(frame: Windows) -> list[Period]:
    """Folds in time, latest first: training, then an embargo of gap + horizon, then three test snapshots. METHODS D2.

    As many as leave six training snapshots (the last three calibrate), and at least one where two snapshots lie an embargo apart.
    With fewer than twenty months there are none: then customers are left out instead (``by_customer``).

    >>> [p.test for p in periods(Windows(0, 35))]
    [(29, 30, 31), (26, 27, 28), (23, 24, 25), (20, 21, 22)]
    """
    snapshots = frame.snapshots
    found: list[Period] = []
    end = len(snapshots)
    while end > 0:
        test = list(snapshots[max(0, end - TEST_SNAPSHOTS) : end])
        train = [s for s in snapshots if s <= test[0] - frame.embargo]
        if len(train) < LEAST_TRAINING_SNAPSHOTS and found:
            break
        if not found:
            # A short panel gives up test snapshots before it gives up the test.
            while not train and len(test) > 1:
                test = test[1:]
                train = [s for s in snapshots if s <= test[0] - frame.embargo]
        if not train:
            break
        held = min(CALIBRATION_SNAPSHOTS, len(train) // 2)
        cut = len(train) - held
        found.append(Period(thinned(train[:cut]), tuple(train[cut:]), tuple(test)))
        end -= TEST_SNAPSHOTS
    return found


def thinned(snapshots: Sequence[int], stride: int = STRIDE) -> tuple[int, ...]:
    """Every third snapshot, counted back from the last.

    >>> thinned([11, 12, 13, 14, 15])
    (12, 15)
    """
    return tuple(sorted(snapshots[::-1][::stride]))


def temporal(customers: NDArray[np.int64], snapshots: NDArray[np.int64], frame: Windows, seed: int) -> list[Fold]:
    """The folds of a panel: rows by time (``periods``) and by customer, who is on one side of a fold only.

    ``customers`` numbers each row's customer, ``snapshots`` its score date (running month). Fold k tests on the k-th quarter of the
    customers, calibrates on the next quarter and fits on the rest.
    """
    groups = customer_groups(int(customers.max()) + 1 if len(customers) else 0, seed)[customers]
    found = []
    for k, period in enumerate(periods(frame)):
        tested, calibrating = groups == k % CUSTOMER_GROUPS, groups == (k + 1) % CUSTOMER_GROUPS
        fit = np.flatnonzero(np.isin(snapshots, period.fit) & ~tested & ~calibrating)
        calibrate = np.flatnonzero(np.isin(snapshots, period.calibrate) & calibrating)
        test = np.flatnonzero(np.isin(snapshots, period.test) & tested)
        found.append(Fold(capped(fit, customers, seed), test, calibrate if len(calibrate) else None, seed))
    return found


def customer_groups(n: int, seed: int) -> NDArray[np.int64]:
    """A random quarter (0–3) for each of ``n`` customers, the same for the same seed."""
    return np.random.default_rng(seed).permutation(n) % CUSTOMER_GROUPS


def capped(rows: Rows, customers: NDArray[np.int64], seed: int, most: int = MOST_TRAINING_ROWS) -> Rows:
    """At most ``most`` of the rows: all rows of a random sample of customers, the same for the same seed."""
    if len(rows) <= most:
        return rows
    order = np.random.default_rng([seed, 1]).permutation(int(customers.max()) + 1)
    sequence = np.argsort(order[customers[rows]], kind="stable")
    chosen = rows[sequence]
    last = customers[chosen[most]]
    kept = chosen[:most]
    return np.sort(kept[customers[kept] != last])
