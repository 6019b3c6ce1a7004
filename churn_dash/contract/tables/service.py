"""How customers are served and what they say of it."""

import dataframely as dy

from churn_dash.contract.tables.codes import CHANNEL, RESULT
from churn_dash.contract.tables.columns import Codes, customer, date, flag, id_, money, whole, word
from churn_dash.marks import _

_COMPLAINT: Codes = {
    "product": ("产品",),
    "service": ("服务",),
    "price": ("价格", "fee"),
    "value_added": ("增值",),
    "security": ("安全", "盗刷", "欺诈", "fraud"),
}
_PURPOSE: Codes = {
    "care": ("关怀", "關懷", "节日问候", "holiday"),
    "birthday": ("生日", "生日关怀"),
    "maturity": ("到期提醒", "到期", "due reminder"),
    "offer": ("营销", "營銷", "产品推荐", "marketing"),
    "retention": ("挽留", "预警干预", "warning"),
    "winback": ("赢回", "贏回", "win-back"),
    "complaint": ("投诉处理", "投訴處理"),
    "survey": ("回访", "回訪", "满意度调查"),
    "education": ("客户教育", "客戶教育", "讲座", "seminar"),
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


class Contacts(dy.Schema):
    """Contacts between bank and customer: one row a contact."""

    contact_id = id_(_("Contact number"), "接触号", "接触编号 联系编号", key=True)
    customer_id = customer()
    ts = date(_("Day of the contact"), "接触时间", "contact_date contacted_at 接触日期 联系日期")
    channel = word(_("Channel"), "渠道", "contact_channel 接触渠道", CHANNEL)
    purpose = word(_("What for"), "目的", "contact_purpose 接触目的", _PURPOSE)
    result = word(_("What came of it"), "结果", "contact_result outcome 接触结果", RESULT)
    staff_id = word(_("Member of staff; empty for a machine"), "员工号", "staff employee_id 工号 客户经理号")
    campaign_id = word(_("Campaign that it belongs to; empty without one"), "活动编号", "campaign")
    cost = money(_("Cost of the contact"), "成本", "费用")
