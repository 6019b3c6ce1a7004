"""From which risk on one acts: by money, capacity or leavers reached, and the grades that pages, lists and worklist share."""

from churn_dash.retention.threshold.at_risk import AtRisk, among, at_risk_of, histogram, limited
from churn_dash.retention.threshold.held_out import Found, HeldOut, Share
from churn_dash.retention.threshold.money import Offer, Point, ProfitCurve, profit_curve
from churn_dash.retention.threshold.policy import WAYS, Cuts, in_force, put, reset, usual
from churn_dash.retention.threshold.ways import Proposal, proposed, tried

__all__ = [
    "WAYS",
    "AtRisk",
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
    "histogram",
    "in_force",
    "limited",
    "profit_curve",
    "proposed",
    "put",
    "reset",
    "tried",
    "usual",
]
