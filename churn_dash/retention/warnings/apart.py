"""Which groups are clearly better or worse warned than the rest of the bank, and whether warnings get better. Source: METHODS B4."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.statistics.intervals import newcombe
from churn_dash.measures.statistics.trends import Trend, trend_of_shares
from churn_dash.retention.warnings.scorecard import Scorecard, Scorecards

LEVEL = 0.95


@dataclass(frozen=True)
class Apart:
    """The share of departures announced in a group less that of the rest of the bank, with an interval that holds for all groups judged
    at once (Bonferroni); all None where the group or the rest is too small to judge."""

    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def worse(self) -> bool:
        """Clearly fewer of its departures were announced."""
        return self.high is not None and self.high < 0

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        clear = None if self.low is None else "fewer" if self.worse else "more" if self.low > 0 else "no"
        return {"recall_less_rest": self.difference, "recall_less_rest_low": self.low, "recall_less_rest_high": self.high, "clearly": clear}


def apart(one: Scorecards) -> dict[str | None, Apart]:
    """Every group against the rest of the bank."""
    whole = one.whole.recall

    def rest(card: Scorecard) -> tuple[int, int] | None:
        if whole is None or card.recall is None or min(card.recall.n, whole.n - card.recall.n) < TOO_FEW:
            return None
        return whole.hits - card.recall.hits, whole.n - card.recall.n

    others = {level: rest(card) for level, card in one.by_level.items()}
    level_of_all = 1 - (1 - LEVEL) / max(1, sum(r is not None for r in others.values()))

    def judged(card: Scorecard, other: tuple[int, int] | None) -> Apart:
        if other is None or card.recall is None:
            return Apart()
        found = newcombe(card.recall.hits, card.recall.n, *other, level_of_all)
        assert found is not None
        return Apart(card.recall.hits / card.recall.n - other[0] / other[1], found.low, found.high)

    return {level: judged(card, others[level]) for level, card in one.by_level.items()}


def judged_months(one: Scorecards) -> Mapping[datetime.date, Scorecard]:
    """The months whose alerts can all be judged, and are enough."""
    return {month: card for month, card in one.by_month.items() if not card.n_pending and card.precision.n >= TOO_FEW}


def precision_trend(one: Scorecards) -> Trend | None:
    """How the share of alerts that come true changes in a year, by all months that can be judged; None where they are too few."""
    months = judged_months(one)
    years = [m.year + (m.month - 1) / 12 for m in months]
    shares = [c.precision for c in months.values()]
    return trend_of_shares(years, [s.hits for s in shares], [s.n for s in shares])


def as_json(one: Scorecards) -> dict[str, Any]:
    """The scorecards as the command line prints them, every group with how it stands to the rest, and the trend."""
    found, groups, trend = one.as_json(), apart(one), precision_trend(one)
    found["groups"] = [g | groups[g["level"]].as_json() for g in found["groups"]]
    found["groups_judged"] = sum(a.difference is not None for a in groups.values())
    none = {"slope": None, "low": None, "high": None, "n": len(judged_months(one))}
    return found | {"precision_trend_a_year": none if trend is None else dict(vars(trend))}
