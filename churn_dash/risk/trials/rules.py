"""Rules that need no model, each one thing that a banker would look at: a model has to beat them. Source: METHODS D4."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.risk.trials.accuracy import gains
from churn_dash.risk.trials.folds import Fold
from churn_dash.risk.trials.resampled import RANKING, HeldOut, Measured, measured


@dataclass(frozen=True)
class Rule:
    """A rule: the features that can tell it, best first, and whether more of it means more risk."""

    name: str
    label: str
    features: tuple[str, ...]
    rising: bool


RULES = (
    Rule("recency", _("Recency alone"), ("months_without_txn", "months_without_login"), rising=True),
    Rule("balance_drop", _("Balance drop alone"), ("aum_change_3m", "aum_change_1m", "aum_end_change_3m"), rising=False),
)


@dataclass(frozen=True)
class RuleTrial:
    """How a rule ranked the customers on which the models were tested, by the feature that told it."""

    rule: Rule
    feature: str
    measures: dict[str, Measured]
    gains: tuple[dict[str, float], ...]
    n: int
    """Rows on which it was tried."""
    score: Values
    """Its score of each of them, in the order in which a trial holds them."""

    def as_json(self) -> dict[str, Any]:
        """Name, the feature looked at, and its measures of ranking."""
        return {
            "name": self.rule.name,
            "feature": self.feature,
            "measures": {m: self.measures[m].as_json() for m in RANKING},
            "gains": list(self.gains),
            "n": self.n,
        }


def tried_rules(design: Design, matrix: Matrix, y: Labels, customers: Labels, folds: Sequence[Fold], seed: int) -> tuple[RuleTrial, ...]:
    """Every rule that these data can tell, on the test rows of the folds that share none."""
    first = [f for f in folds if f.seed == folds[0].seed]
    found = []
    for rule in RULES:
        feature = next((f for f in rule.features if f in design.names), None)
        if feature is None:
            continue
        score = _score(matrix[:, design.names.index(feature)].astype(np.float64), rule.rising)
        held = [HeldOut(customers[f.test], y[f.test], score[f.test]) for f in first]
        rows = np.concatenate([f.test for f in first])
        found.append(RuleTrial(rule, feature, measured(held, seed), tuple(gains(y[rows], score[rows])), len(rows), score[rows]))
    return tuple(found)


def _score(values: Values, rising: bool) -> Values:
    """What is not known counts as the middle."""
    middle = np.nanmedian(values) if not np.isnan(values).all() else 0.0
    known = np.where(np.isnan(values), middle, values)
    return known if rising else -known
