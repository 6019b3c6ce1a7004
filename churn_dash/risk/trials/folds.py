"""How models are tried: cross-validation for a cross-section, by time and customer for a panel. Source: METHODS D2."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from churn_dash.marks import _
from churn_dash.risk.rows.examples import Examples, both
from churn_dash.risk.rows.periods import periods
from churn_dash.risk.rows.windows import Windows
from churn_dash.words import Text

SEEDS = (0, 1, 2, 3, 4)
SPLITS = 5
CUSTOMER_GROUPS = 4
MOST_TRAINING_ROWS = 200_000
"""Rows that a model learns from at most, unless more are asked for."""

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


def temporal(
    customers: NDArray[np.int64], snapshots: NDArray[np.int64], frame: Windows, seed: int, most: int = MOST_TRAINING_ROWS
) -> list[Fold]:
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
        found.append(Fold(capped(fit, customers, seed, most), test, calibrate if len(calibrate) else None, seed))
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


def folds(examples: Examples, seeds: Sequence[int], seed: int, most: int = MOST_TRAINING_ROWS) -> list[Fold]:
    """Stratified folds once a seed for a cross-section; folds in time for a panel, by customer where it is too short."""
    if examples.windows is None:
        return stratified(examples.y, seeds)
    found = temporal(examples.customers, examples.snapshots, examples.windows, seed, most) if examples.in_time else []
    usable = [f for f in found if both(examples.y[f.fit]) and both(examples.y[f.test])]
    return usable or by_customer(examples.y, examples.customers, examples.final, seed)


def shuffled(n: int, size: int, seed: int) -> Fold:
    """A split by chance alone, of months and customers together: only to show how much too good it looks. METHODS D2.

    ``size`` rows of ``n`` to fit on (at most three quarters), up to four times as many others to test on.
    """
    order = np.random.default_rng([seed, 4]).permutation(n)
    cut = min(size, n * (CUSTOMER_GROUPS - 1) // CUSTOMER_GROUPS)
    return Fold(np.sort(order[:cut]), np.sort(order[cut : 5 * cut]), seed=seed)


def undersampled(rows: Rows, y: NDArray[np.int64], stayers: float, seed: int) -> Rows:
    """The rows with all leavers and a random share ``stayers`` of those who stayed."""
    if stayers >= 1:
        return rows
    keep = np.random.default_rng([seed, 5]).random(len(rows)) < stayers
    kept: Rows = rows[keep | (y[rows] == 1)]
    return kept


def tested(examples: Examples) -> Text:
    """How models are tested, as a sentence."""
    if examples.windows is None:
        return Text(_("Tested on customers it had not seen, each fifth of them in turn."))
    if examples.in_time:
        return Text(_("Tested {n} times on later months and other customers than it learnt from."), n=len(periods(examples.windows)))
    return Text(_("Tested on other customers of the same months: there are too few months to test on later ones, so expect less."))
