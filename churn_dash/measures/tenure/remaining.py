"""How long a customer is still expected to stay, from the tenure reached and the risk that a model gives. Sources: METHODS B1, D4 (7).

How it is worked out, in four steps:

1. The pace at which customers of each tenure leave (``hazard.paces``: departures over customer-days, constant within a band of tenure,
   after the last known band as in it) gives the cumulative hazard Λ(a, a+u) ahead of somebody who has stayed ``a`` days.
2. The model says p: the probability of leaving in ``length`` days that begin ``gap`` days from now, for who is there then. The factor
   k = −ln(1 − p) / Λ(a+gap, a+gap+length) makes the pace agree with it (proportional hazards: over that window the customer leaves with
   probability p exactly).
3. S(u) = exp(−k · Λ(a, a+u)) is the chance still to be there after u days, given the tenure reached. A tenth, half (the median) and nine
   tenths of such customers have left where it comes down to 90, 50 and 10 %: how different the times of customers alike are. The expected
   time is the area under it up to ``HORIZON_YEARS``: a restricted mean, because nothing is known beyond.
4. That the factor lasts is an assumption. ``eased`` gives the other end: from the window's end on the customer leaves at the pace of his
   tenure (k = 1). The truth lies between them where the risk is passing.

Interval, of the estimate and not of one customer's time: the departures of each band are drawn from their Gamma (Poisson counts,
Jeffreys), p from a normal around its log-odds with the error of the share that was seen to leave among customers of like risk; the ends
are the 2.5th and 97.5th percentile of ``DRAWS`` draws with a fixed seed. Without a risk k = 1: by tenure alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.tenure.hazard import Pace

HORIZON_YEARS = 10
DRAWS = 1000
LEFT = (0.1, 0.5, 0.9)
"""Shares of customers alike whose leaving is dated."""
_SEED = 20260101
_STEP = 7
"""Days between the points at which the curve is worked out; the pace is constant in between."""
_NEVER = 1e-6
"""A calibrated risk of 0 or 1 is no certainty: it is held this far from either."""
_YEAR = 365.25

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Risk:
    """The probability of leaving in ``length`` days that begin ``gap`` days from now, and the error of its log-odds (0: none known)."""

    p: float
    gap: float
    length: float
    error: float = 0.0


@dataclass(frozen=True)
class Months:
    """Months with the ends of the 95 % interval of the estimate; None where the curve does not come down so far within the horizon."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Remaining:
    """How long a customer who has stayed ``tenure`` months is still expected to stay.

    ``left``: by share (0–1) of customers like this one the months until so many have left. ``expected``: mean months within the horizon.
    ``eased``: the same mean where the risk goes back to the usual after the model's window; without a risk equal to ``expected``.
    ``points``: months ahead, the chance still to be there, and its interval, every six months. ``p``: the risk it rests on, None without
    one.
    """

    tenure: float
    p: float | None
    horizon_years: int
    left: Mapping[float, Months]
    expected: Months
    eased: Months
    points: tuple[tuple[float, float, float, float], ...]

    @property
    def median(self) -> Months:
        """Months until the chance to be there is one half."""
        return self.left[0.5]

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; months, probabilities 0–1; undefined is null."""
        points = [dict(zip(("month", "staying", "low", "high"), p, strict=True)) for p in self.points]
        return {
            "tenure_months": self.tenure,
            "risk": self.p,
            "horizon_years": self.horizon_years,
            "median_months": asdict(self.median),
            "left_months": {f"{share:g}": asdict(months) for share, months in self.left.items()},
            "expected_months": asdict(self.expected),
            "expected_months_if_risk_eases": asdict(self.eased),
            "points": points,
        }


def remaining(pace: Sequence[Pace], tenure: float, risk: Risk | None, draws: int = DRAWS) -> Remaining | None:
    """The time still expected after ``tenure`` months; None where nobody who left was ever watched.

    >>> even = [Pace(0, None, 1000, 50_000.0, 0.02, None, None)]
    >>> found = remaining(even, 12.0, None)
    >>> round(found.median.value, 1), round(found.expected.value)
    (34.7, 45)
    """
    known = [b for b in pace if b.exposure > 0]
    if not sum(b.events for b in known):
        return None
    rng = np.random.default_rng(_SEED)
    own = np.array([[b.events / b.exposure for b in known]])
    drawn = np.stack([rng.gamma(b.events + 0.5, 1 / b.exposure, draws) for b in known], axis=1)
    hazards = np.concatenate([own, drawn]) / MEAN_MONTH_DAYS
    days = np.arange(0.0, HORIZON_YEARS * _YEAR + _STEP, _STEP)
    start = tenure * MEAN_MONTH_DAYS
    ahead = _cumulative(known, hazards, start, days)
    if risk is None:
        lasting = eased = np.exp(-ahead)
    else:
        window = _cumulative(known, hazards, start, np.array([risk.gap, risk.gap + risk.length]))
        odds = np.log(_inside(risk.p) / (1 - _inside(risk.p))) + risk.error * np.concatenate([[0.0], rng.standard_normal(draws)])
        usual = np.maximum(window[:, 1] - window[:, 0], 1e-12)
        factor = (np.log1p(np.exp(odds)) / usual)[:, None]
        lasting = np.exp(-factor * ahead)
        until = np.minimum(ahead, window[:, 1:])
        eased = np.exp(-(factor * until + ahead - until))
    every = [round(m * MEAN_MONTH_DAYS / _STEP) for m in range(0, HORIZON_YEARS * 12 + 1, 6)]
    ends = np.percentile(lasting[1:], [2.5, 97.5], axis=0)
    points = tuple((days[i] / MEAN_MONTH_DAYS, *(float(a[i]) for a in (lasting[0], *ends))) for i in every)
    return Remaining(
        tenure,
        None if risk is None else risk.p,
        HORIZON_YEARS,
        {share: _left(lasting, days, share) for share in LEFT},
        _mean(lasting, days),
        _mean(eased, days),
        points,
    )


def _inside(p: float) -> float:
    return min(max(p, _NEVER), 1 - _NEVER)


def _cumulative(bands: Sequence[Pace], hazards: Numbers, start: float, days: Numbers) -> Numbers:
    """The cumulative hazard from ``start`` days of tenure to each of ``days`` later: a row a set of hazards. Between known bands, before
    the first and after the last the nearest earlier band's pace holds, else the first's."""
    edges = np.array([b.start * MEAN_MONTH_DAYS for b in bands])
    edges[0] = 0.0
    ends = np.append(edges[1:], np.inf)
    spent = np.clip(np.minimum(ends, (start + days)[:, None]) - np.maximum(edges, start), 0.0, None)
    return np.asarray(hazards @ spent.T)


def _left(curves: Numbers, days: Numbers, share: float) -> Months:
    """Where each curve comes down to 1 − ``share``, between two points straight; the first curve's, and the percentiles of the others'."""
    to = 1 - share
    below = curves <= to
    at = np.where(below.any(axis=1), below.argmax(axis=1), len(days) - 1)
    rows = np.arange(len(curves))
    high, low = curves[rows, np.maximum(at - 1, 0)], curves[rows, at]
    part = np.divide(high - to, high - low, out=np.zeros_like(high), where=high > low)
    found = np.where(below.any(axis=1), (days[np.maximum(at - 1, 0)] + part * _STEP) / MEAN_MONTH_DAYS, np.inf)
    ends = np.percentile(found[1:], [2.5, 97.5], method="nearest") if len(found) > 1 else np.array([found[0]] * 2)
    return Months(*(float(v) if np.isfinite(v) else None for v in (found[0], *ends)))


def _mean(curves: Numbers, days: Numbers) -> Months:
    means = np.asarray(np.trapezoid(curves, days, axis=1)) / MEAN_MONTH_DAYS
    return Months(float(means[0]), *(float(v) for v in np.percentile(means[1:], [2.5, 97.5])))
