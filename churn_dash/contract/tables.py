"""The tables of an extract: each column's type, unit, meaning and the headers banks give it. Source: METHODS E1.

``month`` is the date of its first day. Coded values are stored as English codes; ``codes`` lists what else they are called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dataframely as dy

from churn_dash.marks import _

Codes = Mapping[str, tuple[str, ...]]


def _about(
    unit: str = "", zh: str = "", also: str = "", codes: Codes | None = None, personal: bool = False, lasting: bool = False
) -> dict[str, Any]:
    return {"unit": unit, "zh": zh, "also": tuple(also.split()), "codes": codes or {}, "personal": personal, "lasting": lasting}


_GENDER: Codes = {"F": ("female", "女", "woman", "f"), "M": ("male", "男", "man", "m")}
_YES: Codes = {}
_ACCOUNT: Codes = {
    "current": ("活期", "demand", "checking", "savings"),
    "term": ("定期", "time", "fixed"),
    "wealth": ("理财",),
    "fund": ("基金",),
    "loan": ("贷款",),
    "card": ("信用卡", "credit card", "credit_card"),
}
_INITIATOR: Codes = {"customer": ("客户", "client"), "bank": ("银行",), "death": ("死亡", "deceased")}
_DESIGN: Codes = {
    "randomised": ("随机", "randomized", "random", "rct"),
    "manual": ("人工", "by hand", "rm"),
    "branch": ("按机构", "by branch"),
    "rule": ("按规则", "by rule"),
    "observational": ("观察", "none"),
}
_COMPLAINT: Codes = {"product": ("产品",), "service": ("服务",), "price": ("价格", "fee"), "value_added": ("增值",)}
_FORM: Codes = {
    "close": ("销户", "closed", "closure"),
    "dormant": ("休眠", "dormancy", "不动户"),
    "asset_out": ("资产转出", "asset decline"),
    "absent": ("不在名单", "missing"),
}
_TYPE: Codes = {"personal": ("个人", "retail", "individual"), "corporate": ("企业", "公司", "company")}
_RISK: Codes = {"low": ("低", "保守", "R1"), "medium": ("中", "稳健", "R2", "R3"), "high": ("高", "进取", "R4", "R5")}


def _id(meaning: str, zh: str, also: str = "", key: bool = False, nullable: bool = False, personal: bool = False) -> dy.String:
    return dy.String(
        primary_key=key, nullable=nullable, min_length=1, description=meaning, metadata=_about("id", zh, also, personal=personal)
    )


def _word(meaning: str, zh: str, also: str = "", codes: Codes | None = None, lasting: bool = False, personal: bool = False) -> dy.String:
    return dy.String(nullable=True, description=meaning, metadata=_about("", zh, also, codes, personal, lasting))


def _date(meaning: str, zh: str, also: str = "", nullable: bool = True, key: bool = False, lasting: bool = False) -> dy.Date:
    return dy.Date(nullable=nullable and not key, primary_key=key, description=meaning, metadata=_about("date", zh, also, lasting=lasting))


def _money(meaning: str, zh: str, also: str = "", signed: bool = False) -> dy.Float64:
    return dy.Float64(nullable=True, min=None if signed else 0.0, description=meaning, metadata=_about("CNY", zh, also))


def _n(meaning: str, zh: str, also: str = "", low: int | None = 0, high: int | None = None, unit: str = "count") -> dy.Int64:
    return dy.Int64(nullable=True, min=low, max=high, description=meaning, metadata=_about(unit, zh, also))


def _flag(meaning: str, zh: str, also: str = "") -> dy.Bool:
    return dy.Bool(nullable=True, description=meaning, metadata=_about("yes/no", zh, also, _YES))


class Customers(dy.Schema):
    """Who the customers are: one row a customer."""

    customer_id = _id(
        _("Customer number, kept as text"),
        "客户号",
        "customerid clientnum client_id cust_id 客户编号 客户id 客户代码 user_id 用户id",
        key=True,
    )
    customer_type = _word(_("Personal or corporate customer"), "客户类型", "", _TYPE)
    gender = _word(_("Gender"), "性别", "sex", _GENDER, lasting=True)
    birth_date = _date(_("Date of birth"), "出生日期", "dob date_of_birth birthday 生日", lasting=True)
    education = _word(_("Level of education"), "教育程度", "education_level 学历 教育")
    occupation = _word(_("Occupation"), "职业", "job")
    income_monthly = _money(_("Income a month"), "月收入", "monthly_income")
    city = _word(_("City"), "城市", "")
    branch_id = _word(_("Branch that keeps the customer"), "机构号", "branch 机构 网点 支行 分行 开户机构")
    rm_id = _word(_("Relationship manager"), "客户经理", "relationship_manager manager_id 客户经理号")
    open_date = _date(_("Day the customer joined the bank"), "开户日期", "opened account_open_date join_date 开户日", lasting=True)
    referrer_id = _word(_("Customer who referred this one"), "推荐人", "referrer", lasting=True)
    special_need = _flag(_("Needs special care, for example elderly or disabled"), "特殊关怀", "")
    consent_marketing = _flag(_("Has agreed to marketing contact"), "营销授权", "marketing_consent")
    risk_appetite = _word(_("Appetite for investment risk"), "风险偏好", "", _RISK)


class Accounts(dy.Schema):
    """The accounts, with the days they were opened and closed: one row an account."""

    account_id = _id(_("Account number, kept as text"), "账号", "account_no account_number 账户号 卡号", key=True)
    customer_id = _id(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    account_type = _word(_("Kind of account"), "账户类型", "type", _ACCOUNT)
    open_date = _date(_("Day the account was opened"), "开户日期", "opened 开户日")
    close_date = _date(_("Day the account was closed; empty while it is open"), "销户日期", "closed 销户日")
    close_initiator = _word(_("Who closed it: the customer or the bank"), "发起方", "closed_by 销户发起方", _INITIATOR)

    @dy.rule()
    def closed_not_before_opened(cls) -> Any:
        import polars as pl

        return pl.col("close_date").is_null() | pl.col("open_date").is_null() | (pl.col("close_date") >= pl.col("open_date"))


class CustomerMonth(dy.Schema):
    """Each customer at the end of each month: one row a customer a month."""

    customer_id = _id(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号", key=True)
    month = _date(
        _("The month; stored as its first day"),
        "月份",
        "data_month period 统计月份 数据月份 年月 数据日期 month_end stat_date snapshot_date",
        key=True,
    )
    aum_avg = _money(_("Assets under management, average over the month's days"), "月日均资产", "aum_average 月日均aum 日均资产")
    aum_end = _money(_("Assets under management at the end of the month"), "月末资产", "aum 资产余额 月末aum 期末资产")
    deposit_avg = _money(_("Deposits, average over the month's days"), "存款", "deposit deposits 存款日均 存款余额")
    wealth_avg = _money(_("Wealth products, average over the month's days"), "理财", "wealth 理财日均")
    fund_avg = _money(_("Funds, average over the month's days"), "基金", "fund funds 基金日均")
    loan_balance = _money(_("Loans outstanding at the end of the month"), "贷款余额", "loan loans")
    fee_income = _money(_("Fees earned in the month"), "手续费收入", "fees", signed=True)
    net_flow = _money(_("Money that came in less money that went out in the month"), "净流入", "", signed=True)
    valuation_change = _money(_("Change of value by market prices in the month"), "估值变动", "", signed=True)
    txn_count = _n(_("Transactions that the customer made in the month"), "交易笔数", "transactions txns")
    txn_amount = _money(_("Amount of those transactions"), "交易金额", "")
    login_count = _n(_("Logins in the month"), "登录次数", "logins")
    branch_visits = _n(_("Visits to a branch in the month"), "到店次数", "")
    card_txn_count = _n(_("Card transactions in the month"), "用卡笔数", "")
    product_count = _n(_("Products held"), "产品数", "products products_number 产品数量 持有产品数")
    tier = _word(_("Service tier at the end of the month"), "客户等级", "customer_tier 客户层级 等级")
    points = _money(_("Loyalty points at the end of the month"), "积分", "")
    salary_in = _money(_("Salary received in the month"), "代发工资", "salary")
    autopay_count = _n(_("Standing payments in the month"), "代扣笔数", "autopay")
    digital_active = _flag(_("Used digital banking in the month"), "电子银行活跃", "")
    churned = _flag(
        _("Flag of the extract: the customer had left by the end of the month"),
        "流失标志",
        "is_churned churn churn_flag exited attrition_flag 是否流失 流失 已流失",
    )
    available_ts = _date(_("Day on which the row became known"), "入库日期", "available_at 可用日期")

    @dy.rule()
    def month_is_a_first_day(cls) -> Any:
        import polars as pl

        return pl.col("month").dt.day() == 1


class CrossSection(dy.Schema):
    """One row a customer with a ready-made churn flag; every other column is an attribute."""

    customer_id = _id(
        _("Customer number, kept as text"), "客户号", "customerid clientnum client_id cust_id 客户编号 客户id user_id", key=True
    )
    churned = _flag(
        _("Flag of the extract: the customer has left"),
        "流失标志",
        "churn exited attrition_flag attrition is_churned churn_flag left 是否流失 流失 已流失",
    )


class Surveys(dy.Schema):
    """Satisfaction surveys: one row a questionnaire sent."""

    survey_id = _id(_("Questionnaire number"), "问卷号", "", key=True)
    customer_id = _id(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    sent_at = _date(_("Day it was sent"), "发送日期", "sent")
    answered_at = _date(_("Day it was answered; empty without an answer"), "回答日期", "answered")
    csat = _n(_("Satisfaction, 1 to 5"), "满意度", "satisfaction", 1, 5, "score")
    nps = _n(_("Would recommend, 0 to 10"), "推荐意愿", "", 0, 10, "score")
    q_personal = _n(_("Personal service, 1 to 5"), "个性化", "", 1, 5, "score")
    q_convenient = _n(_("Convenience, 1 to 5"), "便捷", "", 1, 5, "score")
    q_efficient = _n(_("Efficiency, 1 to 5"), "高效", "", 1, 5, "score")
    q_secure = _n(_("Security, 1 to 5"), "安全", "", 1, 5, "score")


class Complaints(dy.Schema):
    """Complaints: one row a complaint."""

    complaint_id = _id(_("Complaint number"), "投诉号", "", key=True)
    customer_id = _id(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    created_at = _date(_("Day the complaint came in"), "投诉日期", "created")
    category = _word(_("What it was about"), "类别", "投诉类别", _COMPLAINT)
    resolved_at = _date(_("Day it was settled; empty while it is open"), "解决日期", "resolved")
    informed = _flag(_("The customer was told the result"), "已告知", "")
    reopened = _flag(_("It was opened again"), "重开", "")


class Campaigns(dy.Schema):
    """Retention campaigns: one row a campaign."""

    campaign_id = _id(_("Campaign number"), "活动编号", "", key=True)
    name = _word(_("Name"), "活动名称", "campaign_name")
    type = _word(_("Kind of campaign"), "活动类型", "campaign_type")
    planned_ratio = _word(_("Planned shares of the groups, for example treated=0.8;control=0.2"), "计划比例", "ratio")
    start_date = _date(_("First day"), "开始日期", "start")
    end_date = _date(_("Last day"), "结束日期", "end")
    outcome = _word(_("What it is judged by"), "评估指标", "")
    horizon_days = _n(_("Days after the start at which it is judged"), "评估天数", "", 1, None, "days")
    cost_fixed = _money(_("Fixed cost"), "固定成本", "")
    design = _word(_("How the groups were made: at random, by hand, by branch"), "分组方式", "", _DESIGN)


class CampaignAssignments(dy.Schema):
    """Who was in which group of a campaign: one row a customer a campaign."""

    campaign_id = _id(_("Campaign number"), "活动编号", "", key=True)
    customer_id = _id(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号", key=True)
    arm = _word(_("Group: treated, or control for the hold-out"), "组别", "group 分组")
    assigned_at = _date(_("Day of assignment"), "分组日期", "assigned")
    contacted_at = _date(_("Day of the first contact; empty if never reached"), "接触日期", "contacted")
    accepted = _flag(_("Took the offer"), "已接受", "")
    incentive_cost = _money(_("Cost of the incentive"), "激励成本", "")


class ChurnEvents(dy.Schema):
    """Departures that the bank recorded, with their reasons: one row an event."""

    event_id = _id(_("Event number"), "流失事件", "", key=True)
    customer_id = _id(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    event_date = _date(_("Day of the departure"), "流失日期", "churn_date", nullable=False)
    form = _word(_("How the customer left"), "流失形式", "", _FORM)
    reason_code = _word(_("Why, as a code of the reason map"), "原因", "reason")
    destination = _word(_("Bank the customer went to"), "去向", "")


@dataclass(frozen=True)
class Table:
    """One table of the contract."""

    name: str
    schema: type[dy.Schema]
    zh: str
    label: str

    @property
    def columns(self) -> dict[str, dy.Column]:
        return self.schema.columns()

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(self.schema.primary_key())

    @property
    def has_month(self) -> bool:
        return "month" in self.columns

    def aliases(self, column: str) -> tuple[str, ...]:
        """Headers under which the column is known: its name, its Chinese header, and others."""
        about = self.columns[column].metadata or {}
        return (column, about["zh"], *about["also"])


TABLES = {
    t.name: t
    for t in (
        Table("customers", Customers, "客户", _("Customers")),
        Table("accounts", Accounts, "账户", _("Accounts")),
        Table("customer_month", CustomerMonth, "客户月表", _("Customers by month")),
        Table("cross_section", CrossSection, "客户快照", _("Customers at one moment, with a churn flag")),
        Table("surveys", Surveys, "满意度调查", _("Surveys")),
        Table("complaints", Complaints, "投诉", _("Complaints")),
        Table("campaigns", Campaigns, "活动", _("Campaigns")),
        Table("campaign_assignments", CampaignAssignments, "活动分组", _("Campaign members")),
        Table("churn_events", ChurnEvents, "流失事件", _("Churn events")),
    )
}
"""The closed list of tables, by name."""
