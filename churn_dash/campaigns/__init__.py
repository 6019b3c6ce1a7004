"""Did the campaign work? Groups, evidence, effects, money, and a verdict in words."""

from churn_dash.campaigns.before_after.rows import FOOTNOTE, BeforeAfter, Row
from churn_dash.campaigns.before_after.table import before_after
from churn_dash.campaigns.groups.balance import BalanceRow, balance
from churn_dash.campaigns.groups.design import BADGES, DESIGNS
from churn_dash.campaigns.groups.ladder import RUNGS
from churn_dash.campaigns.groups.measured import MEANING, OUTCOMES
from churn_dash.campaigns.groups.members import campaign_ids
from churn_dash.campaigns.groups.srm import planned_shares
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.flat import Columns, evaluate_rows
from churn_dash.campaigns.judged.judgement import evaluate
from churn_dash.campaigns.judged.money import Prices
from churn_dash.campaigns.judged.register import Entry, register
from churn_dash.campaigns.judged.verdict import STATUSES

__all__ = [
    "BADGES",
    "DESIGNS",
    "FOOTNOTE",
    "MEANING",
    "OUTCOMES",
    "RUNGS",
    "STATUSES",
    "BalanceRow",
    "BeforeAfter",
    "Columns",
    "Entry",
    "Evaluation",
    "Prices",
    "Row",
    "balance",
    "before_after",
    "campaign_ids",
    "evaluate",
    "evaluate_rows",
    "planned_shares",
    "register",
]
