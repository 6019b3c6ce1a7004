"""Three ways to weight the indicators, and the index 0 to 100 of rows under them. Source: METHODS D4."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.index.entropy import entropy
from churn_dash.risk.index.indicators import Indicator
from churn_dash.risk.index.judged import Judged
from churn_dash.risk.index.principal import principal
from churn_dash.words import Text

Way = Literal["expert", "pca", "entropy"]
WAYS: dict[Way, str] = {"expert": _("Experts (AHP)"), "pca": _("Components (PCA)"), "entropy": _("Entropy")}
"""The closed list of weightings."""
ABOUT: dict[Way, str] = {
    "expert": _(
        "Analytic hierarchy process: the principal eigenvector of the experts' judgements two by two, several experts by geometric mean; "
        "refused from a consistency ratio of 0.10 on (Saaty)."
    ),
    "pca": _(
        "Principal components of the standardised indicators, all in the direction of risk: each loading counts by its size, without its "
        "sign, times the component's share of variance."
    ),
    "entropy": _("Entropy: an indicator in which customers differ more weighs more. It rewards spread, not relevance."),
}


@dataclass(frozen=True)
class Weights:
    """Weight by indicator, adding up to 1; None, said why, where this way gives none."""

    way: Way
    of: Mapping[str, float] | None
    why_not: Text | None = None

    def over(self, indicators: Sequence[Indicator]) -> Values:
        """The weights in the order of the indicators; 0 where an indicator has none."""
        return np.array([(self.of or {}).get(i.name, 0.0) for i in indicators])


def learnt(way: Way, x: Values, indicators: Sequence[Indicator]) -> Weights:
    """The weights by principal components or entropy from rows of risks (0–1, NaN where unknown)."""
    found = np.array(principal(x).weights if way == "pca" else entropy(x).weights)
    if not found.sum() > 0:
        return Weights(way, None, Text(_("no indicator differs between customers")))
    return Weights(way, {i.name: float(w) for i, w in zip(indicators, found, strict=True)})


def all_ways(x: Values, indicators: Sequence[Indicator], judged: Judged) -> dict[Way, Weights]:
    """The three weightings: the experts' as judged, the others learnt from the rows."""
    return {
        "expert": Weights("expert", judged.weights, judged.why_not),
        "pca": learnt("pca", x, indicators),
        "entropy": learnt("entropy", x, indicators),
    }


def indexed(x: Values, weights: Values) -> Values:
    """The index 0 to 100 of each row, 100 the riskiest: the weighted mean of the risks that are known; NaN where none is.

    >>> indexed(np.array([[1.0, 0.0], [0.5, np.nan]]), np.array([0.75, 0.25])).tolist()
    [75.0, 50.0]
    """
    known = ~np.isnan(x)
    heard = known @ weights
    total = np.where(known, x, 0.0) @ weights
    found: Values = np.divide(100 * total, heard, out=np.full(len(x), np.nan), where=heard > 1e-12)
    return found
