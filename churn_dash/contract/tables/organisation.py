"""Who serves the customers, and how: branches, staff, training, processes; what experts hold of indicators."""

from typing import Any

import dataframely as dy

from churn_dash.contract.tables.columns import Codes, date, id_, number, whole, word
from churn_dash.marks import _

_ROLE: Codes = {
    "manager": ("客户经理", "客戶經理", "relationship manager", "rm"),
    "wealth_manager": ("理财经理", "理財經理", "财富顾问"),
    "lobby": ("大堂经理", "大堂經理", "lobby manager"),
    "teller": ("柜员", "櫃員", "counter"),
    "head": ("行长", "行長", "支行行长", "branch head"),
    "agent": ("坐席", "客服", "call centre agent"),
}
_COURSE: Codes = {
    "business": ("业务", "業務", "业务培训", "product knowledge"),
    "communication": ("沟通", "溝通", "沟通技巧"),
    "crm": ("客户关系管理", "客戶關係管理", "客户管理"),
    "cases": ("案例分享", "案例", "case sharing"),
}
_PROCESS: Codes = {
    "account_opening": ("开户", "開戶"),
    "account_closing": ("销户", "銷戶"),
    "loan_approval": ("贷款审批", "貸款審批", "贷款"),
    "card_issue": ("发卡", "發卡", "办卡"),
    "transfer": ("转账", "轉帳", "汇款"),
    "wealth_purchase": ("理财购买", "理財購買"),
    "complaint": ("投诉处理", "投訴處理"),
}


class Branches(dy.Schema):
    """The branches: one row a branch."""

    branch_id = id_(_("Branch number"), "机构号", "branch branch_no 网点号 支行号", key=True)
    name = word(_("Name of the branch"), "机构名称", "branch_name 网点名称 支行名称")
    city = word(_("City"), "城市", "")
    region = word(_("Region or head branch"), "区域", "parent_branch 上级机构 分行")
    opened_date = date(_("Day the branch opened"), "开业日期", "opened")
    closed_date = date(_("Day the branch closed; empty while it is open"), "停业日期", "closed")


class Staff(dy.Schema):
    """The staff who serve customers: one row a member."""

    staff_id = id_(_("Staff number"), "员工号", "employee_id 工号 员工编号", key=True)
    name = word(_("Name"), "员工姓名", "staff_name 姓名", personal=True)
    branch_id = word(_("Branch where the member works"), "机构号", "branch 网点 支行")
    role = word(_("What the member does"), "岗位", "position job 职务", _ROLE)
    start_date = date(_("First day in the position"), "入职日期", "hired hire_date")
    end_date = date(_("Last day in the position; empty while it is held"), "离职日期", "left leave_date")


class TrainingRecords(dy.Schema):
    """Courses that the staff attended: one row a member a course."""

    record_id = id_(_("Training record number"), "培训号", "培训记录号", key=True)
    staff_id = id_(_("Staff number"), "员工号", "employee_id 工号 员工编号")
    course = word(_("Name of the course"), "课程", "course_name 课程名称")
    course_kind = word(_("What the course was about"), "课程类型", "course_type 培训类型", _COURSE)
    trained_at = date(_("Day of the course"), "培训日期", "training_date")
    hours = number(_("Hours"), "学时", "training_hours 培训学时", 0.0, None, "hours")
    score = number(_("Result of the test, 0 to 100; empty without one"), "成绩", "test_score 考核成绩", 0.0, 100.0, "score")


class ProcessMonth(dy.Schema):
    """How long a service process takes: one row a month a process."""

    month = date(_("The month; stored as its first day"), "月份", "data_month period 统计月份 数据月份 年月 数据日期", key=True)
    process = id_(_("The process"), "流程", "process_name 业务流程", key=True, codes=_PROCESS)
    cases = whole(_("Cases dealt with in the month"), "业务笔数", "n_cases volume 笔数")
    handling_minutes = number(_("Mean minutes from start to end of a case"), "平均处理时长", "minutes 处理时长", 0.0, None, "minutes")
    waiting_minutes = number(_("Mean minutes that customers waited"), "平均等待时长", "wait 等待时长", 0.0, None, "minutes")
    steps = number(_("Mean steps of a case"), "平均环节数", "n_steps 环节数", 0.0)
    hand_offs = number(_("Mean hand-offs between people or departments"), "平均交接次数", "handoffs 交接次数", 0.0)
    electronic_cases = whole(_("Cases done without a branch"), "电子渠道笔数", "e_cases digital_cases")

    @dy.rule()
    def month_is_a_first_day(cls) -> Any:
        import polars as pl

        return pl.col("month").dt.day() == 1


class ExpertScores(dy.Schema):
    """Experts' judgements of indicators two by two, for their weights: one row an expert a pair."""

    expert_id = id_(_("Expert"), "专家", "expert 专家号", key=True)
    indicator_a = id_(_("First indicator of the pair"), "指标甲", "indicator_1 first 指标A", key=True)
    indicator_b = id_(_("Second indicator of the pair"), "指标乙", "indicator_2 second 指标B", key=True)
    score = number(
        _("How many times as important the first is as the second: 1/9 to 9"), "比较分", "ratio judgement 打分", 0.11, 9.0, "times"
    )
