"""A worklist that the bank froze and its managers called: members, hold-out, and what was written down. Source: METHODS C2, E3."""

import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.sample.months import EPOCH
from churn_dash.sample.people import N_MANAGERS, People
from churn_dash.sample.process import TIERS, tier

LOST_BY_CALLS = -0.7
"""Log-odds of leaving that a place on the list adds."""
_GRADE = "high"
_CHANNELS = ("phone", "branch", "social", "visit")
_SHARES = (0.68, 0.14, 0.1, 0.08)
_COST = np.array([8.0, 12.0, 1.0, 60.0])
_WRITTEN_DOWN = 0.7
"""Share of failed attempts that a manager writes down."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def list_id(start: int) -> str:
    """The number that freezing gives to the first list of the day before ``start``, a day number.

    >>> list_id(31)
    'L19700131-1'
    """
    return f"L{EPOCH + datetime.timedelta(days=start - 1):%Y%m%d}-1"


def riskiest(manager: Ints, score: Floats, each: int) -> Ints:
    """Places of the ``each`` highest scores of every manager, in order.

    >>> riskiest(np.array([0, 0, 1, 0]), np.array([0.1, 0.3, 0.0, 0.2]), 2).tolist()
    [1, 2, 3]
    """
    order = np.lexsort((-score, manager))
    first = np.searchsorted(manager[order], np.arange(N_MANAGERS))
    return np.sort(order[np.arange(len(order)) - first[manager[order]] < each])


def strata(log_aum: Floats) -> pl.Series:
    """Risk grade × tier of those on the list, as freezing names it."""
    return pl.Series("stratum", [f"{_GRADE} · {TIERS[t]}" for t in tier(np.exp(log_aum))], dtype=pl.String)


def held_out(rng: np.random.Generator, stratum: pl.Series, share: float) -> Flags:
    """Who is held out: at random, the same share of every stratum but for rounding, and of all.

    >>> out = held_out(np.random.default_rng(1), pl.Series(["a"] * 10 + ["b"] * 10), 0.3)
    >>> int(out.sum()), int(out[:10].sum())
    (6, 3)
    """
    order = np.lexsort((rng.random(len(stratum)), stratum.rank("dense").to_numpy()))
    steps = np.floor(np.arange(len(stratum) + 1) * share + 0.5)
    found = np.zeros(len(stratum), dtype=bool)
    found[order[np.diff(steps) > 0]] = True
    return found


def written_down(
    rng: np.random.Generator, of: People, who: Ints, stratum: pl.Series, treated: Flags, reached: Flags, accepted: Flags
) -> pl.DataFrame:
    """The columns of the assignments that a frozen list fills and its managers write into."""
    n = len(who)
    tried = treated & (reached | (rng.random(n) < _WRITTEN_DOWN))
    turned_down = np.array(["interested", "declined", "opted_out"], dtype=object)[rng.choice(3, n, p=(0.3, 0.62, 0.08))]
    result = np.where(accepted, "accepted", np.where(reached, turned_down, "not_reached"))
    channel = rng.choice(len(_CHANNELS), n, p=_SHARES)
    play = np.where(rng.random(n) < 0.6, "money_leaving", "less_used")
    untold = pl.Series(~tried)
    return pl.DataFrame(
        [
            pl.Series("rm_id", [f"R{m + 1:02d}" for m in of.manager[who]], dtype=pl.String),
            stratum,
            pl.Series("risk_grade", [_GRADE] * n, dtype=pl.String),
            pl.Series("play", play.astype(object), dtype=pl.String),
            pl.Series("result", result.astype(object), dtype=pl.String).set(untold, None),
            pl.Series("channel", [_CHANNELS[c] for c in channel], dtype=pl.String).set(untold, None),
            pl.Series("cost", _COST[channel]).set(untold, None),
        ]
    )
