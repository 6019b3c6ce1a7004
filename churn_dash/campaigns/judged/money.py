"""What a campaign kept, what it cost, and what came back. Source: METHODS B5, C11. Amounts in CNY."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from scipy import special

from churn_dash.campaigns.estimators.effects import Effect
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.measures.statistics.intervals import normal_quantile

VALUE_PER_SAVE = ASSUMPTIONS["value_per_save"].default
CONTACT_COST = ASSUMPTIONS["contact_cost"].default
"""In CNY, until the bank sets its own."""


@dataclass(frozen=True)
class Prices:
    """What a customer kept is worth and what a contact costs, CNY, and the part of that worth that lasts (0.5–1): assumptions."""

    value_per_save: float = VALUE_PER_SAVE
    contact_cost: float = CONTACT_COST
    decay: float = 1.0

    @property
    def worth(self) -> float:
        """What is counted for a customer kept: of his value the part that lasts (METHODS C11)."""
        return self.value_per_save * self.decay

    @classmethod
    def of(cls, assumed: Mapping[str, Held]) -> "Prices":
        """The prices among the assumptions in force."""
        return cls(assumed["value_per_save"].value, assumed["contact_cost"].value, assumed["decay"].value)


@dataclass(frozen=True)
class Money:
    """Customers kept beyond what would have stayed anyway, and the money. Undefined figures are None."""

    n: int
    """Members of the group."""
    cost: float
    value_per_save: float
    saves: float | None
    saves_low: float | None
    saves_high: float | None
    cost_per_save: float | None
    """None where nobody more was kept than in the hold-out: no increment."""
    naive_cost_per_save: float | None
    """What a count of everybody who stayed would claim."""
    net: float | None
    roi: float | None
    """Return per yuan spent, 0.5 is 50 %; None without a cost."""
    roi_low: float | None
    roi_high: float | None
    break_even: float | None
    """The effect at which the campaign pays for itself, as a difference of rates."""
    chance_of_return: float | None
    """Chance that the return is above zero, by the normal approximation."""

    def as_json(self) -> dict[str, object]:
        """The figures as the CLI prints them."""
        return asdict(self)


def money(effect: Effect, cost: float, value: float = VALUE_PER_SAVE, *, attributable: bool = True) -> Money:
    """Incremental saves, cost per incremental save and ROI with intervals carried through the effect's interval.

    ``cost`` is all that was spent on the group, incentives to customers who would have stayed included. Where the
    difference is not ``attributable`` to the campaign, only the cost and the naive cost are given.
    METHODS T5: 30 of 40 against 12 of 20, ¥6,000 and ¥1,500 a save: 6 saves, ¥1,000 each, ROI 50 %.
    """
    n = effect.treated.known
    gain = effect.gain if attributable else None
    ends = (
        None
        if gain is None or effect.low is None or effect.high is None
        else sorted(_signed(effect, x) * n for x in (effect.low, effect.high))
    )
    saves = None if gain is None else gain * n
    low, high = ends or (None, None)

    def roi(kept: float | None) -> float | None:
        return None if kept is None or cost <= 0 else (kept * value - cost) / cost

    stayed = effect.treated.mean if effect.outcome.better == "up" else 1 - (effect.treated.mean or 0.0)
    return Money(
        n=n,
        cost=cost,
        value_per_save=value,
        saves=saves,
        saves_low=low,
        saves_high=high,
        cost_per_save=cost / saves if saves is not None and saves > 0 else None,
        naive_cost_per_save=cost / (stayed * n) if stayed and n else None,
        net=None if saves is None else saves * value - cost,
        roi=roi(saves),
        roi_low=roi(low),
        roi_high=roi(high),
        break_even=cost / (n * value) if n and value > 0 else None,
        chance_of_return=_chance(saves, low, high, cost, value),
    )


def per_save(saves: Estimate, cost: float, n: int) -> Estimate:
    """Cost over saves; None where nobody more was kept, no upper end where that cannot be ruled out. METHODS T5.

    >>> found = per_save(Estimate(6.0, -3.46, 15.57, 40), 6000.0, 40)
    >>> found.value, round(found.low), found.high
    (1000.0, 385, None)
    """
    if saves.value is None or saves.value <= 0:
        return Estimate(n=n)
    low = cost / saves.high if saves.high is not None and saves.high > 0 else None
    high = cost / saves.low if saves.low is not None and saves.low > 0 else None
    return Estimate(cost / saves.value, low, high, n)


def _signed(effect: Effect, difference: float) -> float:
    return difference if effect.outcome.better == "up" else -difference


def _chance(saves: float | None, low: float | None, high: float | None, cost: float, value: float) -> float | None:
    if saves is None or low is None or high is None or high <= low or value <= 0 or cost <= 0:
        return None
    error = (high - low) / (2 * normal_quantile())
    return float(special.ndtr((saves - cost / value) / error))
