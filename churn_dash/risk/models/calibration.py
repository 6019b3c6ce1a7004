"""From a model's score to a probability that can be taken at its word. Source: METHODS D3."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels, Values, logit, logit_line, sigmoid
from churn_dash.risk.models.kinds import Kind
from churn_dash.words import Text

Method = Literal["platt", "beta", "isotonic"]
ENOUGH_FOR_ISOTONIC = 1000
ENOUGH_FOR_BETA = 50
LABELS: Mapping[Method, str] = {
    "platt": _("Platt's line"),
    "beta": _("a line with two slopes (beta)"),
    "isotonic": _("a curve of steps (isotonic)"),
}
_CLIP = 1e-3
_FLATTEST = 1e-3


@dataclass(frozen=True)
class Calibration:
    """A rising curve from score (log-odds) to probability.

    Platt: ``sigmoid(intercept + slope · score)``. Beta (Kull, Silva Filho, Flach 2017), around ``centre``: the log-odds rise by ``slope``
    among low scores and by ``upper`` among high ones, ``sigmoid(intercept + slope · ln q − upper · ln(1 − q))`` with
    ``q = sigmoid(score − centre)``. Isotonic: straight lines between the middles of its steps, so that a better
    score is always a lower risk; beyond the outermost steps it goes on with Platt's slope.
    """

    method: Method
    intercept: float
    slope: float
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()
    upper: float = 0.0
    centre: float = 0.0

    def __call__(self, score: Values) -> Values:
        """Probabilities 0–1 of the scores."""
        if self.method == "platt":
            return sigmoid(self.intercept + self.slope * score)
        if self.method == "beta":
            low, high = _sides(score, self.centre).T
            return sigmoid(self.intercept + self.slope * low + self.upper * high)
        x, y = np.array(self.scores), np.array(self.probabilities)
        inside = np.interp(score, x, y)
        ends = logit(y[[0, -1]])
        low = sigmoid(ends[0] + self.slope * (score - x[0]))
        high = sigmoid(ends[1] + self.slope * (score - x[-1]))
        return np.asarray(np.where(score < x[0], low, np.where(score > x[-1], high, inside)), dtype=np.float64)

    @property
    def words(self) -> Text:
        """Which curve it is."""
        return Text(_("Calibrated by {curve}."), curve=LABELS[self.method])

    def as_json(self) -> dict[str, Any]:
        """The curve, for the model's card."""
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Calibration":
        """The curve as written by ``as_json``."""
        return cls(**{**data, "scores": tuple(data["scores"]), "probabilities": tuple(data["probabilities"])})


def _sides(score: Values, centre: float) -> Values:
    """ln q and −ln(1 − q), a column each, of ``q = sigmoid(score − centre)``."""
    x = score - centre
    return np.column_stack([-np.logaddexp(0.0, -x), np.logaddexp(0.0, x)])


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
    """The curve that fits held-out scores to what happened: isotonic with more than 1,000 leavers, beta with fewer.

    Platt's line where fewer than 50 left or stayed, and where the other is flat. Why not the one of the smallest error: ADR 10.
    """
    leavers = int(y.sum())
    if leavers > ENOUGH_FOR_ISOTONIC:
        return isotonic(score, y) or platt(score, y)
    return (min(leavers, len(y) - leavers) >= ENOUGH_FOR_BETA and beta(score, y)) or platt(score, y)


def platt(score: Values, y: Labels) -> Calibration:
    """A straight line in log-odds. Targets are drawn in a little (Platt 1999), so that a perfect separation stays finite."""
    leavers = int(y.sum())
    target = np.where(y == 1, (leavers + 1) / (leavers + 2), 1 / (len(y) - leavers + 2))
    intercept, slope = logit_line(score, target)
    return Calibration("platt", intercept, max(slope, _FLATTEST))


def beta(score: Values, y: Labels) -> Calibration | None:
    """A line with one slope for low and one for high scores, bent where most can be told; None where one of them would not rise."""
    p = platt(score, y)(score)
    centre = float(np.average(score, weights=p * (1 - p)))
    found = LogisticRegression(C=1e4, max_iter=1000).fit(_sides(score, centre), y)
    low, high = (float(c) for c in found.coef_[0])
    return Calibration("beta", float(found.intercept_[0]), low, upper=high, centre=centre) if min(low, high) > _FLATTEST else None


def isotonic(score: Values, y: Labels) -> Calibration | None:
    """Whatever rises; None where it is a single step."""
    x, p = _steps(score, y)
    line = platt(score, y)
    return Calibration("isotonic", line.intercept, line.slope, tuple(x), tuple(p)) if len(x) > 1 else None


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
