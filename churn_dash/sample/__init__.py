"""The synthetic bank with known truth.

Its files are written by ``churn_dash.sample.files``, its dirty ones by ``churn_dash.sample.dirt``.
"""

from churn_dash.sample.bank import SIZES, Bank, generate
from churn_dash.sample.presets import PRESETS, CampaignTruth, campaign
from churn_dash.sample.truth import Truth

__all__ = ["PRESETS", "SIZES", "Bank", "CampaignTruth", "Truth", "campaign", "generate"]
