"""When a customer counts as lost: frozen, named, versioned settings. Source: METHODS B0."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.marks import _

Form = Literal["close", "absent", "dormant", "asset_out", "flag"]


@dataclass(frozen=True)
class Dormancy:
    """No transaction for ``days`` and at most ``balance`` left. METHODS B0: 180 days, 100 CNY."""

    days: int = 180
    balance: float = 100.0
    grace_days: int = 30

    @property
    def months(self) -> int:
        """Consecutive complete months without transactions: days/30, rounded up.

        >>> Dormancy().months
        6
        """
        return -(-self.days // 30)

    @property
    def grace_months(self) -> int:
        return -(-self.grace_days // 30)


@dataclass(frozen=True)
class AssetDecline:
    """Month-average AUM at most ``share`` of the mean of months t−6…t−4 in t−1 and t. METHODS B0."""

    share: float = 0.2
    least_baseline: float = 10_000.0


@dataclass(frozen=True)
class ChurnDefinition:
    """One way to say that a customer has left: the first of its forms."""

    name: str
    label: str
    meaning: str
    forms: tuple[Form, ...]
    version: int = 1
    dormancy: Dormancy = Dormancy()
    asset_decline: AssetDecline = AssetDecline()

    @property
    def unsettled_months(self) -> int:
        """Last complete months whose figure may still change: an absence or a dormancy can be taken back."""
        return 1 if {"absent", "dormant"} & set(self.forms) else 0


DEFINITIONS = {
    d.name: d
    for d in (
        ChurnDefinition("close", _("account closure"), _("The customer's last account was closed."), ("close",)),
        ChurnDefinition(
            "absent",
            _("absence from later months"),
            _("The customer is missing from every later complete month of the extract."),
            ("absent",),
        ),
        ChurnDefinition("dormant", _("dormancy"), _("No transaction for 180 days and at most ¥100 left."), ("dormant",)),
        ChurnDefinition(
            "asset_out",
            _("asset decline"),
            _("Month-average balances at most 20% of their level four to six months before, two months running."),
            ("asset_out",),
        ),
        ChurnDefinition("flag", _("flag of the extract"), _("The extract itself says that the customer has left."), ("flag",)),
        ChurnDefinition(
            "first",
            _("closure, absence or dormancy"),
            _("The first of account closure, absence from later months, and dormancy."),
            ("close", "absent", "dormant"),
        ),
    )
}
"""The closed list of churn definitions, by name."""

REASONS: dict[str, str] = {
    "competitor": "voluntary",
    "rate": "voluntary",
    "product": "voluntary",
    "need": "voluntary",
    "customer": "voluntary",
    "service": "involuntary_bank",
    "policy": "involuntary_bank",
    "bank": "involuntary_bank",
    "death": "involuntary_life",
    "relocation": "involuntary_life",
    "divorce": "involuntary_life",
}
"""Reason code → voluntary, involuntary_bank or involuntary_life; anything else is unknown. METHODS B0."""
