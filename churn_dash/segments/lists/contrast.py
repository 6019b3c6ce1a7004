"""A segment beside everybody else: its size, its churn, and whether the difference is more than chance."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.measures import Filters, measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import newcombe

METRICS = ("customers", "customers_lost", "churn_rate", "aum_churn_rate", "aum_lost")


@dataclass(frozen=True)
class Contrast:
    """Those in a segment beside the rest of those asked about.

    ``inside`` and ``outside`` hold each metric of ``METRICS`` with ``_low``, ``_high`` and ``_n``; rates 0–1, None where undefined.
    ``difference`` is the churn rate inside less that outside, with its 95 % interval (Newcombe; METHODS C2); None where a side is empty
    or nobody knows who has left.
    """

    inside: dict[str, Any]
    outside: dict[str, Any]
    difference: float | None
    difference_low: float | None
    difference_high: float | None

    @property
    def share(self) -> float | None:
        """The share of the customers who are inside, 0–1."""
        whole = self.inside["customers"] + self.outside["customers"]
        return self.inside["customers"] / whole if whole else None

    def as_json(self) -> dict[str, Any]:
        """Everything, with the share."""
        return asdict(self) | {"share": self.share}


def contrast(question: Question, name: str) -> Contrast:
    """The segment ``segment:NAME``, or a rule as a dimension, beside everybody else. Raises what ``measure`` raises."""
    sides = [
        measure(question.of(Filters((*question.filters.where, (name, (side,))))), METRICS).row(0, named=True) for side in ("in", "out")
    ]
    counts = [(float(s["customers_lost"]), float(s["churn_rate_n"])) for s in sides if s["churn_rate"] is not None]
    if len(counts) < 2:
        return Contrast(sides[0], sides[1], None, None, None)
    found = newcombe(*counts[0], *counts[1])
    return Contrast(
        sides[0], sides[1], sides[0]["churn_rate"] - sides[1]["churn_rate"], found.low if found else None, found.high if found else None
    )
