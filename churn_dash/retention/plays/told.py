"""The play for a reason, and what to do about one customer: plays for the reasons that may be told, and a product."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from churn_dash.retention.plays.catalogue import Play, aspect
from churn_dash.retention.plays.customers import Facts
from churn_dash.retention.plays.own_products import OwnProduct, suggested
from churn_dash.risk.explained.reasons import Reason
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import Value
from churn_dash.risk.scores.asked import Explanation


def play_for(plays: Mapping[str, Play], feature: Feature, value: Value = None, peer: Value = None) -> Play | None:
    """The play that answers what the feature says of the customer (``aspect``), else the one for its group; never one for age or gender.

    Where a bank's plays do not know the aspect, that of the theme itself answers.
    """
    if feature.sensitive:
        return None
    asked = dict.fromkeys((aspect(feature, value, peer), feature.theme))
    by_theme = (p for theme in asked for p in plays.values() if theme in p.themes)
    by_group = (p for p in plays.values() if feature.group in p.groups)
    return next(by_theme, None) or next(by_group, None)


def plays_for(plays: Mapping[str, Play], reasons: Iterable[Reason]) -> tuple[Play, ...]:
    """The plays that answer the reasons, in their order, each once; without a reason to tell, that for the customer as such."""
    answers = dict.fromkeys(play_for(plays, r.feature, r.value, r.peer) for r in reasons)
    return tuple(p for p in answers if p is not None) or tuple(p for p in plays.values() if "customer" in p.groups)[:1]


@dataclass(frozen=True)
class Advice:
    """What to do about one customer. ``plays``: the analyst's reasons with the play of each, in order; ``product`` fits the facts."""

    plays: tuple[tuple[Reason, Play | None], ...]
    product: OwnProduct | None
    facts: Facts

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it: each reason with mark and play, then the product."""
        return {
            "reasons_told": [r.told(language) | {"play": p and p.as_json(language)} for r, p in self.plays],
            "product": self.product and self.product.as_json(language),
            "facts": self.facts.as_json(),
        }


def advice(why: Explanation, plays: Mapping[str, Play], products: Mapping[str, OwnProduct], facts: Facts) -> Advice:
    """Plays for the customer's reasons, and the product that fits, never above the appetite for risk."""
    product = suggested(products.values(), facts.appetite, facts.orientation, facts.stage, facts.falls_due)
    return Advice(tuple((r, play_for(plays, r.feature, r.value, r.peer)) for r in why.reasons), product, facts)
