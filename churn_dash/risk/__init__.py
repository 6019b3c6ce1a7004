"""Who is about to leave, why the model thinks so, and what it would say if something changed."""

from churn_dash.risk.explained.reasons import NOTE as REASONS_NOTE
from churn_dash.risk.explained.reasons import Reason
from churn_dash.risk.explained.refits import Importance
from churn_dash.risk.explained.sampled import Drivers, dependence, drivers
from churn_dash.risk.explained.sampled import Step as DependenceStep
from churn_dash.risk.features.feature import GROUPS, Feature
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.features.spoken import spoken as spoken_value
from churn_dash.risk.index.compared import RiskIndex, risk_index
from churn_dash.risk.index.indicators import INDICATORS, Indicator
from churn_dash.risk.index.weighted import WAYS, Way
from churn_dash.risk.kept.registry import Model, latest, trained
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.scores.asked import Contribution, Explanation, explain, score
from churn_dash.risk.scores.path import Stage, path
from churn_dash.risk.scores.written import write_scores
from churn_dash.risk.training import TrainingResult, train
from churn_dash.risk.whatif.asked import levers, what_if
from churn_dash.risk.whatif.levers import NOTE as WHAT_IF_NOTE
from churn_dash.risk.whatif.levers import Lever, WhatIf

__all__ = [
    "GROUPS",
    "INDICATORS",
    "KINDS",
    "REASONS_NOTE",
    "WAYS",
    "WHAT_IF_NOTE",
    "Contribution",
    "DependenceStep",
    "Drivers",
    "Explanation",
    "Feature",
    "Importance",
    "Indicator",
    "LeftOut",
    "Lever",
    "Model",
    "Reason",
    "RiskIndex",
    "Stage",
    "TrainingResult",
    "Way",
    "WhatIf",
    "dependence",
    "drivers",
    "explain",
    "latest",
    "levers",
    "path",
    "risk_index",
    "score",
    "spoken_value",
    "train",
    "trained",
    "what_if",
    "write_scores",
]
