"""Complaints, satisfaction, and the surveys that see it through who answers. Source: METHODS E2."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.sample.holdings import NEVER
from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import People, dates, words

CATEGORIES = ("product", "service", "price", "value_added")
SATISFACTION = 3.8
_SHARES = np.cumsum([[0.45, 0.25, 0.25], [0.25, 0.25, 0.35], [0.15, 0.6, 0.15], [0.25, 0.35, 0.25]], axis=1)
_ITEMS = {"q_personal": -0.1, "q_convenient": 0.1, "q_efficient": -0.2, "q_secure": 0.3}

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Grievances:
    """One entry a complaint; ``open`` says who has an open one at the end of each month, (warm-up + months, n)."""

    month: Ints
    customer: Ints
    created: Ints
    resolved: Ints
    category: Ints
    informed: Flags
    reopened: Flags
    open: Flags


def grievances(rng: np.random.Generator, of: People, months: Months) -> Grievances:
    """Complaints at .02 a month (twice that for service-oriented customers), settled after a median of 18 days; 6 % never."""
    starts = months.all_starts
    length, n = len(starts) - 1, len(of)
    rate = np.where(of.orientation == 2, 0.04, 0.02)
    month, customer = np.nonzero(rng.random((length, n), dtype=np.float32) < -np.expm1(-rate))
    count = len(month)
    created = starts[month] + (rng.random(count) * np.diff(starts)[month]).astype(np.int64)
    takes = np.where(rng.random(count) < 0.06, NEVER, np.exp(np.log(18) + 0.8 * rng.normal(size=count)))
    resolved = np.minimum(created + 1 + takes, NEVER).astype(np.int64)
    still = np.zeros((length, n), dtype=bool)
    for ahead in range(length):
        at = month + ahead
        lasting = (at < length) & (resolved >= starts[np.minimum(at + 1, length)])
        if not lasting.any():
            break
        still[at[lasting], customer[lasting]] = True
    chosen = (rng.random(count)[:, None] > _SHARES[of.orientation[customer]]).sum(axis=1)
    return Grievances(month - WARM_UP, customer, created, resolved, chosen, rng.random(count) < 0.8, rng.random(count) < 0.07, still)


def satisfaction(rng: np.random.Generator, of: People, of_bank: Grievances) -> NDArray[np.float32]:
    """What each customer would answer, 1–5, at the end of each month: lower with an open complaint, higher with loyalty."""
    length, n = of_bank.open.shape
    base = (SATISFACTION + 0.3 * of.loyalty + 1.0 * rng.normal(size=n)).astype(np.float32)
    steps = rng.standard_normal((length, n), dtype=np.float32)
    level = np.empty((length, n), dtype=np.float32)
    mood = 0.3 * steps[0]
    for t in range(length):
        mood = 0.7 * mood + 0.2 * steps[t]
        level[t] = base + mood - 0.8 * of_bank.open[t]
    return np.clip(level, 1, 5)


def complaints(of: People, of_bank: Grievances, here: Flags, end: int) -> pl.DataFrame:
    """The contract's table ``complaints``: those made by customers who were there that month; ``here`` is (months, n)."""
    kept = np.flatnonzero(of_bank.month >= 0)
    kept = kept[here[of_bank.month[kept], of_bank.customer[kept]] & (of_bank.created[kept] >= of.open_day[of_bank.customer[kept]])]
    kept = kept[np.argsort(of_bank.created[kept], kind="stable")]
    settled = of_bank.resolved[kept] <= end
    count = len(kept)
    return pl.DataFrame(
        [
            pl.Series("complaint_id", [f"Q{i:06d}" for i in range(1, count + 1)], dtype=pl.String),
            of.ids.gather(of_bank.customer[kept]),
            dates(of_bank.created[kept], "created_at"),
            words(of_bank.category[kept], CATEGORIES, "category"),
            dates(np.where(settled, of_bank.resolved[kept], 0), "resolved_at", settled),
            pl.Series("informed", of_bank.informed[kept] & settled),
            pl.Series("reopened", of_bank.reopened[kept] & settled),
        ]
    )


def surveys(
    rng: np.random.Generator, of: People, of_bank: Grievances, level: NDArray[np.float32], here: Flags, months: Months
) -> tuple[pl.DataFrame, dict[str, float]]:
    """The contract's table ``surveys``, and the truth behind it.

    Sent each quarter to 20 % of those there; answered with logit −1 + .5·loyalty − .3·open complaint, so that answers
    flatter the bank. The truth holds the mean satisfaction of those asked and of those who answered.
    """
    asked = here & (rng.random(here.shape, dtype=np.float32) < 0.2) & months.quarter_end[WARM_UP:, None]
    month, customer = np.nonzero(asked)
    count = len(month)
    logit = -1 + 0.5 * of.loyalty[customer] - 0.3 * of_bank.open[month + WARM_UP, customer]
    answered = rng.random(count) < 1 / (1 + np.exp(-logit))
    sent = months.start[month] + 9
    felt = level[month + WARM_UP, customer].astype(np.float64)
    frame = [
        pl.Series("survey_id", [f"S{i:06d}" for i in range(1, count + 1)], dtype=pl.String),
        of.ids.gather(customer),
        dates(sent, "sent_at"),
        dates(np.where(answered, sent + rng.integers(1, 15, count), 0), "answered_at", answered),
    ]

    def score(name: str, value: Floats, low: int, high: int) -> pl.Series:
        whole = pl.Series(name, np.clip(np.round(value), low, high).astype(np.int64))
        return whole.set(pl.Series(~answered), None)

    frame.append(score("csat", felt + 0.35 * rng.normal(size=count), 1, 5))
    frame.append(score("nps", 2.1 * felt - 0.6 + 1.2 * rng.normal(size=count), 0, 10))
    frame += [score(name, felt + shift + 0.6 * rng.normal(size=count), 1, 5) for name, shift in _ITEMS.items()]
    truth = {
        "mean_satisfaction": float(felt.mean()) if count else float("nan"),
        "mean_satisfaction_answered": float(felt[answered].mean()) if answered.any() else float("nan"),
        "response_rate": float(answered.mean()) if count else float("nan"),
    }
    return pl.DataFrame(frame), truth
