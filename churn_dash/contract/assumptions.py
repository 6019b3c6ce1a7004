"""What an amount of money rests on beside the data: defaults, each with its source, until the bank sets its own. METHODS B9, A1 1.2."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.marks import _


@dataclass(frozen=True)
class Assumption:
    """One assumption: its unit (ratio 0–1, money in CNY, years), its default and where that comes from, and what it may be."""

    name: str
    label: str
    meaning: str
    unit: Literal["ratio", "money", "years"]
    default: float
    source: str
    low: float
    high: float


ASSUMPTIONS = {
    a.name: a
    for a in (
        Assumption(
            "spread",
            _("Margin on balances"),
            _("What the bank earns a year on each yuan of a customer's balances, before its own costs."),
            "ratio",
            0.015,
            _("Default: about the net interest margin of Chinese commercial banks at the end of 2024 (NFRA: 1.52%)"),
            0.0,
            0.2,
        ),
        Assumption(
            "servicing_cost",
            _("Cost of serving"),
            _("What serving one customer costs a year; it is taken off the margin before a lifetime is worked out."),
            "money",
            60.0,
            _("Default: an example; the bank's own cost belongs here"),
            0.0,
            1_000_000.0,
        ),
        Assumption(
            "acquisition_cost",
            _("Cost of winning"),
            _("What winning one new customer costs: advertising, gifts, time of staff."),
            "money",
            500.0,
            _("Default: an example; the bank's own cost belongs here"),
            0.0,
            10_000_000.0,
        ),
        Assumption(
            "discount",
            _("Discount rate"),
            _("How much less a yuan is worth that comes a year later."),
            "ratio",
            0.1,
            _("Default: the rate of the published example (Gupta and Lehmann); the bank's own cost of capital belongs here"),
            0.0,
            1.0,
        ),
        Assumption(
            "horizon_years",
            _("Years counted"),
            _("For how many years ahead margins are counted; what comes later counts as nothing."),
            "years",
            5.0,
            _("Default: an example; choose as many years as the bank plans ahead"),
            1.0,
            50.0,
        ),
    )
}
"""The closed list, by name."""
