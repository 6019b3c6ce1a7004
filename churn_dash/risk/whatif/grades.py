"""Risk grades by the riskiest tenth and the riskiest three tenths of the customers on which the model was tested."""

from dataclasses import dataclass

from churn_dash.marks import _
from churn_dash.risk.kept.registry import Model

CUTS = (("high", 0.1), ("middle", 0.3))
"""Grade and the share of customers, riskiest first, whom it begins with."""
GRADES = {"high": _("High risk"), "middle": _("Middle risk"), "low": _("Low risk")}


@dataclass(frozen=True)
class Grades:
    """The risk (0–1) from which a customer counts as high, and as middle; below both is low."""

    high: float
    middle: float

    def of(self, probability: float) -> str:
        """The grade: high, middle or low.

        >>> Grades(0.2, 0.1).of(0.15)
        'middle'
        """
        return "high" if probability >= self.high else "middle" if probability >= self.middle else "low"

    def cut(self, grade: str) -> float | None:
        """The risk from which the grade holds; None for the lowest."""
        return {"high": self.high, "middle": self.middle}.get(grade)


def grades(model: Model) -> Grades:
    """The grades of a model."""
    gains = model.card.chosen.gains
    high, middle = (min(gains, key=lambda g: abs(g.share - share)).threshold for _name, share in CUTS)
    return Grades(high, min(high, middle))
