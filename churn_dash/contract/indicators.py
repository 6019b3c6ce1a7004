"""The eight indicators of the evaluation, on their lines, said alike of one campaign and of the whole bank. Source: METHODS 0."""

from collections.abc import Mapping

from churn_dash.marks import _

EIGHT: Mapping[str, tuple[int, str]] = {
    "churn_rate": (1, _("Churn rate")),
    "retention_rate": (2, _("Retention rate")),
    "csat": (3, _("Satisfied customers")),
    "nps": (3, _("Net promoter score")),
    "loyalty_index": (4, _("Loyalty index, 0 to 100")),
    "win_back_rate": (5, _("Win-back rate")),
    "save_rate": (6, _("Incremental save rate")),
    "warnings": (7, _("Warning precision, recall and lead time")),
    "warning_precision": (7, _("Warnings that came true")),
    "warning_recall": (7, _("Departures warned of")),
    "warning_lead": (7, _("Days from warning to departure")),
    "cost_per_save": (8, _("Cost per incremental save")),
    "roi": (8, _("Return on cost")),
}
"""By key: which of the eight, and its label. Warnings are one line of a campaign, three of the bank."""
