"""The tables of an extract: each column's type, unit, meaning and the headers banks give it. Source: METHODS E1.

``month`` is the date of its first day. Coded values are stored as English codes; ``codes`` lists what else they are called.
"""

from dataclasses import dataclass

import dataframely as dy

from churn_dash.contract.tables.campaigns import CampaignAssignments, Campaigns
from churn_dash.contract.tables.columns import Codes
from churn_dash.contract.tables.customers import Accounts, CrossSection, CustomerMonth, Customers
from churn_dash.contract.tables.departures import ChurnEvents
from churn_dash.contract.tables.service import Complaints, Surveys
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
    )
}
"""The closed list of tables, by name."""
