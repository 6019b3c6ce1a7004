"""Who is about to leave, why the model thinks so, and what it would say if something changed."""

from churn_dash.risk.explained.reasons import NOTE as REASONS_NOTE
from churn_dash.risk.explained.reasons import Reason
from churn_dash.risk.explained.refits import Importance
from churn_dash.risk.explained.sampled import Drivers, dependence
from churn_dash.risk.explained.sampled import Step as DependenceStep
from churn_dash.risk.fairness.by_group import ByGroup, Treated, by_group
from churn_dash.risk.fairness.cost_of_leaving_out import Cost, costs_of_leaving_out, kept_costs
from churn_dash.risk.features.feature import GROUPS, Feature
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.readings import reading, when_known
from churn_dash.risk.features.spoken import spoken as spoken_value
from churn_dash.risk.index.against import Against, against
from churn_dash.risk.index.compared import RiskIndex, risk_index
from churn_dash.risk.index.indicators import INDICATORS, Indicator
from churn_dash.risk.index.weighted import WAYS, Way
from churn_dash.risk.kept.compared import Comparison, compared
from churn_dash.risk.kept.register import GOES_ON, Entry, Use, entries, entry, in_use, latest, model_of, promote, roll_back, trained, uses
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.scores.asked import Contribution, Explanation, explain, score, steadied
from churn_dash.risk.scores.carried import Carried, carried
from churn_dash.risk.scores.driven import driven
from churn_dash.risk.scores.leaving import time_to_leave
from churn_dash.risk.scores.looked_at import LookedAt, looked_at
from churn_dash.risk.scores.path import Stage, path
from churn_dash.risk.scores.written import write_scores
from churn_dash.risk.training import INTERACTIVE_ROWS, Choice, TrainingResult, train
from churn_dash.risk.trials.rules import RULES
from churn_dash.risk.whatif.asked import group_if, levers, market_if, smallest, what_if
from churn_dash.risk.whatif.group import GroupAnswer
from churn_dash.risk.whatif.levers import NOTE as WHAT_IF_NOTE
from churn_dash.risk.whatif.levers import Lever, WhatIf
from churn_dash.risk.whatif.measured import MeasuredEffect
from churn_dash.risk.whatif.smallest import Smallest

__all__ = [
    "GOES_ON",
    "GROUPS",
    "INDICATORS",
    "INTERACTIVE_ROWS",
    "KINDS",
    "PANEL_FEATURES",
    "REASONS_NOTE",
    "RULES",
    "WAYS",
    "WHAT_IF_NOTE",
    "Against",
    "ByGroup",
    "Carried",
    "Choice",
    "Comparison",
    "Contribution",
    "Cost",
    "DependenceStep",
    "Drivers",
    "Entry",
    "Explanation",
    "Feature",
    "GroupAnswer",
    "Importance",
    "Indicator",
    "LeftOut",
    "Lever",
    "LookedAt",
    "MeasuredEffect",
    "Model",
    "Reason",
    "RiskIndex",
    "Smallest",
    "Stage",
    "TrainingResult",
    "Treated",
    "Use",
    "Way",
    "WhatIf",
    "against",
    "by_group",
    "carried",
    "compared",
    "costs_of_leaving_out",
    "dependence",
    "driven",
    "entries",
    "entry",
    "explain",
    "group_if",
    "in_use",
    "kept_costs",
    "latest",
    "levers",
    "looked_at",
    "market_if",
    "model_of",
    "path",
    "promote",
    "reading",
    "risk_index",
    "roll_back",
    "score",
    "smallest",
    "spoken_value",
    "steadied",
    "time_to_leave",
    "train",
    "trained",
    "uses",
    "what_if",
    "when_known",
    "write_scores",
]
