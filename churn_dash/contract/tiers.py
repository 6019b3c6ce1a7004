"""Service tiers: thresholds, the rules by which customers move, and who is near a downgrade. Source: METHODS B0, B3, A3."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from churn_dash.errors import BadInput
from churn_dash.marks import _

FLOORS: Mapping[str, float] = {"mass": 0.0, "affluent": 50_000.0, "gold": 300_000.0, "platinum": 1_000_000.0, "private": 6_000_000.0}
"""Least month-average balances of each tier, CNY, lowest tier first, as METHODS B3 has them. Its names are all that a tier may have."""
LABELS = {
    "mass": _("Mass"),
    "affluent": _("Affluent"),
    "gold": _("Gold"),
    "platinum": _("Platinum"),
    "private": _("Private banking"),
}
LOWEST, *_ABOVE = FLOORS
MOST_FLOOR = 1e12

Tiers = tuple[tuple[str, float], ...]
"""Tier and threshold, ascending."""
USUAL: Tiers = tuple(FLOORS.items())

NEAR = 0.1
"""Near a downgrade: at most this share above the threshold of the own tier."""

DIVISORS = {"days": _("the days of the month"), "30": _("30 days, whatever the month")}
"""By what the daily balances of a month are divided for its average: its own days, as the extract's average is, or always 30 (CCB)."""


@dataclass(frozen=True)
class TierRule:
    """How a bank moves its customers between tiers, by month-average balances.

    Down in the month after ``months`` in a row below the own tier (``top_months`` in the highest): to the tier of the ``last`` of
    them, or of the highest (``max``). ``watched_from``: the month below from which a customer is on watch. Up in the month after a
    higher tier is reached, or at once. ``tiers``: the bank's tiers and their thresholds (CNY), the lowest first; ``divisor``: how the
    averages are counted that are held against them.
    """

    name: str
    label: str
    months: int
    top_months: int
    watched_from: int = 1
    to: Literal["last", "max"] = "last"
    up_at_once: bool = False
    tiers: Tiers = USUAL
    divisor: str = "days"

    def __post_init__(self) -> None:
        assert 1 <= self.watched_from <= min(self.months, self.top_months)

    @property
    def names(self) -> tuple[str, ...]:
        """The tiers, the lowest first."""
        return tuple(name for name, _floor in self.tiers)

    @property
    def floors(self) -> tuple[float, ...]:
        """Their thresholds, CNY."""
        return tuple(floor for _name, floor in self.tiers)

    def grace(self, rank: int) -> int:
        """Months below before the tier of this rank is lost."""
        return self.top_months if rank == len(self.tiers) - 1 else self.months

    def counted(self, days: int) -> float:
        """For how much an average over the ``days`` of a month counts: a flat 100 in a month of 31 days for 103.33 under "30".

        >>> round(100 * TierRule("ccb", "", 6, 6, divisor="30").counted(31), 2), TIER_RULES["ccb"].counted(31)
        (103.33, 1.0)
        """
        return days / 30 if self.divisor == "30" else 1.0

    def reached(self, balance: float) -> str:
        """The tier that an average reaches.

        >>> TIER_RULES["bohai"].reached(280_000.0), TIER_RULES["bohai"].reached(-1.0)
        ('affluent', 'mass')
        """
        return next((name for name, floor in reversed(self.tiers) if balance >= floor), LOWEST)


TIER_RULES = {
    r.name: r
    for r in (
        TierRule("bohai", _("Bohai Bank"), months=3, top_months=6),
        TierRule("ccb", _("China Construction Bank"), months=6, top_months=6, watched_from=4, to="max", up_at_once=True),
    )
}
"""The rules of two banks, by name. Their grace: three months below; or three months below, then three on watch."""


@dataclass(frozen=True)
class TierDown:
    """A downgrade by the rule of a bank after ``months`` below the tier; 0 leaves it at the rule's own. METHODS B3.

    ``floors``: the bank's tiers above the lowest and their thresholds (CNY), ascending. ``divisor``: how the averages are counted that
    are held against them (METHODS B0). Every rule goes by both.
    """

    rule: str = "bohai"
    months: int = 0
    floors: Tiers = USUAL[1:]
    divisor: str = "days"

    @property
    def tiers(self) -> Tiers:
        """Every tier and its threshold, the lowest first."""
        return (USUAL[0], *self.floors)

    def ruled(self, rule: TierRule) -> TierRule:
        """A rule with these thresholds and averages."""
        return replace(rule, tiers=self.tiers, divisor=self.divisor)

    @property
    def applied(self) -> TierRule:
        """The rule with these months of grace; the highest tier keeps at least its own.

        >>> TierDown("bohai", 2).applied.months, TierDown("ccb").applied.months
        (2, 6)
        """
        rule = self.ruled(TIER_RULES[self.rule])
        if not self.months:
            return rule
        top = max(rule.top_months, self.months)
        return replace(rule, months=self.months, top_months=top, watched_from=min(rule.watched_from, self.months))


def floors_of(said: Mapping[str, object]) -> Tiers:
    """Thresholds as somebody states them, by tier and in any order; a tier with nothing beside it is one that the bank does not have.

    >>> floors_of({"private": 5e6, "gold": "¥200,000", "affluent": ""})
    (('gold', 200000.0), ('private', 5000000.0))

    Raises ``BadInput`` for what is no amount, and for a name that no tier has; see ``checked``.
    """
    found = {_known(name.strip()): _amount(amount) for name, amount in said.items() if str(amount if amount is not None else "").strip()}
    return tuple((name, found[name]) for name in _ABOVE if name in found)


def _known(name: str) -> str:
    if name not in _ABOVE:
        raise BadInput(_("No tier with a threshold is called {name}; there are: {known}."), name=name, known=", ".join(_ABOVE))
    return name


def _amount(said: object) -> float:
    try:
        found = float(str(said).replace(",", "").replace("，", "").strip().removeprefix("¥"))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise BadInput(_("A tier threshold is an amount of CNY, such as 300000; {said} is none."), said=str(said))
    return found


def checked(floors: Tiers) -> None:
    """Raise ``BadInput`` where thresholds cannot be: none at all, not above 0, beyond ``MOST_FLOOR``, or not ascending."""
    if not floors:
        raise BadInput(_("Tiers want at least one threshold above the lowest tier."))
    below = (LOWEST, 0.0)
    for name, floor in floors:
        _known(name)
        if not 0 < floor <= MOST_FLOOR:
            raise BadInput(
                _("A tier threshold lies above 0 and is at most a trillion CNY; that of {tier} is {floor}."),
                tier=LABELS[name],
                floor=f"{floor:,.0f}",
            )
        if floor <= below[1]:
            raise BadInput(
                _("Tier thresholds ascend: {tier} from {floor} must lie above {lower} from {below}."),
                tier=LABELS[name],
                floor=f"{floor:,.0f}",
                lower=LABELS[below[0]],
                below=f"{below[1]:,.0f}",
            )
        below = (name, floor)


def ranks(tiers: Iterable[str]) -> dict[str, int]:
    """The rank that every tier name has among those of a bank; a name that the bank has no threshold for counts as the next lower one.

    >>> ranks(("mass", "gold", "private"))
    {'mass': 0, 'affluent': 0, 'gold': 1, 'platinum': 1, 'private': 2}
    """
    held, found = set(tiers), {}
    rank = -1
    for name in FLOORS:
        rank += name in held
        found[name] = rank
    return found
