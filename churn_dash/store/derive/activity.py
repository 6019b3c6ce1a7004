"""When was each customer active: intervals by form of churn. Source: METHODS B0.

The panel is held as dense customer × month arrays. An interval is [start, end): active at the end of day d
where start <= d < end. Days are integers since 1970-01-01; ``OPEN`` is an end that has not come.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.calendar import month_rows
from churn_dash.contract.definitions import AssetDecline, Dormancy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BASELINE_MONTHS = 3
"""Months of the baseline of an asset decline."""
OPEN = np.iinfo(np.int32).max
LONG_AGO = -25_567  # 1900-01-01


@dataclass(frozen=True)
class Calendar:
    """The months of the panel, without gaps: first and last day of each, and which are complete."""

    first: Ints
    last: Ints
    complete: Bools

    def __len__(self) -> int:
        return len(self.first)

    def index(self, days: Ints) -> Ints:
        """Month index of each day; before the first month −1, after the last ``len``."""
        found: Ints = np.searchsorted(self.first, days, side="right") - 1 + (days > self.last[-1])
        return found


def calendar(month: pl.Series) -> Calendar:
    """The calendar of a month column. A month with over 20 % fewer rows than its neighbours is incomplete."""
    found = month_rows(list(month.value_counts().iter_rows()))
    first = pl.Series([m.month for m in found], dtype=pl.Date)
    return Calendar(
        first.cast(pl.Int32).to_numpy().astype(np.int64),
        first.dt.month_end().cast(pl.Int32).to_numpy().astype(np.int64),
        np.array([m.complete for m in found], dtype=bool),
    )


@dataclass(frozen=True)
class Intervals:
    """Active intervals of one form: customer index, start day, end day (``OPEN`` while active)."""

    form: str
    customer: Ints
    start: Ints
    end: Ints


def open_accounts(customer: Ints, opened: Ints, closed: Ints) -> Intervals:
    """Intervals with at least one open account: overlapping or touching accounts are one.

    >>> got = open_accounts(np.array([0, 0]), np.array([10, 50]), np.array([40, OPEN]))
    >>> got.start.tolist(), int(got.end[0])
    ([10, 50], 40)
    """
    frame = pl.DataFrame({"c": customer, "s": opened, "e": closed}).sort("c", "s")
    frame = frame.with_columns(pl.col("e").cum_max().shift(1).over("c").alias("so_far"))
    frame = frame.with_columns((pl.col("so_far").is_null() | (pl.col("s") > pl.col("so_far"))).cum_sum().alias("run"))
    merged = frame.group_by("run", maintain_order=True).agg(pl.first("c"), pl.first("s"), pl.max("e"))
    return Intervals("close", merged["c"].to_numpy(), merged["s"].to_numpy(), merged["e"].to_numpy())


def absence(present: Bools, months: Calendar) -> Ints:
    """Day of absence: end of the first complete month missing, where every later complete month is missing; else ``OPEN``."""
    n = present.shape[1]
    last_seen = np.where(present.any(axis=1), n - 1 - present[:, ::-1].argmax(axis=1), -1)
    following = np.full(n + 1, n, dtype=np.int64)
    for i in range(n - 1, -1, -1):
        following[i] = i if months.complete[i] else following[i + 1]
    missing = following[last_seen + 1]
    return np.where((missing < n) & (last_seen >= 0), np.r_[months.last, OPEN][np.minimum(missing, n)], OPEN)


def come_back(present: Bools, months: Calendar) -> bool:
    """Whether most of those who are missing from one complete list are in a later one: rows are missing, not customers.

    Of the last complete month nobody knows, and it does not count.
    """
    seen = present[:, months.complete]
    if seen.shape[1] < 3:
        return False
    later = np.logical_or.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    missing = seen[:, :-2] & ~seen[:, 1:-1]
    return int((missing & later[:, 2:]).sum()) * 2 > int(missing.sum())


def told_absence(present: Bools, months: Calendar) -> Ints:
    """Day of absence as it counts: where most of those missing from a list ``come_back``, only from two complete months on.

    Elsewhere an absence from the last list counts, and is provisional. METHODS B0.
    """
    day = absence(present, months)
    if come_back(present, months):
        last = months.last[months.complete][-1]
        day = np.where(day == last, OPEN, day)
    return day


def dormant(txn: Floats, balance: Floats, contract: Bools, months: Calendar, rule: Dormancy) -> Bools:
    """Dormant at the end of each month; an unknown month keeps the state before it. ``contract``: who holds one that exempts him."""
    state = np.zeros_like(txn, dtype=bool)
    run = np.zeros(txn.shape[0], dtype=np.int64)
    held = np.zeros(txn.shape[0], dtype=bool)
    for t in range(txn.shape[1]):
        if months.complete[t]:
            known = ~np.isnan(txn[:, t])
            run = np.where(known & (txn[:, t] == 0), run + 1, 0)
            held = np.where(known, (run >= rule.months) & (balance[:, t] <= rule.balance) & ~contract[:, t], held)
        state[:, t] = held
    return _without_false_alarms(state, rule.grace_months)


def _without_false_alarms(state: Bools, grace: int) -> Bools:
    """Drop a state that ends within ``grace`` months: it never was one."""
    kept = state.copy()
    n = state.shape[1]
    for t in range(n):
        rise = state[:, t] & (~state[:, t - 1] if t else True)
        for back in range(1, grace + 1):
            if t + back < n:
                ended = rise & ~state[:, t + back]
                kept[ended, t : t + back] = False
    return kept


def asset_decline(aum: Floats, rule: AssetDecline) -> Bools:
    """Asset decline at the end of each month: fires by the rule, ends after two months above the same threshold."""
    state = np.zeros_like(aum, dtype=bool)
    base = np.zeros(aum.shape[0])
    held = np.zeros(aum.shape[0], dtype=bool)
    for t in range(rule.window, aum.shape[1]):
        baseline = aum[:, t - rule.window : t - rule.window + BASELINE_MONTHS].mean(axis=1)
        two = aum[:, t - 1 : t + 1]
        fires = ~held & (baseline >= rule.least_baseline) & (two <= rule.share * baseline[:, None]).all(axis=1)
        recovers = held & (two > rule.share * base[:, None]).all(axis=1)
        base = np.where(fires, baseline, base)
        held = (held | fires) & ~recovers
        state[:, t] = held
    return state


def outside(form: str, state: Bools, months: Calendar) -> Intervals:
    """Intervals outside a monthly churned state: it begins and ends at the end of a month."""
    n_customers = state.shape[0]
    before = np.concatenate([np.zeros((n_customers, 1), dtype=bool), state[:, :-1]], axis=1)
    up_customer, up_month = np.nonzero(state & ~before)
    down_customer, down_month = np.nonzero(~state & before)
    everyone = np.arange(n_customers)
    starts = pl.DataFrame({"c": np.r_[everyone, down_customer], "d": np.r_[np.full(n_customers, LONG_AGO), months.last[down_month]]}).sort(
        "c", "d"
    )
    ends = pl.DataFrame(
        {"c": np.r_[up_customer, everyone[~state[:, -1]]], "d": np.r_[months.last[up_month], np.full((~state[:, -1]).sum(), OPEN)]}
    )
    ends = ends.sort("c", "d")
    return Intervals(form, starts["c"].to_numpy(), starts["d"].to_numpy(), ends["d"].to_numpy())
