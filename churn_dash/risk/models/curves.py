"""Which calibration curve a score gets: the one with the smallest error on later rows than those it was fitted to. Source: METHODS D3.

There is no premium for the simpler curve, as there is for the simpler model: nobody reads a curve, and none of them changes the order.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.risk.models.calibration import ENOUGH_FOR_ISOTONIC, Calibration, Method, beta, isotonic, platt
from churn_dash.words import Text

CURVES: Mapping[Method, Callable[[Values, Labels], Calibration | None]] = {"platt": platt, "beta": beta, "isotonic": isotonic}
"""From simple to involved."""
LABELS: Mapping[Method, str] = {
    "platt": _("Platt's line"),
    "beta": _("a line with two slopes (beta)"),
    "isotonic": _("a curve of steps (isotonic)"),
}
PARTS = 4
LEAST_LEAVERS = 50
"""With fewer leavers to judge by, a difference between curves is chance, and the simplest stays."""
_SURE = 1e-9


@dataclass(frozen=True)
class Judged:
    """One curve on rows it was not fitted to: mean log-loss, how much worse than the best, and the standard error of that, by customer."""

    method: Method
    log_loss: float
    worse: float
    error: float


@dataclass(frozen=True)
class Choice:
    """The curve, how the curves did (none: they were not compared), and whether they were judged on later score dates."""

    curve: Calibration
    judged: tuple[Judged, ...] = ()
    later: bool = False

    @property
    def words(self) -> Text:
        """Which curve, and why."""
        if not self.judged:
            return Text(_("By {curve}; too few left to compare curves."), curve=LABELS[self.curve.method])
        text = _("By {curve}: the smallest error of {n} curves on customers that they were not fitted to.")
        if self.later:
            text = _("By {curve}: the smallest error of {n} curves on later months and other customers.")
        return Text(text, curve=LABELS[self.curve.method], n=len(self.judged))

    def as_json(self) -> dict[str, Any]:
        """The comparison, for the model's card and the command line."""
        return {"method": self.curve.method, "later": self.later, "curves": [asdict(j) for j in self.judged]}


def chosen(score: Values, y: Labels, customers: Labels, dates: Labels | None = None) -> Choice:
    """The curve for held-out scores of rows, whose customers are numbered, and why.

    Every curve is fitted without a quarter of the customers and judged on it, each quarter in turn; with several ``dates`` (the score
    date of each row) it is fitted on earlier ones and judged on each later one. The smallest mean log-loss wins, Platt's line where too few
    left to judge by. The isotonic curve is tried from more than 1,000 leavers on.
    """
    methods: list[Method] = [m for m in CURVES if m != "isotonic" or y.sum() > ENOUGH_FOR_ISOTONIC]
    judged, rows = _losses(methods, score, y, customers, dates)
    if len(rows) == 0 or y[rows].sum() < LEAST_LEAVERS or len(judged) < 2:
        return Choice(platt(score, y))
    means = {m: float(losses.mean()) for m, losses in judged.items()}
    best = min(means, key=lambda m: means[m])
    found = tuple(Judged(m, means[m], means[m] - means[best], _error(judged[m] - judged[best], customers[rows])) for m in judged)
    later = dates is not None and len(np.unique(dates)) > 1
    return Choice(CURVES[best](score, y) or platt(score, y), found, later)


def _losses(
    methods: list[Method], score: Values, y: Labels, customers: Labels, dates: Labels | None
) -> tuple[dict[Method, Values], Labels]:
    """Log-losses by method, row by row, of the rows judged; a method that has no curve somewhere is left out."""
    group = np.random.default_rng(0).permutation(int(customers.max()) + 1)[customers] % PARTS
    months = np.zeros(len(y), dtype=np.int64) if dates is None else dates
    steps = np.unique(months)
    apart = [(months < s, months == s) for s in steps[1:]] if len(steps) > 1 else [(months == months, months == months)]
    found: dict[Method, list[Values]] = {m: [] for m in methods}
    rows = []
    for earlier, here in apart:
        for g in range(PARTS):
            fit, there = earlier & (group != g), here & (group == g)
            if not 0 < y[fit].sum() < fit.sum() or not there.any():
                continue
            rows.append(np.flatnonzero(there))
            for m in list(found):
                curve = CURVES[m](score[fit], y[fit])
                if curve is None:
                    del found[m]
                else:
                    found[m].append(_log_loss(y[there], curve(score[there])))
    if not rows:
        return {}, np.zeros(0, dtype=np.int64)
    return {m: np.concatenate(x) for m, x in found.items()}, np.concatenate(rows)


def _log_loss(y: Labels, p: Values) -> Values:
    kept = np.clip(p, _SURE, 1 - _SURE)
    return np.asarray(-np.where(y == 1, np.log(kept), np.log1p(-kept)), dtype=np.float64)


def _error(differences: Values, customers: Labels) -> float:
    """Standard error of the mean of the differences, whose rows hang together by customer."""
    _ids, place = np.unique(customers, return_inverse=True)
    sums = np.bincount(place, weights=differences - differences.mean())
    return float(np.sqrt((sums**2).sum()) / len(differences))
