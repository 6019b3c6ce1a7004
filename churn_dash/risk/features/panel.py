# ruff: noqa: E501
"""The features of a panel: the closed list, in the four groups of the plan. Source: METHODS A1 (6.1, 8.1.1), D1, D5."""

from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature, Group, Measure, Source, Unit


def _customer(
    name: str, label: str, unit: Unit, measure: Measure = "attribute", sensitive: bool = False, logged: bool = False, immutable: bool = True
) -> Feature:
    return Feature(
        name, label, "customer", name, unit, Source(measure, name), label, immutable=immutable, sensitive=sensitive, logged=logged
    )


def _monthly(
    name: str,
    label: str,
    what: str,
    measure: Measure,
    column: str,
    months: int = 0,
    unit: Unit = "change",
    theme: str = "",
    group: Group = "banking",
    other: str = "",
    actionable: bool = False,
    integer: bool = False,
) -> Feature:
    skewed = unit in ("money", "count", "change", "months")
    source = Source(measure, column, months, other)
    return Feature(name, label, group, theme or column, unit, source, what, actionable=actionable, integer=integer, logged=skewed)


_BALANCES = _("Average balances")
_DEPOSITS = _("Deposits")
_WEALTH = _("Wealth products")
_FUNDS = _("Funds")
_LOANS = _("Loans")
_TRANSACTIONS = _("Transactions")
_SPENDING = _("Transaction amounts")
_CARD = _("Card payments")
_LOGINS = _("Digital logins")
_VISITS = _("Branch visits")
_PRODUCTS = _("Products held")
_FEES = _("Fees earned")
_SALARY = _("Salary received")
_STANDING = _("Standing payments")
_POINTS = _("Loyalty points")

PANEL_FEATURES: tuple[Feature, ...] = (
    # customer
    _customer("age", _("Age"), "years", "age", sensitive=True),
    _customer("gender", _("Gender"), "category", sensitive=True),
    _customer("tenure_months", _("Months with the bank"), "months", "tenure", logged=True),
    _customer("customer_type", _("Customer type"), "category"),
    _customer("education", _("Education"), "category"),
    _customer("occupation", _("Occupation"), "category"),
    _customer("income_monthly", _("Income a month"), "money", logged=True),
    _customer("city", _("City"), "category"),
    _customer("branch_id", _("Branch"), "category"),
    _customer("rm_id", _("Relationship manager"), "category"),
    _customer("risk_appetite", _("Risk appetite"), "category"),
    _customer("special_need", _("Special care"), "flag"),
    # banking behaviour: balances
    _monthly("aum_avg", _("Average balances"), _BALANCES, "level", "aum_avg", unit="money", theme="balances"),
    _monthly("aum_change_1m", _("Average balances, change in a month"), _BALANCES, "change", "aum_avg", 1, theme="balances"),
    _monthly("aum_change_3m", _("Average balances, change in 3 months"), _BALANCES, "change", "aum_avg", 3, theme="balances"),
    _monthly("aum_change_6m", _("Average balances, change in 6 months"), _BALANCES, "change", "aum_avg", 6, theme="balances"),
    _monthly("aum_slope_6m", _("Average balances, trend a month"), _BALANCES, "slope", "aum_avg", 6, theme="balances"),
    _monthly("aum_from_peak", _("Average balances, below the year's highest"), _BALANCES, "peak", "aum_avg", theme="balances"),
    _monthly("aum_end_change_3m", _("Month-end balances, change in 3 months"), _("Month-end balances"), "change", "aum_end", 3, theme="balances"),
    _monthly("deposit_change_3m", _("Deposits, change in 3 months"), _DEPOSITS, "change", "deposit_avg", 3, theme="deposits"),
    _monthly("deposit_share", _("Deposits, share of balances"), _DEPOSITS, "share", "deposit_avg", unit="ratio", theme="deposits", other="aum_avg"),
    _monthly("wealth_change_3m", _("Wealth products, change in 3 months"), _WEALTH, "change", "wealth_avg", 3, theme="wealth"),
    _monthly("wealth_share", _("Wealth products, share of balances"), _WEALTH, "share", "wealth_avg", unit="ratio", theme="wealth", other="aum_avg"),
    _monthly("fund_change_3m", _("Funds, change in 3 months"), _FUNDS, "change", "fund_avg", 3, theme="funds"),
    _monthly("fund_share", _("Funds, share of balances"), _FUNDS, "share", "fund_avg", unit="ratio", theme="funds", other="aum_avg"),
    _monthly("loan_balance", _("Loans outstanding"), _LOANS, "level", "loan_balance", unit="money", theme="loans"),
    _monthly("loan_change_3m", _("Loans, change in 3 months"), _LOANS, "change", "loan_balance", 3, theme="loans"),
    _monthly("net_flow_3m", _("Money in less money out, a month over 3 months"), _("Money in less money out"), "mean", "net_flow", 3, unit="money", theme="flows"),
    # banking behaviour: activity
    _monthly("txn_mean_3m", _("Transactions a month"), _TRANSACTIONS, "mean", "txn_count", 3, unit="count", theme="activity"),
    _monthly("txn_change_3m", _("Transactions, change in 3 months"), _TRANSACTIONS, "mean_change", "txn_count", 3, theme="activity"),
    _monthly("txn_slope_6m", _("Transactions, trend a month"), _TRANSACTIONS, "slope", "txn_count", 6, theme="activity"),
    _monthly("months_without_txn", _("Months without a transaction"), _TRANSACTIONS, "since", "txn_count", unit="months", theme="activity"),
    _monthly("amount_mean_3m", _("Transaction amounts a month"), _SPENDING, "mean", "txn_amount", 3, unit="money", theme="spending"),
    _monthly("amount_change_3m", _("Transaction amounts, change in 3 months"), _SPENDING, "mean_change", "txn_amount", 3, theme="spending"),
    _monthly("card_mean_3m", _("Card payments a month"), _CARD, "mean", "card_txn_count", 3, unit="count", theme="card", actionable=True),
    _monthly("card_change_3m", _("Card payments, change in 3 months"), _CARD, "mean_change", "card_txn_count", 3, theme="card"),
    _monthly("login_mean_3m", _("Digital logins a month"), _LOGINS, "mean", "login_count", 3, unit="count", theme="digital", actionable=True),
    _monthly("login_change_3m", _("Digital logins, change in 3 months"), _LOGINS, "mean_change", "login_count", 3, theme="digital"),
    _monthly("months_without_login", _("Months without a digital login"), _LOGINS, "since", "login_count", unit="months", theme="digital"),
    _monthly("digital_active_3m", _("Share of the last 3 months with digital use"), _LOGINS, "mean", "digital_active", 3, unit="ratio", theme="digital"),
    _monthly("visits_mean_3m", _("Branch visits a month"), _VISITS, "mean", "branch_visits", 3, unit="count", theme="visits"),
    _monthly("product_count", _("Products held"), _PRODUCTS, "level", "product_count", unit="count", theme="products", actionable=True, integer=True),
    _monthly("product_change_3m", _("Products held, difference to 3 months before"), _PRODUCTS, "difference", "product_count", 3, unit="number", theme="products"),
    _monthly("fee_mean_3m", _("Fees earned a month"), _FEES, "mean", "fee_income", 3, unit="money", theme="fees"),
    # market
    Feature("market_change_3m", _("Balances in the customer's city, change in 3 months"), "market", "market", "change",
            Source("market_change", "aum_avg", 3), _("Balances in the customer's city"), immutable=True, logged=True),
    # service and loyalty
    _monthly("salary_mean_3m", _("Salary received a month"), _SALARY, "mean", "salary_in", 3, unit="money", theme="salary", group="service"),
    _monthly("salary_change_3m", _("Salary received, change in 3 months"), _SALARY, "mean_change", "salary_in", 3, theme="salary", group="service"),
    _monthly("autopay_mean_3m", _("Standing payments a month"), _STANDING, "mean", "autopay_count", 3, unit="count", theme="standing", group="service", actionable=True),
    _monthly("autopay_change_3m", _("Standing payments, change in 3 months"), _STANDING, "mean_change", "autopay_count", 3, theme="standing", group="service"),
    _monthly("points", _("Loyalty points"), _POINTS, "level", "points", unit="count", theme="points", group="service"),
    _monthly("tier", _("Tier"), _("Tier"), "level", "tier", unit="category", theme="tier", group="service"),
    _monthly("tier_changed_3m", _("Tier changed in the last 3 months"), _("Tier"), "changed", "tier", 3, unit="flag", theme="tier", group="service"),
    Feature("complaints_open", _("Open complaints"), "service", "complaints", "count", Source("open", "complaints"), _("Open complaints"), actionable=True, integer=True),
    Feature("complaints_12m", _("Complaints in 12 months"), "service", "complaints", "count", Source("recent", "complaints", 12), _("Complaints in 12 months"), integer=True),
    Feature("months_since_complaint", _("Months since the last complaint"), "service", "complaints", "months", Source("since_event", "complaints", 12), _("Complaints"), logged=True),
    Feature("csat_last", _("Last satisfaction (1 to 5)"), "service", "satisfaction", "score", Source("last", "csat", 24), _("Satisfaction")),
    Feature("csat_change", _("Satisfaction, difference to the answer before"), "service", "satisfaction", "score", Source("last_change", "csat", 24), _("Satisfaction")),
    Feature("nps_last", _("Last willingness to recommend (0 to 10)"), "service", "satisfaction", "score", Source("last", "nps", 24), _("Willingness to recommend")),
)  # fmt: skip
"""Every feature a panel can have. Which of them exist depends on the tables and columns that the bank brings."""

BY_DEFAULT_OUT: dict[str, str] = {
    "gender": _("left out for fair treatment; keep it on purpose if you must"),
    "branch_id": _("says who serves the customer, not how the customer behaves"),
    "rm_id": _("says who serves the customer, not how the customer behaves"),
}
"""Features left out unless kept, and why. METHODS D7."""
