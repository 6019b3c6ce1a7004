"""Accounts that open and close with their customers, and the departures that the bank records. Source: METHODS E1, E2."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.sample.exits import N_VOLUNTARY, QUIET, REASONS, World
from churn_dash.sample.holdings import KINDS, NEVER, Holdings
from churn_dash.sample.months import Months
from churn_dash.sample.people import People, dates, words

BANKS = ("Harbour Bank", "Union Bank", "Lakeside Bank", "Jade Bank", "Pioneer Bank")
REASON_UNKNOWN = 0.04
"""Share of voluntary departures whose reason nobody noted."""

_INITIATORS = ("customer", "bank", "death")
_BY_BANK, _BY_DEATH = {"service", "policy", "bank"}, {"death"}

Ints = NDArray[np.int64]


def _initiator(reason: Ints) -> Ints:
    codes = np.array([2 if r in _BY_DEATH else 1 if r in _BY_BANK else 0 for r in REASONS])
    return codes[reason]


def pieces(rng: np.random.Generator, of: People, held: Holdings, happened: World, months: Months) -> pl.DataFrame:
    """Every account as days of opening and closing (``NEVER``: still open): customer, kind, opens, closes, initiator.

    A customer who leaves closes everything, the current account last, on the day of the exit; drifting customers close the
    other accounts up to 60 days earlier. Who comes back opens the same products again on that day.
    """
    closing = np.flatnonzero(~happened.silent)
    order = closing[np.lexsort((happened.day[closing], happened.customer[closing]))]
    who = happened.customer[order]
    returned = happened.back_month[order] >= 0
    # A spell begins on the day of joining or of coming back, and ends with the next closing.
    spell_who = np.concatenate([np.arange(len(of)), who[returned]])
    spell_start = np.concatenate([np.full(len(of), -NEVER), happened.back_day[order][returned]])
    by_start = np.lexsort((spell_start, spell_who))
    spell_who, spell_start = spell_who[by_start], spell_start[by_start]
    key = happened.customer[order].astype(np.int64) * 10**8 + happened.day[order]
    place = np.searchsorted(key, spell_who.astype(np.int64) * 10**8 + np.maximum(spell_start, 0))
    ends = np.full(len(spell_who), -1)
    found = place < len(order)
    found[found] = who[place[found]] == spell_who[found]
    ends[found] = order[place[found]]
    spell_end = np.where(ends >= 0, happened.day[ends], NEVER)
    drifting = (ends >= 0) & happened.drifting[ends]

    frames = []
    last = months.start[-1] - 1
    for k, kind in enumerate(KINDS):
        early = np.where(drifting, rng.integers(0, 61, len(spell_who)), rng.integers(0, 6, len(spell_who)))
        opens = np.maximum(held.opens[k][spell_who], spell_start)
        leaving = spell_end - (0 if kind == "current" else early)
        left = spell_end < NEVER
        natural = held.closes[k][spell_who]
        closes = np.where(left, np.minimum(np.maximum(leaving, opens), natural), natural)
        at = np.clip(np.searchsorted(months.start, opens, side="right") - 1, 0, months.count - 1)
        asleep = (happened.state[at, spell_who] == QUIET) & (opens >= months.start[0]) & (kind != "current")
        exists = (opens < np.minimum(spell_end, natural)) & (opens <= last) & ~asleep
        by = np.where(left & (closes < natural), _initiator(np.where(ends >= 0, happened.reason[ends], 0)), 0)
        frames.append(
            pl.DataFrame(
                {
                    "customer": spell_who[exists],
                    "kind": np.full(int(exists.sum()), k),
                    "opens": opens[exists],
                    "closes": np.where(closes <= last, closes, NEVER)[exists],
                    "initiator": by[exists],
                }
            )
        )
    return pl.concat(frames).sort("opens", "customer", "kind")


def accounts(of: People, parts: pl.DataFrame) -> pl.DataFrame:
    """The contract's table ``accounts``."""
    closes = parts["closes"].to_numpy()
    closed = closes < NEVER
    return pl.DataFrame(
        [
            pl.Series("account_id", [f"A{i:07d}" for i in range(1, len(parts) + 1)], dtype=pl.String),
            of.ids.gather(parts["customer"]),
            words(parts["kind"].to_numpy(), KINDS, "account_type"),
            dates(parts["opens"].to_numpy(), "open_date"),
            dates(np.where(closed, closes, 0), "close_date", closed),
            words(parts["initiator"].to_numpy(), _INITIATORS, "close_initiator", closed),
        ]
    )


def churn_events(rng: np.random.Generator, of: People, happened: World) -> pl.DataFrame:
    """The contract's table ``churn_events``: closings only, for silent customers tell nobody."""
    place = np.flatnonzero(~happened.silent)
    place = place[np.lexsort((happened.customer[place], happened.day[place]))]
    reason = happened.reason[place]
    noted = (rng.random(len(place)) >= REASON_UNKNOWN) | (reason >= N_VOLUNTARY)
    to = rng.choice(len(BANKS), len(place), p=(0.3, 0.25, 0.2, 0.15, 0.1))
    told = noted & (reason <= 1) & (rng.random(len(place)) < 0.7)
    return pl.DataFrame(
        [
            pl.Series("event_id", [f"E{i:06d}" for i in range(1, len(place) + 1)], dtype=pl.String),
            of.ids.gather(happened.customer[place]),
            dates(happened.day[place], "event_date"),
            pl.Series("form", ["close"] * len(place), dtype=pl.String),
            words(reason, REASONS, "reason_code", noted),
            words(to, BANKS, "destination", told),
        ]
    )
