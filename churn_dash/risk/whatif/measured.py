"""What a campaign with a random hold-out measured, in place of what the model would say. Source: METHODS D5, C2.

The value is filled in by whoever knows campaigns; this room asks nobody (ADR 8).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from churn_dash.marks import _
from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.statistics.odds import Values
from churn_dash.words import Count, Points, Text

LEEWAY = 0.2
"""How far a campaign's span may lie from the model's, as a share of the model's, before the two are no longer added."""


@dataclass(frozen=True)
class MeasuredEffect:
    """The effect on the share that left of moving one lever the bank's way: treated less hold-out (0.01 is one point), 95 % range.

    ``n_treated`` and ``n_control`` are the customers compared, over ``horizon_days``. It holds for customers like those.
    """

    feature: str
    campaign_id: str
    name: str
    difference: float
    low: float
    high: float
    n_treated: int
    n_control: int
    horizon_days: int

    @property
    def words(self) -> Text:
        """The effect in a sentence, with its range and the campaign's name."""
        return Text(
            _(
                "Measured, not the model's: the campaign {name} changed the share that left by {difference} ({low} to {high}) within "
                "{days} days, {treated} customers against a random hold-out of {control}. It holds for customers like those."
            ),
            name=self.name,
            difference=Points(self.difference),
            low=Points(self.low),
            high=Points(self.high),
            days=Count(self.horizon_days),
            treated=Count(self.n_treated),
            control=Count(self.n_control),
        )

    def as_json(self) -> dict[str, Any]:
        """The effect by name."""
        return asdict(self)

    def apart(self, months: int) -> Text:
        """Why the effect is not taken by a model that looks ``months`` ahead, in a sentence."""
        return Text(
            _(
                "The campaign {name} measured what changed within {days} days, the model speaks of {months} months: its effect is not "
                "taken, the model's response stands."
            ),
            name=self.name,
            days=Count(self.horizon_days),
            months=months,
        )

    def spans(self, months: int | None) -> bool:
        """Whether the campaign measured about as long as the model looks ahead, so that the two can be added; None: not known.

        >>> [MeasuredEffect("f", "C", "c", -0.03, -0.05, -0.01, 9, 9, days).spans(3) for days in (30, 74, 90, 109, 110)]
        [False, True, True, True, False]
        """
        if months is None:
            return True
        ahead = months * MEAN_MONTH_DAYS
        return abs(self.horizon_days - ahead) <= LEEWAY * ahead


def taken(measured: Iterable[MeasuredEffect], months: int | None) -> tuple[Mapping[str, MeasuredEffect], Mapping[str, MeasuredEffect]]:
    """By lever the effect to take, and of the levers without one the effect that was measured over another span than the model's."""
    known = list(measured)
    used = narrowest(e for e in known if e.spans(months))
    return used, {n: e for n, e in narrowest(known).items() if n not in used}


def narrowest(measured: Iterable[MeasuredEffect]) -> Mapping[str, MeasuredEffect]:
    """One effect a lever: where several campaigns measured it, the one with the narrowest range; the first by number where equal."""
    found: dict[str, MeasuredEffect] = {}
    for one in sorted(measured, key=lambda e: (e.high - e.low, e.campaign_id)):
        found.setdefault(one.feature, one)
    return found


def shifted(p: Values, by: Values) -> Values:
    """Probabilities moved by an effect, kept between 0 and 1."""
    return np.clip(p + by, 0.0, 1.0)


def kind_of(measured: int, changes: int) -> str:
    """What an answer is by how many of its changes were measured: ``model response``, ``measured effect``, or ``both``."""
    if not measured:
        return "model response"
    return "measured effect" if measured == changes else "both"
