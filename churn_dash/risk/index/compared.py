"""The index of every customer under the three weightings, side by side: do they agree, and do they find who leaves? METHODS A1 3.3, D4."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.index.indicators import INDICATORS, Indicator, numbers, risks
from churn_dash.risk.index.judged import Judged, Panel, experts
from churn_dash.risk.index.weighted import WAYS, Way, Weights, all_ways, indexed, learnt
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.rows import panel_tables
from churn_dash.risk.rows.examples import Examples, panel_examples
from churn_dash.risk.scores.current import portfolio
from churn_dash.risk.trials.folds import SEEDS, Fold, folds, tested
from churn_dash.risk.trials.ranking import Ranked, agreement, mean_auc
from churn_dash.store import Dataset
from churn_dash.words import Text, say

Progress = Callable[[Text, float], None]


@dataclass(frozen=True)
class Filling:
    """Of one indicator: customers whose value is unknown, and whose value lies outside the reference bounds."""

    unknown: int
    beyond: int


@dataclass(frozen=True)
class RiskIndex:
    """The index of a panel. ``customers``: customer_id, a column a weighting (0–100, null where it has none), and ``known``, of how
    many indicators the value is known. ``aucs`` are means over ``tests``, the same tests as the models'.
    """

    definition: str
    as_of: str
    indicators: tuple[Indicator, ...]
    absent: tuple[str, ...]
    weights: Mapping[Way, Weights]
    aucs: Mapping[Way, Ranked]
    agreements: Mapping[tuple[Way, Way], Ranked]
    customers: pl.DataFrame
    filling: Mapping[str, Filling]
    panel: Panel
    judged: Judged
    learnt_from: int
    tested: Text | None
    untested: Text | None

    def spread(self, way: Way, rows: pl.DataFrame | None = None) -> list[int]:
        """Customers by index, in twenty steps of five."""
        found = (self.customers if rows is None else rows)[way].drop_nulls()
        return [int(n) for n in np.histogram(found.to_numpy(), bins=20, range=(0, 100))[0]]

    def riskiest(self, way: Way, most: int, rows: pl.DataFrame | None = None) -> pl.DataFrame:
        """The customers with the highest index, highest first; equals by number."""
        found = self.customers if rows is None else rows
        return found.filter(pl.col(way).is_not_null()).sort([pl.col(way), pl.col("customer_id")], descending=[True, False]).head(most)

    def as_json(self, ways: Sequence[Way] = tuple(WAYS), most: int = 20, language: str = "en") -> dict[str, Any]:
        """As the command line prints it. Weights add up to 1, the index is 0 to 100, undefined is null."""
        return {
            "definition": self.definition,
            "as_of": self.as_of,
            "indicators": [
                {
                    "name": i.name,
                    "label": say(i.label, language),
                    "raises_risk": i.raises_risk,
                    "low": i.low,
                    "high": i.high,
                    "unknown": self.filling[i.name].unknown,
                    "beyond_bounds": self.filling[i.name].beyond,
                    "weights": {w: (self.weights[w].of or {}).get(i.name) for w in ways},
                }
                for i in self.indicators
            ],
            "absent": list(self.absent),
            "weightings": [
                {
                    "name": w,
                    "possible": self.weights[w].of is not None,
                    "why_not": say(why, language) if (why := self.weights[w].why_not) else None,
                    "auc": vars(self.aucs[w]),
                    "mean": self.customers[w].mean(),
                    "spread": self.spread(w),
                }
                for w in ways
            ],
            "rank_correlation": [{"a": a, "b": b, **vars(r)} for (a, b), r in self.agreements.items() if a in ways and b in ways],
            "experts": self._experts(),
            "n": self.customers.height,
            "learnt_from": self.learnt_from,
            "tested": say(self.tested, language) if self.tested else None,
            "untested": say(self.untested, language) if self.untested else None,
            "riskiest": self.riskiest(ways[0] if self.weights[ways[0]].of is not None else "pca", most).to_dicts(),
        }

    def _experts(self) -> dict[str, Any]:
        found = self.judged.found
        return {
            "n": len(self.panel.experts),
            "ratio": found.ratio if found else None,
            "index": found.index if found else None,
            "lambda_max": found.lambda_max if found else None,
            "each": [{"name": e.name, "ratio": e.ratio, "recorded": e.recorded} for e in self.panel.experts],
            "unknown_indicators": list(self.panel.unknown),
        }


def risk_index(ds: Dataset, definition: str | None = None, seed: int = 0, progress: Progress | None = None) -> RiskIndex:
    """The index of every customer who can still leave, as of the data's end.

    Raises ``NotPossible`` for data without months, with too few months, or without two indicators.
    """
    tell = progress or (lambda text, share: None)
    if ds.shape != "panel":
        raise NotPossible(_("The risk index needs months: load an extract with a row a customer a month."))
    step = Text(_("Reading what was known of each customer"))
    tell(step, 0.0)
    asked = [i.feature for i in INDICATORS.values()]
    history, name = panel_tables.panel(ds, definition, panel_tables.sample(ds, seed, panel_tables.MOST_CUSTOMERS), features=asked)
    features = {f.name for f in history.held.available(asked)}
    present = tuple(i for i in INDICATORS.values() if i.reads in features)
    if len(present) < 2:
        raise NotPossible(_("The risk index needs at least two of its indicators, and these data have {n}."), n=len(present))
    examples, untested = None, None
    try:
        declared = [i.feature for i in present]
        examples = panel_examples(history, declared, (), (), seed, lambda i, n: tell(step, 0.6 * i / n))
    except NotPossible as problem:
        untested = Text(problem.template, **problem.params)
    if examples is not None and (lost := {i.reads for i in present} - {f.name for f in examples.features}):
        # What is part of leaving itself must not be in an index that is to warn of it.
        present = tuple(i for i in present if i.reads not in lost)
    tell(Text(_("Weighing the indicators")), 0.65)
    now = portfolio(ds, Design(tuple(i.feature for i in present), {}), name)
    x = risks(now, present)
    rows = risks(examples.frame[examples.final], present) if examples is not None else x
    panel = experts(ds)
    judged = panel.judged(tuple(i.name for i in present))
    weights = all_ways(rows, present, judged)
    scores = {w: indexed(x, weights[w].over(present)) for w in WAYS}
    tell(Text(_("Testing the index on later months")), 0.8)
    aucs = _aucs(examples, present, weights, seed) if examples is not None else {w: Ranked(None) for w in WAYS}
    return RiskIndex(
        name,
        history.windows.today.isoformat(),
        present,
        tuple(n for n, i in INDICATORS.items() if i not in present),
        weights,
        aucs,
        {(a, b): agreement(scores[a], scores[b]) for a, b in itertools.combinations(WAYS, 2)},
        now.select("customer_id").with_columns(
            *(pl.Series(w, s).fill_nan(None) for w, s in scores.items()), known=pl.Series((~np.isnan(x)).sum(axis=1))
        ),
        {i.name: Filling(int(np.isnan(x[:, j]).sum()), i.beyond(numbers(now, i))) for j, i in enumerate(present)},
        panel,
        judged,
        len(rows),
        tested(examples) if examples is not None else None,
        untested,
    )


def _aucs(examples: Examples, present: Sequence[Indicator], weights: Mapping[Way, Weights], seed: int) -> dict[Way, Ranked]:
    """Each weighting on the models' own tests: weights learnt from the rows that a model would learn from, tried on those held out."""
    x = risks(examples.frame, present)
    found = folds(examples, SEEDS[:1], seed)
    people = examples.customers

    def index_of(way: Way, fold: Fold) -> Values:
        used = weights[way] if way == "expert" else learnt(way, x[fold.fit], present)
        return indexed(x[fold.test], used.over(present))

    return {w: mean_auc([(index_of(w, f), examples.y[f.test], people[f.test]) for f in found], seed) for w in WAYS}
