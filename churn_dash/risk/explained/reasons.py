"""The reasons a model has for a customer's risk, in plain words beside similar customers. Source: METHODS D5.

Only what raises the risk, summed by theme, at most three, each at least 5 % of all that raises it, and never told by a number or flag
that sets the customer apart to the side on which fewer leave. Age and gender are never a reason to act. A reason is what the model looks
at, not a cause. How far it can be relied on, ``stability`` says: the share of refits in which its theme is again among the first three.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.explained.sentences import sentence
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import Typical, Value
from churn_dash.risk.features.spoken import spoken
from churn_dash.words import Text, say

MOST = 3
"""Reasons on a card."""
MOST_TOLD = 4
"""Reasons in the analyst's table."""
LEAST_SHARE = 0.05
STEADY = 0.9
"""Share of refits in which a reason must be among the first three to be told to a manager."""

NOTE = _("What the model looks at; it goes together with leaving, and need not be its cause.")


@dataclass(frozen=True)
class Reason:
    """One reason: the feature that speaks for its theme, the customer's value, that of similar customers, and the theme's share
    (0–1) of all that raises the risk.

    ``stability`` is the share of refits (0–1) in which its theme is among the customer's first three; None where it was not looked at.
    """

    feature: Feature
    value: Value
    peer: Value
    contribution: float
    share: float
    stability: float | None = None

    @property
    def steady(self) -> bool:
        """Whether it may be told to a manager."""
        return self.stability is not None and self.stability >= STEADY

    @property
    def mark(self) -> str:
        """●●● for a steady reason, ● for another, nothing where it was not looked at."""
        return "" if self.stability is None else "●●●" if self.steady else "●"

    @property
    def telling(self) -> bool:
        """Whether the customer differs from similar ones as far as the sentence shows."""
        return str(spoken(self.value, self.feature.unit)) != str(spoken(self.peer, self.feature.unit))

    @property
    def text(self) -> Text:
        """The reason as a sentence."""
        return sentence(self.feature, self.value, self.peer)

    def told(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it: the sentence with its theme, share, stability and mark."""
        return {
            "text": say(self.text, language),
            "theme": self.feature.theme,
            "group": self.feature.group,
            "share": self.share,
            "stability": self.stability,
            "mark": self.mark,
        }

    def as_json(self) -> dict[str, Any]:
        """The numbers, from which ``reason_of`` makes the reason again."""
        return {
            "feature": self.feature.name,
            "value": self.value,
            "peer": self.peer,
            "contribution": self.contribution,
            "share": self.share,
            "stability": self.stability,
        }


def reason_of(data: Mapping[str, Any], features: Sequence[Feature]) -> Reason:
    """The reason as written by ``Reason.as_json``."""
    found = next(f for f in features if f.name == data["feature"])
    return Reason(found, data["value"], data["peer"], data["contribution"], data["share"], data.get("stability"))


def themes(features: Sequence[Feature]) -> tuple[str, ...]:
    """The themes of the features, in the order in which they come."""
    return tuple(dict.fromkeys(f.theme for f in features))


@dataclass(frozen=True)
class Ranked:
    """For each row and theme: the sum of its contributions, the feature that speaks for it, and whether it is a reason; and for each
    row, all that raises the risk."""

    sums: Values
    speaking: NDArray[np.int64]
    strong: NDArray[np.bool_]
    rising: Values

    def first(self, most: int) -> NDArray[np.int64]:
        """Numbers of the strongest themes, a row each; those that are no reason come last."""
        return np.argsort(-np.where(self.strong, self.sums, -np.inf), axis=1, kind="stable")[:, :most]

    def among(self, most: int) -> NDArray[np.bool_]:
        """Rows × themes: whether the theme is a reason and among the ``most`` strongest."""
        found = np.zeros_like(self.strong)
        np.put_along_axis(found, self.first(most), True, axis=1)
        return found & self.strong


def ranked(features: Sequence[Feature], contributions: Values, safer: NDArray[np.bool_] | None = None) -> Ranked:
    """The themes behind contributions (rows × features), those of age and gender alone never a reason.

    ``safer`` (the same shape, see ``Peers.safer_side``): which features cannot speak, because fewer leave where the customer stands.
    """
    names = themes(features)
    member = np.array([[f.theme == t for t in names] for f in features], dtype=np.float64)
    sums = contributions @ member
    rising = sums.clip(0).sum(axis=1)
    # Of each theme, the feature that raises the risk most and may be said.
    silent = np.array([f.sensitive for f in features]) | (False if safer is None else safer)
    may_be_said = np.where(silent, 0.0, contributions.clip(0))
    columns = [np.flatnonzero(member[:, t]) for t in range(len(names))]
    voices = [may_be_said[:, inside] for inside in columns]
    speaking = np.column_stack([inside[v.argmax(axis=1)] for inside, v in zip(columns, voices, strict=True)])
    said = np.column_stack([v.max(axis=1) > 0 for v in voices])
    return Ranked(sums, speaking, said & (sums > 0) & (sums >= LEAST_SHARE * rising[:, None]), rising)


def picked(
    features: Sequence[Feature], contributions: Values, safer: NDArray[np.bool_] | None = None, most: int = 2 * MOST
) -> list[list[tuple[int, float, float]]]:
    """For each row of contributions (rows × features), at most ``most`` reasons: feature number, contribution and share of its theme."""
    found = ranked(features, contributions, safer)
    return [
        [(int(found.speaking[i, t]), float(found.sums[i, t]), float(found.sums[i, t] / found.rising[i])) for t in row if found.strong[i, t]]
        for i, row in enumerate(found.first(most))
    ]


def on_a_card(found: Sequence[Reason]) -> tuple[Reason, ...]:
    """Those that may be told to a manager: the steady ones, at most three."""
    return tuple(r for r in found if r.steady)[:MOST]


def reasons(
    features: Sequence[Feature],
    contributions: Sequence[float],
    row: Mapping[str, Any],
    typical: Mapping[str, Typical],
    most: int = MOST,
    stability: Mapping[str, float] | None = None,
    safer: NDArray[np.bool_] | None = None,
) -> tuple[Reason, ...]:
    """The top reasons of one customer; none where nothing raises the risk. ``contributions`` in the order of ``features``."""
    found = picked(features, np.array([contributions], dtype=np.float64), safer)[0]
    return told(features, found, row, typical, most, stability)


def told(
    features: Sequence[Feature],
    found: Sequence[tuple[int, float, float]],
    row: Mapping[str, Any],
    typical: Mapping[str, Typical],
    most: int = MOST,
    stability: Mapping[str, float] | None = None,
) -> tuple[Reason, ...]:
    """What ``picked`` found for one row as reasons: the first ``most`` that set the customer apart from similar ones, steady ones first.

    ``stability`` by theme (0–1); None where it was not looked at.
    """
    made = (Reason(features[i], row[features[i].name], typical[features[i].name].value, total, share) for i, total, share in found)
    kept = [r for r in made if r.telling][:most]
    if stability is not None:
        kept = [replace(r, stability=stability.get(r.feature.theme, 0.0)) for r in kept]
    return tuple(sorted(kept, key=lambda r: not r.steady))


def in_a_row(found: Iterable[Reason], language: str = "en") -> str:
    """Reasons as one text, with the language's own mark between them."""
    return ("；" if language == "zh" else "; ").join(say(r.text, language) for r in found)
