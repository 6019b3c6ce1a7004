"""When a customer counts as lost: frozen, named settings, and which of them a bank may set. Source: METHODS B0, B3."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from churn_dash.contract.lifecycle import StageRule
from churn_dash.contract.tiers import DIVISORS, TIER_RULES, TierDown, TierRule, checked, floors_of
from churn_dash.errors import BadInput
from churn_dash.marks import _

Form = Literal["close", "absent", "dormant", "asset_out", "flag", "tier_down"]
FORMS: tuple[Form, ...] = ("close", "absent", "dormant", "asset_out", "tier_down", "flag")
"""Every form; of those that end on one day the first names it."""


@dataclass(frozen=True)
class Dormancy:
    """No transaction for ``days``, at most ``balance`` left, and no contract that needs none. METHODS B0: 180 days, 100 CNY."""

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


EXEMPT = ("loan_balance", "wealth_avg", "fund_avg")
"""Balances of contracts that need no transaction: whoever holds one is not dormant. Where a list lacks them, it cannot tell."""

WINDOWS = (6, 12)
"""From how many months before a decline its baseline may begin."""


@dataclass(frozen=True)
class AssetDecline:
    """Month-average AUM at most ``share`` of the mean of three months, from t − ``window`` on, in t−1 and t. METHODS B0: t−6…t−4."""

    share: float = 0.2
    window: int = 6
    least_baseline: float = 10_000.0


SETTINGS_OF: dict[str, Form] = {"dormancy": "dormant", "asset_decline": "asset_out", "tier_down": "tier_down"}
"""The form that a part of ``Settings`` is about; the rule of the stages is about none."""


@dataclass(frozen=True)
class Settings:
    """What a bank may set of the forms of leaving, and of the stages of a lifecycle; the defaults are those of METHODS A3, B0 and B3.
    ``decided``: who decided by the reason codes of its own map, where that differs from ``REASONS``; it is no part of an official
    definition.

    >>> Settings() == Settings.read(Settings().written())
    True
    """

    dormancy: Dormancy = field(default_factory=Dormancy)
    asset_decline: AssetDecline = field(default_factory=AssetDecline)
    tier_down: TierDown = field(default_factory=TierDown)
    stages: StageRule = field(default_factory=StageRule)
    decided: tuple[tuple[str, str], ...] = ()
    together: tuple[Form, ...] = ()
    """The forms of the definition ``own``, in the order of ``FORMS``: whichever comes first counts; none: there is no such definition."""

    def __post_init__(self) -> None:
        d, a, t = self.dormancy, self.asset_decline, self.tier_down
        if not (1 <= d.days <= 1_830 and 0 <= d.balance <= 1e9 and 0 <= d.grace_days <= 366):
            raise BadInput(_("Dormancy wants 1 to 1,830 days, a balance of at least 0, and at most a year of grace."))
        if not (0 < a.share < 1 and a.window in WINDOWS and a.least_baseline > 0):
            raise BadInput(_("An asset decline wants a share between 0 and 1, and a window of 6 or 12 months."))
        if t.rule not in TIER_RULES or not 0 <= t.months <= 24:
            raise BadInput(_("A tier downgrade wants a rule ({known}) and 1 to 24 months of grace."), known=", ".join(TIER_RULES))
        if t.divisor not in DIVISORS:
            raise BadInput(_("Month averages of the tiers are over {known}, not over {said}."), known=", ".join(DIVISORS), said=t.divisor)
        checked(t.floors)
        if self.together and (len(self.together) < 2 or self.together != tuple(f for f in FORMS if f in self.together)):
            raise BadInput(_("An own definition puts at least two different forms together, of: {known}."), known=", ".join(FORMS))
        s = self.stages
        if not (0 < s.declining < s.growing <= 10 and 0 <= s.exploring_months <= 120 and 0 <= s.least_tenure <= 120):
            raise BadInput(
                _("The stages want a share of decline above 0 and below that of growth, which is at most 10, and 0 to 120 months.")
            )

    @property
    def tier_rules(self) -> dict[str, TierRule]:
        """Every tier rule by name, with the bank's thresholds; the one in force with the months of grace set for it.

        >>> found = Settings(tier_down=TierDown("bohai", 2)).tier_rules
        >>> found["bohai"].months, found["ccb"].months
        (2, 6)
        """
        ruled = {name: self.tier_down.ruled(rule) for name, rule in TIER_RULES.items()}
        return ruled | {self.tier_down.rule: self.tier_down.applied}

    @property
    def tiers(self) -> dict[str, float]:
        """The bank's tiers and their thresholds (CNY), the lowest first."""
        return dict(self.tier_down.tiers)

    def written(self) -> dict[str, dict[str, Any]]:
        """As JSON can hold it."""
        parts = {name: asdict(getattr(self, name)) for name in (*SETTINGS_OF, "stages")}
        parts["tier_down"]["floors"] = dict(self.tier_down.floors)
        parts |= {"together": {"forms": list(self.together)}} if self.together else {}
        return parts | ({"decided": dict(self.decided)} if self.decided else {})

    @classmethod
    def read(cls, body: Mapping[str, Mapping[str, Any]]) -> "Settings":
        """From what ``written`` gave; what is not said stays at its default. Raises ``BadInput`` for what cannot be."""
        try:
            kinds = {"dormancy": Dormancy, "asset_decline": AssetDecline, "tier_down": TierDown, "stages": StageRule}
            parts = {name: dict(body.get(name, {})) for name in kinds}
            if "floors" in parts["tier_down"]:
                parts["tier_down"]["floors"] = floors_of(parts["tier_down"]["floors"])
            forms = body.get("together", {}).get("forms", ())
            return cls(**{name: kind(**parts[name]) for name, kind in kinds.items()}, together=put_together(forms))
        except TypeError as problem:
            raise BadInput(_("These settings of a churn definition cannot be read: {problem}."), problem=str(problem)) from problem


def put_together(forms: Iterable[str]) -> tuple[Form, ...]:
    """Forms by name in the order of ``FORMS``. Raises ``BadInput`` for one that is none.

    >>> put_together(["asset_out", "close"])
    ('close', 'asset_out')
    """
    given = list(forms)
    for form in given:
        if form not in FORMS:
            raise BadInput(_("There is no form of leaving {name}; there are: {known}."), name=form, known=", ".join(FORMS))
    return tuple(f for f in FORMS if f in given)


@dataclass(frozen=True)
class ChurnDefinition:
    """One way to say that a customer has left: the first of its forms."""

    name: str
    label: str
    meaning: str
    forms: tuple[Form, ...]
    settings: Settings = field(default_factory=Settings)

    @property
    def values(self) -> dict[str, str]:
        """What ``meaning`` leaves open, of these settings.

        >>> DEFINITIONS["dormant"].meaning.format(**DEFINITIONS["dormant"].values)
        'No transaction for 180 days, at most ¥100 left, and no loan, wealth product or fund held.'
        """
        s, rule = self.settings, self.settings.tier_down.applied
        return {
            "days": f"{s.dormancy.days:,}",
            "balance": f"{s.dormancy.balance:,.0f}",
            "share": f"{100 * s.asset_decline.share:g}%",
            "window": str(s.asset_decline.window),
            "bank": rule.label,
            "months": str(rule.months),
        }

    @property
    def usual(self) -> bool:
        """Whether the settings of its forms are those of METHODS."""
        return all(getattr(self.settings, f) == getattr(Settings(), f) for f in SETTINGS_OF if SETTINGS_OF[f] in self.forms)

    @property
    def leaves(self) -> bool:
        """Whether whoever it counts is a customer no more, or hardly one; who falls a tier is as much a customer as before."""
        return "tier_down" not in self.forms

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
        ChurnDefinition(
            "dormant",
            _("dormancy"),
            _("No transaction for {days} days, at most ¥{balance} left, and no loan, wealth product or fund held."),
            ("dormant",),
        ),
        ChurnDefinition(
            "asset_out",
            _("asset decline"),
            _("Month-average balances two months running at most {share} of three months that began {window} months before."),
            ("asset_out",),
        ),
        ChurnDefinition(
            "tier_down",
            _("tier downgrade"),
            _(
                "The customer's tier fell after {months} months below it, by the rule of {bank}. Groups are those of the period's start: "
                "over several months whoever stood in the lowest tier then rose before he fell. Month by month each fall counts under "
                "the tier held before it; the page Tiers compares the start of the period with its end."
            ),
            ("tier_down",),
        ),
        ChurnDefinition("flag", _("flag of the extract"), _("The extract itself says that the customer has left."), ("flag",)),
        ChurnDefinition(
            "first",
            _("closure, absence or dormancy"),
            _("The first of account closure, absence from later months, and dormancy."),
            ("close", "absent", "dormant"),
        ),
        ChurnDefinition("own", _("own set of forms"), _("The first of the forms that the bank has put together."), ()),
    )
}
"""The closed list of churn definitions, by name, with the settings of METHODS. ``own`` has the forms that a bank puts together in its
settings, and none before."""


def with_settings(settings: Settings) -> dict[str, ChurnDefinition]:
    """The closed list with a bank's own settings."""
    forms = {"own": settings.together}
    return {name: replace(d, settings=settings, forms=forms.get(name, d.forms)) for name, d in DEFINITIONS.items()}


REASONS: dict[str, str] = {
    "competitor": "voluntary",
    "rate": "voluntary",
    "fee": "voluntary",
    "product": "voluntary",
    "value_added": "voluntary",
    "need": "voluntary",
    "customer": "voluntary",
    "service": "involuntary_bank",
    "staff": "involuntary_bank",
    "policy": "involuntary_bank",
    "bank": "involuntary_bank",
    "death": "involuntary_life",
    "relocation": "involuntary_life",
    "divorce": "involuntary_life",
}
"""Reason code → voluntary, involuntary_bank or involuntary_life; anything else is unknown. METHODS B0."""
