"""Departures that the bank recorded."""

import dataframely as dy

from churn_dash.contract.tables.columns import Codes, date, id_, word
from churn_dash.marks import _

_FORM: Codes = {
    "close": ("销户", "closed", "closure"),
    "dormant": ("休眠", "dormancy", "不动户"),
    "asset_out": ("资产转出", "asset decline"),
    "absent": ("不在名单", "missing"),
}


class ChurnEvents(dy.Schema):
    """Departures that the bank recorded, with their reasons: one row an event."""

    event_id = id_(_("Event number"), "流失事件", "", key=True)
    customer_id = id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    event_date = date(_("Day of the departure"), "流失日期", "churn_date", nullable=False)
    form = word(_("How the customer left"), "流失形式", "", _FORM)
    reason_code = word(_("Why, as a code of the reason map"), "原因", "reason")
    destination = word(_("Bank the customer went to"), "去向", "")
