"""Models tried on customers they have not seen, and the one to use. Source: METHODS D2–D4."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.risk.models.calibration import Calibration, calibration, score_of
from churn_dash.risk.models.kinds import Fitted, Kind, fitted
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.risk.trials.accuracy import Accuracy, Bin, accuracy, reliability
from churn_dash.risk.trials.folds import Fold
from churn_dash.words import Text

SHARES = tuple(i / 20 for i in range(1, 21))


@dataclass(frozen=True)
class Trial:
    """How one model did: ranking fold by fold, the rest over all held-out rows of the first seed (or of all periods).

    ``score`` and ``p`` are the held-out scores (log-odds) and calibrated probabilities of ``rows``.
    """

    kind: Kind
    roc_aucs: tuple[float | None, ...]
    pr_aucs: tuple[float | None, ...]
    seeds: int
    pooled: Accuracy
    rows: np.ndarray[Any, np.dtype[np.int64]]
    score: Values
    p: Values
    y: Labels
    parts: int
    """Folds that share no test row: the first so many."""

    @property
    def roc_auc(self) -> float | None:
        """Mean over the folds."""
        return _mean(self.roc_aucs)

    @property
    def pr_auc(self) -> float | None:
        """Mean average precision over the folds."""
        return _mean(self.pr_aucs)

    def calibration(self) -> Calibration:
        """The curve from all held-out scores, for the model fitted on everything."""
        return calibration(self.score, self.y)

    def reliability(self) -> list[Bin]:
        """Predicted beside observed on held-out rows."""
        return reliability(self.y, self.p)

    def gains(self) -> list[dict[str, float]]:
        """For each share of customers called, riskiest first: precision, recall and lift on held-out rows, with the threshold."""
        order = np.argsort(-self.score, kind="stable")
        caught = np.cumsum(self.y[order])
        found = []
        for share in SHARES:
            n = max(1, round(share * len(order)))
            hits, leavers = float(caught[n - 1]), float(self.y.sum())
            found.append(
                {
                    "share": share,
                    "threshold": float(self.p[order[n - 1]]),
                    "precision": hits / n,
                    "recall": hits / leavers,
                    "lift": hits / n / (leavers / len(order)),
                }
            )
        return found

    def as_json(self) -> dict[str, Any]:
        """Name, means with their range over the folds, every fold's ROC-AUC, and the pooled measures."""
        pooled = self.pooled.as_json()
        low, high = _range(self.roc_aucs)
        pr_low, pr_high = _range(self.pr_aucs)
        return {
            "name": self.kind.name,
            "roc_auc": self.roc_auc,
            "roc_auc_low": low,
            "roc_auc_high": high,
            "pr_auc": self.pr_auc,
            "pr_auc_low": pr_low,
            "pr_auc_high": pr_high,
            **{k: pooled[k] for k in ("brier", "brier_skill", "log_loss", "slope", "intercept", "ece", "ks", "lift", "recall")},
            "folds": list(self.roc_aucs),
            "seeds": self.seeds,
            "n": self.pooled.n,
            "reliability": [vars(b) for b in self.reliability()],
            "gains": self.gains(),
        }


def trial(kind: Kind, design: Design, matrix: Matrix, y: Labels, folds: Sequence[Fold], seed: int) -> Trial:
    """The model fitted and tested on every fold."""
    rocs, prs = [], []
    held: list[tuple[Fold, Values, Values | None]] = []
    first = folds[0].seed
    for fold in folds:
        model = fitted(kind, design, matrix[fold.fit], y[fold.fit], seed)
        score = score_of(kind, model.output(matrix[fold.test]))
        one = accuracy(y[fold.test], np.full(len(fold.test), 0.5), score)
        rocs.append(one.roc_auc)
        prs.append(one.pr_auc)
        if fold.seed == first:
            held.append((fold, score, _calibrated(kind, model, matrix, y, fold, score)))
    rows = np.concatenate([f.test for f, _score, _p in held])
    score = np.concatenate([s for _fold, s, _p in held])
    p = np.concatenate([p if p is not None else _from_others(held, i, y) for i, (_fold, _s, p) in enumerate(held)])
    labels = y[rows]
    seeds = len({f.seed for f in folds})
    return Trial(kind, tuple(rocs), tuple(prs), seeds, accuracy(labels, p, score), rows, score, p, labels, len(held))


def _calibrated(kind: Kind, model: Fitted, matrix: Matrix, y: Labels, fold: Fold, score: Values) -> Values | None:
    """Probabilities by a curve fitted on the fold's own calibration rows; None where it has none with both classes."""
    if fold.calibrate is None or not 0 < y[fold.calibrate].sum() < len(fold.calibrate):
        return None
    return calibration(score_of(kind, model.output(matrix[fold.calibrate])), y[fold.calibrate])(score)


def _from_others(held: Sequence[tuple[Fold, Values, Values | None]], i: int, y: Labels) -> Values:
    """Probabilities by a curve fitted on the other folds' held-out scores; uncalibrated where there is no other fold."""
    others = [(f.test, s) for j, (f, s, _p) in enumerate(held) if j != i]
    if not others:
        return Calibration("platt", 0.0, 1.0)(held[i][1])
    rows = np.concatenate([t for t, _s in others])
    return calibration(np.concatenate([s for _t, s in others]), y[rows])(held[i][1])


def winner(trials: Sequence[Trial]) -> tuple[Trial, Text]:
    """The simplest model within one standard error of the best precision-recall, and why. METHODS D4.

    Compared on the folds that all models share. The standard error is that of the best model's folds.
    """
    if len(trials) == 1:
        return trials[0], Text(_("the only model trained"))
    n = min(t.parts for t in trials)
    means = {t.kind.name: _mean(t.pr_aucs[:n]) or 0.0 for t in trials}
    best = max(trials, key=lambda t: means[t.kind.name])
    values = [v for v in best.pr_aucs[:n] if v is not None]
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else _bootstrap_error(best)
    simple = min((t for t in trials if means[t.kind.name] >= means[best.kind.name] - error), key=lambda t: t.kind.simplicity)
    if simple is best:
        return best, Text(_("the best precision and recall on customers it had not seen"))
    return simple, Text(_("within one standard error of the best ({best}), and simpler"), best=best.kind.label)


def _bootstrap_error(one: Trial, times: int = 50) -> float:
    """Standard error of average precision over resampled held-out customers, for a single fold."""
    rng = np.random.default_rng(0)
    drawn = (rng.integers(0, len(one.y), len(one.y)) for _time in range(times))
    return float(np.std([average_precision_score(one.y[i], one.score[i]) for i in drawn if one.y[i].any()]))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None


def _range(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    known = [v for v in values if v is not None]
    return (min(known), max(known)) if known else (None, None)
