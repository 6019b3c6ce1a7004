"""How good the bank's early warnings were."""

from churn_dash.retention.warnings.scorecard import AGAIN, HORIZON, LEAST_LEAD, Scorecard, Scorecards, Share, scorecard

__all__ = ["AGAIN", "HORIZON", "LEAST_LEAD", "Scorecard", "Scorecards", "Share", "scorecard"]
