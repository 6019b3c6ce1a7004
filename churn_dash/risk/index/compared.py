"""The index of every customer under the three weightings, side by side: do they agree, and do they find who leaves? METHODS A1 3.3, D4."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.tag import in_full
from churn_dash.risk.index.indicators import INDICATORS, Indicator, numbers, risks
from churn_dash.risk.index.judged import Judged, Panel, experts
from churn_dash.risk.index.weighted import WAYS, Way, Weights, all_ways, indexed, learnt
from churn_dash.risk.kept.compared import SCORE
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.rows import panel_tables
from churn_dash.risk.rows.examples import Examples, panel_examples
from churn_dash.risk.scores.current import portfolio
from churn_dash.risk.trials.folds import SEEDS, Fold, folds, tested
from churn_dash.risk.trials.ranking import Ranked, agreement, mean_auc, mean_auc_gain
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
    many indicators the value is known. ``aucs`` are means over ``tests``, the same tests as the models', ``gains`` the second's less
    the first's on the same rows; ``held`` are those rows as a model's (``held_out``), with ``score:WAY``.
    """

    version: int
    definition: str
    tag: Text
    as_of: str
    indicators: tuple[Indicator, ...]
    absent: tuple[str, ...]
    weights: Mapping[Way, Weights]
    aucs: Mapping[Way, Ranked]
    gains: Mapping[tuple[Way, Way], Ranked]
    held: pl.DataFrame
    agreements: Mapping[tuple[Way, Way], Ranked]
    customers: pl.DataFrame
    filling: Mapping[str, Filling]
    panel: Panel
    judged: Judged
    learnt_from: int
    tested: Text | None
    untested: Text | None

    @property
    def best(self) -> Way | None:
        """The weighting with the highest AUC; None where none was tested."""
        tested: list[tuple[float, Way]] = [(r.value, w) for w, r in self.aucs.items() if r.value is not None]
        return max(tested, key=lambda one: one[0])[1] if tested else None

    @property
    def clearly_best(self) -> bool:
        """Whether the best weighting is clearly ahead of every other that was tested, on the same rows."""
        beside = ((b, g) for (a, b), g in self.gains.items() if self.best in (a, b) and g.low is not None and g.high is not None)
        return all(float(g.low or 0.0) > 0 if b == self.best else float(g.high or 0.0) < 0 for b, g in beside)

    def spread(self, way: Way, rows: pl.DataFrame | None = None) -> list[int]:
        """Customers by index, in twenty steps of five."""
        found = (self.customers if rows is None else rows)[way].drop_nulls()
        return [int(n) for n in np.histogram(found.to_numpy(), bins=20, range=(0, 100))[0]]

    def riskiest(self, way: Way, most: int, rows: pl.DataFrame | None = None) -> pl.DataFrame:
        """The customers with the highest index, highest first; equals by number."""
        found = (self.customers if rows is None else rows).filter(pl.col(way).is_not_null())
        if found.height > most:
            # A million customers need not be sorted for the first few.
            found = found.filter(pl.col(way) >= found[way].top_k(max(most, 1)).min())
        return found.sort([pl.col(way), pl.col("customer_id")], descending=[True, False]).head(most)

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
            "auc_gains": [{"a": a, "b": b, **vars(g)} for (a, b), g in self.gains.items() if a in ways and b in ways],
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
    held = _held(examples, present, weights, seed) if examples is not None else None
    return RiskIndex(
        ds.state,
        name,
        in_full(ds.rules[name]),
        history.windows.today.isoformat(),
        present,
        tuple(n for n, i in INDICATORS.items() if i not in present),
        weights,
        _aucs(held, seed),
        _gains(held, seed),
        held if held is not None else pl.DataFrame(),
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


def _held(examples: Examples, present: Sequence[Indicator], weights: Mapping[Way, Weights], seed: int) -> pl.DataFrame:
    """Each weighting on the models' own tests: weights learnt from the rows that a model would learn from, tried on those held out."""
    x = risks(examples.frame, present)

    def tried(n: int, fold: Fold) -> pl.DataFrame:
        used = {w: weights[w] if w == "expert" else learnt(w, x[fold.fit], present) for w in WAYS}
        rows = examples.frame.select("customer_id", "score_date")[fold.test]
        scores = (pl.Series(f"{SCORE}{w}", indexed(x[fold.test], used[w].over(present))) for w in WAYS)
        return rows.with_columns(pl.lit(n, pl.Int16).alias("fold"), pl.Series("y", examples.y[fold.test]), *scores)

    return pl.concat(tried(n, f) for n, f in enumerate(folds(examples, SEEDS[:1], seed)))


def _columns(held: pl.DataFrame, ways: Sequence[Way]) -> list[tuple[Any, ...]]:
    """For each test the scores of these weightings, label and customer."""
    names = (*(f"{SCORE}{w}" for w in ways), "y", "customer_id")
    return [tuple(part[c].to_numpy() for c in names) for _fold, part in held.group_by("fold", maintain_order=True)]


def _aucs(held: pl.DataFrame | None, seed: int) -> dict[Way, Ranked]:
    return {w: Ranked(None) if held is None else mean_auc(_columns(held, (w,)), seed) for w in WAYS}


def _gains(held: pl.DataFrame | None, seed: int) -> dict[tuple[Way, Way], Ranked]:
    pairs = itertools.combinations(WAYS, 2)
    return {(a, b): Ranked(None) if held is None else mean_auc_gain(_columns(held, (a, b)), seed) for a, b in pairs}
