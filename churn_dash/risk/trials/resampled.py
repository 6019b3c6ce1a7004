"""Measures with intervals: customers drawn again and again, with all their rows. Source: METHODS D3."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Labels, Values, logit, sigmoid
from churn_dash.measures.statistics.resampling import drawn_again
from churn_dash.risk.trials.accuracy import BINS, CAPACITY
from churn_dash.risk.trials.profit import DEFAULT, Stakes, nearly_expected, profit

DRAWS = 200
GROUPS = 1_000
RANKING = ("roc_auc", "pr_auc", "ks", "lift", "recall", "profit")
MEASURES = (*RANKING, "brier_skill", "slope", "ece")


class Sample:
    """Held-out rows of one fold, gathered by equal score, so that measures under new weights cost a few sums.

    Rows carry the customer's number, label, score, and the calibrated probability, which follows from the score (None: only ranking is
    measured). ``groups`` joins neighbouring scores where there are more: quicker, and for intervals near enough.
    """

    def __init__(self, customers: Labels, y: Labels, score: Values, p: Values | None = None, groups: int | None = None) -> None:
        _scores, first, found = np.unique(-score, return_index=True, return_inverse=True)
        n = len(first)
        joined = groups is not None and n > groups
        if joined:
            found = np.argsort(np.argsort(found, kind="stable"), kind="stable") * groups // len(found)  # type: ignore[operator]
            n = int(found.max()) + 1
        self.customers, self.y, self._group, self._n = customers, y.astype(np.float64), found, n
        self._p: Values | None = None
        if p is not None:
            rows = np.bincount(found, minlength=n)
            self._p = np.bincount(found, weights=p, minlength=n) / rows if joined else p[first]
            self._square = np.bincount(found, weights=p * p, minlength=n) / rows
            edges = np.unique(np.quantile(p, np.linspace(0, 1, BINS + 1)[1:-1]))
            self._bin = np.searchsorted(edges, self._p, side="right")
            self._x = logit(self._p)
            self._line = _newton(self._x, np.bincount(found, weights=self.y).astype(np.float64), rows.astype(np.float64), (0.0, 0.0), 50)

    def measured(self, weights: Values) -> Values:
        """The measures in the order of ``MEASURES`` with rows counted ``weights`` times; NaN where undefined."""
        left, rows = self._weighed(weights)
        gone, everyone = np.cumsum(left), np.cumsum(rows)
        leavers, total = gone[-1], everyone[-1]
        stayers = total - leavers
        if not 0 < leavers < total:
            return np.full(len(MEASURES), np.nan)
        stayed = everyone - gone
        roc = float(((rows - left) * (gone - left / 2)).sum() / (leavers * stayers))
        pr = float((left * np.divide(gone, everyone, out=np.zeros_like(gone), where=everyone > 0)).sum() / leavers)
        ks = float((gone / leavers - stayed / stayers).max())
        recall = _reached(gone, everyone, CAPACITY)
        earned = nearly_expected(np.append(0.0, gone), np.append(0.0, stayed))
        return np.array([roc, pr, ks, recall / CAPACITY, recall, earned, *self._probable(left, rows)])

    def reached(self, weights: Values, share: float) -> Values:
        """The share of leavers among the riskiest ``share`` of rows alone; NaN where undefined."""
        left, rows = self._weighed(weights)
        gone, everyone = np.cumsum(left), np.cumsum(rows)
        return np.array([_reached(gone, everyone, share) if gone[-1] > 0 else np.nan])

    def earned(self, weights: Values, stakes: Stakes) -> Values:
        """The expected maximum profit alone, by these stakes; NaN where undefined."""
        left, rows = self._weighed(weights)
        gone, stayed = np.cumsum(left), np.cumsum(rows - left)
        if not (gone[-1] > 0 and stayed[-1] > 0):
            return np.array([np.nan])
        return np.array([nearly_expected(np.append(0.0, gone), np.append(0.0, stayed), stakes)])

    def _weighed(self, weights: Values) -> tuple[Values, Values]:
        """Leavers and rows of each score."""
        left, rows = (np.bincount(self._group, weights=w, minlength=self._n).astype(np.float64) for w in (weights * self.y, weights))
        return left, rows

    def _probable(self, left: Values, rows: Values) -> tuple[float, float, float]:
        if self._p is None:
            return np.nan, np.nan, np.nan
        total = rows.sum()
        base = left.sum() / total
        brier = float((rows * self._square - 2 * left * self._p + left).sum()) / total
        slope = _newton(self._x, left, rows, self._line, 3)[1] if np.ptp(self._x) > 0 else np.nan
        ece = float(np.abs(np.bincount(self._bin, weights=rows * self._p - left)).sum() / total)
        return 1 - brier / (base * (1 - base)), slope, ece


def _reached(gone: Values, everyone: Values, share: float) -> float:
    """Of the leavers counted up by falling score, those among the first ``share`` of all; of equals at the edge, the expected number."""
    return float(np.interp(share * everyone[-1], np.append(0.0, everyone), np.append(0.0, gone)) / gone[-1])


def _newton(x: Values, left: Values, rows: Values, start: tuple[float, float], rounds: int) -> tuple[float, float]:
    """Logistic line of ``left`` of ``rows`` at each ``x`` by Newton's method; from the line of all rows a few rounds are enough."""
    a, b = start
    for _round in range(rounds):
        p = sigmoid(a + b * x)
        w, r = rows * p * (1 - p), left - rows * p
        s0, s1, s2 = w.sum() + 1e-9, (w * x).sum(), (w * x * x).sum() + 1e-9
        g0, g1 = r.sum(), (r * x).sum()
        det = s0 * s2 - s1 * s1
        if det <= 1e-12 * s0 * s2:
            return a, float("nan")
        step = (s2 * g0 - s1 * g1) / det, (s0 * g1 - s1 * g0) / det
        a, b = a + float(np.clip(step[0], -5, 5)), b + float(np.clip(step[1], -5, 5))
        if abs(step[0]) + abs(step[1]) < 1e-10:
            break
    return a, b


@dataclass(frozen=True)
class Measured:
    """A measure as the mean over the folds, its 95 % interval over customers drawn again, and its range over the folds."""

    value: float | None
    low: float | None
    high: float | None
    least: float | None
    most: float | None

    def as_json(self) -> dict[str, float | None]:
        """By name; undefined is null."""
        return dict(vars(self))


@dataclass(frozen=True)
class HeldOut:
    """What a fold held out: customer, label, score, and calibrated probability (None: only a ranking) of every row."""

    customers: Labels
    y: Labels
    score: Values
    p: Values | None = None


def measured(folds: Sequence[HeldOut], seed: int = 0, draws: int = DRAWS) -> dict[str, Measured]:
    """Every measure over the folds. A customer drawn twice counts twice in every fold in which he stands."""
    found = np.array([Sample(f.customers, f.y, f.score, f.p).measured(np.ones(len(f.y))) for f in folds])
    found[:, MEASURES.index("profit")] = _profits(folds, DEFAULT)
    again = _again([Sample(f.customers, f.y, f.score, f.p, GROUPS) for f in folds], Sample.measured, seed, draws)
    told = dict(zip(MEASURES, _told(found, again), strict=True))
    return told | {"ece": _not_below(told["ece"])}


def earned(folds: Sequence[HeldOut], stakes: Stakes, seed: int = 0, draws: int = DRAWS) -> Measured:
    """The expected maximum profit over the folds by these stakes."""
    samples = [Sample(f.customers, f.y, f.score, None, GROUPS) for f in folds]
    again = _again(samples, lambda s, w: s.earned(w, stakes), seed, draws)
    return _told(np.array(_profits(folds, stakes))[:, None], again)[0]


def reached(folds: Sequence[HeldOut], share: float, seed: int = 0, draws: int = DRAWS) -> Measured:
    """The share of leavers among the riskiest ``share`` (0–1) of each fold."""
    found = np.array([Sample(f.customers, f.y, f.score).reached(np.ones(len(f.y)), share) for f in folds])
    samples = [Sample(f.customers, f.y, f.score, None, GROUPS) for f in folds]
    return _told(found, _again(samples, lambda s, w: s.reached(w, share), seed, draws))[0]


def _profits(folds: Sequence[HeldOut], stakes: Stakes) -> list[float]:
    return [profit(f.y, f.score, stakes).expected if 0 < f.y.sum() < len(f.y) else np.nan for f in folds]


def _told(found: Values, again: Values) -> list[Measured]:
    mean, least, most = (_ignoring(f, found) for f in (np.nanmean, np.nanmin, np.nanmax))
    # Rows that stand twice flatter a ranking and disturb a calibration: the draws lie beside the truth by as much as beside the value.
    off = _ignoring(np.nanmean, again) - mean
    low, high = (_ignoring(np.nanpercentile, again, q) - off for q in (2.5, 97.5))
    return [Measured(*(_none(x[i]) for x in (mean, low, high, least, most))) for i in range(found.shape[1])]


def _not_below(m: Measured) -> Measured:
    return replace(m, low=m.low if m.low is None else max(0.0, m.low))


def _again(samples: Sequence[Sample], by: Callable[[Sample, Values], Values], seed: int, draws: int) -> Values:
    """Draws × measures: the mean over the folds each time."""
    ends = np.cumsum([len(s.customers) for s in samples])[:-1]
    times = (np.split(w, ends) for w in drawn_again(np.concatenate([s.customers for s in samples]), [seed, 2], draws))
    return np.array([_ignoring(np.nanmean, np.array([by(s, w) for s, w in zip(samples, part, strict=True)])) for part in times])


def _ignoring(function, values: NDArray[np.float64], *more: float) -> Values:  # type: ignore[no-untyped-def]
    """The function down the columns; NaN for a column without a single value."""
    known = ~np.isnan(values).all(axis=0)
    out = np.full(values.shape[1], np.nan)
    if known.any():
        out[known] = function(values[:, known], *more, axis=0)
    return out


def _none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
