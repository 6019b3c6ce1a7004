"""The bank's own products that may be suggested, and which of them fits a customer. Source: METHODS A2 (002, 003), A3.

A product is never suggested above the customer's appetite for risk; where that is not known, only products of low risk are.
Age and gender have no say (METHODS D7).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.marks import _
from churn_dash.words import say

APPETITES = ("low", "medium", "high")
"""From the least to the most risk, as the contract writes a customer's appetite."""
LONGEST_WAIT = 24
"""Months beyond which a term does not suit money that falls due."""


@dataclass(frozen=True)
class OwnProduct:
    """One product: its risk, its term in months (0: none), and the orientations and stages for which it is meant (empty: all)."""

    name: str
    title: str
    risk: str
    term_months: int = 0
    orientations: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    offered: bool = True
    who: str | None = None
    made: str | None = None
    version: int = 0

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {
            "title": say(self.title, language),
            "orientations": list(self.orientations),
            "stages": list(self.stages),
        }


DEFAULTS = {
    p.name: p
    for p in (
        OwnProduct("notice_deposit", _("Notice deposit"), "low", 0, ("product", "service"), ()),
        OwnProduct("term_deposit_3m", _("Term deposit, 3 months"), "low", 3, ("product",), ("exploring", "growing")),
        OwnProduct("term_deposit_12m", _("Term deposit, 12 months"), "low", 12, ("product", "service"), ("mature", "declining")),
        OwnProduct("salary_account", _("Salary account with standing payments"), "low", 0, ("service", "consumption"), ()),
        OwnProduct("card_instalments", _("Card with instalments"), "low", 0, ("consumption",), ("exploring", "growing", "mature")),
        OwnProduct("consumer_loan", _("Consumer loan"), "low", 0, ("consumption",), ("growing", "mature", "declining")),
        OwnProduct("bond_wealth", _("Wealth product, mainly bonds"), "medium", 6, ("product",), ()),
        OwnProduct("balanced_fund", _("Balanced fund"), "medium", 0, ("product",), ("growing", "mature")),
        OwnProduct("equity_fund", _("Equity fund"), "high", 0, ("product",), ("growing", "mature")),
        OwnProduct("flexible_savings", _("Flexible savings in the app"), "low", 0, (), ()),
    )
}
"""By name; of products that fit alike, the earlier is suggested."""


def suggested(
    products: Iterable[OwnProduct],
    appetite: str | None,
    orientation: str | None = None,
    stage: str | None = None,
    falls_due: bool | None = None,
) -> OwnProduct | None:
    """The product that fits best among those offered, within the customer's appetite; None where none does.

    What is known of the customer and not meant by a product rules it out. Of the rest: the most named matches (orientation, stage),
    a term of at most two years for money that falls due and none otherwise, then the most risk that the appetite allows.

    >>> suggested(DEFAULTS.values(), "high", "product", "mature", False).name, suggested(DEFAULTS.values(), None, "product").name
    ('equity_fund', 'notice_deposit')
    """
    most = APPETITES.index(appetite) if appetite in APPETITES else 0
    known = orientation if orientation not in (None, "mixed", "unknown") else None
    there = stage if stage not in (None, "unknown") else None
    fitting = [
        p
        for p in products
        if p.offered
        and APPETITES.index(p.risk) <= most
        and (known is None or not p.orientations or known in p.orientations)
        and (there is None or not p.stages or there in p.stages)
    ]

    def fit(p: OwnProduct) -> tuple[int, int]:
        matches = int(known in p.orientations) + int(there in p.stages)
        if falls_due is not None:
            matches += int(0 < p.term_months <= LONGEST_WAIT) if falls_due else int(p.term_months == 0)
        return matches, APPETITES.index(p.risk)

    return max(fitting, key=fit, default=None)
