"""Large amounts that move, and fees. Source: METHODS E1 5, 13."""

import numpy as np
import polars as pl

from churn_dash.sample.departures import BANKS
from churn_dash.sample.people import N_BRANCHES, dates, words
from churn_dash.sample.tables.story import Story, numbered

LEAST, LEAST_SHARE = 50_000.0, 0.3
"""A movement is large from the larger of this amount and this share of the customer's assets. METHODS A3."""
_CHANNELS = ("branch", "mobile", "online")
_FEES = ("account", "transfer", "card", "wealth", "loan", "advice")
_FEE_RATE = 0.05


def large_transactions(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Months in which much money came or went, as one transaction each; and the money of those who leave. Large ones are booked."""
    flow, end = story.dense("net_flow"), story.dense("aum_end")
    before = np.full_like(end, np.nan)
    before[1:] = end[:-1]
    least = np.maximum(LEAST, LEAST_SHARE * np.nan_to_num(before))
    t, i = np.nonzero(np.abs(np.nan_to_num(flow)) >= least)
    moved = flow[t, i]
    starts, w = story.months.start, story.happened
    day = starts[t] + (rng.random(len(t)) * np.diff(starts)[t]).astype(np.int64)
    took = np.flatnonzero(~w.silent & (w.month > 0))
    left = before[w.month[took], w.customer[took]]
    took, left = took[left >= LEAST], left[left >= LEAST]
    who = np.concatenate([i, w.customer[took]])
    day = np.concatenate([np.maximum(day, story.of.open_day[i]), w.day[took]])
    amount = np.abs(np.concatenate([moved * rng.uniform(0.8, 1.0, len(i)), left])).round(2)
    out = np.concatenate([moved < 0, np.ones(len(took), dtype=bool)])
    count = len(who)
    inside = rng.random(count) < np.concatenate([np.full(len(i), 0.12), np.zeros(len(took))])
    channel = rng.choice(3, count, p=(0.5, 0.3, 0.2))
    booked = out & (channel == 0) & (rng.random(count) < 0.8)
    ahead = day - rng.integers(1, 5, count)
    rival = np.where(inside, -1, rng.integers(0, len(BANKS), count))
    frame = pl.DataFrame(
        [
            story.of.ids.gather(who),
            dates(np.where(booked, ahead, 0), "booked_at", booked),
            dates(day, "txn_date"),
            pl.Series("amount", amount),
            words(out.astype(np.int64), ("in", "out"), "direction"),
            words(channel, _CHANNELS, "channel"),
            words(rival, BANKS, "counter_bank"),
            pl.Series("internal", inside),
            words(np.where(channel == 0, story.of.branch[who], -1), tuple(f"B{b:02d}" for b in range(1, N_BRANCHES + 1)), "branch_id"),
        ]
    ).sort("txn_date", "customer_id", maintain_order=True)
    return frame.insert_column(0, numbered("X", count, "txn_id"))


def fees(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """A fee in one customer-month of twenty; one in eighty is disputed, and half of those are paid back."""
    t, i = np.nonzero(story.happened.here)
    chosen = rng.random(len(t)) < _FEE_RATE
    t, i = t[chosen], i[chosen]
    count, starts = len(t), story.months.start
    day = np.maximum(starts[t] + (rng.random(count) * np.diff(starts)[t]).astype(np.int64), story.of.open_day[i])
    kind = rng.choice(len(_FEES), count, p=(0.3, 0.25, 0.2, 0.12, 0.05, 0.08))
    amount = np.exp(np.array([2.3, 2.0, 3.2, 4.2, 5.5, 4.8])[kind] + 0.5 * rng.normal(size=count)).round(2)
    waived = rng.random(count) < 0.08
    disputed = ~waived & (rng.random(count) < 0.012)
    asked = day + rng.integers(1, 25, count)
    disputed &= asked <= story.last
    refunded = np.where(disputed & (rng.random(count) < 0.5), amount, 0.0)
    frame = pl.DataFrame(
        [
            story.of.ids.gather(i),
            dates(day, "charged_at"),
            words(kind, _FEES, "fee_kind"),
            pl.Series("amount", amount),
            pl.Series("published", (kind != 5) | (rng.random(count) < 0.4)),
            pl.Series("waived", waived),
            dates(np.where(disputed, asked, 0), "disputed_at", disputed),
            pl.Series("refunded", refunded).set(pl.Series(~disputed), None),
        ]
    ).sort("charged_at", "customer_id", maintain_order=True)
    return frame.insert_column(0, numbered("F", count, "fee_id"))
