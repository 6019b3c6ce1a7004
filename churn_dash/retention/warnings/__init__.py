"""How good the bank's early warnings were."""

from churn_dash.retention.warnings.apart import Apart, apart, as_json, judged_months, precision_trend
from churn_dash.retention.warnings.scorecard import AGAIN, HORIZON, LEAST_LEAD, Scorecard, Scorecards, Share, scorecard

__all__ = [
    "AGAIN",
    "HORIZON",
    "LEAST_LEAD",
    "Apart",
    "Scorecard",
    "Scorecards",
    "Share",
    "apart",
    "as_json",
    "judged_months",
    "precision_trend",
    "scorecard",
]
