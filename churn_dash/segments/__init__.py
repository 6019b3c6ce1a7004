"""Groups of customers as lists of people: who is in a cell, what one customer did month by month, what people saved under a name."""

from churn_dash.measures.conditions.rules import Clause, Rule, rule_in, rule_of, rule_of_where
from churn_dash.measures.conditions.saved_segments import Segment, segment
from churn_dash.segments.groups import kinds
from churn_dash.segments.lists.history import History, history
from churn_dash.segments.lists.members import members
from churn_dash.segments.lists.saved import rename, retire, save_list, save_rule, saved, versions

__all__ = [
    "Clause",
    "History",
    "Rule",
    "Segment",
    "history",
    "kinds",
    "members",
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
