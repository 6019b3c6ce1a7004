"""Lost customers: who was asked back, who came back, and who is worth asking. Source: METHODS B6, A1 8.2."""

from churn_dash.campaigns.winback.chosen import kept_by
from churn_dash.campaigns.winback.rates import ASSOCIATION, WinBack, win_back
from churn_dash.campaigns.winback.whom import ToAsk, to_ask

__all__ = ["ASSOCIATION", "ToAsk", "WinBack", "kept_by", "to_ask", "win_back"]
