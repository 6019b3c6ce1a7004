"""What an amount of money rests on beside the data: defaults, each with its source, until the bank sets its own. METHODS B9, A1 1.2."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.marks import _


@dataclass(frozen=True)
class Assumption:
    """One assumption: its unit (ratio 0–1 a year, share 0–1, money in CNY, years), its default, where that comes from,
    and what it may be."""

    name: str
    label: str
    meaning: str
    unit: Literal["ratio", "share", "money", "years"]
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
        Assumption(
            "save_rate",
            _("Leavers kept by a contact"),
            _("Of the customers who were about to leave and are contacted with an offer, the share that stays because of it."),
            "share",
            0.3,
            _("Default: the mean of the published profit measure (Verbraken, Verbeke, Baesens 2013); a measured rate belongs here"),
            0.0,
            1.0,
        ),
        Assumption(
            "contact_cost",
            _("Cost of a contact"),
            _("What contacting one customer costs: the manager's time, telephone, paper."),
            "money",
            20.0,
            _("Default: an example; the bank's own cost belongs here"),
            0.0,
            100_000.0,
        ),
        Assumption(
            "offer_cost",
            _("Cost of an offer"),
            _("What the offer costs when it is accepted; who would have stayed anyway accepts it, too."),
            "money",
            50.0,
            _("Default: an example; the bank's own cost belongs here"),
            0.0,
            1_000_000.0,
        ),
        Assumption(
            "value_per_save",
            _("Value of a customer kept"),
            _("What a customer whom a campaign kept is worth to the bank: the margin over the time that he stays."),
            "money",
            1_500.0,
            _("Default: an example; the bank's own figure belongs here"),
            0.0,
            100_000_000.0,
        ),
        Assumption(
            "decay",
            _("Part of that value that lasts"),
            _("Customers kept by a campaign leave again sooner than others: the part of their value that the bank has in the end."),
            "share",
            1.0,
            _("Default: nothing is taken off; 50% to 100% is usual, and a bank that followed its saves knows better"),
            0.5,
            1.0,
        ),
    )
}
"""The closed list, by name."""
ACTING = ("save_rate", "contact_cost", "offer_cost", "value_per_save", "decay")
"""Those on which acting rests; what losing a customer costs does not hang on them."""
