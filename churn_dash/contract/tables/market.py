"""What happens around the bank: rates, competitors, the economy."""

from typing import Any

import dataframely as dy

from churn_dash.contract.tables.codes import PRODUCT, RISK
from churn_dash.contract.tables.columns import date, flag, id_, money, number, rate, whole, word
from churn_dash.marks import _


class MarketMonth(dy.Schema):
    """The market of a city in a month: one row a month a city; a city called ``all`` stands for all of them."""

    month = date(_("The month; stored as its first day"), "月份", "data_month period 统计月份 数据月份 年月 数据日期", key=True)
    city = id_(_("City; all where the figures are the country's"), "城市", "region 地区", key=True)
    own_rate = rate(_("Rate this bank pays on one-year deposits, per cent"), "本行利率", "own_deposit_rate")
    competitor_rate = rate(_("Best rate competitors pay on the same deposits, per cent"), "同业利率", "market_rate 竞争对手利率")
    competitor_campaign = flag(_("A competitor runs a campaign"), "同业活动", "competitor_promotion")
    lpr = rate(_("Loan prime rate, one year, per cent"), "贷款市场报价利率", "loan_prime_rate LPR利率")
    cpi = rate(_("Consumer prices against a year before, per cent"), "居民消费价格涨幅", "inflation CPI同比")
    unemployment = rate(_("Unemployment, per cent"), "失业率", "unemployment_rate", signed=False)
    hhi = number(_("Concentration of the banks (Herfindahl), 0 to 1; low means much competition"), "竞争度", "herfindahl 集中度", 0.0, 1.0)
    market_balances = money(_("Deposits of all banks in the city"), "市场存款总额", "market_deposits 同业存款总额")
    available_ts = date(_("Day on which the row became known"), "入库日期", "available_at 可用日期")

    @dy.rule()
    def month_is_a_first_day(cls) -> Any:
        import polars as pl

        return pl.col("month").dt.day() == 1


class CompetitorProducts(dy.Schema):
    """Products that other banks offer, and their history: one row an offer."""

    offer_id = id_(_("Number of the offer"), "同业产品号", "同业产品编号", key=True)
    bank_name = word(_("Bank that offers it"), "同业银行", "bank competitor 银行名称")
    name = word(_("Name of the product"), "产品名称", "product_name")
    product_kind = word(_("Kind of product"), "产品类型", "product_type 产品类别", PRODUCT)
    rate = rate(_("Rate or expected yield, per cent a year"), "收益率", "yield 利率 年化收益率")
    term_months = whole(_("Term"), "期限", "term 期限月数", 0, None, "months")
    least_amount = money(_("Smallest amount"), "起购金额", "minimum 起点金额")
    risk = word(_("Risk of the product"), "风险等级", "risk_level", RISK)
    city = word(_("City; empty where it is offered everywhere"), "城市", "region")
    from_date = date(_("First day of the offer"), "起售日期", "offer_start 上架日期")
    to_date = date(_("Last day of the offer; empty while it stands"), "停售日期", "offer_end 下架日期")
