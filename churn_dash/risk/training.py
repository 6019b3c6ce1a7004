"""Models side by side, the best of them kept: the whole way from a dataset to a model file."""

import getpass
import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.tag import in_full
from churn_dash.risk.explained.readable import readable, said, stored
from churn_dash.risk.explained.refits import Refit, refits
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.features.peers import peers, riskier_sides
from churn_dash.risk.kept import register, registry
from churn_dash.risk.kept.card import reasons_in_force
from churn_dash.risk.kept.compared import held_out
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.models.kinds import KINDS, Kind, kinds
from churn_dash.risk.models.matrix import Design, Matrix, design
from churn_dash.risk.rows import panel_tables, sheet_tables
from churn_dash.risk.rows.basis import basis
from churn_dash.risk.rows.examples import Examples, cross_section_examples, panel_examples, usable
from churn_dash.risk.scores.current import portfolio
from churn_dash.risk.scores.scored import refits_card, scored
from churn_dash.risk.trials.folds import MOST_TRAINING_ROWS, SEEDS, folds, shuffled, tested
from churn_dash.risk.trials.last import Last, last_fit, learnt
from churn_dash.risk.trials.rules import RuleTrial, tried_rules
from churn_dash.risk.trials.trial import Trial, trial, winner
from churn_dash.store import Dataset, Records
from churn_dash.words import Ratio, Text, say
from churn_dash.words.stored import written

LEAST_ROWS = 200
LEAST_STAYERS = 0.01
Progress = Callable[[Text, float], None]
INTERACTIVE_ROWS = 40_000
"""Rows that a page learns from unless asked for more: some minutes on two cores."""
CUSTOMERS_A_ROW = 0.75
"""Customers of a panel whose months are read for each row allowed: not everyone is there at every score date."""
CHOICE = "model_choice"
"""Kind of the records of who overruled which model, when and why."""


@dataclass(frozen=True)
class Choice:
    """Somebody's decision for a model that the rule would not have taken, and why. ``who``: by default who runs this."""

    name: str
    why: str
    who: str | None = None


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
    calibrated: Text
    rules: tuple[RuleTrial, ...] = ()
    readable: dict[str, Any] = field(default_factory=dict)
    choice: dict[str, Any] | None = None
    stayers: float = 1.0
    """Share of those who stayed that the fits saw."""
    model: Model | None = None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it. Rates 0–1; ``folds`` are the ROC-AUC of every fold; undefined is null."""
        return {
            "target": self.target,
            "base_rate": self.base_rate,
            "n": self.n,
            "baseline": {"roc_auc": 0.5, "pr_auc": self.base_rate, "brier": self.base_rate * (1 - self.base_rate)},
            "left_out": [{"column": x.column, "why": say(x.why, language), "leak": x.leak} for x in self.left_out],
            "models": [t.as_json() for t in self.trials],
            "chosen": self.chosen,
            "why_chosen": say(self.why, language),
            "shape": self.shape,
            "definition": self.definition,
            "windows": self.windows,
            "rows_dropped": self.dropped,
            "seed": self.seed,
            "tested": say(self.tested, language),
            "calibrated": say(self.calibrated, language),
            "rules": [r.as_json() for r in self.rules],
            "readable": said(self.readable, language),
            "choice": self.choice,
            "stayers": self.stayers,
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
    promote: bool = False,
    rows: int | None = None,
    choice: Choice | None = None,
    stayers: float = 1.0,
) -> TrainingResult:
    """Train, compare, keep and score. METHODS D1–D5.

    ``target`` names the outcome of a cross-section (default: the churn flag); for a panel it is the churn definition. ``drop``
    and ``keep`` name columns, in any case. More data than ``rows`` (default 200,000) are learnt from a random sample of customers.
    ``choice`` overrules the model that the rule would take, and is recorded. ``stayers`` is the share of those who stayed that fits
    see (less is quicker; calibration sees everybody). Raises ``NotFound`` for an unknown model, target or definition, ``NotPossible``
    where the data do not allow a model, ``WorkspaceProblem`` where it cannot be kept.

    The model comes into use at once with ``promote``, where somebody chose it, or where these data have no model yet; else it waits.
    """
    tell = progress or (lambda text, share: None)
    wanted = kinds(model, months=ds.shape == "panel")
    most = rows or MOST_TRAINING_ROWS
    _allowed(wanted, choice, ds, most, stayers)
    sheet_tables.not_empty(ds)
    tell(Text(_("Reading what was known of each customer")), 0.0)
    examples, name, settled = _examples(ds, target, definition, drop, keep, seed, tell, most)
    plan = design(examples.frame, examples.features)
    usable(plan.features)
    matrix = plan.matrix(examples.frame)
    trials = [_tried(kind, examples, plan, matrix, seed, tell, i, len(wanted), most, stayers) for i, kind in enumerate(wanted)]
    best, why = winner(trials)
    decided = None
    if choice is not None:
        decided = {"instead_of": best.kind.name, "why": choice.why.strip(), "who": choice.who or getpass.getuser()}
        names = {"who": decided["who"], "best": best.kind.label, "why": decided["why"]}
        best, why = next(t for t in trials if t.kind.name == choice.name), Text(_("chosen by {who} instead of {best}: {why}"), **names)
    tell(Text(_("Scoring every customer")), 0.8)
    last = last_fit(best, plan, matrix, examples, seed, most, stayers)
    rules = tried_rules(plan, matrix, examples.y, _people(examples), folds(examples, SEEDS[:1], seed, most), seed)
    known = plan.names
    left = (*examples.left_out, *(LeftOut(f.name, Text(_("it has a single value"))) for f in examples.features if f.name not in known))
    result = TrainingResult(
        name,
        ds.shape,
        settled,
        float(examples.y[last.rows].mean()),
        len(last.rows),
        left,
        tuple(trials),
        best.kind.name,
        why,
        examples.windows.as_json() if examples.windows else None,
        examples.dropped,
        seed,
        tested(examples),
        _calibrated(last, stayers),
        rules,
        _read(trials, last, plan, matrix, examples, seed, stayers),
        decided,
        stayers,
    )
    now = portfolio(ds, plan, settled)
    typical = peers(now, plan.features, riskier_sides(examples.frame[last.rows], plan.features, examples.y[last.rows]))
    means = np.asarray(last.model.prepared(matrix[last.rows]).mean(axis=0), dtype=np.float64)
    tell(Text(_("Learning again from other customers, to see which reasons stay")), 0.85)
    again = _again(best, last, plan, matrix, examples, seed)
    found = scored(now, plan, last.model, last.calibration, typical, means, again, seed)
    card = {
        **({"who": decided["who"]} if decided else {}),
        "version": ds.state,
        "basis": basis(ds, plan.features, settled),
        "reason_map": reasons_in_force(ds),
        "shape": ds.shape,
        "definition": settled,
        "tag": written(in_full(ds.rules[settled])) if settled else None,
        "target": name,
        "windows": result.windows,
        "seed": seed,
        "design": plan.as_json(),
        "calibration": last.calibration.as_json(),
        "peers": typical.as_json(),
        "means": means.tolist(),
        "importance": found.importance,
        "refits": refits_card(again, plan, now, seed),
        "known_of": {"customers": now.height, **{n: now.height - now[n].null_count() for n in plan.names}},
        "base_rate": result.base_rate,
        "training": result.as_json(),
        "left_out": [{"column": x.column, "why": say(x.why), "text": written(x.why), "leak": x.leak} for x in result.left_out],
        "why": written(why),
        "tested": written(result.tested),
        "calibrated": written(result.calibrated),
        "readable": stored(result.readable),
    }
    tell(Text(_("Keeping the model")), 0.95)
    held = held_out(examples.frame, best, trials, rules)
    reason = decided["why"] if decided else ""
    files = registry.saved(models_dir, card, last.model, found.scores, held, again, found.sample, now)
    kept = register.added(models_dir, *files, promote or bool(decided), reason)
    if decided is not None:
        Records(ds.root).add(CHOICE, name, {**decided, "chosen": best.kind.name, "model": kept.id}, decided["who"])
    return replace(result, model=kept)


def _allowed(wanted: Sequence[Kind], choice: Choice | None, ds: Dataset, most: int, stayers: float) -> None:
    """Raise where a kind cannot learn from these data, where the choice is none, or where there is too little to learn from."""
    lacking = [k for k in wanted if k.needs_months and ds.shape != "panel"]
    if lacking:
        raise NotPossible(_("{model} needs months, and these data are a single list; choose another model."), model=lacking[0].label)
    if most < LEAST_ROWS:
        raise BadInput(_("A model needs at least {least} rows to learn from; {n} were allowed."), least=LEAST_ROWS, n=most)
    if not LEAST_STAYERS <= stayers <= 1:
        raise BadInput(_("The share of stayers to learn from must lie between {least} and 1."), least=LEAST_STAYERS)
    if choice is not None:
        kinds(choice.name)
        if choice.name not in {k.name for k in wanted}:
            raise NotPossible(_("{model} cannot be chosen: it is not among the models trained here."), model=KINDS[choice.name].label)
        if not choice.why.strip():
            raise BadInput(_("Say why this model is to be used; the reason is kept with it."))


def _calibrated(last: Last, stayers: float) -> Text:
    how = Text("{how} {curve}", how=last.how, curve=last.calibration.words)
    if stayers >= 1:
        return how
    return Text(_("It learnt from {share} of those who stayed, and its risks are put right for that. {how}"), share=Ratio(stayers), how=how)


def _people(examples: Examples) -> NDArray[np.int64]:
    return examples.customers if len(examples.customers) else np.arange(len(examples.y))


def _again(best: Trial, last: Last, plan: Design, matrix: Matrix, examples: Examples, seed: int) -> tuple[Refit, ...]:
    """The kept model learnt again from other customers like these."""
    rows, people = last.rows, _people(examples)
    when = examples.when[rows] if examples.when is not None and len(examples.when) else None
    return refits(best.kind, plan, matrix[rows], examples.y[rows], people[rows], seed, best.settings, when)


def _read(
    trials: Sequence[Trial], last: Last, plan: Design, matrix: Matrix, examples: Examples, seed: int, stayers: float
) -> dict[str, Any]:
    """What a person can read of each kind that can be read, fitted like the kept one."""
    found = {}
    for t in trials:
        if t.kind.read_as is not None:
            same = t.kind is last.model.kind
            model = last.model if same else learnt(t.kind, plan, matrix, examples, t.settings, last.rows, seed, stayers)
            found[t.kind.name] = readable(model, plan, matrix[last.rows], examples.y[last.rows], stayers)
    return found


def _examples(
    ds: Dataset,
    target: str | None,
    definition: str | None,
    drop: Sequence[str],
    keep: Sequence[str],
    seed: int,
    tell: Progress,
    most: int,
) -> tuple[Examples, str, str | None]:
    """The examples, the name of the outcome, and the churn definition (None for a cross-section)."""
    if ds.shape != "panel":
        one = sheet_tables.sampled(sheet_tables.sheet(ds, target), seed, most)
        return cross_section_examples(one.frame, one.columns, one.left, drop, keep), one.target, None
    if target is not None and target not in ds.definitions:
        raise NotPossible(
            _("These data have months, so who left follows from a churn definition, not from column {name}; choose one of: {known}."),
            name=target,
            known=", ".join(ds.definitions),
        )
    panel, name = panel_tables.panel(ds, target or definition, panel_tables.sample(ds, seed, round(most * CUSTOMERS_A_ROW)))
    step = Text(_("Reading what was known of each customer"))
    found = panel_examples(panel, panel_tables.declared(ds), drop, keep, seed, lambda i, n: tell(step, 0.25 * i / n))
    return found, name, name


def _tried(
    kind: Kind, examples: Examples, plan: Design, matrix: Matrix, seed: int, tell: Progress, i: int, n: int, most: int, stayers: float
) -> Trial:
    people = _people(examples)
    parts = folds(examples, SEEDS[: kind.seeds], seed, most)
    # As many rows as a fold has, so that the promise of a random split is not that of more data.
    size = round(float(np.mean([len(f.fit) for f in parts])))
    return trial(
        kind,
        plan,
        matrix,
        examples.y,
        parts,
        seed,
        people,
        examples.when,
        shuffled(len(examples.y), size, seed) if examples.windows else None,
        lambda k, of: tell(Text(_("Trying {model}"), model=kind.label), 0.25 + 0.55 * (i + k / of) / n),
        stayers,
    )
