"""What a customer holds one by one: products, loans, cards; large amounts that move; fees."""

from typing import Any

import dataframely as dy

from churn_dash.contract.tables.codes import CHANNEL, PRODUCT
from churn_dash.contract.tables.columns import Codes, customer, date, flag, id_, money, rate, word
from churn_dash.marks import _

_BANK: Codes = {
    "own": ("本行", "this bank", "our bank"),
    "other": ("他行", "同业", "同業", "another bank", "competitor"),
}
_DIRECTION: Codes = {
    "out": ("转出", "轉出", "流出", "支出", "取款", "withdrawal", "outflow"),
    "in": ("转入", "轉入", "流入", "存入", "存款", "deposit", "inflow"),
}
_LOAN: Codes = {
    "mortgage": ("按揭", "房贷", "房貸", "住房贷款"),
    "consumer": ("消费贷", "消费", "消費", "personal loan"),
    "business": ("经营贷", "经营", "經營"),
    "car": ("车贷", "車貸", "auto"),
}
_CARD: Codes = {"credit": ("信用卡", "贷记卡", "貸記卡"), "debit": ("借记卡", "借記卡", "储蓄卡")}
_FEE: Codes = {
    "account": ("账户管理", "帳戶管理", "年费", "年費"),
    "transfer": ("转账", "轉帳", "汇款", "匯款"),
    "card": ("卡", "信用卡", "card fee"),
    "wealth": ("理财", "理財", "申购", "申購"),
    "loan": ("贷款", "貸款", "提前还款"),
    "advice": ("顾问", "顧問", "咨询"),
    "other": ("其他",),
}


class ProductHoldings(dy.Schema):
    """Each product a customer holds, here or, as far as the bank was told, at another bank: one row a holding."""

    holding_id = id_(_("Holding number"), "产品持有号", "产品持有號 持有号 持仓号", key=True)
    customer_id = customer()
    product_id = word(_("Product, as the bank numbers it"), "产品代码", "产品編碼 product_code product 产品编号")
    product_kind = word(_("Kind of product"), "产品类型", "product_type 产品类别", PRODUCT)
    amount = money(_("Amount held"), "金额", "balance 持有金额 本金 principal")
    start_date = date(_("First day that bears interest"), "起息日", "value_date 购买日期")
    maturity_date = date(_("Day the product falls due; empty where it has none"), "到期日", "maturity due_date 到期日期")
    rate = rate(_("Rate or expected yield, per cent a year"), "利率", "yield 收益率 年化收益率 interest_rate")
    bank = word(_("Where it is held: at this bank or at another"), "所属银行", "bank_of_holding 持有银行", _BANK)
    bank_name = word(_("Name of the other bank, where it was told"), "他行名称", "other_bank")
    recorded_at = date(_("Day on which the bank knew of it; empty: its first day"), "登记日期", "recorded noted_at")
    closed_date = date(_("Day it was paid out or sold; empty while it is held"), "赎回日", "redeemed_date 结清日期 兑付日")

    @dy.rule()
    def due_not_before_start(cls) -> Any:
        import polars as pl

        return pl.col("maturity_date").is_null() | pl.col("start_date").is_null() | (pl.col("maturity_date") >= pl.col("start_date"))


class LargeTransactions(dy.Schema):
    """Large withdrawals and transfers, booked ahead or done: one row a transaction."""

    txn_id = id_(_("Transaction number"), "交易号", "transaction_id 交易流水号 流水号", key=True)
    customer_id = customer()
    booked_at = date(_("Day on which it was announced; empty without a booking"), "预约时间", "booked 预约日期")
    txn_date = date(_("Day of the transaction; empty while it is only booked"), "交易日期", "transaction_date")
    amount = money(_("Amount"), "金额", "交易金额 txn_amount")
    direction = word(_("Into the bank or out of it"), "方向", "收支方向 交易方向", _DIRECTION)
    channel = word(_("Where it was booked or done"), "渠道", "交易渠道", CHANNEL)
    counter_bank = word(_("Bank on the other side; empty where money stays in this bank"), "对手行", "counterparty_bank 对方银行 收款行")
    internal = flag(_("Between accounts of this bank"), "行内划转", "own_bank_transfer 行内转账")
    branch_id = word(_("Branch where it was booked"), "机构号", "branch 预约机构 网点")


class Loans(dy.Schema):
    """How each loan was paid down: one row a loan a month."""

    loan_id = id_(_("Loan number"), "贷款号", "loan_no 借据号 贷款编号", key=True)
    month = date(_("The month; stored as its first day"), "月份", "data_month period 统计月份 数据月份 年月 数据日期", key=True)
    customer_id = customer()
    loan_kind = word(_("Kind of loan"), "贷款类型", "loan_type", _LOAN)
    balance_start = money(_("Principal outstanding at the start of the month"), "期初余额", "opening_balance 月初余额")
    scheduled = money(_("Principal that fell due in the month by the plan"), "计划还款", "scheduled_principal 应还本金")
    prepaid = money(_("Principal paid back before it was due"), "提前还款", "prepayment 提前还本")
    rate = rate(_("Rate, per cent a year"), "利率", "interest_rate")
    maturity_date = date(_("Last day of the loan"), "到期日", "maturity due_date")

    @dy.rule()
    def month_is_a_first_day(cls) -> Any:
        import polars as pl

        return pl.col("month").dt.day() == 1


class Cards(dy.Schema):
    """The cards, with their first and last use: one row a card."""

    card_id = id_(_("Card number or its stand-in"), "卡号", "card_no card_number 卡片号", key=True)
    customer_id = customer()
    card_kind = word(_("Credit or debit card"), "卡类型", "card_type 卡种", _CARD)
    issued_date = date(_("Day it was issued"), "发卡日", "issued issue_date 发卡日期")
    activated_date = date(_("Day it was activated; empty while it is not"), "激活日", "activated activation_date 激活日期")
    last_txn_date = date(_("Day it was last used, as of the extract"), "最近用卡日", "last_used 最近交易日")
    closed_date = date(_("Day it was cancelled; empty while it is valid"), "销卡日", "cancelled_date 销卡日期")
    credit_limit = money(_("Credit limit"), "信用额度", "limit 额度")


class Fees(dy.Schema):
    """Fees charged, waived, disputed: one row a fee."""

    fee_id = id_(_("Fee number"), "收费号", "收费流水号 fee_no", key=True)
    customer_id = customer()
    charged_at = date(_("Day of the charge"), "收费日期", "charged charge_date")
    fee_kind = word(_("What the fee was for"), "收费类型", "fee_type 收费项目", _FEE)
    amount = money(_("Fee charged"), "金额", "fee_amount 收费金额")
    published = flag(_("The fee stands in the published price list"), "已公示", "in_price_list 是否公示")
    waived = flag(_("The fee was waived"), "已减免", "是否减免")
    disputed_at = date(_("Day the customer disputed it; empty without a dispute"), "异议日期", "disputed 争议日期")
    refunded = money(_("Amount paid back after the dispute"), "退费金额", "refund 退还金额")
