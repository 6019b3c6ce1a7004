"""From which risk on one acts: by money, capacity or leavers reached, and the grades that pages, lists and worklist share."""

from churn_dash.retention.threshold.at_risk import AtRisk, among, at_risk_of, limited
from churn_dash.retention.threshold.held_out import Found, HeldOut, Share
from churn_dash.retention.threshold.money import Offer, Point, ProfitCurve, profit_curve
from churn_dash.retention.threshold.policy import WAYS, Cuts, in_force, put, reset, usual
from churn_dash.retention.threshold.side_by_side import BankStakes, bank_stakes, profits, side_by_side, with_profit
from churn_dash.retention.threshold.ways import Proposal, proposed, tried

__all__ = [
    "WAYS",
    "AtRisk",
    "BankStakes",
    "Cuts",
    "Found",
    "HeldOut",
    "Offer",
    "Point",
    "ProfitCurve",
    "Proposal",
    "Share",
    "among",
    "at_risk_of",
    "bank_stakes",
    "in_force",
    "limited",
    "profit_curve",
    "profits",
    "proposed",
    "put",
    "reset",
    "side_by_side",
    "tried",
    "usual",
    "with_profit",
]
