"""Who the customers are, what they hold, and how they stand month by month."""

from typing import Any

import dataframely as dy

from churn_dash.contract.tables.columns import Codes, date, flag, id_, money, whole, word
from churn_dash.marks import _

_GENDER: Codes = {"F": ("female", "女", "woman", "f"), "M": ("male", "男", "man", "m")}
_ACCOUNT: Codes = {
    "current": ("活期", "demand", "checking", "savings"),
    "term": ("定期", "time", "fixed"),
    "wealth": ("理财",),
    "fund": ("基金",),
    "loan": ("贷款",),
    "card": ("信用卡", "credit card", "credit_card"),
}
_INITIATOR: Codes = {"customer": ("客户", "client"), "bank": ("银行",), "death": ("死亡", "deceased")}
_TYPE: Codes = {"personal": ("个人", "retail", "individual"), "corporate": ("企业", "公司", "company")}
_EDUCATION: Codes = {
    "secondary": ("高中", "中学", "中专", "高中及以下", "高中或中专"),
    "college": ("大专", "专科", "高职"),
    "bachelor": ("本科", "大学本科", "学士"),
    "master": ("硕士", "研究生", "硕士研究生"),
    "doctor": ("博士", "博士研究生", "doctorate", "phd"),
}
_OCCUPATION: Codes = {
    "employee": ("职员", "企业职员", "公司职员", "企业员工"),
    "civil servant": ("公务员", "机关事业单位"),
    "self-employed": ("个体户", "个体经营", "个体工商户", "自由职业"),
    "professional": ("专业人士", "专业技术人员"),
    "worker": ("工人",),
    "retired": ("退休", "离退休", "退休人员"),
    "student": ("学生",),
}
_RISK: Codes = {"low": ("低", "保守", "R1"), "medium": ("中", "稳健", "R2", "R3"), "high": ("高", "进取", "R4", "R5")}


class Customers(dy.Schema):
    """Who the customers are: one row a customer."""

    customer_id = id_(
        _("Customer number, kept as text"),
        "客户号",
        "customerid clientnum client_id cust_id 客户编号 客户id 客户代码 user_id 用户id",
        key=True,
    )
    customer_type = word(_("Personal or corporate customer"), "客户类型", "", _TYPE)
    gender = word(_("Gender"), "性别", "sex", _GENDER, lasting=True)
    birth_date = date(_("Date of birth"), "出生日期", "dob date_of_birth birthday 生日", lasting=True)
    education = word(_("Level of education"), "教育程度", "education_level 学历 教育", _EDUCATION)
    occupation = word(_("Occupation"), "职业", "job", _OCCUPATION)
    income_monthly = money(_("Income a month"), "月收入", "monthly_income")
    city = word(_("City"), "城市", "")
    branch_id = word(_("Branch that keeps the customer"), "机构号", "branch 机构 网点 支行 分行 开户机构")
    rm_id = word(_("Relationship manager"), "客户经理", "relationship_manager manager_id 客户经理号")
    open_date = date(_("Day the customer joined the bank"), "开户日期", "opened account_open_date join_date 开户日", lasting=True)
    referrer_id = word(_("Customer who referred this one"), "推荐人", "referrer", lasting=True)
    special_need = flag(_("Needs special care, for example elderly or disabled"), "特殊关怀", "")
    consent_marketing = flag(_("Has agreed to marketing contact"), "营销授权", "marketing_consent")
    risk_appetite = word(_("Appetite for investment risk"), "风险偏好", "", _RISK)


class Accounts(dy.Schema):
    """The accounts, with the days they were opened and closed: one row an account."""

    account_id = id_(_("Account number, kept as text"), "账号", "account_no account_number 账户号 卡号", key=True)
    customer_id = id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号")
    account_type = word(_("Kind of account"), "账户类型", "type", _ACCOUNT)
    open_date = date(_("Day the account was opened"), "开户日期", "opened 开户日")
    close_date = date(_("Day the account was closed; empty while it is open"), "销户日期", "closed 销户日")
    close_initiator = word(_("Who closed it: the customer or the bank"), "发起方", "closed_by 销户发起方", _INITIATOR)

    @dy.rule()
    def closed_not_before_opened(cls) -> Any:
        import polars as pl

        return pl.col("close_date").is_null() | pl.col("open_date").is_null() | (pl.col("close_date") >= pl.col("open_date"))


class CustomerMonth(dy.Schema):
    """Each customer at the end of each month: one row a customer a month."""

    customer_id = id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号", key=True)
    month = date(
        _("The month; stored as its first day"),
        "月份",
        "data_month period 统计月份 数据月份 年月 数据日期 month_end stat_date snapshot_date",
        key=True,
    )
    aum_avg = money(_("Assets under management, average over the month's days"), "月日均资产", "aum_average 月日均aum 日均资产")
    aum_end = money(_("Assets under management at the end of the month"), "月末资产", "aum 资产余额 月末aum 期末资产")
    deposit_avg = money(_("Deposits, average over the month's days"), "存款", "deposit deposits 存款日均 存款余额")
    wealth_avg = money(_("Wealth products, average over the month's days"), "理财", "wealth 理财日均")
    fund_avg = money(_("Funds, average over the month's days"), "基金", "fund funds 基金日均")
    loan_balance = money(_("Loans outstanding at the end of the month"), "贷款余额", "loan loans")
    fee_income = money(_("Fees earned in the month"), "手续费收入", "fees", signed=True)
    net_flow = money(_("Money that came in less money that went out in the month"), "净流入", "", signed=True)
    valuation_change = money(_("Change of value by market prices in the month"), "估值变动", "", signed=True)
    txn_count = whole(_("Transactions that the customer made in the month"), "交易笔数", "transactions txns")
    txn_amount = money(_("Amount of those transactions"), "交易金额", "")
    login_count = whole(_("Logins in the month"), "登录次数", "logins")
    branch_visits = whole(_("Visits to a branch in the month"), "到店次数", "")
    card_txn_count = whole(_("Card transactions in the month"), "用卡笔数", "")
    product_count = whole(_("Products held"), "产品数", "products products_number 产品数量 持有产品数")
    tier = word(_("Service tier at the end of the month"), "客户等级", "customer_tier 客户层级 等级")
    points = money(_("Loyalty points at the end of the month"), "积分", "")
    salary_in = money(_("Salary received in the month"), "代发工资", "salary")
    autopay_count = whole(_("Standing payments in the month"), "代扣笔数", "autopay")
    digital_active = flag(_("Used digital banking in the month"), "电子银行活跃", "")
    churned = flag(
        _("Flag of the extract: the customer had left by the end of the month"),
        "流失标志",
        "is_churned churn churn_flag exited attrition_flag 是否流失 流失 已流失",
    )
    available_ts = date(_("Day on which the row became known"), "入库日期", "available_at 可用日期")

    @dy.rule()
    def month_is_a_first_day(cls) -> Any:
        import polars as pl

        return pl.col("month").dt.day() == 1


class CrossSection(dy.Schema):
    """One row a customer with a ready-made churn flag; every other column is an attribute."""

    customer_id = id_(
        _("Customer number, kept as text"), "客户号", "customerid clientnum client_id cust_id 客户编号 客户id user_id", key=True
    )
    churned = flag(
        _("Flag of the extract: the customer has left"),
        "流失标志",
        "churn exited attrition_flag attrition is_churned churn_flag left 是否流失 流失 已流失",
    )
