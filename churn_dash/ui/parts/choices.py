"""What several pages let their reader choose between, and how it is called."""

from churn_dash.marks import _
from churn_dash.measures.tenure.cohorts import Counted

GRAINS = {"month": _("Months"), "quarter": _("Quarters"), "year": _("Years")}
"""Lengths of a period."""
COUNT_BY = {"churn_rate": _("Customers"), "aum_churn_rate": _("Balances")}
"""What is counted, by the measure that counts it."""
COUNTED: dict[str, Counted] = {"churn_rate": "heads", "aum_churn_rate": "aum"}
"""The same choice as the rooms below call it."""
