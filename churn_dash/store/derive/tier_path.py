"""The tier in force month by month under a bank's rule. Source: METHODS B3."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churn_dash.contract.tiers import TierRule, ranks
from churn_dash.store.derive.activity import Bools, Calendar, Floats

Ranks = npt.NDArray[np.int8]
UNKNOWN = -1


@dataclass(frozen=True)
class TierPath:
    """Customer × month. ``tier``: rank of the tier in force, from 0, −1 before the first balance. ``below``: months in a row below
    its threshold, this one included. ``watch``: months on watch so far, 0 where not on watch."""

    tier: Ranks
    below: Ranks
    watch: Ranks


def reached(balance: Floats, rule: TierRule) -> Ranks:
    """The rank of the tier that a month-average balance reaches.

    >>> from churn_dash.contract.tiers import TIER_RULES
    >>> reached(np.array([-5.0, 49_999.0, 50_000.0, 2e6]), TIER_RULES["bohai"]).tolist()
    [0, 0, 1, 3]
    """
    return np.maximum(np.searchsorted(np.array(rule.floors), balance, side="right") - 1, 0).astype(np.int8)


def counted(aum: Floats, months: Calendar, rule: TierRule) -> Floats:
    """The month-average balances, customer × month, as the rule counts them: see ``TierRule.counted``."""
    if rule.divisor == "days":
        return aum
    factors: Floats = np.array([rule.counted(int(days)) for days in months.last - months.first + 1])
    found: Floats = aum * factors
    return found


def tier_path(aum: Floats, rule: TierRule, start: Ranks | None = None) -> TierPath:
    """The path of every customer from month-average balances (``counted``), customer × month, NaN where unknown.

    The first known balance gives the first tier, unless ``start`` (a rank of ``FLOORS`` a customer, −1 unknown) does. A month without a
    balance changes nothing.

    >>> gold = np.array([[350e3, 280e3, 270e3, 260e3, 320e3, 320e3]])
    >>> from churn_dash.contract.tiers import TIER_RULES
    >>> found = tier_path(gold, TIER_RULES["bohai"])
    >>> [TIER_RULES["bohai"].names[t] for t in found.tier[0]], found.watch[0].tolist()
    (['gold', 'gold', 'gold', 'gold', 'affluent', 'gold'], [0, 1, 2, 3, 0, 0])
    """
    n, m = aum.shape
    tier = np.full((m, n), UNKNOWN, dtype=np.int8)
    below, watch = np.zeros((m, n), dtype=np.int8), np.zeros((m, n), dtype=np.int8)
    held = np.array([*ranks(rule.names).values(), UNKNOWN], dtype=np.int8)
    now = np.full(n, UNKNOWN, dtype=np.int8) if start is None else held[start]
    following, short, most = now.copy(), np.zeros(n, dtype=np.int8), np.zeros(n)
    top = len(rule.tiers) - 1
    for t in range(m):
        known = ~np.isnan(aum[:, t])
        balance = np.where(known, aum[:, t], 0.0)
        level = reached(balance, rule)
        now = np.where(known & (following == UNKNOWN), level, following)
        if rule.up_at_once:
            now = np.where(known, np.maximum(now, level), now)
        under = known & (level < now)
        short = np.where(known, np.where(under, short + 1, 0), short).astype(np.int8)
        most = np.where(under, np.where(short == 1, balance, np.maximum(most, balance)), most)
        tier[t] = now
        below[t] = np.where(known, short, 0)
        watch[t] = np.where(known, np.maximum(short - rule.watched_from + 1, 0), 0)
        falls = under & (short >= np.where(now == top, rule.top_months, rule.months))
        target = level if rule.to == "last" else reached(most, rule)
        following = np.where(falls, target, np.where(known, np.maximum(now, level), now)).astype(np.int8)
        short = np.where(falls, 0, short).astype(np.int8)
    return TierPath(tier.T, below.T, watch.T)


def downgraded(tier: Ranks) -> Bools:
    """Whether the customer stands below the tier that a downgrade took, customer × month: from the month of the downgrade until
    that tier is in force again.

    >>> downgraded(np.array([[2, 2, 1, 1, 0, 1, 2, 2]], dtype=np.int8))[0].tolist()
    [False, False, True, True, True, True, False, False]
    """
    n, m = tier.shape
    state = np.zeros((m, n), dtype=bool)
    held, lost = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int8)
    for t in range(1, m):
        falls = ~held & (tier[:, t] < tier[:, t - 1])
        lost = np.where(falls, tier[:, t - 1], lost)
        held = (held | falls) & (tier[:, t] < lost)
        state[t] = held
    return state.T
