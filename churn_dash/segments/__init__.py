"""Groups of customers as lists of people: who is in a cell, what one customer did month by month, what people saved under a name."""

from churn_dash.measures.conditions.rules import Clause, Rule, rule_in, rule_of, rule_of_where
from churn_dash.measures.conditions.saved_segments import Segment, segment
from churn_dash.segments.groups import kinds
from churn_dash.segments.lists.history import History, history
from churn_dash.segments.lists.members import members
from churn_dash.segments.lists.saved import rename, retire, save_list, save_rule, saved, versions
from churn_dash.segments.portrait.happenings import KINDS as HAPPENINGS
from churn_dash.segments.portrait.happenings import Happening
from churn_dash.segments.portrait.portrait import Portrait, portrait
from churn_dash.segments.portrait.tier_standing import TierStanding

__all__ = [
    "HAPPENINGS",
    "Clause",
    "Happening",
    "History",
    "Portrait",
    "Rule",
    "Segment",
    "TierStanding",
    "history",
    "kinds",
    "members",
    "portrait",
    "rename",
    "retire",
    "rule_in",
    "rule_of",
    "rule_of_where",
    "save_list",
    "save_rule",
    "saved",
    "segment",
    "versions",
]
