"""Who is about to leave, why the model thinks so, and what it would say if something changed."""

from churn_dash.risk.explained.reasons import NOTE as REASONS_NOTE
from churn_dash.risk.explained.reasons import Reason
from churn_dash.risk.features.feature import GROUPS
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.index.compared import RiskIndex, risk_index
from churn_dash.risk.index.indicators import INDICATORS, Indicator
from churn_dash.risk.index.weighted import WAYS, Way
from churn_dash.risk.kept.compared import Comparison, compared
from churn_dash.risk.kept.register import Entry, Use, entries, entry, in_use, latest, model_of, promote, roll_back, trained, uses
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.scores.asked import Contribution, Explanation, explain, score
from churn_dash.risk.scores.carried import Carried, carried
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
    "Carried",
    "Comparison",
    "Contribution",
    "Entry",
    "Explanation",
    "Indicator",
    "LeftOut",
    "Lever",
    "Model",
    "Reason",
    "RiskIndex",
    "TrainingResult",
    "Use",
    "Way",
    "WhatIf",
    "carried",
    "compared",
    "entries",
    "entry",
    "explain",
    "in_use",
    "latest",
    "levers",
    "model_of",
    "promote",
    "risk_index",
    "roll_back",
    "score",
    "train",
    "trained",
    "uses",
    "what_if",
    "write_scores",
]
