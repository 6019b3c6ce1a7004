"""Each chosen member beside one who was as likely to be chosen and was not. Source: METHODS C5."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churn_dash.campaigns.estimators.propensity import Estimate

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST = 50_000
"""Of more chosen members so many are drawn to be paired: more would only take longer."""
CALIPER = 0.2
"""Pairs lie at most so many standard deviations of the log-odds apart."""


@dataclass(frozen=True)
class Pairs:
    """Places of the chosen and of their partners; ``alone``: chosen members without one within the caliper."""

    chosen: Ints
    partner: Ints
    alone: int

    def __len__(self) -> int:
        return len(self.chosen)


def pairs(chosen: Flags, chance: Floats, caliper: float = CALIPER, seed: int = 0) -> Pairs:
    """One to one and nobody twice: in random order each chosen member takes the nearest who is left, if within the caliper.

    Of very many chosen members ``MOST`` are asked.
    """
    odds = np.log(chance / (1 - chance))
    limit = caliper * float(odds.std())
    free = np.flatnonzero(~chosen)
    free = free[np.argsort(odds[free], kind="stable")]
    values, n = odds[free], len(free)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(chosen))[:MOST]
    places = np.searchsorted(values, odds[order])
    up, down = np.arange(n + 1), np.arange(-1, n)
    found_chosen, found_partner = [], []
    for who, at in zip(order.tolist(), places.tolist(), strict=True):
        above, below = _next(up, at), _next_below(down, at)
        far_up = values[above] - odds[who] if above < n else np.inf
        far_down = odds[who] - values[below] if below >= 0 else np.inf
        best = above if far_up <= far_down else below
        if min(far_up, far_down) <= limit:
            found_chosen.append(who)
            found_partner.append(int(free[best]))
            up[best] = best + 1
            down[best + 1] = best - 1
    return Pairs(np.array(found_chosen, dtype=np.int64), np.array(found_partner, dtype=np.int64), len(order) - len(found_chosen))


def _next(up: Ints, at: int) -> int:
    """The first free place from ``at`` on; the way there is shortened for whoever asks next."""
    end = at
    while up[end] != end:
        end = int(up[end])
    while up[at] != end:
        up[at], at = end, int(up[at])
    return end


def _next_below(down: Ints, at: int) -> int:
    """The last free place before ``at``; ``down[i]`` belongs to place i − 1."""
    end = at
    while down[end] != end - 1:
        end = int(down[end]) + 1
    while down[at] != end - 1:
        down[at], at = end - 1, int(down[at]) + 1
    return end - 1


def paired(y: Floats, found: Pairs) -> Estimate | None:
    """Mean difference within pairs; None below two pairs."""
    if len(found) < 2:
        return None
    apart = y[found.chosen] - y[found.partner]
    return Estimate(float(apart.mean()), float(apart.std(ddof=1) / np.sqrt(len(apart))))
