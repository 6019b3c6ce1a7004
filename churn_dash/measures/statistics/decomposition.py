"""The difference of two rates split exactly into mix and rate over the levels of a dimension. Source: Kitagawa 1955, METHODS B0.

All arithmetic is with fractions: the parts add up to the difference to the last digit.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Level = TypeVar("Level", bound=Hashable)
Sums = tuple[Fraction, Fraction]
"""What is counted, and what it is counted out of: customers lost and customers, or their balances."""


@dataclass(frozen=True)
class Part(Generic[Level]):
    """One level: its share of the whole and its rate before and after (None where it was not there), and what it contributes.

    ``mix``: by having become a larger or smaller part; ``rate``: by leaving faster or slower.
    """

    level: Level
    share_before: Fraction
    share_after: Fraction
    rate_before: Fraction | None
    rate_after: Fraction | None
    mix: Fraction
    rate: Fraction

    @property
    def mean_share(self) -> Fraction:
        """The weight of the level's own change."""
        return (self.share_before + self.share_after) / 2

    @property
    def change(self) -> Fraction:
        """Everything that the level contributes."""
        return self.mix + self.rate


@dataclass(frozen=True)
class Decomposition(Generic[Level]):
    """The rates before and after, and the levels; ``after − before = mix + rate``."""

    before: Fraction
    after: Fraction
    parts: tuple[Part[Level], ...]

    @property
    def mix(self) -> Fraction:
        """What comes from other shares."""
        return sum((p.mix for p in self.parts), Fraction(0))

    @property
    def rate(self) -> Fraction:
        """What comes from other rates."""
        return sum((p.rate for p in self.parts), Fraction(0))


def total(sums: Mapping[Level, Sums]) -> Sums:
    """The sums of all levels."""
    return sum((t for t, _b in sums.values()), Fraction(0)), sum((b for _t, b in sums.values()), Fraction(0))


def decomposed(before: Mapping[Level, Sums], after: Mapping[Level, Sums]) -> Decomposition[Level]:
    """The difference of the two total rates, level by level, in the order of first appearance.

    A level contributes to mix its change of share × (its mean rate − the mean of the two total rates), to rate its mean share ×
    its change of rate: symmetric in before and after. What is taken off the mean rate cancels in the sum, since shares add up to
    one; it says of one level whether its growth raises or lowers the whole. A level that is there only once has one rate, so all
    that it contributes is mix. Raises ``ValueError`` where one side is empty.

    >>> half, fifth = (Fraction(5), Fraction(10)), (Fraction(2), Fraction(10))
    >>> found = decomposed({"a": half, "b": fifth}, {"a": half, "b": (Fraction(6), Fraction(30))})
    >>> found.after - found.before == found.mix + found.rate, found.rate
    (True, Fraction(0, 1))
    """
    (top0, bottom0), (top1, bottom1) = total(before), total(after)
    if not bottom0 or not bottom1:
        raise ValueError("a rate needs somebody to count")
    overall = (top0 / bottom0 + top1 / bottom1) / 2
    nobody = (Fraction(0), Fraction(0))
    parts = []
    for level in dict.fromkeys([*before, *after]):
        (t0, b0), (t1, b1) = before.get(level, nobody), after.get(level, nobody)
        rate0, rate1 = (t0 / b0 if b0 else None), (t1 / b1 if b1 else None)
        known = [r for r in (rate0, rate1) if r is not None]
        if not known:
            continue
        share0, share1 = b0 / bottom0, b1 / bottom1
        mix = (share1 - share0) * (sum(known, Fraction(0)) / len(known) - overall)
        rate = (share0 + share1) / 2 * (rate1 - rate0) if rate0 is not None and rate1 is not None else Fraction(0)
        parts.append(Part(level, share0, share1, rate0, rate1, mix, rate))
    return Decomposition(top0 / bottom0, top1 / bottom1, tuple(parts))
