"""Why the model gives this risk: contributions that add up. Source: METHODS D5, PLATFORM 5.

One rule: models of trees path-dependent, models of weights linearly against the training means, in the unit that their kind
declares. The contributions explain the model, not why a customer leaves.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.models.calibration import Calibration, score_of
from churn_dash.risk.models.kinds import Fitted, Kind
from churn_dash.risk.models.matrix import Design, Matrix

TOLERANCE = 1e-4
ENOUGH_FOR_WOODELF = 2_000
_TINY = 1e-9
_STEP = 1e-4
_READY = 16
"""Models whose explainers stay ready: the one in use and its refits."""


@dataclass(frozen=True)
class Contributions:
    """``base`` + the sum of a row of ``values`` (rows × features) = ``output``, in the unit of the model."""

    base: float
    values: Values
    output: Values


def linear_contributions(weights: Values, intercept: float, means: Values, rows: Values) -> tuple[float, Values]:
    """Base and contributions of a linear model: weight × (value − training mean). METHODS D5.

    >>> base, phi = linear_contributions(np.array([.8, -.5, 1.2]), -1.0, np.array([1, 3, .5]), np.array([[2, 1, 0]]))
    >>> round(base, 6), phi.round(6).tolist()
    (-1.1, [[0.8, 1.0, -0.6]])
    """
    return float(intercept + weights @ means), weights * (rows - means)


def contributions(model: Fitted, design: Design, matrix: Matrix, means: Values) -> Contributions:
    """The contributions of every feature to every row's output; dummies summed to their attribute.

    ``means`` are the training means of the prepared columns (models of weights). Raises ``ArithmeticError`` where they do not add up to
    the output within 1e-4: a picture that lies is not shown.
    """
    ready, output = model.prepared(matrix), model.output(matrix)
    ways = {"linear": lambda: _line_contributions(model, ready, means), "paths": lambda: _tree_contributions(model, ready, output)}
    base, raw = ways[model.kind.additive]()
    _added_up(base, raw, output)
    parents = model.parents(design)
    values = np.zeros((len(matrix), len(design.features)))
    np.add.at(values.T, parents, raw.T)
    return Contributions(base, values, output)


def _line_contributions(model: Fitted, ready: Values, means: Values) -> tuple[float, Values]:
    """Contributions to the straight line, stretched to the output where the model bends it: by the mean slope, as ``bars`` are."""
    start, phi = linear_contributions(model.estimator.coef_[0], float(model.estimator.intercept_[0]), means, ready)
    line = start + phi.sum(axis=1)
    ends = model.kind.of_line(model.estimator, np.append(line, [start, start - _STEP, start + _STEP]))
    rise, run = ends[:-3] - ends[-3], line - start
    level = np.abs(run) <= _TINY
    slope = np.where(level, (ends[-1] - ends[-2]) / (2 * _STEP), rise / np.where(level, 1.0, run))
    return float(ends[-3]), phi * slope[:, None]


@functools.lru_cache(maxsize=_READY)
def _paths(estimator: Any) -> Any:
    """The explainer of shap, made once for a model: making it takes longer than explaining a customer."""
    # Takes seconds to import, and only explanations need it.
    import shap

    return shap.TreeExplainer(estimator, feature_perturbation="tree_path_dependent")


@functools.lru_cache(maxsize=_READY)
def _many_paths(estimator: Any) -> Any:
    """The explainer of woodelf, made once for a model: it reads the trees when it is first asked."""
    from woodelf import WoodelfExplainer

    return WoodelfExplainer(estimator, feature_perturbation="tree_path_dependent")


def _tree_contributions(model: Fitted, ready: NDArray[np.float32], output: Values) -> tuple[float, Values]:
    explainer = _paths(model.estimator)
    base = float(np.ravel(explainer.expected_value)[-1])
    if len(ready) < ENOUGH_FOR_WOODELF:
        return base, _few(explainer, ready)
    many = _portfolio(model, ready)
    missed = ~(np.abs(base + many.sum(axis=1) - output) < TOLERANCE)
    if missed.any():
        many[missed] = _few(explainer, ready[missed])
    return base, many


def _few(explainer: Any, ready: NDArray[np.float32]) -> Values:
    found = np.asarray(explainer.shap_values(ready), dtype=np.float64)
    return found[..., 1] if found.ndim == 3 else found


def _portfolio(model: Fitted, ready: NDArray[np.float32]) -> Values:
    """The same contributions for many rows at once, by woodelf; not always right, so the caller checks that they add up."""
    frame = pd.DataFrame(ready, columns=[f"f{i}" for i in range(ready.shape[1])])
    found = np.array(_many_paths(model.estimator).shap_values(frame, verbose=False), dtype=np.float64)
    # woodelf explains the first class of a classifier that votes: staying.
    return found if model.kind.unit == "log-odds" else -found


def _added_up(base: float, raw: Values, output: Values) -> None:
    worst = float(np.abs(base + raw.sum(axis=1) - output).max()) if len(output) else 0.0
    if not worst < TOLERANCE:
        raise ArithmeticError(f"the contributions miss the output by {worst}")


def bars(kind: Kind, calibration: Calibration, base: float, values: Values, output: float) -> tuple[float, float, Values]:
    """Calibrated probability of the base and of the output, and one customer's contributions as differences of probability.

    ``k · φ`` with ``k = (p(x) − p(base)) / Σφ``, so that they add up exactly; where Σφ is 0, k is the slope at the base. METHODS D5.
    """
    start, ends, points = all_bars(kind, calibration, base, values[None, :], np.array([output]))
    return start, float(ends[0]), points[0]


def all_bars(kind: Kind, calibration: Calibration, base: float, values: Values, output: Values) -> tuple[float, Values, Values]:
    """``bars`` of many customers: the base's probability, each one's own, and the contributions (rows × features) as points."""
    start = float(calibration(score_of(kind, np.array([base])))[0])
    ends = calibration(score_of(kind, output))
    around = calibration(score_of(kind, np.array([base - _STEP, base + _STEP])))
    total = values.sum(axis=1)
    level = np.abs(total) <= _TINY
    slope = np.where(level, (around[1] - around[0]) / (2 * _STEP), (ends - start) / np.where(level, 1.0, total))
    return start, np.where(level, start, ends), values * slope[:, None]
