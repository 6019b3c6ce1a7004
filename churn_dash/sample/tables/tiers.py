"""The tier in force, by the rule of Bohai Bank. Source: METHODS B3, E1 21."""

import numpy as np
import polars as pl

from churn_dash.contract.tiers import TIER_RULES
from churn_dash.sample.months import WARM_UP
from churn_dash.sample.people import dates, words
from churn_dash.sample.process import TIERS, tier
from churn_dash.sample.tables.story import Flags, Floats, Ints, Story

_CHANGES = ("joined", "up", "down", "watch", "cleared")


def step(in_force: Ints, below: Ints, aum: Floats) -> tuple[Ints, Ints]:
    """The tier in force in the month after one with month-average assets ``aum``, and the months in a row below it.

    >>> gold = np.array([2]); below = np.array([0])
    >>> for aum in (350e3, 280e3, 270e3, 260e3, 320e3):
    ...     gold, below = step(gold, below, np.array([aum])); print(TIERS[gold[0]], below[0])
    gold 0
    gold 1
    gold 2
    affluent 0
    gold 0
    """
    rule = TIER_RULES["bohai"]
    reached = tier(aum)
    grace = np.where(in_force == len(TIERS) - 1, rule.top_months, rule.months)
    short = np.where(reached < in_force, below + 1, 0)
    falls = short >= grace
    return np.where(falls | (reached > in_force), reached, in_force), np.where(falls, 0, short)


def tier_history(story: Story) -> pl.DataFrame:
    """Each change of the tier in force, and of being on watch.

    Tiers change on the first day of the month after; a customer is on watch from the last day of the first month below, and
    off it on the last day of the month that reaches the tier again. Who joins starts in the lowest tier.
    """
    aum, here = story.dense("aum_avg"), story.happened.here
    count, n = here.shape
    starts = story.months.start
    in_force, below = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    rows: list[tuple[Ints, Ints, Ints, Ints, int, Flags, Floats]] = []

    def note(chosen: Flags, day: Ints | int, before: Ints, change: int, watch: bool, basis: Floats) -> None:
        who = np.flatnonzero(chosen)
        days = np.broadcast_to(np.asarray(day), n)[who]
        rows.append((who, days, in_force[who], before[who], change, np.full(len(who), watch), basis[who]))

    nobody = np.full(n, -1)
    for t in range(count):
        new = here[t] & (~here[t - 1] if t else np.ones(n, dtype=bool))
        old = new & (story.of.join < 0) if t == 0 else np.zeros(n, dtype=bool)
        first = np.exp(story.path.log_aum[WARM_UP - 1].astype(np.float64))
        in_force[new], below[new] = 0, 0
        in_force[old] = tier(first)[old]
        opened = np.where((story.of.open_day >= starts[t]) & (story.of.open_day < starts[t + 1]), story.of.open_day, starts[t])
        note(new, opened, nobody, 0, False, np.where(old, first, np.nan))
        before, watched = in_force.copy(), below > 0
        after, short = step(in_force, below, np.where(here[t], aum[t], 0.0))
        last = int(starts[t + 1]) - 1
        note(here[t] & ~watched & (short > 0), last, before, 3, True, aum[t])
        note(here[t] & watched & (short == 0) & (after >= before), last, before, 4, False, aum[t])
        in_force = np.where(here[t], after, 0)
        below = np.where(here[t], short, 0)
        if t + 1 < count:
            stays = here[t] & here[t + 1]
            note(stays & (after > before), last + 1, before, 1, False, aum[t])
            note(stays & (after < before), last + 1, before, 2, False, aum[t])
    who, day, now, earlier = (np.concatenate([r[i] for r in rows]) for i in range(4))
    change = np.concatenate([np.full(len(r[0]), r[4]) for r in rows])
    return pl.DataFrame(
        [
            story.of.ids.gather(who),
            dates(day, "valid_from"),
            words(now, TIERS, "tier"),
            words(earlier, TIERS, "tier_before"),
            words(change, _CHANGES, "change"),
            pl.Series("watch", np.concatenate([r[5] for r in rows])),
            pl.Series("aum_avg", np.concatenate([r[6] for r in rows]).round(2)).fill_nan(None),
        ]
    ).sort("customer_id", "valid_from")
