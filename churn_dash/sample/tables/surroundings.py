"""The market as the bank sees it, competitors' products, and how long its own processes take. Source: METHODS E1 11, 12, 14."""

import datetime

import numpy as np
import polars as pl

from churn_dash.sample.departures import BANKS
from churn_dash.sample.months import WARM_UP
from churn_dash.sample.people import CITIES, dates, words
from churn_dash.sample.tables.products import OWN_RATE
from churn_dash.sample.tables.story import Floats, Story

_FALL = 0.01
"""Rates fall by this many percentage points a month."""
_KNOWN_AFTER = 15
_KINDS, _ABOVE, _TERMS = ("term", "wealth"), np.array([0.0, 1.0]), np.array([12, 6])
_PROCESSES = ("account_opening", "account_closing", "loan_approval", "card_issue", "transfer", "wealth_purchase", "complaint")
_MINUTES = np.array([38.0, 22.0, 2_900.0, 55.0, 6.0, 31.0, 7_400.0])
_STEPS = np.array([9.0, 6.0, 17.0, 8.0, 4.0, 7.0, 8.0])
_CASES = np.array([0.02, 0.008, 0.004, 0.012, 0.6, 0.08, 0.022])
"""Cases a customer a month."""
_ELECTRONIC = np.array([0.25, 0.0, 0.2, 0.55, 0.8, 0.6, 0.3])


def own_rates(story: Story) -> Floats:
    """The bank's rate on one-year deposits in each month, per cent."""
    return np.asarray(OWN_RATE + _FALL * (np.arange(story.months.count)[::-1] - story.months.count / 2))


def market_month(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """The series behind the hazard as published: the rate gap as it is, unemployment and competition on their own scales."""
    months, cities = story.months.count, len(CITIES)
    t, c = np.repeat(np.arange(months), cities), np.tile(np.arange(cities), months)
    around = story.around
    own = own_rates(story)
    gap = around.rate_gap[WARM_UP:][t, c]
    number = story.months.number[WARM_UP:]
    campaign = rng.random((months, cities)) < np.where(np.isin(number, (1, 2, 3)), 0.5, 0.15)[:, None]
    cpi = (0.6 + np.cumsum(0.12 * rng.normal(size=months))).round(1)
    size = np.exp(25.5 + 0.3 * rng.normal(size=cities))[c] * (1 + 0.006) ** t
    unemployment = 5.1 + 0.25 * around.unemployment[WARM_UP:][t, c]
    hhi = np.clip(0.16 - 0.02 * around.competition[WARM_UP:][t, c], 0.02, 0.5)
    return pl.DataFrame(
        [
            dates(story.months.start[t], "month"),
            words(c, CITIES, "city"),
            pl.Series("own_rate", own[t].round(3)),
            pl.Series("competitor_rate", (own[t].round(3) + gap).round(3)),
            pl.Series("competitor_campaign", campaign[t, c]),
            pl.Series("lpr", (own[t] + 1.4).round(2)),
            pl.Series("cpi", cpi[t]),
            pl.Series("unemployment", unemployment.round(2)),
            pl.Series("hhi", hhi.round(4)),
            pl.Series("market_balances", size.round(-6)),
            dates(story.months.start[1:][t] + _KNOWN_AFTER, "available_ts"),
        ]
    )


def competitor_products(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Two products of each competitor, offered anew each quarter at about the best rate of the market."""
    opened = [t for t in range(story.months.count) if t % 3 == 0]
    t, b, k = (a.ravel() for a in np.meshgrid(opened, np.arange(len(BANKS)), np.arange(len(_KINDS)), indexing="ij"))
    best = own_rates(story)[t] + story.around.rate_gap[WARM_UP:][t].mean(axis=1)
    count = len(t)
    rate = best + _ABOVE[k] - 0.15 + 0.1 * rng.normal(size=count)
    start = story.months.start[t]
    ends = np.array([(story.months.date(x + 3) - datetime.date(1970, 1, 1)).days - 1 for x in t.tolist()])
    ended = ends <= story.last
    return pl.DataFrame(
        [
            pl.Series("offer_id", [f"O{i:05d}" for i in range(1, count + 1)], dtype=pl.String),
            words(b, BANKS, "bank_name"),
            pl.Series("name", [f"{BANKS[x]} {_KINDS[y]} {_TERMS[y]}M" for x, y in zip(b, k, strict=True)], dtype=pl.String),
            words(k, _KINDS, "product_kind"),
            pl.Series("rate", rate.round(2)),
            pl.Series("term_months", _TERMS[k]),
            pl.Series("least_amount", np.where(k == 0, 1_000.0, 10_000.0)),
            words(k, ("low", "medium"), "risk"),
            pl.Series("city", [None] * count, dtype=pl.String),
            dates(start, "from_date"),
            dates(np.where(ended, ends, 0), "to_date", ended),
        ]
    )


def process_month(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Processes that become shorter and more electronic over the months; opening an account loses steps half-way."""
    months, kinds = story.months.count, len(_PROCESSES)
    t, k = np.repeat(np.arange(months), kinds), np.tile(np.arange(kinds), months)
    here = story.happened.here.sum(axis=1)[t]
    cases = rng.poisson(_CASES[k] * here)
    progress = t / max(months - 1, 1)
    shorter = np.where(k == 0, np.where(2 * t >= months, 0.7, 1.0), 1 - 0.1 * progress)
    minutes = _MINUTES[k] * shorter * np.exp(0.04 * rng.normal(size=len(t)))
    waiting = np.clip(14 - 3 * progress + rng.normal(size=len(t)), 1, None) * (k != 6)
    electronic = rng.binomial(cases, np.clip(_ELECTRONIC[k] + 0.1 * progress * (_ELECTRONIC[k] > 0), 0, 1))
    return pl.DataFrame(
        [
            dates(story.months.start[t], "month"),
            words(k, _PROCESSES, "process"),
            pl.Series("cases", cases.astype(np.int64)),
            pl.Series("handling_minutes", minutes.round(1)),
            pl.Series("waiting_minutes", waiting.round(1)),
            pl.Series("steps", (_STEPS[k] * np.where(k == 0, shorter, 1.0)).round(1)),
            pl.Series("hand_offs", (_STEPS[k] / 4 * shorter).round(1)),
            pl.Series("electronic_cases", electronic.astype(np.int64)),
        ]
    )
