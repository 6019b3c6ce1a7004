"""What the bank does about it: whom to call, with what, and what is at stake."""

from churn_dash.retention.worklists.at_stake import Stakes, stakes
from churn_dash.retention.worklists.calls import Call, calls_frame, may_be_called, worklist

__all__ = ["Call", "Stakes", "calls_frame", "may_be_called", "stakes", "worklist"]
