"""What was done to keep customers."""

import dataframely as dy

from churn_dash.contract.tables.codes import CHANNEL, RESULT
from churn_dash.contract.tables.columns import Codes, date, flag, id_, money, whole, word
from churn_dash.marks import _

_DESIGN: Codes = {
    "randomised": ("随机", "randomized", "random", "rct"),
    "manual": ("人工", "by hand", "rm"),
    "branch": ("按机构", "by branch"),
    "rule": ("按规则", "by rule"),
    "observational": ("观察", "none"),
}


class Campaigns(dy.Schema):
    """Retention campaigns: one row a campaign."""

    campaign_id = id_(_("Campaign number"), "活动编号", "", key=True)
    name = word(_("Name"), "活动名称", "campaign_name")
    type = word(_("Kind of campaign"), "活动类型", "campaign_type")
    planned_ratio = word(_("Planned shares of the groups, for example treated=0.8;control=0.2"), "计划比例", "ratio")
    start_date = date(_("First day"), "开始日期", "start")
    end_date = date(_("Last day"), "结束日期", "end")
    outcome = word(_("What it is judged by"), "评估指标", "")
    horizon_days = whole(_("Days after the start at which it is judged"), "评估天数", "", 1, None, "days")
    cost_fixed = money(_("Fixed cost"), "固定成本", "")
    design = word(_("How the groups were made: at random, by hand, by branch"), "分组方式", "", _DESIGN)


class CampaignAssignments(dy.Schema):
    """Who was in which group of a campaign: one row a customer a campaign."""

    campaign_id = id_(_("Campaign number"), "活动编号", "", key=True)
    customer_id = id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号", key=True)
    arm = word(_("Group: treated, or control for the hold-out"), "组别", "group 分组")
    assigned_at = date(_("Day of assignment"), "分组日期", "assigned")
    contacted_at = date(_("Day of the first contact; empty if never reached"), "接触日期", "contacted")
    accepted = flag(_("Took the offer"), "已接受", "")
    incentive_cost = money(_("Cost of the incentive"), "激励成本", "")
    rm_id = word(_("Relationship manager who was to call"), "跟进经理", "follow_up_manager")
    stratum = word(_("Stratum within which the hold-out was drawn; filled for lists frozen here"), "抽样层", "")
    risk_grade = word(_("Grade of the risk on the day of assignment"), "分组时风险等级", "")
    play = word(_("Play that was to be used"), "挽留方案", "")
    result = word(_("What came of the contact"), "跟进结果", "follow_up_result", RESULT)
    channel = word(_("Channel of the contact"), "跟进渠道", "follow_up_channel", CHANNEL)
    cost = money(_("Cost of the contacts with this member"), "跟进成本", "follow_up_cost")
    note = word(_("Note of the manager"), "跟进备注", "follow_up_note", personal=True)
