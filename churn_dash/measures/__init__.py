"""Every metric, declared once and asked for in one way; what is no rate of groups stands in the rooms below."""

from churn_dash.measures.comparisons.load_outlook import Headline, Outlook, headlines, outlook
from churn_dash.measures.comparisons.reconciliation import Reconciliation, reconcile
from churn_dash.measures.filters import Filters, Period, dimension, last_12, month_of, period
from churn_dash.measures.metrics import METRICS, Metric
from churn_dash.measures.query import measure, metric
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.tag import named, tag
from churn_dash.store import Dataset, Dimension


def dimensions(ds: Dataset) -> dict[str, Dimension]:
    """By what these data can be broken down, by name, in the order to offer."""
    return {d.name: d for d in ds.dimensions}


__all__ = [
    "METRICS",
    "Dimension",
    "Filters",
    "Headline",
    "Metric",
    "Outlook",
    "Period",
    "Question",
    "Reconciliation",
    "definition_of",
    "dimension",
    "dimensions",
    "headlines",
    "last_12",
    "measure",
    "metric",
    "month_of",
    "named",
    "outlook",
    "period",
    "reconcile",
    "tag",
]
