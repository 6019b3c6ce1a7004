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
    integer: bool = False,
) -> Feature:
    skewed = unit in ("money", "count", "change", "months")
    source = Source(measure, column, months, other)
    return Feature(name, label, group, theme or column, unit, source, what, integer=integer, logged=skewed)


def _event(
    name: str,
    label: str,
    measure: Measure,
    table: str,
    column: str = "",
    months: int = 0,
    where: str = "",
    unit: Unit = "count",
    theme: str = "",
    group: Group = "banking",
    other: str = "",
) -> Feature:
    source = Source(measure, column or table, months, other, table, where)
    whole = unit == "count"
    logged = unit in ("money", "count", "months")
    return Feature(name, label, group, theme or table, unit, source, label, integer=whole, logged=logged)


def _market(name: str, label: str, measure: Measure, column: str, unit: Unit = "number", months: int = 0, other: str = "") -> Feature:
    theme = "rates" if measure.startswith("market_gap") else column
    return Feature(name, label, "market", theme, unit, Source(measure, column, months, other), label, immutable=True)


_BALANCES = _("Average balances")
_MONTH_END = _("Month-end balances")
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

# Ratios to the own past over 1, 3 and 6 months, without those of a month that tell of the calendar (salaries with bonus months, contacts
# with their campaigns), or that hardly anybody has (branch visits in two months running).
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
    _monthly("aum_end_change_3m", _("Month-end balances, change in 3 months"), _MONTH_END, "change", "aum_end", 3, theme="balances"),
    _monthly("aum_end_change_1m", _("Month-end balances, change in a month"), _MONTH_END, "change", "aum_end", 1, theme="balances"),
    _monthly("aum_end_change_6m", _("Month-end balances, change in 6 months"), _MONTH_END, "change", "aum_end", 6, theme="balances"),
    _monthly("deposit_change_3m", _("Deposits, change in 3 months"), _DEPOSITS, "change", "deposit_avg", 3, theme="deposits"),
    _monthly("deposit_share", _("Deposits, share of balances"), _DEPOSITS, "share", "deposit_avg", unit="ratio", theme="deposits", other="aum_avg"),
    _monthly("wealth_change_3m", _("Wealth products, change in 3 months"), _WEALTH, "change", "wealth_avg", 3, theme="wealth"),
    _monthly("wealth_change_1m", _("Wealth products, change in a month"), _WEALTH, "change", "wealth_avg", 1, theme="wealth"),
    _monthly("wealth_change_6m", _("Wealth products, change in 6 months"), _WEALTH, "change", "wealth_avg", 6, theme="wealth"),
    _monthly("wealth_share", _("Wealth products, share of balances"), _WEALTH, "share", "wealth_avg", unit="ratio", theme="wealth", other="aum_avg"),
    _monthly("fund_change_3m", _("Funds, change in 3 months"), _FUNDS, "change", "fund_avg", 3, theme="funds"),
    _monthly("fund_change_1m", _("Funds, change in a month"), _FUNDS, "change", "fund_avg", 1, theme="funds"),
    _monthly("fund_change_6m", _("Funds, change in 6 months"), _FUNDS, "change", "fund_avg", 6, theme="funds"),
    _monthly("fund_share", _("Funds, share of balances"), _FUNDS, "share", "fund_avg", unit="ratio", theme="funds", other="aum_avg"),
    _monthly("loan_balance", _("Loans outstanding"), _LOANS, "level", "loan_balance", unit="money", theme="loans"),
    _monthly("loan_change_3m", _("Loans, change in 3 months"), _LOANS, "change", "loan_balance", 3, theme="loans"),
    _monthly("loan_change_1m", _("Loans, change in a month"), _LOANS, "change", "loan_balance", 1, theme="loans"),
    _monthly("loan_change_6m", _("Loans, change in 6 months"), _LOANS, "change", "loan_balance", 6, theme="loans"),
    _monthly("net_flow_3m", _("Money in less money out, a month over 3 months"), _("Money in less money out"), "mean", "net_flow", 3, unit="money", theme="flows"),
    _monthly("deposit_change_1m", _("Deposits, change in a month"), _DEPOSITS, "change", "deposit_avg", 1, theme="deposits"),
    _monthly("deposit_change_6m", _("Deposits, change in 6 months"), _DEPOSITS, "change", "deposit_avg", 6, theme="deposits"),
    _monthly("deposit_slope_6m", _("Deposits, trend a month"), _DEPOSITS, "slope", "deposit_avg", 6, theme="deposits"),
    _monthly("net_flow_6m", _("Money in less money out, a month over 6 months"), _("Money in less money out"), "mean", "net_flow", 6, unit="money", theme="flows"),
    # banking behaviour: activity
    _monthly("txn_mean_3m", _("Transactions a month"), _TRANSACTIONS, "mean", "txn_count", 3, unit="count", theme="activity"),
    _monthly("txn_change_3m", _("Transactions, change in 3 months"), _TRANSACTIONS, "mean_change", "txn_count", 3, theme="activity"),
    _monthly("txn_slope_6m", _("Transactions, trend a month"), _TRANSACTIONS, "slope", "txn_count", 6, theme="activity"),
    _monthly("txn_change_1m", _("Transactions, change in a month"), _TRANSACTIONS, "change", "txn_count", 1, theme="activity"),
    _monthly("txn_change_6m", _("Transactions, change in 6 months"), _TRANSACTIONS, "mean_change", "txn_count", 6, theme="activity"),
    _monthly("months_without_txn", _("Months without a transaction"), _TRANSACTIONS, "since", "txn_count", unit="months", theme="activity"),
    _monthly("amount_mean_3m", _("Transaction amounts a month"), _SPENDING, "mean", "txn_amount", 3, unit="money", theme="spending"),
    _monthly("amount_change_3m", _("Transaction amounts, change in 3 months"), _SPENDING, "mean_change", "txn_amount", 3, theme="spending"),
    _monthly("amount_change_1m", _("Transaction amounts, change in a month"), _SPENDING, "change", "txn_amount", 1, theme="spending"),
    _monthly("amount_change_6m", _("Transaction amounts, change in 6 months"), _SPENDING, "mean_change", "txn_amount", 6, theme="spending"),
    _monthly("card_mean_3m", _("Card payments a month"), _CARD, "mean", "card_txn_count", 3, unit="count", theme="card"),
    _monthly("card_change_3m", _("Card payments, change in 3 months"), _CARD, "mean_change", "card_txn_count", 3, theme="card"),
    _monthly("card_change_1m", _("Card payments, change in a month"), _CARD, "change", "card_txn_count", 1, theme="card"),
    _monthly("card_change_6m", _("Card payments, change in 6 months"), _CARD, "mean_change", "card_txn_count", 6, theme="card"),
    _monthly("months_without_card", _("Months without a card payment"), _CARD, "since", "card_txn_count", unit="months", theme="card"),
    _monthly("login_mean_3m", _("Digital logins a month"), _LOGINS, "mean", "login_count", 3, unit="count", theme="digital"),
    _monthly("login_change_3m", _("Digital logins, change in 3 months"), _LOGINS, "mean_change", "login_count", 3, theme="digital"),
    _monthly("login_change_1m", _("Digital logins, change in a month"), _LOGINS, "change", "login_count", 1, theme="digital"),
    _monthly("login_change_6m", _("Digital logins, change in 6 months"), _LOGINS, "mean_change", "login_count", 6, theme="digital"),
    _monthly("login_slope_6m", _("Digital logins, trend a month"), _LOGINS, "slope", "login_count", 6, theme="digital"),
    _monthly("months_without_login", _("Months without a digital login"), _LOGINS, "since", "login_count", unit="months", theme="digital"),
    _monthly("digital_active_3m", _("Share of the last 3 months with digital use"), _LOGINS, "mean", "digital_active", 3, unit="ratio", theme="digital"),
    _monthly("visits_mean_3m", _("Branch visits a month"), _VISITS, "mean", "branch_visits", 3, unit="count", theme="visits"),
    _monthly("visits_change_3m", _("Branch visits, change in 3 months"), _VISITS, "mean_change", "branch_visits", 3, theme="visits"),
    _monthly("visits_change_6m", _("Branch visits, change in 6 months"), _VISITS, "mean_change", "branch_visits", 6, theme="visits"),
    _monthly("months_without_visit", _("Months without a branch visit"), _VISITS, "since", "branch_visits", unit="months", theme="visits"),
    _monthly("product_count", _("Products held"), _PRODUCTS, "level", "product_count", unit="count", theme="products", integer=True),
    _monthly("product_change_3m", _("Products held, difference to 3 months before"), _PRODUCTS, "difference", "product_count", 3, unit="number", theme="products"),
    _monthly("product_change_1m", _("Products held, difference to the month before"), _PRODUCTS, "difference", "product_count", 1, unit="number", theme="products"),
    _monthly("product_change_6m", _("Products held, difference to 6 months before"), _PRODUCTS, "difference", "product_count", 6, unit="number", theme="products"),
    _monthly("fee_mean_3m", _("Fees earned a month"), _FEES, "mean", "fee_income", 3, unit="money", theme="fees"),
    _monthly("fee_change_1m", _("Fees earned, change in a month"), _FEES, "change", "fee_income", 1, theme="fees"),
    _monthly("fee_change_3m", _("Fees earned, change in 3 months"), _FEES, "mean_change", "fee_income", 3, theme="fees"),
    _monthly("fee_change_6m", _("Fees earned, change in 6 months"), _FEES, "mean_change", "fee_income", 6, theme="fees"),
    # banking behaviour: what is held, and when it falls due
    _event("holdings", _("Products held with a contract of their own"), "standing", "product_holdings", where="held", theme="products"),
    _event("due_1m", _("Falls due within a month"), "standing_sum", "product_holdings", "amount", where="due_1m", unit="money", theme="maturities"),
    _event("due_3m", _("Falls due within 3 months"), "standing_sum", "product_holdings", "amount", where="due_3m", unit="money", theme="maturities"),
    _event("due_share_3m", _("Share of holdings that falls due within 3 months"), "standing_share", "product_holdings", "amount", where="due_3m", other="held", unit="ratio", theme="maturities"),
    _event("fell_due_1m", _("Fell due in the last month"), "standing_sum", "product_holdings", "amount", where="fell_due_1m", unit="money", theme="maturities"),
    _event("held_elsewhere", _("Held at other banks, as far as told"), "standing_sum", "product_holdings", "amount", where="elsewhere", unit="money", theme="elsewhere"),
    # banking behaviour: large transactions, loans, cards
    _event("large_out_1m", _("Large amounts out, last month"), "sum", "large_transactions", "amount", 1, "out", "money", "large amounts"),
    _event("large_out_3m", _("Large amounts out, 3 months"), "sum", "large_transactions", "amount", 3, "out", "money", "large amounts"),
    _event("large_in_3m", _("Large amounts in, 3 months"), "sum", "large_transactions", "amount", 3, "in", "money", "large amounts"),
    _event("large_out_booked", _("Large amounts out, announced and not yet done"), "standing_sum", "large_transactions", "amount", where="out_booked", unit="money", theme="large amounts"),
    _event("months_since_large_out", _("Months since the last large amount out"), "since_event", "large_transactions", months=12, where="out", unit="months", theme="large amounts"),
    _event("loan_prepaid_3m", _("Loans paid back early, 3 months"), "sum", "loans", "prepaid", 3, unit="money", theme="loans"),
    _event("loan_prepaid_12m", _("Loans paid back early, 12 months"), "sum", "loans", "prepaid", 12, unit="money", theme="loans"),
    _event("cards_held", _("Valid cards"), "standing", "cards", where="valid_card", theme="card"),
    _event("cards_idle", _("Valid cards never activated"), "standing", "cards", where="idle_card", theme="card"),
    # market
    _market("rate_gap", _("Competitors' rate above this bank's, points"), "market_gap", "competitor_rate", other="own_rate"),
    _market("rate_gap_change_3m", _("Competitors' rate above this bank's, difference to 3 months before"), "market_gap_change", "competitor_rate", months=3, other="own_rate"),
    _market("competitor_campaign", _("A competitor runs a campaign"), "market_level", "competitor_campaign", "flag"),
    _market("concentration", _("Concentration of the banks (Herfindahl)"), "market_level", "hhi"),
    _market("unemployment", _("Unemployment, per cent"), "market_level", "unemployment"),
    _market("inflation", _("Consumer prices against a year before, per cent"), "market_level", "cpi"),
    _market("loan_prime_rate", _("Loan prime rate, one year, per cent"), "market_level", "lpr"),
    Feature("market_change_3m", _("Balances in the customer's city, change in 3 months"), "market", "market", "change",
            Source("market_change", "aum_avg", 3), _("Balances in the customer's city"), immutable=True, logged=True),
    # service and loyalty
    _monthly("salary_mean_3m", _("Salary received a month"), _SALARY, "mean", "salary_in", 3, unit="money", theme="salary", group="service"),
    _monthly("salary_change_3m", _("Salary received, change in 3 months"), _SALARY, "mean_change", "salary_in", 3, theme="salary", group="service"),
    _monthly("salary_change_6m", _("Salary received, change in 6 months"), _SALARY, "mean_change", "salary_in", 6, theme="salary", group="service"),
    _monthly("autopay_mean_3m", _("Standing payments a month"), _STANDING, "mean", "autopay_count", 3, unit="count", theme="standing", group="service"),
    _monthly("autopay_change_3m", _("Standing payments, change in 3 months"), _STANDING, "mean_change", "autopay_count", 3, theme="standing", group="service"),
    _monthly("autopay_change_1m", _("Standing payments, change in a month"), _STANDING, "change", "autopay_count", 1, theme="standing", group="service"),
    _monthly("autopay_change_6m", _("Standing payments, change in 6 months"), _STANDING, "mean_change", "autopay_count", 6, theme="standing", group="service"),
    _monthly("points", _("Loyalty points"), _POINTS, "level", "points", unit="count", theme="points", group="service"),
    _monthly("points_change_3m", _("Loyalty points, change in 3 months"), _POINTS, "change", "points", 3, theme="points", group="service"),
    _monthly("points_change_1m", _("Loyalty points, change in a month"), _POINTS, "change", "points", 1, theme="points", group="service"),
    _monthly("points_change_6m", _("Loyalty points, change in 6 months"), _POINTS, "change", "points", 6, theme="points", group="service"),
    _monthly("tier", _("Tier"), _("Tier"), "level", "tier", unit="category", theme="tier", group="service"),
    _monthly("tier_changed_3m", _("Tier changed in the last 3 months"), _("Tier"), "changed", "tier", 3, unit="flag", theme="tier", group="service"),
    Feature("complaints_open", _("Open complaints"), "service", "complaints", "count", Source("open", "complaints"), _("Open complaints"), integer=True),
    Feature("complaints_12m", _("Complaints in 12 months"), "service", "complaints", "count", Source("recent", "complaints", 12), _("Complaints in 12 months"), integer=True),
    Feature("months_since_complaint", _("Months since the last complaint"), "service", "complaints", "months", Source("since_event", "complaints", 12), _("Complaints"), logged=True),
    Feature("csat_last", _("Last satisfaction (1 to 5)"), "service", "satisfaction", "score", Source("last", "csat", 24), _("Satisfaction")),
    Feature("csat_change", _("Satisfaction, difference to the answer before"), "service", "satisfaction", "score", Source("last_change", "csat", 24), _("Satisfaction")),
    Feature("nps_last", _("Last willingness to recommend (0 to 10)"), "service", "satisfaction", "score", Source("last", "nps", 24), _("Willingness to recommend")),
    Feature("nps_change", _("Willingness to recommend, difference to the answer before"), "service", "satisfaction", "score", Source("last_change", "nps", 24), _("Willingness to recommend")),
    Feature("personal_last", _("Personal service, last answer (1 to 5)"), "service", "satisfaction", "score", Source("last", "q_personal", 24), _("Personal service")),
    Feature("convenient_last", _("Convenience, last answer (1 to 5)"), "service", "satisfaction", "score", Source("last", "q_convenient", 24), _("Convenience")),
    Feature("efficient_last", _("Efficiency, last answer (1 to 5)"), "service", "satisfaction", "score", Source("last", "q_efficient", 24), _("Efficiency")),
    Feature("secure_last", _("Security, last answer (1 to 5)"), "service", "satisfaction", "score", Source("last", "q_secure", 24), _("Security")),
    _event("contacts_3m", _("Contacts in 3 months"), "recent", "contacts", months=3, theme="contacts", group="service"),
    Feature("contacts_change_3m", _("Contacts, 3 months less the 3 months before"), "service", "contacts", "number", Source("recent_change", "contacts", 3, table="contacts"), _("Contacts")),
    Feature("contacts_change_6m", _("Contacts, 6 months less the 6 months before"), "service", "contacts", "number", Source("recent_change", "contacts", 6, table="contacts"), _("Contacts")),
    _event("contacts_reached_12m", _("Contacts that reached the customer, 12 months"), "recent", "contacts", months=12, where="reached", theme="contacts", group="service"),
    _event("contacts_declined_12m", _("Offers declined, 12 months"), "recent", "contacts", months=12, where="declined", theme="contacts", group="service"),
    _event("months_since_contact", _("Months since the last contact"), "since_event", "contacts", months=12, unit="months", theme="contacts", group="service"),
    _event("campaigns_12m", _("Campaigns that reached the customer, 12 months"), "recent", "campaign_answers", months=12, theme="campaigns", group="service"),
    _event("campaigns_accepted_12m", _("Campaign offers accepted, 12 months"), "recent", "campaign_answers", months=12, where="accepted", theme="campaigns", group="service"),
    _event("fees_charged_3m", _("Fees charged, 3 months"), "sum", "fees", "amount", 3, unit="money", theme="fees"),
    _event("fees_disputed_12m", _("Fees disputed, 12 months"), "recent", "fees", months=12, where="disputed", theme="fees", group="service"),
)  # fmt: skip
"""Every feature a panel can have. Which of them exist depends on the tables and columns that the bank brings."""

BY_DEFAULT_OUT: dict[str, str] = {
    "gender": _("left out for fair treatment; keep it on purpose if you must"),
    "branch_id": _("says who serves the customer, not how the customer behaves"),
    "rm_id": _("says who serves the customer, not how the customer behaves"),
}
"""Features left out unless kept, and why. METHODS D7."""
