"""What the bank does about it: whom to call, with what, and what is at stake."""

from churn_dash.retention.worklists.at_stake import Stakes, stakes
from churn_dash.retention.worklists.calls import Call, calls_frame, first_calls, may_be_called
from churn_dash.retention.worklists.worklist import Worklist, worklist

__all__ = ["Call", "Stakes", "Worklist", "calls_frame", "first_calls", "may_be_called", "stakes", "worklist"]
