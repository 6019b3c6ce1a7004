"""Codes that several tables share, with what else they are called in English, simplified and traditional Chinese."""

from churn_dash.contract.tables.columns import Codes

PRODUCT: Codes = {
    "current": ("活期", "活期存款", "demand", "checking"),
    "term": ("定期", "定期存款", "time deposit", "fixed"),
    "certificate": ("大额存单", "大額存單", "certificate of deposit", "cd"),
    "structured": ("结构性存款", "結構性存款", "structured deposit"),
    "wealth": ("理财", "理財"),
    "fund": ("基金",),
    "insurance": ("保险", "保險"),
    "metal": ("贵金属", "貴金屬", "gold"),
    "loan": ("贷款", "貸款"),
    "card": ("信用卡", "credit card", "credit_card"),
}
CHANNEL: Codes = {
    "branch": ("网点", "網點", "柜面", "櫃面", "柜台", "櫃檯", "counter", "lobby"),
    "phone": ("电话", "電話", "call", "call centre", "客服中心"),
    "mobile": ("手机银行", "手機銀行", "app", "mobile banking"),
    "online": ("网银", "網銀", "网上银行", "internet banking", "web"),
    "sms": ("短信", "簡訊", "text message"),
    "email": ("邮件", "郵件", "mail"),
    "social": ("微信", "企业微信", "企業微信", "wechat", "社交媒体"),
    "visit": ("上门", "上門", "拜访", "拜訪"),
    "atm": ("自助设备", "自助設備", "自助", "self-service"),
}
RISK: Codes = {"low": ("低", "保守", "R1"), "medium": ("中", "稳健", "穩健", "R2", "R3"), "high": ("高", "进取", "進取", "R4", "R5")}
TIER: Codes = {
    "mass": ("大众", "大眾", "普通", "普通客户"),
    "affluent": ("富裕", "财富", "財富"),
    "gold": ("金", "金卡", "黄金", "黃金"),
    "platinum": ("白金", "白金卡", "铂金"),
    "private": ("私行", "私人银行", "私人銀行", "private banking"),
}
RESULT: Codes = {
    "reached": ("已接通", "已联系", "已聯繫", "contacted"),
    "not_reached": ("未接通", "未联系上", "no answer"),
    "interested": ("有意向", "感兴趣"),
    "accepted": ("接受", "成交", "deal"),
    "declined": ("拒绝", "拒絕", "refused"),
    "opted_out": ("拒绝营销", "勿扰", "do not contact"),
}
