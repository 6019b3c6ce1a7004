"""Training every kind of model on 200,000 labelled rows × 30 features with a four-fold backtest, against the bare scikit-learn fits.

The bare fits are made once more from the same rows and settings: those of the folds and the last fit, and apart from them those of
tuning, calibration and the random split. The scorecard's is a logistic regression on its standardised columns, the hazard's one on
person-months. Aim: at most 1.5.
Seconds are of the processor: on a shared machine those of the clock say more about the others.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.models import kind as kinds_room
from churn_dash.risk.models.hazard import person_months
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.models.prepared import standardised
from churn_dash.risk.rows.examples import Examples
from churn_dash.risk.rows.periods import last_period
from churn_dash.risk.rows.windows import Windows
from churn_dash.risk.trials import last as lasts
from churn_dash.risk.trials import trial as trials
from churn_dash.risk.trials import tuning
from churn_dash.risk.trials.folds import MOST_TRAINING_ROWS, folds, shuffled
from churn_dash.risk.trials.trial import winner

ROWS, FEATURES = 200_000, 30


def invented(rows: int) -> tuple[Design, np.ndarray, Examples]:
    """Customers at every score date of three years, 30 numbers each that last from month to month; one in fourteen leaves."""
    rng = np.random.default_rng(0)
    frame = Windows(0, 35)
    dates = np.array(frame.snapshots)
    people = rows // len(dates)
    customers, snapshots = np.repeat(np.arange(people), len(dates)), np.tile(dates, people)
    matrix = (rng.normal(size=(people, FEATURES))[customers] + 0.7 * rng.normal(size=(len(customers), FEATURES))).astype(np.float32)
    weights = rng.normal(size=FEATURES) / 4
    risk = 1 / (1 + np.exp(3.0 - matrix @ weights - 0.5 * (matrix[:, 0] > 1) * matrix[:, 1]))
    y = (rng.random(len(customers)) < risk).astype(np.int64)
    features = tuple(Feature(f"f{i}", f"f{i}", "banking", f"f{i}", "number", Source("column", f"f{i}")) for i in range(FEATURES))
    last = last_period(frame)
    final, later = (np.flatnonzero(np.isin(snapshots, dates)) for dates in (last.fit, last.calibrate))
    when = y * rng.integers(1, 4, len(y))
    found = Examples(pl.DataFrame(), y, features, (), final, frame, customers, snapshots, {}, later, when)
    return Design(features, {}), matrix, found


def bare(kind: Any, design: Design, matrix: np.ndarray, y: np.ndarray, seed: int, settings: Any, when: Any) -> float:
    """Seconds of scikit-learn's own fit."""
    settings = {**kind.grid[0], **(settings or {})}
    with kinds_room.one_thread():
        start = time.process_time()
        if kind.name in ("scorecard", "hazard"):
            ready = standardised(design).fit_transform(matrix.astype(np.float64))
            rows, left = person_months(ready, when) if kind.needs_months else (ready, y)
            LogisticRegression(C=settings["C"], max_iter=2000).fit(rows, left)
        else:
            pipeline: Pipeline = kind.recipe(design, len(y), seed, settings)
            pipeline.fit(matrix.astype(np.float64) if kind.wide else matrix, y)
        return time.process_time() - start


def main() -> None:
    design, matrix, examples = invented(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
    asked: list[tuple[bool, tuple[Any, ...]]] = []
    extra = [False]

    def recorded(inner: Callable[..., Any], aside: bool) -> Callable[..., Any]:
        def spy(kind, plan, rows, y, seed, settings=None, when=None, like=None):  # type: ignore[no-untyped-def]
            asked.append((aside or extra[0], (kind, plan, rows, y, seed, settings, when)))
            return inner(kind, plan, rows, y, seed, settings, when, like)

        return spy

    trials.fitted, tuning.fitted, lasts.fitted = (recorded(kinds_room.fitted, aside) for aside in (False, True, False))
    parts = folds(examples, (0,), 0)
    size = round(float(np.mean([len(f.fit) for f in parts])))
    chance = shuffled(len(examples.y), size, 0)
    print(f"{len(examples.y):,} rows × {FEATURES}, {examples.y.mean():.1%} left, {len(parts)} folds of {[len(f.fit) for f in parts]} rows")
    start, found, each = time.process_time(), [], {}
    for kind in KINDS.values():
        began = time.process_time()
        found.append(
            trials.trial(
                kind,
                design,
                matrix,
                examples.y,
                parts,
                0,
                examples.customers,
                examples.when,
                chance,
                lambda k, of, name=kind.name: print(f"  {name}: fold {k + 1} of {of}", file=sys.stderr),
            )
        )
        each[kind.name] = time.process_time() - began
    lasts.last_fit(winner(found)[0], design, matrix, examples, 0, MOST_TRAINING_ROWS)
    ours = time.process_time() - start
    needed, aside, by_kind = 0.0, 0.0, dict.fromkeys(KINDS, 0.0)
    fold_rows = {len(f.fit) for f in parts} | {len(examples.final)}
    for also, call in asked:
        seconds = bare(*call)
        if also or len(call[3]) not in fold_rows:
            aside += seconds
        else:
            needed += seconds
        by_kind[call[0].name] += seconds
    print("  ".join(f"{name} {each[name]:.1f}/{by_kind[name]:.1f} s" for name in KINDS))
    print(f"training {ours:.1f} s; bare fits of folds and last fit {needed:.1f} s, of tuning, calibration and random split {aside:.1f} s")
    print(
        f"ratio {ours / (needed + aside):.2f} against all bare fits, {ours / needed:.2f} against those of the folds and the last fit alone"
    )


if __name__ == "__main__":
    main()
