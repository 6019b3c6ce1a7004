"""How far a difference must lie from none when it was looked at before the end. Sources: METHODS C8; Lan and DeMets 1983, 1989.

How much of the allowed error may be spent by a look hangs on the share of the registered days that have passed, which nobody can choose
after seeing the outcome; how alike two looks are hangs on the leavers known at each (calendar and information time).
"""

from collections.abc import Sequence
from dataclasses import replace

from churn_dash.campaigns.estimators.effects import Effect, Group, Outcome
from churn_dash.campaigns.estimators.sequential import boundaries, spent
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.store.looks import Look

_HARDLY_MORE = 1e-6


def leavers(groups: Sequence[Group], outcome: Outcome) -> int:
    """Members with an outcome who left, of all groups together."""
    return sum(g.cases if outcome.better == "down" else g.known - g.cases for g in groups)


def information(groups: Sequence[Group], outcome: Outcome) -> float:
    """The odds of having left: what is known of a difference of shares that grow, up to a factor that is the same at every look."""
    gone, known = leavers(groups, outcome), sum(g.known for g in groups)
    return gone / (known - gone) if 0 < gone < known else 0.0


def bar(taken: Sequence[Look], share: float, known: float) -> float:
    """The z that must be reached now, after the looks ``taken``, at this ``share`` of the days and this much information.

    >>> round(bar((), 1.0, 0.1), 6)
    1.959964
    """
    found = [one.information for one in taken]
    found.append(max(known, found[-1] * (1 + _HARDLY_MORE) if found else known))
    return boundaries([i / found[-1] for i in found], allowed=[spent(s) for s in (*(one.share for one in taken), share)])[-1]


def widened(effect: Effect, z: float) -> Effect:
    """The effect with the range that this bar leaves instead of 95%; the p-value stays that of the one comparison."""
    if effect.difference is None or effect.low is None or effect.high is None:
        return effect
    more = z / normal_quantile()
    low, high = (effect.difference + more * (end - effect.difference) for end in (effect.low, effect.high))
    return replace(effect, low=low, high=high)
