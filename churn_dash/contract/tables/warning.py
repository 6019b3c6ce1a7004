"""Warnings of a departure, what was done about them, and who was won back."""

import dataframely as dy

from churn_dash.contract.tables.columns import Codes, customer, date, id_, money, number, word
from churn_dash.marks import _

_GRADE: Codes = {
    "high": ("高", "高风险", "高風險", "red", "红", "紅"),
    "medium": ("中", "中风险", "中風險", "orange", "橙"),
    "low": ("低", "低风险", "低風險", "yellow", "黄", "黃"),
}
_ACTION: Codes = {
    "care": ("关怀", "關懷", "客户关怀"),
    "value_added": ("增值服务", "增值", "增值服務"),
    "offer": ("优惠", "優惠", "优惠活动", "discount"),
    "online_offline": ("线上线下", "線上線下", "线上线下结合"),
}
_FEEDBACK: Codes = {
    "retained": ("已挽留", "挽留成功", "kept", "saved"),
    "declined": ("拒绝", "拒絕", "挽留失败", "refused"),
    "not_reached": ("未联系上", "未聯繫上", "no answer"),
    "false_alarm": ("误报", "誤報", "no risk"),
    "confirmed": ("属实", "屬實", "true alarm"),
}
_STRATEGY: Codes = {
    "product": ("产品优化", "產品優化", "better product"),
    "need": ("个性化服务", "個性化服務", "personal service"),
    "competitor": ("差异化竞争", "差異化競爭", "counter-offer", "counter offer"),
    "service": ("服务改进", "服務改進", "service recovery"),
}


class EarlyWarnings(dy.Schema):
    """Warnings that a customer may leave, by a rule or a model: one row a warning."""

    warning_id = id_(_("Warning number"), "预警号", "预警编号", key=True)
    customer_id = customer()
    ts = date(_("Day of the warning"), "预警时间", "warned_at warning_date 预警日期")
    rule_or_model = word(_("Rule or model that warned"), "预警来源", "source rule model 规则或模型 预警规则")
    score = number(_("Score of the model, 0 to 1; empty for a rule"), "预警得分", "probability 风险评分 得分", 0.0, 1.0)
    grade = word(_("Grade of the risk"), "预警等级", "risk_grade level 风险等级", _GRADE)
    version = word(_("Version of the rule or model"), "版本", "model_version 规则版本")


class Interventions(dy.Schema):
    """What was done about warnings: one row a task."""

    task_id = id_(_("Task number"), "任务号", "任务编号", key=True)
    warning_id = word(_("Warning that led to it; empty without one"), "预警号", "warning 预警编号")
    customer_id = customer()
    owner = word(_("Member of staff who owns the task"), "负责人", "assignee 执行人 staff_id")
    action = word(_("What was to be done"), "干预措施", "措施 intervention", _ACTION)
    created_at = date(_("Day the task was made"), "创建日期", "created")
    due_at = date(_("Day by which it was due"), "截止日期", "due due_date")
    done_at = date(_("Day it was done; empty while it is open"), "完成日期", "done completed_at")
    feedback = word(_("What came of it"), "反馈", "result 处理结果", _FEEDBACK)
    cost = money(_("Cost of the task"), "成本", "费用")


class WinBacks(dy.Schema):
    """Customers who were lost and asked back, and those who came back: one row a loss."""

    winback_id = id_(_("Number of the win-back"), "赢回号", "赢回编号 挽回号", key=True)
    customer_id = customer()
    lost_date = date(_("Day the customer was lost"), "流失日期", "lost_at churn_date")
    aum_lost = money(_("Balances before the loss"), "流失前资产", "aum_before")
    reason_code = word(_("Why, as a code of the reason map"), "原因", "reason 流失原因")
    strategy = word(_("How the customer was asked back"), "赢回策略", "winback_strategy 策略", _STRATEGY)
    contact_date = date(_("Day of the first contact after the loss; empty without one"), "联系日期", "contacted contacted_at")
    returned_date = date(_("Day the customer came back; empty if not"), "回归日期", "returned returned_at")
    aum_returned = money(_("Balances 90 days after the return, or by the end of the data"), "回归资产", "aum_regained")
    cost = money(_("Cost of winning back"), "成本", "费用")
