"""Two kept models side by side: on the same held-out rows where both were tested on them, else each on its own. Source: METHODS D2, D3."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from churn_dash.marks import _
from churn_dash.measures.statistics.resampling import drawn_again
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.trials.accuracy import by_risk
from churn_dash.risk.trials.ranking import Ranked
from churn_dash.risk.trials.rules import RuleTrial
from churn_dash.risk.trials.trial import Trial
from churn_dash.words import Count, Text, say

TIMES = 200
_LEAST = 10
SCORE = "score:"
"""Before the name of a kind or rule: the column of its scores among the rows kept with a model."""
APART = Text(_("Each on its own tests: they were trained on different data or outcomes, so the figures are not of the same customers."))
_KEYS = ("customer_id", "score_date")
_MEASURES: dict[str, Callable[..., float]] = {"roc_auc": roc_auc_score, "pr_auc": average_precision_score, "brier": brier_score_loss}
_BETTER = {"roc_auc": 1, "pr_auc": 1, "brier": -1}


@dataclass(frozen=True)
class Line:
    """One measure of both models, and the second less the first with its 95 % interval (only on the same rows)."""

    measure: str
    first: float | None
    second: float | None
    difference: Ranked

    @property
    def clear(self) -> bool | None:
        """Whether the second is clearly better (True) or worse (False); None where chance explains the difference, or it is unknown."""
        low, high = self.difference.low, self.difference.high
        if low is None or high is None or low <= 0 <= high:
            return None
        return (low > 0) == (_BETTER[self.measure] > 0)


@dataclass(frozen=True)
class Comparison:
    """Two models, measure by measure. ``n`` are the rows that both were tested on; 0: each on its own rows, said in ``how``."""

    first: Model
    second: Model
    lines: tuple[Line, ...]
    n: int
    how: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "first": {"id": self.first.id, "name": self.first.name},
            "second": {"id": self.second.id, "name": self.second.name},
            "same_rows": self.n,
            "how": say(self.how, language),
            "measures": [
                {"name": x.measure, "first": x.first, "second": x.second, "difference": asdict(x.difference), "second_better": x.clear}
                for x in self.lines
            ],
        }


def held_out(frame: pl.DataFrame, trial: Trial, others: Sequence[Trial] = (), rules: Sequence[RuleTrial] = ()) -> pl.DataFrame:
    """The rows that a trial was tested on, to be kept with the model: whose, as of when, in which test, what happened, score and
    probability; and the scores of the ``others`` and of the ``rules`` that were tested on the same rows (``score:NAME``).

    ``frame`` holds the examples, row by row as the trial numbers them.
    """
    beside = {t.kind.name: t.score for t in others if np.array_equal(t.rows, trial.rows)}
    beside |= {r.rule.name: r.score for r in rules if r.n == len(trial.rows)}
    return (
        frame.select(c for c in _KEYS if c in frame.columns)[trial.rows]
        .with_columns(fold=pl.Series(trial.fold, dtype=pl.Int16), y=pl.Series(trial.y), score=pl.Series(trial.score), p=pl.Series(trial.p))
        .with_columns(pl.Series(f"{SCORE}{name}", score) for name, score in beside.items())
    )  # fmt: skip


def compared(first: Model, second: Model, seed: int = 0) -> Comparison:
    """The measures of both. Raises ``WorkspaceProblem`` where the rows kept with a model were touched."""
    common, why = _common(first, second)
    if common is None:
        lines = tuple(Line(m, _own(first, m), _own(second, m), Ranked(None)) for m in _MEASURES)
        return Comparison(first, second, lines, 0, why)
    return Comparison(first, second, tuple(_line(m, common, seed) for m in _MEASURES), common.height, why)


def _own(model: Model, measure: str) -> float | None:
    found: float | None = getattr(model.card.chosen, measure)
    return found


def _common(first: Model, second: Model) -> tuple[pl.DataFrame | None, Text]:
    """The rows that both were tested on, and how it comes that they can or cannot be compared on the same rows."""
    a, b = first.card, second.card
    if (a.version, a.shape, a.target) != (b.version, b.shape, b.target) or str(a.tag) != str(b.tag):
        return None, APART
    return same_rows(first.held(), second.held())


def same_rows(one: pl.DataFrame, other: pl.DataFrame) -> tuple[pl.DataFrame | None, Text]:
    """The rows that stand in both (``held_out``), those of the second with ``_second`` behind the name, and a sentence of how many;
    None where too few of them left or stayed to compare anything."""
    keys = [k for k in _KEYS if k in one.columns and k in other.columns]
    both = one.join(other, on=[*keys, "y"], suffix="_second", maintain_order="left")
    leavers = int(both["y"].sum())
    named = {"n": Count(both.height), "leavers": Count(leavers)}
    if min(leavers, both.height - leavers) < _LEAST:
        return None, Text(_("Each on its own tests: they share only {n} rows that neither had seen, {leavers} of them leavers."), **named)
    return both, Text(_("On the same {n} rows, which neither had seen, {leavers} of them leavers."), **named)


def _line(measure: str, rows: pl.DataFrame, seed: int) -> Line:
    """A measure on the same rows, its difference with an interval by drawing whole customers."""
    by = _MEASURES[measure]
    y = rows["y"].to_numpy()
    risks = [tuple(rows[f"{c}{which}"].to_numpy() for c in ("p", "score")) for which in ("", "_second")]
    a, b = (p if measure == "brier" else by_risk(p, score) for p, score in risks)
    drawn = []
    for weight in drawn_again(rows["customer_id"].to_numpy(), seed, TIMES):
        here = weight > 0
        if 0 < y[here].sum() < here.sum():
            drawn.append(by(y[here], b[here], sample_weight=weight[here]) - by(y[here], a[here], sample_weight=weight[here]))
    first, second = float(by(y, a)), float(by(y, b))
    low, high = (float(x) for x in np.quantile(drawn, [0.025, 0.975]))
    return Line(measure, first, second, Ranked(second - first, low, high, rows.height))
