"""Who is about to leave, why the model thinks so, and what it would say if something changed."""

from churn_dash.risk.explained.reasons import NOTE as REASONS_NOTE
from churn_dash.risk.explained.reasons import Reason
from churn_dash.risk.features.feature import GROUPS
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.kept.registry import Model, latest, trained
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.scores.asked import Contribution, Explanation, explain, score
from churn_dash.risk.scores.written import write_scores
from churn_dash.risk.training import INTERACTIVE_ROWS, Choice, TrainingResult, train
from churn_dash.risk.trials.rules import RULES
from churn_dash.risk.whatif.asked import levers, what_if
from churn_dash.risk.whatif.levers import NOTE as WHAT_IF_NOTE
from churn_dash.risk.whatif.levers import Lever, WhatIf

__all__ = [
    "GROUPS",
    "INTERACTIVE_ROWS",
    "KINDS",
    "REASONS_NOTE",
    "RULES",
    "WHAT_IF_NOTE",
    "Choice",
    "Contribution",
    "Explanation",
    "LeftOut",
    "Lever",
    "Model",
    "Reason",
    "TrainingResult",
    "WhatIf",
    "explain",
    "latest",
    "levers",
    "score",
    "train",
    "trained",
    "what_if",
    "write_scores",
]
