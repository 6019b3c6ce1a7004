"""How much the campaign is expected to move each member, by two learners, never learnt from the member himself. Source: METHODS C7.

T: one model a group, and the difference of what they say (Künzel and others 2019). X: what each member's own outcome differs from the
other group's model, learnt again in each group, and weighed by the shares of the groups. Only after a random assignment.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOLDS = 5


@dataclass(frozen=True)
class Learnt:
    """Per member, each from models that did not see him: expected gain by the T- and the X-learner, and the outcome expected untreated."""

    t: Floats
    x: Floats
    untreated: Floats


def learnt(features: Floats, treated: Flags, good: Floats, seed: int = 0) -> Learnt:
    """Both learners, cross-fitted in five folds within the groups. ``features`` may hold NaN; ``good``: the more the better."""
    with threadpool_limits(1):  # Threads of models this small wait for one another longer than they work.
        return _learnt(features, treated, good, seed)


def _learnt(features: Floats, treated: Flags, good: Floats, seed: int) -> Learnt:
    t, x, untreated = np.zeros(len(good)), np.zeros(len(good)), np.zeros(len(good))
    share = float(treated.mean())
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, treated):
        own, group, y, here = features[train], treated[train], good[train], features[test]
        with_it, without = _fit(own[group], y[group], seed), _fit(own[~group], y[~group], seed)
        untreated[test] = without.predict(here)
        t[test] = with_it.predict(here) - untreated[test]
        of_treated = _fit(own[group], y[group] - without.predict(own[group]), seed)
        of_others = _fit(own[~group], with_it.predict(own[~group]) - y[~group], seed)
        x[test] = share * of_others.predict(here) + (1 - share) * of_treated.predict(here)
    return Learnt(t, x, untreated)


def _fit(features: Floats, y: Floats, seed: int) -> HistGradientBoostingRegressor:
    """A small, slow model: effects are faint, and a model that follows noise ranks by noise."""
    leaf = max(20, len(y) // 40)
    model = HistGradientBoostingRegressor(
        max_iter=60, learning_rate=0.05, max_depth=3, min_samples_leaf=leaf, l2_regularization=10.0, early_stopping=False, random_state=seed
    )
    return model.fit(features, y)
