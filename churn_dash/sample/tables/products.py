"""Products held one by one, loans month by month, cards. Source: METHODS E1 4, 6, 7."""

import numpy as np
import polars as pl

from churn_dash.sample.departures import BANKS
from churn_dash.sample.holdings import KINDS, NEVER
from churn_dash.sample.months import WARM_UP
from churn_dash.sample.people import dates, words
from churn_dash.sample.tables.story import Ints, Story, months_later, numbered

_KINDS = ("term", "wealth", "fund")
_SHARE = np.array([0.35, 0.3, 0.15])
"""Of a customer's assets, in a holding of each kind."""
_ABOVE = np.array([0.0, 0.9, 1.6])
"""Rate of each kind above the bank's own rate on deposits, percentage points."""
OWN_RATE = 1.75
_AWAY = np.array([0.2, 0.08, 0.06, 0.1])
"""Share of customers of each orientation with a product at another bank that the bank was told of."""


def _rolls(story: Story, kind: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Each term of each account of a kind: customer, first day, day it falls due, day it ended (NEVER: it lasts).

    Terms follow one another from the account's first day, as the process has them fall due. Only those that last into the
    months of the bank are told of.
    """
    part = story.pieces.filter(kind=KINDS.index(_KINDS[kind]))
    who, opens, closes = (part[c].to_numpy() for c in ("customer", "opens", "closes"))
    term = story.held.term_months[who]
    first = int(story.months.start[0])
    found = []
    start = opens.copy()
    turn = np.zeros(len(who), dtype=np.int64)
    while True:
        due = months_later(opens, (turn + 1) * term)
        lives = (start < closes) & (start <= story.last)
        if not lives.any():
            break
        kept = lives & (np.minimum(due, closes) >= first)
        ended = np.where(np.minimum(due, closes) <= story.last, np.minimum(due, closes), NEVER)
        found.append((who[kept], start[kept], due[kept], ended[kept]))
        start, turn = np.where(lives, due, NEVER), turn + 1
    parts = [np.concatenate([f[i] for f in found]) if found else np.empty(0, dtype=np.int64) for i in range(4)]
    return parts[0], parts[1], parts[2], parts[3]


def product_holdings(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Term deposits and wealth products that fall due and are renewed, funds, and what customers told of other banks."""
    rows = []
    for kind, name in enumerate(_KINDS):
        if name == "fund":
            part = story.pieces.filter((pl.col("kind") == KINDS.index("fund")) & (pl.col("closes") >= int(story.months.start[0])))
            who, start = part["customer"].to_numpy(), part["opens"].to_numpy()
            due, ended = np.full(len(who), NEVER), part["closes"].to_numpy()
        else:
            who, start, due, ended = _rolls(story, kind)
        rows.append((np.full(len(who), kind), who, start, due, ended, np.full(len(who), -1)))
    away = np.flatnonzero((rng.random(len(story.of)) < _AWAY[story.of.orientation]) & ~story.of.corporate)
    told = np.maximum(rng.integers(story.months.start[0], story.last, len(away)), story.of.open_day[away] + 1)
    away, told = away[told <= story.last], told[told <= story.last]
    start = told - rng.integers(0, 150, len(away))
    due = months_later(start, rng.choice((6, 12, 24), len(away)))
    bank = rng.integers(0, len(BANKS), len(away))
    rows.append((rng.integers(0, 2, len(away)), away, start, due, np.where(due <= story.last, due, NEVER), bank))
    kind_, who, start, due, ended, bank = (np.concatenate([r[i] for r in rows]) for i in range(6))
    count = len(who)
    told_at = np.concatenate([np.full(count - len(told), -1), told])
    at = story.month_of(start) + WARM_UP
    at = np.where(start < story.months.start[0], WARM_UP - 1, at)
    assets = np.exp(story.path.log_aum[at, who].astype(np.float64))
    amount = np.maximum((assets * _SHARE[kind_] * np.exp(0.2 * rng.normal(size=count))).round(-2), 100.0)
    rate = OWN_RATE + _ABOVE[kind_] + np.where(bank >= 0, 0.3, 0.0) + 0.08 * rng.normal(size=count)
    fixed = due < NEVER
    months = np.where(fixed, np.round((due - start) / 30.4), 0).astype(np.int64)
    product = [f"{'TWF'[k]}{m:02d}" if m else "F01" for k, m in zip(kind_.tolist(), months.tolist(), strict=True)]
    frame = pl.DataFrame(
        [
            story.of.ids.gather(who),
            pl.Series("product_id", product, dtype=pl.String).set(pl.Series(bank >= 0), None),
            words(kind_, _KINDS, "product_kind"),
            pl.Series("amount", amount),
            dates(start, "start_date"),
            dates(np.where(fixed, due, 0), "maturity_date", fixed),
            pl.Series("rate", rate.round(2)),
            words((bank >= 0).astype(np.int64), ("own", "other"), "bank"),
            words(bank, BANKS, "bank_name"),
            dates(np.maximum(told_at, 0), "recorded_at", told_at >= 0),
            dates(np.where(ended < NEVER, ended, 0), "closed_date", ended < NEVER),
        ]
    ).sort("start_date", "customer_id", "product_kind", "bank", maintain_order=True)
    return frame.insert_column(0, numbered("H", count, "holding_id"))


def loans(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Each loan in each month: what was outstanding, what fell due, and what was paid back early when it ended."""
    of, held, months = story.of, story.held, story.months
    place = KINDS.index("loan")
    has = np.flatnonzero(held.opens[place] < NEVER)
    part = story.pieces.filter(kind=place).unique("customer", keep="first", maintain_order=True)
    who, opens, closes = (part[c].to_numpy() for c in ("customer", "opens", "closes"))
    number = np.full(len(of), -1)
    number[has] = np.arange(len(has))
    first, last = months.start[:-1][:, None], months.start[1:][:, None] - 1

    def outstanding(day: Ints) -> np.ndarray:
        paid = (day - opens) / 30.4 / held.loan_months[who]
        return np.asarray(held.loan[who] * np.clip(1 - paid, 0, 1))

    lives = (opens <= last) & (closes >= first)
    begun = np.maximum(first - 1, opens)
    at_start, at_end = outstanding(begun), outstanding(last)
    lives &= at_start > 1
    t, j = np.nonzero(lives)
    ends = closes[j] <= last[t, 0]
    scheduled = np.where(ends, outstanding(np.minimum(closes, last))[t, j], at_end[t, j])
    due = (at_start[t, j] - scheduled).round(2)
    early = np.where(ends, scheduled, 0.0).round(2)
    long = held.loan_months[who[j]]
    kind = np.where(long > 150, 0, np.where(of.corporate[who[j]], 2, np.where(long > 60, 1, 3)))
    rate = (3.6 + 0.5 * rng.normal(size=len(of)).clip(-2, 2)).round(2)
    ids = pl.Series("loan_id", [f"L{i:06d}" for i in range(1, len(has) + 1)], dtype=pl.String)
    due_day = months_later(held.opens[place][who[j]], long)
    return pl.DataFrame(
        [
            ids.gather(number[who[j]]),
            dates(months.start[t], "month"),
            of.ids.gather(who[j]),
            words(kind, ("mortgage", "consumer", "business", "car"), "loan_kind"),
            pl.Series("balance_start", at_start[t, j].round(2)),
            pl.Series("scheduled", np.maximum(due, 0.0)),
            pl.Series("prepaid", early),
            pl.Series("rate", rate[who[j]]),
            dates(due_day, "maturity_date"),
        ]
    ).sort("month", "loan_id")


def cards(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Credit cards: 92 % are activated, on average ten days after issue; the last use as the months show it."""
    part = story.pieces.filter(kind=KINDS.index("card"))
    who, opens, closes = (part[c].to_numpy() for c in ("customer", "opens", "closes"))
    count = len(who)
    activated = opens + rng.exponential(10, count).astype(np.int64)
    active = (rng.random(count) < 0.92) & (activated <= np.minimum(closes, story.last))
    used = story.dense("card_txn_count") > 0
    starts = story.months.start
    inside = used[:, who] & (starts[1:][:, None] > activated) & (starts[:-1][:, None] <= closes)
    place = story.months.count - 1 - np.argmax(inside[::-1], axis=0)
    any_use = inside.any(axis=0) & active
    low = np.maximum(starts[place], activated)
    high = np.minimum(starts[place + 1] - 1, np.minimum(closes, story.last))
    day = low + (rng.random(count) * (np.maximum(high - low, 0) + 1)).astype(np.int64)
    limit = np.round(np.exp(9.6 + 0.4 * story.of.z_income[who] + 0.3 * rng.normal(size=count)), -3)
    closed = closes < NEVER
    return pl.DataFrame(
        [
            numbered("K", count, "card_id"),
            story.of.ids.gather(who),
            pl.Series("card_kind", ["credit"] * count, dtype=pl.String),
            dates(opens, "issued_date"),
            dates(np.where(active, activated, 0), "activated_date", active),
            dates(np.where(any_use, day, 0), "last_txn_date", any_use),
            dates(np.where(closed, closes, 0), "closed_date", closed),
            pl.Series("credit_limit", limit),
        ]
    )
