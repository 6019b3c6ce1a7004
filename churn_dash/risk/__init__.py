"""Who is about to leave, why the model thinks so, and what it would say if something changed."""

from churn_dash.risk.explained.reasons import NOTE as REASONS_NOTE
from churn_dash.risk.explained.reasons import Reason
from churn_dash.risk.features.feature import GROUPS
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.index.compared import RiskIndex, risk_index
from churn_dash.risk.index.indicators import INDICATORS, Indicator
from churn_dash.risk.index.weighted import WAYS, Way
from churn_dash.risk.kept.registry import Model, latest, trained
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.scores.asked import Contribution, Explanation, explain, score
from churn_dash.risk.scores.written import write_scores
from churn_dash.risk.training import TrainingResult, train
from churn_dash.risk.whatif.asked import group_if, levers, market_if, smallest, what_if
from churn_dash.risk.whatif.group import GroupAnswer
from churn_dash.risk.whatif.levers import NOTE as WHAT_IF_NOTE
from churn_dash.risk.whatif.levers import Lever, WhatIf
from churn_dash.risk.whatif.measured import MeasuredEffect
from churn_dash.risk.whatif.smallest import Smallest

__all__ = [
    "GROUPS",
    "INDICATORS",
    "KINDS",
    "REASONS_NOTE",
    "WAYS",
    "WHAT_IF_NOTE",
    "Contribution",
    "Explanation",
    "GroupAnswer",
    "Indicator",
    "LeftOut",
    "Lever",
    "MeasuredEffect",
    "Model",
    "Reason",
    "RiskIndex",
    "Smallest",
    "TrainingResult",
    "Way",
    "WhatIf",
    "explain",
    "group_if",
    "latest",
    "levers",
    "market_if",
    "risk_index",
    "score",
    "smallest",
    "train",
    "trained",
    "what_if",
    "write_scores",
]
