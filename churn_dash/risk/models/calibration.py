"""From a model's score to a probability that can be taken at its word. Source: METHODS D3."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from churn_dash.measures.statistics.odds import Labels, Values, logit, logit_line, sigmoid
from churn_dash.risk.models.kinds import Kind

ENOUGH_FOR_ISOTONIC = 1000
_CLIP = 1e-3


@dataclass(frozen=True)
class Calibration:
    """A rising curve from score (log-odds) to probability.

    Platt: ``sigmoid(intercept + slope · score)``. Isotonic: straight lines between the middles of its steps, so that a better
    score is always a lower risk; beyond the outermost steps it goes on with Platt's slope.
    """

    method: Literal["isotonic", "platt"]
    intercept: float
    slope: float
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    def __call__(self, score: Values) -> Values:
        """Probabilities 0–1 of the scores."""
        if self.method == "platt":
            return sigmoid(self.intercept + self.slope * score)
        x, y = np.array(self.scores), np.array(self.probabilities)
        inside = np.interp(score, x, y)
        ends = logit(y[[0, -1]])
        low = sigmoid(ends[0] + self.slope * (score - x[0]))
        high = sigmoid(ends[1] + self.slope * (score - x[-1]))
        return np.asarray(np.where(score < x[0], low, np.where(score > x[-1], high, inside)), dtype=np.float64)

    def as_json(self) -> dict[str, Any]:
        """The curve, for the model's card."""
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Calibration":
        """The curve as written by ``as_json``."""
        return cls(data["method"], data["intercept"], data["slope"], tuple(data["scores"]), tuple(data["probabilities"]))


def score_of(kind: Kind, output: Values) -> Values:
    """A model's output as log-odds, the scale on which it is calibrated."""
    return output if kind.unit == "log-odds" else logit(output, _CLIP)


def of_sample(stayers: float) -> Calibration:
    """The curve of a model that saw only a share ``stayers`` of those who stayed and is calibrated on nothing else.

    ``p = β p_s / (β p_s − p_s + 1)``: the log-odds less by ln β. METHODS D3.

    >>> round(float(of_sample(0.1)(logit(np.array([0.5])))[0]), 6)
    0.090909
    """
    return Calibration("platt", float(np.log(stayers)), 1.0)


def calibration(score: Values, y: Labels) -> Calibration:
    """The curve that fits held-out scores to what happened: isotonic with more than 1,000 leavers, else Platt."""
    leavers = int(y.sum())
    # Platt (1999): targets drawn in a little, so that a perfect separation stays finite.
    target = np.where(y == 1, (leavers + 1) / (leavers + 2), 1 / (len(y) - leavers + 2))
    intercept, slope = logit_line(score, target)
    slope = max(slope, 1e-3)
    if leavers <= ENOUGH_FOR_ISOTONIC:
        return Calibration("platt", intercept, slope)
    x, p = _steps(score, y)
    return Calibration("isotonic", intercept, slope, tuple(x), tuple(p)) if len(x) > 1 else Calibration("platt", intercept, slope)


def _steps(score: Values, y: Labels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean score and share of leavers of each step of the isotonic fit; shares kept off 0 and 1."""
    heights = IsotonicRegression(out_of_bounds="clip").fit_transform(score, y)
    levels, place = np.unique(heights, return_inverse=True)
    n = np.bincount(place)
    x = np.bincount(place, weights=score) / n
    p = levels.astype(np.float64)
    if p[0] <= 0:
        p[0] = min(1 / (n[0] + 2), p[1] / 2)
    if p[-1] >= 1:
        p[-1] = max(1 - 1 / (n[-1] + 2), (1 + p[-2]) / 2)
    return x, p
