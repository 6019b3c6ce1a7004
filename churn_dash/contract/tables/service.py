"""How customers are served and what they say of it."""

import dataframely as dy

from churn_dash.contract.tables.columns import Codes, date, flag, id_, whole, word
from churn_dash.marks import _

_COMPLAINT: Codes = {"product": ("产品",), "service": ("服务",), "price": ("价格", "fee"), "value_added": ("增值",)}
_FORM: Codes = {
    "close": ("销户", "closed", "closure"),
    "dormant": ("休眠", "dormancy", "不动户"),
    "asset_out": ("资产转出", "asset decline"),
    "absent": ("不在名单", "missing"),
}


class Surveys(dy.Schema):
    """Satisfaction surveys: one row a questionnaire sent."""

    survey_id = id_(_("Questionnaire number"), "问卷号", "", key=True)
    customer_id = id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    sent_at = date(_("Day it was sent"), "发送日期", "sent")
    answered_at = date(_("Day it was answered; empty without an answer"), "回答日期", "answered")
    csat = whole(_("Satisfaction, 1 to 5"), "满意度", "satisfaction", 1, 5, "score")
    nps = whole(_("Would recommend, 0 to 10"), "推荐意愿", "", 0, 10, "score")
    q_personal = whole(_("Personal service, 1 to 5"), "个性化", "", 1, 5, "score")
    q_convenient = whole(_("Convenience, 1 to 5"), "便捷", "", 1, 5, "score")
    q_efficient = whole(_("Efficiency, 1 to 5"), "高效", "", 1, 5, "score")
    q_secure = whole(_("Security, 1 to 5"), "安全", "", 1, 5, "score")


class Complaints(dy.Schema):
    """Complaints: one row a complaint."""

    complaint_id = id_(_("Complaint number"), "投诉号", "", key=True)
    customer_id = id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    created_at = date(_("Day the complaint came in"), "投诉日期", "created")
    category = word(_("What it was about"), "类别", "投诉类别", _COMPLAINT)
    resolved_at = date(_("Day it was settled; empty while it is open"), "解决日期", "resolved")
    informed = flag(_("The customer was told the result"), "已告知", "")
    reopened = flag(_("It was opened again"), "重开", "")
