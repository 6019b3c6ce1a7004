"""Members in fifths of the effect that is expected of them, and the effect that was observed there. Source: METHODS C7, E6.5."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.campaigns.estimators.effects import Effect, Outcome
from churn_dash.campaigns.estimators.qini import Qini, qini
from churn_dash.campaigns.uplift.segments import apart, compared, error_of
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.measures.statistics.intervals import normal_quantile

FIFTHS = 5


@dataclass(frozen=True)
class Band:
    """A fifth of the members by expected gain, 1 the highest: the mean expected gain, and the effect observed."""

    number: int
    expected: float
    effect: Effect

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        e = self.effect
        return {
            "fifth": self.number,
            "expected_gain": self.expected,
            "n_treated": e.treated.known,
            "n_control": e.base.known,
            "treated": e.treated.mean,
            "control": e.base.mean,
            "difference": e.difference,
            "low": e.low,
            "high": e.high,
        }


@dataclass(frozen=True)
class Ranking:
    """What a learner's ranking is worth on members whom it did not learn from. ``spread``: gain of the first fifth less that of the last;
    ``p``: the chance of such a spread where the effect is the same for all."""

    learner: str
    bands: tuple[Band, ...]
    qini: Qini
    spread: Estimate
    p: float | None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "learner": self.learner,
            "fifths": [b.as_json() for b in self.bands],
            "spread": {"value": self.spread.value, "low": self.spread.low, "high": self.spread.high, "p_value": self.p},
            "qini": self.qini.as_json(),
            "curve": [asdict(p) for p in self.qini.points],
        }


def ranking(learner: str, rows: pl.DataFrame, outcome: Outcome, arm: str, base: str, score: NDArray[np.float64], seed: int) -> Ranking:
    """The ranking of ``rows`` (arm, y, none missing) by ``score``, the expected gain."""
    place = np.argsort(np.argsort(-score, kind="stable"), kind="stable") * FIFTHS // len(score)
    bands = tuple(
        Band(i + 1, float(score[place == i].mean()), compared(rows.filter(pl.Series(place == i)), outcome, arm, base))
        for i in range(FIFTHS)
    )
    sign = 1.0 if outcome.better == "up" else -1.0
    treated, good = (rows["arm"] == arm).to_numpy(), sign * rows["y"].to_numpy()
    return Ranking(
        learner,
        bands,
        qini(score, treated, good, seed),
        _spread(bands[0].effect, bands[-1].effect),
        apart(bands[0].effect, bands[-1].effect),
    )


def _spread(first: Effect, last: Effect) -> Estimate:
    errors = error_of(first), error_of(last)
    n = first.treated.known + first.base.known + last.treated.known + last.base.known
    if first.gain is None or last.gain is None:
        return Estimate(n=n)
    value = first.gain - last.gain
    if errors[0] is None or errors[1] is None:
        return Estimate(value, n=n)
    half = normal_quantile() * math.hypot(errors[0], errors[1])
    return Estimate(value, value - half, value + half, n)
