"""What it costs to leave gender, and age, out of the model: the same kind fitted with and without, on the same folds. Source: METHODS D7.

The cost is the mean over the folds of PR-AUC with the attribute less PR-AUC without. Its 95 % interval draws whole customers, the same
for both. The answer is kept beside the model: ``fairness.json`` in its folder.
"""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _
from churn_dash.measures.statistics.resampling import drawn_again
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.sheet import gender
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.models.matrix import design
from churn_dash.risk.rows import panel_tables, sheet_tables
from churn_dash.risk.rows.examples import Examples, cross_section_examples, panel_examples
from churn_dash.risk.trials.folds import MOST_TRAINING_ROWS, SEEDS, Fold, folds
from churn_dash.risk.trials.trial import Trial, trial
from churn_dash.store import Dataset
from churn_dash.words import Text

Progress = Callable[[Text, float], None]
TIMES = 200
_FILE = "fairness.json"


@dataclass(frozen=True)
class Cost:
    """PR-AUC with and without an attribute (gender or age), the difference with its interval, and how many held-out rows and customers
    it rests on. ``used``: the model in use sees the attribute."""

    attribute: str
    used: bool
    with_it: float
    without: float
    cost: float
    low: float | None
    high: float | None
    rows: int
    customers: int

    def as_json(self) -> dict[str, Any]:
        """The cost by name."""
        return asdict(self) | {"clear": self.clear}

    @property
    def clear(self) -> bool:
        """Whether the interval excludes no cost at all."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def kept_costs(model: Model) -> tuple[Cost, ...] | None:
    """What was worked out before and lies beside the model; None where nothing does, or where it is not of this model."""
    path = model.folder / _FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return tuple(Cost(**c) for c in found["costs"]) if found.get("model") == model.id else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def costs_of_leaving_out(ds: Dataset, model: Model, progress: Progress | None = None) -> tuple[Cost, ...]:
    """The cost of leaving out gender, and age, each where the data tell it; empty where they tell neither. Refits the model up to three
    times and keeps the answer with it. Raises ``WorkspaceProblem`` where it
    cannot be kept, and what reading the examples raises."""
    tell = progress or (lambda text, share: None)
    tell(Text(_("Reading what was known of each customer")), 0.0)
    examples = _examples(ds, model, tell)
    mine = {f.name for f in model.design.features}
    base = tuple(f for f in examples.features if f.name in mine and not gender(f))
    its_gender = tuple(f for f in examples.features if gender(f))
    its_age = tuple(f for f in base if f.sensitive)
    kind = KINDS[model.name]
    found = folds(examples, SEEDS[:1], model.card.seed)

    def tried(features: Sequence[Feature], i: int) -> Trial:
        tell(Text(_("Trying {model}"), model=kind.label), 0.4 + 0.2 * i)
        plan = design(examples.frame, tuple(features))
        people = examples.customers if examples.windows is not None else None
        return trial(kind, plan, plan.matrix(examples.frame), examples.y, found, model.card.seed, people, examples.when)

    costs = []
    if its_gender or its_age:
        without_gender = tried(base, 0)
        if its_gender:
            more = tried((*base, *its_gender), 1)
            costs.append(_cost("gender", bool({f.name for f in its_gender} & mine), more, without_gender, found))
        rest = tuple(f for f in base if f not in its_age)
        if its_age and rest:
            costs.append(_cost("age", True, without_gender, tried(rest, 2), found))
    _keep(model, costs)
    return tuple(costs)


def _examples(ds: Dataset, model: Model, tell: Progress) -> Examples:
    """The examples that the model learnt from, gender among their features."""
    keep, seed = (*_headers(model.design.features), "gender"), model.card.seed
    if ds.shape != "panel":
        one = sheet_tables.sampled(sheet_tables.sheet(ds, model.card.target), seed, MOST_TRAINING_ROWS)
        return cross_section_examples(one.frame, one.columns, one.left, (), keep)
    panel, _name = panel_tables.panel(ds, model.card.definition, panel_tables.sample(ds, seed, panel_tables.MOST_CUSTOMERS))
    step = Text(_("Reading what was known of each customer"))
    return panel_examples(panel, panel_tables.declared(ds), (), keep, seed, lambda i, n: tell(step, 0.4 * i / n))


def _headers(features: Sequence[Feature]) -> list[str]:
    return [f.label if f.own_words else f.name for f in features]


def _cost(attribute: str, used: bool, more: Trial, less: Trial, found: Sequence[Fold]) -> Cost:
    """The difference on the rows of the first seed's folds, which both were tested on."""
    assert np.array_equal(more.rows, less.rows), "two trials on the same folds have the same rows"
    ends = np.cumsum([0, *(len(f.test) for f in found)])
    parts = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]
    n, even = len(np.unique(more.customers)), np.ones(len(more.customers))
    first, second = (_mean(t, parts, even) for t in (more, less))
    assert first is not None and second is not None
    drawn = []
    for weight in drawn_again(more.customers, 0, TIMES):
        a, b = _mean(more, parts, weight), _mean(less, parts, weight)
        drawn += [a - b] if a is not None and b is not None else []
    low, high = (float(x) for x in np.quantile(drawn, [0.025, 0.975])) if drawn else (None, None)
    return Cost(attribute, used, first, second, first - second, low, high, len(more.rows), n)


def _mean(one: Trial, parts: Sequence[slice], weight: NDArray[np.float64]) -> float | None:
    """Mean over the folds of average precision with weights; None where a fold has no leaver drawn."""
    found = []
    for part in parts:
        y, w = one.y[part], weight[part]
        if not (w * y).sum():
            return None
        found.append(average_precision_score(y, one.score[part], sample_weight=w))
    return float(np.mean(found))


def _keep(model: Model, costs: Sequence[Cost]) -> None:
    said: dict[str, Any] = {"model": model.id, "costs": [asdict(c) for c in costs]}
    path = model.folder / _FILE
    try:
        path.write_text(json.dumps(said), encoding="utf-8")
    except OSError as problem:
        raise WorkspaceProblem(_("The folder {path} cannot be written to, so the answer was not kept."), path=model.folder) from problem
