"""Headers and units of the tables behind the pictures, and how a metric is worked out."""

from collections.abc import Sequence

from churn_dash.measures import METRICS
from churn_dash.ui import session
from churn_dash.words import Text, _

RANGE_LABELS = {"low": _("95% range from"), "high": _("95% range to"), "n": _("Customers")}
RANGE_UNITS = {"low": "ratio", "high": "ratio", "n": "count"}
RATE_LABELS = {
    "churn_rate": _("Churn rate"),
    "low": _("95% range from"),
    "high": _("95% range to"),
    "n": _("Customers"),
    "month": _("Month"),
    "last_year": _("A year before"),
    "churn_rate_low": _("95% range from"),
    "churn_rate_high": _("95% range to"),
    "churn_rate_n": _("Customers"),
}
RATE_UNITS = {
    "churn_rate": "ratio",
    "low": "ratio",
    "high": "ratio",
    "n": "count",
    "month": "month",
    "last_year": "ratio",
    "churn_rate_low": "ratio",
    "churn_rate_high": "ratio",
    "churn_rate_n": "count",
}


def how(name: str) -> str:
    """How a metric is worked out: its meaning, its formula, and where that comes from."""
    metric = METRICS[name]
    return f"{session.say(metric.meaning)} `{metric.sql}`"


MONEY_LABELS = {
    "customers_lost": _("Customers lost"),
    "aum_lost": _("Balances lost, ¥"),
    "share": _("Share"),
    "months": _("By month"),
}
MONEY_UNITS = {"customers_lost": "count", "aum_lost": "money", "share": "bar", "months": "line"}


def metric_labels(names: Sequence[str]) -> dict[str, str]:
    """Headers of the metrics' columns, ranges and counts included, in the reader's language."""
    found: dict[str, str] = {}
    for name in names:
        label = session.say(METRICS[name].label)
        found |= {
            name: label,
            f"{name}_low": session.say(Text(_("{metric}, 95% range from"), metric=label)),
            f"{name}_high": session.say(Text(_("{metric}, 95% range to"), metric=label)),
            f"{name}_n": session.say(Text(_("{metric}, n"), metric=label)),
        }
    return found


def metric_units(names: Sequence[str]) -> dict[str, str]:
    """Units of the same columns."""
    found: dict[str, str] = {}
    for name in names:
        unit = METRICS[name].unit
        found |= {name: unit, f"{name}_low": unit, f"{name}_high": unit, f"{name}_n": "count"}
    return found
