"""Why customers leave and what they say of the bank: reasons, complaints, satisfaction, loyalty, word of mouth, the plan's hypotheses."""

from churn_dash.causes.adoption import adoption
from churn_dash.causes.after_answers import followed
from churn_dash.causes.after_complaint import after_complaint
from churn_dash.causes.balances_after import balances_after
from churn_dash.causes.complaints import complaints
from churn_dash.causes.departures import departures
from churn_dash.causes.drivers import drivers
from churn_dash.causes.expectation_signs import expectation_signs
from churn_dash.causes.expectations import expectations
from churn_dash.causes.hypotheses import hypotheses
from churn_dash.causes.improvements import following
from churn_dash.causes.loyalty import assigned
from churn_dash.causes.loyalty_classes import standing
from churn_dash.causes.loyalty_sensitivity import sensitivity
from churn_dash.causes.profile import profile
from churn_dash.causes.referrals import referrals
from churn_dash.causes.satisfaction import satisfaction

__all__ = [
    "adoption",
    "after_complaint",
    "assigned",
    "balances_after",
    "complaints",
    "departures",
    "drivers",
    "expectation_signs",
    "expectations",
    "followed",
    "following",
    "hypotheses",
    "profile",
    "referrals",
    "satisfaction",
    "sensitivity",
    "standing",
]
