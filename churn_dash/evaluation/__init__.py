"""Are we managing it? The eight indicators against their targets, improvements, the long-term review, and the money behind it."""

from churn_dash.evaluation.indicators.declared import INDICATORS, Indicator
from churn_dash.evaluation.indicators.figures import Figure, Step
from churn_dash.evaluation.scorecard import Line, Measured, Scorecard, measured, scorecard
from churn_dash.evaluation.targets.verdicts import MARKS, VERDICTS

__all__ = [
    "INDICATORS",
    "MARKS",
    "VERDICTS",
    "Figure",
    "Indicator",
    "Line",
    "Measured",
    "Scorecard",
    "Step",
    "measured",
    "scorecard",
]
