"""Models side by side, the best of them kept: the whole way from a dataset to a model file."""

import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.risk.explained.refits import refits
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.features.peers import peers
from churn_dash.risk.kept import registry
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.models.kinds import Kind, fitted, kinds
from churn_dash.risk.models.matrix import Design, Matrix, design
from churn_dash.risk.rows import panel_tables, sheet_tables
from churn_dash.risk.rows.examples import Examples, cross_section_examples, panel_examples
from churn_dash.risk.scores.current import portfolio
from churn_dash.risk.scores.scored import refits_card, scored
from churn_dash.risk.trials.folds import MOST_TRAINING_ROWS, SEEDS, capped, folds, tested
from churn_dash.risk.trials.trial import Trial, trial, winner
from churn_dash.store import Dataset
from churn_dash.words import Text, say
from churn_dash.words.stored import written

Progress = Callable[[Text, float], None]
MOST_CUSTOMERS = 30_000
"""A panel's model learns from a random sample of at most so many customers."""


@dataclass(frozen=True)
class TrainingResult:
    """What training found: models side by side against the base rate, columns left out with the reason, and the model kept."""

    target: str
    shape: str
    definition: str | None
    base_rate: float
    n: int
    left_out: tuple[LeftOut, ...]
    trials: tuple[Trial, ...]
    chosen: str
    why: Text
    windows: dict[str, Any] | None
    dropped: dict[str, int]
    seed: int
    tested: Text
    model: Model | None = None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it. Rates 0–1; ``folds`` are the ROC-AUC of every fold; undefined is null."""
        return {
            "target": self.target,
            "base_rate": self.base_rate,
            "n": self.n,
            "baseline": {"roc_auc": 0.5, "pr_auc": self.base_rate, "brier": self.base_rate * (1 - self.base_rate)},
            "left_out": [{"column": x.column, "why": say(x.why, language)} for x in self.left_out],
            "models": [t.as_json() for t in self.trials],
            "chosen": self.chosen,
            "why_chosen": say(self.why, language),
            "shape": self.shape,
            "definition": self.definition,
            "windows": self.windows,
            "rows_dropped": self.dropped,
            "seed": self.seed,
            "tested": say(self.tested, language),
            "model_id": self.model.id if self.model else None,
        }


def train(
    ds: Dataset,
    models_dir: pathlib.Path,
    model: str = "all",
    target: str | None = None,
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    seed: int = 0,
    definition: str | None = None,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train, compare, keep and score. METHODS D1–D5.

    ``target`` names the outcome of a cross-section (default: the churn flag); for a panel it is the churn definition. ``drop``
    and ``keep`` name columns, in any case. A cross-section of more than 40,000 customers, and a panel of more than 30,000, are
    learnt from a random sample of so many. Raises ``NotFound`` for an unknown model, target or definition, ``NotPossible`` where
    the data do not allow a model, ``WorkspaceProblem`` where it cannot be kept.
    """
    tell = progress or (lambda text, share: None)
    wanted = kinds(model)
    sheet_tables.not_empty(ds)
    tell(Text(_("Reading what was known of each customer")), 0.0)
    examples, name, settled = _examples(ds, target, definition, drop, keep, seed, tell)
    plan = design(examples.frame, examples.features)
    matrix = plan.matrix(examples.frame)
    trials = [_tried(kind, examples, plan, matrix, seed, tell, i, len(wanted)) for i, kind in enumerate(wanted)]
    best, why = winner(trials)
    tell(Text(_("Scoring every customer")), 0.8)
    last = capped(examples.final, examples.customers, seed) if examples.windows else examples.final
    final = fitted(best.kind, plan, matrix[last], examples.y[last], seed)
    known = plan.names
    left = (*examples.left_out, *(LeftOut(f.name, Text(_("it has a single value"))) for f in examples.features if f.name not in known))
    result = TrainingResult(
        name,
        ds.shape,
        settled,
        float(examples.y[last].mean()),
        len(last),
        left,
        tuple(trials),
        best.kind.name,
        why,
        examples.windows.as_json() if examples.windows else None,
        examples.dropped,
        seed,
        tested(examples),
    )
    now = portfolio(ds, plan, settled)
    typical = peers(now, plan.features)
    means = np.asarray(final.prepared(matrix[last]).mean(axis=0), dtype=np.float64)
    tell(Text(_("Learning again from other customers, to see which reasons stay")), 0.85)
    people = examples.customers if len(examples.customers) else np.arange(len(examples.y))
    again = refits(best.kind, plan, matrix[last], examples.y[last], people[last], seed)
    found = scored(now, plan, final, best.calibration(), typical, means, again, seed)
    card = {
        "version": ds.state,
        "shape": ds.shape,
        "definition": settled,
        "target": name,
        "windows": result.windows,
        "seed": seed,
        "design": plan.as_json(),
        "calibration": best.calibration().as_json(),
        "peers": typical.as_json(),
        "means": means.tolist(),
        "importance": found.importance,
        "refits": refits_card(again, plan, now, seed),
        "base_rate": result.base_rate,
        "training": result.as_json(),
        "left_out": [{"column": x.column, "why": say(x.why), "text": written(x.why)} for x in result.left_out],
        "why": written(why),
        "tested": written(result.tested),
    }
    tell(Text(_("Keeping the model")), 0.95)
    kept = registry.saved(models_dir, card, final, found.scores, again, found.sample)
    return replace(result, model=kept)


def _examples(
    ds: Dataset,
    target: str | None,
    definition: str | None,
    drop: Sequence[str],
    keep: Sequence[str],
    seed: int,
    tell: Progress,
) -> tuple[Examples, str, str | None]:
    """The examples, the name of the outcome, and the churn definition (None for a cross-section)."""
    if ds.shape != "panel":
        one = sheet_tables.sampled(sheet_tables.sheet(ds, target), seed, MOST_TRAINING_ROWS)
        return cross_section_examples(one.frame, one.columns, one.left, drop, keep), one.target, None
    if target is not None and target not in ds.definitions:
        raise NotPossible(
            _("These data have months, so who left follows from a churn definition, not from column {name}; choose one of: {known}."),
            name=target,
            known=", ".join(ds.definitions),
        )
    panel, name = panel_tables.panel(ds, target or definition, panel_tables.sample(ds, seed, MOST_CUSTOMERS))
    step = Text(_("Reading what was known of each customer"))
    found = panel_examples(panel, panel_tables.declared(ds), drop, keep, seed, lambda i, n: tell(step, 0.25 * i / n))
    return found, name, name


def _tried(kind: Kind, examples: Examples, plan: Design, matrix: Matrix, seed: int, tell: Progress, i: int, n: int) -> Trial:
    tell(Text(_("Trying {model}"), model=kind.label), 0.25 + 0.55 * i / n)
    return trial(kind, plan, matrix, examples.y, folds(examples, SEEDS[: kind.seeds], seed), seed)
