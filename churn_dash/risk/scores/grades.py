"""Risk grades: from which risk a customer is at high and at medium risk. Other cuts than the usual ones: ``retention.threshold``."""

from dataclasses import dataclass

import polars as pl

from churn_dash.marks import _
from churn_dash.risk.kept.registry import Model

GRADES = {"high": _("High"), "medium": _("Medium"), "low": _("Low")}
MEDIUM_SHARE = 0.3
"""While nobody has set cuts: high is the riskiest tenth of those on whom the model was tested, medium the rest of the riskiest 30 %."""


@dataclass(frozen=True)
class Grades:
    """The risk (0–1) from which a customer is at high, and at medium risk; below both it is low."""

    high: float
    medium: float

    def of(self, probability: float) -> str:
        """The grade: high, medium or low.

        >>> Grades(0.2, 0.1).of(0.15)
        'medium'
        """
        return "high" if probability >= self.high else "medium" if probability >= self.medium else "low"

    def cut(self, grade: str) -> float | None:
        """The risk from which the grade holds; None for the lowest."""
        return {"high": self.high, "medium": self.medium}.get(grade)

    @property
    def grade(self) -> pl.Expr:
        """The grade of the column ``probability``.

        >>> pl.DataFrame({"probability": [0.5, 0.2, 0.1]}).select(Grades(0.5, 0.2).grade).to_series().to_list()
        ['high', 'medium', 'low']
        """
        p = pl.col("probability")
        high, medium, low = (pl.lit(g) for g in GRADES)
        return pl.when(p >= self.high).then(high).when(p >= self.medium).then(medium).otherwise(low).alias("grade")


def usual_grades(model: Model) -> Grades:
    """The grades of a model while nobody has set any."""
    third = min(model.card.chosen.gains, key=lambda g: abs(g.share - MEDIUM_SHARE))
    return Grades(model.card.threshold, min(third.threshold, model.card.threshold))
