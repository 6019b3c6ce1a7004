"""Survival from counts by day: Kaplan–Meier, its median, cumulative incidence by cause, the log-rank test. Sources: METHODS A1 1.1(3).

``statsmodels.duration`` and lifelines ask for a row a customer, and neither gives incidence by cause with late entry and an interval;
from counts a million customers take no longer than a hundred. Tests hold these figures against both libraries.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.measures.tenure.lifetimes import Lifetimes

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A share by day of age, from 0 on, with the ends of its interval (NaN where it has none). For survival: the share still there."""

    share: Numbers
    low: Numbers
    high: Numbers

    def at(self, day: int) -> tuple[float | None, float | None, float | None]:
        """Share, low and high after that day; None where undefined."""
        return tuple(_or_none(float(a[min(day, len(a) - 1)])) for a in (self.share, self.low, self.high))  # type: ignore[return-value]

    def first_at_most(self, share: float) -> tuple[int | None, int | None, int | None]:
        """The first day on which the share has come down to ``share``, and the days on which its interval's ends have."""
        return tuple(_first(a <= share + 1e-12) for a in (self.share, self.low, self.high))  # type: ignore[return-value]


@dataclass(frozen=True)
class LogRank:
    """Whether groups leave at the same pace: the statistic, its degrees of freedom, and the probability of one as large by chance."""

    chi2: float
    df: int
    p: float


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _first(true: npt.NDArray[np.bool_]) -> int | None:
    found = np.flatnonzero(true)
    return int(found[0]) if len(found) else None


def kaplan_meier(lives: Lifetimes, level: float = 0.95) -> Curve:
    """The share still there after each day of age, with Greenwood's error on the log-log scale.

    The share before the first departure has no interval; after the last of all has gone it is 0, without one.

    >>> from churn_dash.measures.tenure.lifetimes import counted
    >>> lives = counted(np.array([0, 0, 0, 0]), np.array([1, 2, 2, 3]), np.array(["x", "x", "", ""]))
    >>> kaplan_meier(lives).share.tolist()
    [1.0, 0.75, 0.5, 0.5]
    """
    n, d = lives.at_risk.astype(np.float64), lives.departed.astype(np.float64)
    share = np.cumprod(1 - _over(d, n), dtype=np.float64)
    error = np.cumsum(_over(d, n * (n - d)))
    return Curve(share, *_log_log(share, np.sqrt(error), level))


def _over(top: Numbers, bottom: Numbers) -> Numbers:
    """The quotient; 0 where nothing is there to divide by."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _log_log(share: Numbers, relative_error: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """The ends of an interval of a share whose error is given relative to it; inside 0–1 by its scale."""
    inner = (share > 0) & (share < 1) & (relative_error > 0)
    low, high = np.full_like(share, np.nan), np.full_like(share, np.nan)
    log = np.log(share[inner])
    reach = normal_quantile(level) * relative_error[inner] / np.abs(log)
    low[inner], high[inner] = np.exp(log * np.exp(reach)), np.exp(log * np.exp(-reach))
    return low, high


def incidence(lives: Lifetimes, cause: str, level: float = 0.95) -> Curve:
    """The share that has left for this cause by each day, where any other cause takes customers away too (Aalen–Johansen).

    The causes add up to the share that is gone. Interval: the delta method (Marubini and Valsecchi) on the log-log scale.
    """
    n, d = lives.at_risk.astype(np.float64), lives.departed.astype(np.float64)
    own = lives.events[cause].astype(np.float64)
    before = np.concatenate([[1.0], np.cumprod(1 - _over(d, n))[:-1]])
    share = np.cumsum(before * _over(own, n))
    # var F(t) = Σ (F(t) − F(s))² a(s) + Σ b(s) − 2 Σ (F(t) − F(s)) e(s), laid out as running sums.
    a, b, e = _over(d, n * (n - d)), before**2 * _over((n - own) * own, n**3), before * _over(own, n**2)
    variance = share**2 * np.cumsum(a) - 2 * share * np.cumsum(share * a) + np.cumsum(share**2 * a)
    variance += np.cumsum(b) - 2 * share * np.cumsum(e) + 2 * np.cumsum(share * e)
    return Curve(share, *_log_log(share, _over(np.sqrt(np.clip(variance, 0, None)), share), level))


def log_rank(groups: Sequence[Lifetimes]) -> LogRank | None:
    """The log-rank test of at least two groups, late entry allowed; None where fewer had customers, or nobody left.

    >>> from churn_dash.measures.tenure.lifetimes import counted
    >>> one = counted(np.zeros(3, int), np.array([1, 2, 3]), np.array(["x"] * 3))
    >>> round(log_rank([one, one]).p, 6)
    1.0
    """
    if len(groups) < 2:
        return None
    size = max([len(g.left) for g in groups], default=0)
    n = np.array([np.pad(g.at_risk, (0, size - len(g.left))) for g in groups], dtype=np.float64)
    d = np.array([np.pad(g.departed, (0, size - len(g.left))) for g in groups], dtype=np.float64)
    n, d = n[n.sum(axis=1) > 0], d[n.sum(axis=1) > 0]
    if len(n) < 2 or not d.sum():
        return None
    all_n, all_d = n.sum(axis=0), d.sum(axis=0)
    part = _over(n, np.broadcast_to(all_n, n.shape))
    weight = all_d * _over(all_n - all_d, all_n - 1)
    excess = (d - part * all_d).sum(axis=1)[:-1]
    spread = np.diag((part * weight).sum(axis=1)) - (part * weight) @ part.T
    chi2 = float(excess @ np.linalg.pinv(spread[:-1, :-1]) @ excess)
    df = len(n) - 1
    return LogRank(chi2, df, float(special.chdtrc(df, chi2)))
