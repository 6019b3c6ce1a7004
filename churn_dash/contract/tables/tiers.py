"""Service tiers over time."""

import dataframely as dy

from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tables.columns import Codes, customer, date, flag, money, word
from churn_dash.marks import _

_CHANGE: Codes = {
    "joined": ("新客户", "新客戶", "new"),
    "up": ("升级", "升級", "upgrade"),
    "down": ("降级", "降級", "downgrade"),
    "watch": ("关注", "關注", "on watch"),
    "cleared": ("解除关注", "解除關注", "off watch"),
}


class TierHistory(dy.Schema):
    """Changes of the service tier in force, and of being on watch before a downgrade: one row a customer a change."""

    customer_id = customer(key=True)
    valid_from = date(_("First day from which it holds"), "生效日期", "effective_date tier_date", key=True)
    tier = word(_("Tier in force from that day"), "客户等级", "customer_tier 客户层级 等级", TIER)
    tier_before = word(_("Tier in force before; empty for a new customer"), "原等级", "previous_tier 变更前等级", TIER)
    change = word(_("What changed"), "变更类型", "change_type", _CHANGE)
    watch = flag(_("Below the tier's threshold, on watch for a downgrade"), "关注客户", "on_watch 是否关注")
    aum_avg = money(_("Month-average balances that decided it"), "月日均资产", "aum 日均资产")
