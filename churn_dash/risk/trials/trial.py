"""Models tried on customers they have not seen, and the one to use. Source: METHODS D2–D4."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.risk.models.calibration import Calibration, calibration, of_sample, score_of
from churn_dash.risk.models.kind import Fitted, Kind, Settings, fitted
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.risk.trials.accuracy import Accuracy, Bin, accuracy, gains, reliability
from churn_dash.risk.trials.folds import Fold, undersampled
from churn_dash.risk.trials.resampled import HeldOut, Measured, measured
from churn_dash.risk.trials.tuning import precision_error, tuned
from churn_dash.words import Text


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
    customers: Labels
    """The customer of each held-out row."""
    settings: Settings = field(default_factory=dict)
    """The settings that most folds chose."""
    measures: dict[str, Measured] = field(default_factory=dict)
    """Each measure over the folds that share no test row, with an interval over customers drawn again and its range."""
    fold: Labels = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """The fold of each held-out row."""
    by_chance: tuple[float, float] | None = None
    """ROC-AUC and PR-AUC that a random split would have promised; None where the test itself is a random split."""

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
        return reliability(self.y, self.p, customers=self.customers)

    def gains(self) -> list[dict[str, float]]:
        """For each share of customers called, riskiest first: precision, recall and lift on held-out rows, with the threshold."""
        return gains(self.y, self.score, self.p)

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
            "settings": dict(self.settings),
            "measures": {name: m.as_json() for name, m in self.measures.items()},
            "random_split": None if self.by_chance is None else {"roc_auc": self.by_chance[0], "pr_auc": self.by_chance[1]},
            "reliability": [vars(b) for b in self.reliability()],
            "gains": self.gains(),
        }


def trial(
    kind: Kind,
    design: Design,
    matrix: Matrix,
    y: Labels,
    folds: Sequence[Fold],
    seed: int,
    customers: Labels | None = None,
    when: Labels | None = None,
    chance: Fold | None = None,
    step: Callable[[int, int], None] = lambda done, of: None,
    stayers: float = 1.0,
) -> Trial:
    """The model tuned inside, fitted and tested on every fold. ``customers`` numbers the customer of each row (default: one a row).

    ``when``: the month of leaving, for the kinds that need it. ``chance``: a random split, whose promise is shown beside the test.
    ``step`` hears after every fold. ``stayers``: share of those who stayed that fits see; tests and calibration see everybody.
    """
    people = np.arange(len(y)) if customers is None or not len(customers) else customers
    rocs, prs, picked = [], [], []
    held: list[tuple[Fold, Values, Values | None]] = []
    first = folds[0].seed

    def learnt(rows: Labels, given: Settings | None = None) -> tuple[Fitted, Settings]:
        rows = undersampled(rows, y, stayers, seed)
        months = when[rows] if kind.needs_months and when is not None else None
        settings = tuned(kind, design, matrix[rows], y[rows], people[rows], seed, months) if given is None else given
        return fitted(kind, design, matrix[rows], y[rows], seed, settings, months), settings

    for i, fold in enumerate(folds):
        step(i, len(folds))
        model, settings = learnt(fold.fit)
        score = score_of(kind, model.output(matrix[fold.test]))
        rocs.append(float(roc_auc_score(y[fold.test], score)) if _both(y[fold.test]) else None)
        prs.append(float(average_precision_score(y[fold.test], score)) if _both(y[fold.test]) else None)
        if fold.seed == first:
            picked.append(settings)
            held.append((fold, score, _calibrated(kind, model, matrix, y, fold, score)))
    rows = np.concatenate([f.test for f, _score, _p in held])
    parts = [(f.test, s, p if p is not None else _from_others(held, i, y, stayers)) for i, (f, s, p) in enumerate(held)]
    score, p = (np.concatenate([part[k] for part in parts]) for k in (1, 2))
    return Trial(
        kind,
        tuple(rocs),
        tuple(prs),
        len({f.seed for f in folds}),
        accuracy(y[rows], p, score),
        rows,
        score,
        p,
        y[rows],
        len(held),
        people[rows],
        _commonest(kind, picked),
        measured([HeldOut(people[r], y[r], s, q) for r, s, q in parts], seed),
        np.repeat(np.arange(len(parts)), [len(r) for r, _s, _q in parts]),
        _promised(kind, learnt(chance.fit, _commonest(kind, picked))[0], matrix, y, chance)
        if chance is not None and _both(y[chance.test])
        else None,
    )


def _both(y: Labels) -> bool:
    return 0 < int(y.sum()) < len(y)


def _commonest(kind: Kind, chosen: Sequence[Settings]) -> Settings:
    counts = Counter(kind.grid.index(s) for s in chosen)
    return kind.grid[min(counts, key=lambda i: (-counts[i], i))]


def _promised(kind: Kind, model: Fitted, matrix: Matrix, y: Labels, chance: Fold) -> tuple[float, float]:
    score = score_of(kind, model.output(matrix[chance.test]))
    labels = y[chance.test]
    return float(roc_auc_score(labels, score)), float(average_precision_score(labels, score))


def _calibrated(kind: Kind, model: Fitted, matrix: Matrix, y: Labels, fold: Fold, score: Values) -> Values | None:
    """Probabilities by a curve fitted on the fold's own calibration rows; None where it has none with both classes."""
    rows = fold.calibrate
    if rows is None or not 0 < y[rows].sum() < len(rows):
        return None
    return calibration(score_of(kind, model.output(matrix[rows])), y[rows])(score)


def _from_others(held: Sequence[tuple[Fold, Values, Values | None]], i: int, y: Labels, stayers: float) -> Values:
    """Probabilities by a curve fitted on the other folds' held-out scores; where there is none, by the share of stayers seen."""
    others = [(f.test, s) for j, (f, s, _p) in enumerate(held) if j != i]
    if not others:
        return of_sample(stayers)(held[i][1])
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
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else precision_error(best.y, best.score, best.customers)
    simple = min((t for t in trials if means[t.kind.name] >= means[best.kind.name] - error), key=lambda t: t.kind.simplicity)
    if simple is best:
        return best, Text(_("the best precision and recall on customers it had not seen"))
    return simple, Text(_("within one standard error of the best ({best}), and simpler"), best=best.kind.label)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None


def _range(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    known = [v for v in values if v is not None]
    return (min(known), max(known)) if known else (None, None)
