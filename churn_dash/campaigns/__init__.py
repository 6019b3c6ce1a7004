"""Did the campaign work? Groups, evidence, effects, money, and a verdict in words."""

from churn_dash.campaigns.balance import BalanceRow, balance
from churn_dash.campaigns.before_after import before_after
from churn_dash.campaigns.design import BADGES, DESIGNS
from churn_dash.campaigns.evaluation import Evaluation
from churn_dash.campaigns.flat import evaluate_rows
from churn_dash.campaigns.indicator_table import BeforeAfter, Row
from churn_dash.campaigns.judgement import evaluate
from churn_dash.campaigns.members import campaign_ids
from churn_dash.campaigns.money import CONTACT_COST, VALUE_PER_SAVE
from churn_dash.campaigns.register import Entry, register
from churn_dash.campaigns.srm import planned_shares
from churn_dash.campaigns.verdict import STATUSES

__all__ = [
    "BADGES",
    "CONTACT_COST",
    "DESIGNS",
    "STATUSES",
    "VALUE_PER_SAVE",
    "BalanceRow",
    "BeforeAfter",
    "Entry",
    "Evaluation",
    "Row",
    "balance",
    "before_after",
    "campaign_ids",
    "evaluate",
    "evaluate_rows",
    "planned_shares",
    "register",
]
