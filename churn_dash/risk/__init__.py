"""Who is about to leave, why the model thinks so, and what it would say if something changed."""

from churn_dash.risk.features import GROUPS
from churn_dash.risk.leaks import LeftOut
from churn_dash.risk.models import KINDS
from churn_dash.risk.reasons import NOTE as REASONS_NOTE
from churn_dash.risk.reasons import Reason
from churn_dash.risk.registry import Model, latest, trained
from churn_dash.risk.scoring import Contribution, Explanation, explain, levers, score, what_if, write_scores
from churn_dash.risk.training import TrainingResult, train
from churn_dash.risk.whatif import NOTE as WHAT_IF_NOTE
from churn_dash.risk.whatif import Lever, WhatIf
from churn_dash.risk.worklist import Call, calls_frame, may_be_called, worklist

__all__ = [
    "GROUPS",
    "KINDS",
    "REASONS_NOTE",
    "WHAT_IF_NOTE",
    "Call",
    "Contribution",
    "Explanation",
    "LeftOut",
    "Lever",
    "Model",
    "Reason",
    "TrainingResult",
    "WhatIf",
    "calls_frame",
    "explain",
    "latest",
    "levers",
    "may_be_called",
    "score",
    "train",
    "trained",
    "what_if",
    "worklist",
    "write_scores",
]
