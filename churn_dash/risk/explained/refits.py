"""How far reasons and importance can be relied on: the model learnt again from other customers like these. Source: METHODS D5.

A refit learns from a bootstrap sample of customers (all rows of a customer together), with the kept model's kind and settings; a
penalty of weights is as strong a row as the kept model's, however many rows the sample has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.risk.explained.contributions import Contributions, contributions
from churn_dash.risk.explained.reasons import MOST, ranked
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.models.kinds import Fitted, Kind, Settings, fitted
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.words import say

REFITS = 10
"""How often the kept model is learnt again."""
MOST_ROWS = 20_000
"""A refit learns from at most so many rows: fewer make it less like the model, and the marks more cautious."""


@dataclass(frozen=True)
class Refit:
    """One refit, and the means of its prepared columns, against which a model of weights is explained."""

    model: Fitted
    means: Values

    def contributions(self, design: Design, matrix: Matrix) -> Contributions:
        """Its contributions to these rows."""
        return contributions(self.model, design, matrix, self.means)


def refits(
    kind: Kind,
    design: Design,
    matrix: Matrix,
    y: Labels,
    customers: NDArray[np.int64],
    seed: int,
    settings: Settings | None = None,
    when: Labels | None = None,
    n: int = REFITS,
) -> tuple[Refit, ...]:
    """``n`` refits from the rows that the kept model learnt from; the same for the same seed.

    ``customers``: the number of each row's customer. A sample without a leaver, or with leavers only, is drawn again.
    """
    if settings and "C" in settings:
        # scikit-learn weighs the penalty against the sum over rows: fewer rows alone would make weights smaller.
        settings = {**settings, "C": settings["C"] * max(1.0, len(y) / MOST_ROWS)}
    order = np.argsort(customers, kind="stable")
    people, first, size = np.unique(customers[order], return_index=True, return_counts=True)
    wanted = max(1, min(len(people), int(MOST_ROWS / max(1.0, float(size.mean())))))
    rng = np.random.default_rng([seed, 7_919])
    found: list[Refit] = []
    while len(found) < n:
        drawn = rng.integers(0, len(people), wanted)
        rows = order[np.concatenate([np.arange(first[i], first[i] + size[i]) for i in drawn])]
        if not 0 < int(y[rows].sum()) < len(rows):
            continue
        model = fitted(kind, design, matrix[rows], y[rows], seed + 1 + len(found), settings, None if when is None else when[rows])
        found.append(Refit(model, np.asarray(model.prepared(matrix[rows]).mean(axis=0), dtype=np.float64)))
    return tuple(found)


def stability(again: Sequence[Refit], design: Design, matrix: Matrix, safer: NDArray[np.bool_] | None = None) -> Values:
    """Rows × themes: the share of refits (0–1) in which the theme is a reason and among the customer's first three. ``safer`` as
    ``ranked`` takes it."""
    if not again:
        raise ValueError("stability needs refits")
    among = [ranked(design.features, r.contributions(design, matrix).values, safer).among(MOST) for r in again]
    return np.asarray(np.mean(among, axis=0), dtype=np.float64)


def importances(again: Sequence[Refit], design: Design, matrix: Matrix) -> Values:
    """Refits × features: mean size of each feature's contributions to these rows, in the unit of the model."""
    return np.array([np.abs(r.contributions(design, matrix).values).mean(axis=0) for r in again])


@dataclass(frozen=True)
class Importance:
    """How much a feature matters: the mean size of its contributions (unit of the model), its share of those of all features (0–1) with
    the range over the refits, its rank (1: matters most), and the best and worst rank over the refits.

    Refits see fewer customers and spread more over features that matter little, so that all their large shares are lower. The range is
    therefore the share times lowest and highest of the refits relative to their mean (0–1)."""

    feature: Feature
    value: float
    share: float
    low: float
    high: float
    rank: int
    best_rank: int
    worst_rank: int

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        numbers = {k: getattr(self, k) for k in ("value", "share", "low", "high", "rank", "best_rank", "worst_rank")}
        return {"feature": self.feature.name, "label": say(self.feature.label, language), "group": self.feature.group, **numbers}


def importance(features: Sequence[Feature], kept: Values, over: Values) -> tuple[Importance, ...]:
    """Features by importance, largest first. ``kept``: by feature; ``over``: refits × features."""
    places = (-over).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1
    order = np.argsort(-kept, kind="stable")
    shares = kept / (kept.sum() or 1.0)
    over = over / np.where(over.sum(axis=1) > 0, over.sum(axis=1), 1.0)[:, None]
    over = over / np.where(over.mean(axis=0) > 0, over.mean(axis=0), 1.0)
    return tuple(
        Importance(
            features[i],
            float(kept[i]),
            float(shares[i]),
            float(shares[i] * over[:, i].min()),
            float(min(1.0, shares[i] * over[:, i].max())),
            rank,
            int(places[:, i].min()),
            int(places[:, i].max()),
        )
        for rank, i in enumerate(order.tolist(), start=1)
    )
