"""The tables of an extract: each column's type, unit, meaning and the headers banks give it. Source: METHODS E1.

``month`` is the date of its first day. Coded values are stored as English codes; ``codes`` lists what else they are called.
"""

from dataclasses import dataclass

import dataframely as dy

from churn_dash.contract.tables.campaigns import CampaignAssignments, Campaigns
from churn_dash.contract.tables.columns import Codes
from churn_dash.contract.tables.customers import Accounts, CrossSection, CustomerMonth, Customers
from churn_dash.contract.tables.departures import ChurnEvents
from churn_dash.contract.tables.holdings import Cards, Fees, LargeTransactions, Loans, ProductHoldings
from churn_dash.contract.tables.market import CompetitorProducts, MarketMonth
from churn_dash.contract.tables.organisation import Branches, ExpertScores, ProcessMonth, Staff, TrainingRecords
from churn_dash.contract.tables.service import Complaints, Contacts, Surveys
from churn_dash.contract.tables.tiers import TierHistory
from churn_dash.contract.tables.warning import EarlyWarnings, Interventions, WinBacks
from churn_dash.marks import _

__all__ = ["TABLES", "Codes", "Table"]


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
        Table("product_holdings", ProductHoldings, "产品持有", _("Products held one by one")),
        Table("large_transactions", LargeTransactions, "大额交易", _("Large transactions")),
        Table("loans", Loans, "贷款", _("Loans by month")),
        Table("cards", Cards, "银行卡", _("Cards")),
        Table("contacts", Contacts, "客户接触", _("Contacts")),
        Table("market_month", MarketMonth, "市场月表", _("Market by month")),
        Table("competitor_products", CompetitorProducts, "同业产品", _("Competitors' products")),
        Table("fees", Fees, "收费", _("Fees")),
        Table("process_month", ProcessMonth, "流程时长", _("Processes by month")),
        Table("warnings", EarlyWarnings, "预警", _("Warnings")),
        Table("interventions", Interventions, "干预任务", _("Interventions")),
        Table("winbacks", WinBacks, "赢回", _("Win-backs")),
        Table("tier_history", TierHistory, "等级变更", _("Changes of tier")),
        Table("branches", Branches, "机构", _("Branches")),
        Table("staff", Staff, "员工", _("Staff")),
        Table("training_records", TrainingRecords, "培训", _("Training")),
        Table("expert_scores", ExpertScores, "专家打分", _("Experts' judgements")),
    )
}
"""The closed list of tables, by name."""
