"""The monthly process: assets, transactions, and the log-odds of leaving. Source: METHODS E2."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churn_dash.sample.holdings import KINDS, NEVER, Holdings
from churn_dash.sample.market import Market
from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import AGE_MEAN, AGE_SD, AUM_INCOME, AUM_MEAN, AUM_SD, People
from churn_dash.sample.satisfaction import SATISFACTION, Grievances

COEFFICIENTS = {
    "log_aum": -0.35,
    "products": -0.30,
    "transactions": -0.25,
    "credit_used": -0.30,
    "age": -0.25,
    "income": -0.15,
    "gender": 0.0,
    "education_high": 0.10,
    "satisfaction": -0.40,
    "open_complaint": 0.60,
    "rate_gap": 0.45,
    "maturity": 0.35,
    "large_out": 0.50,
    "tier_down": 0.25,
    "competition": 0.20,
    "unemployment": 0.10,
}
"""Log-odds of leaving of its own will per unit of each feature of the month before; the plan's signs (6.1), gender none."""

SEASON = {"march": 0.15, "september": 0.10, "new_year": -0.20}
TENURE = {"months_1_to_6": 0.6, "months_7_to_12": 0.2}
UNMEASURED = {"loyalty": -0.5, "bond": -0.3}

TIER_FLOORS = (50_000.0, 300_000.0, 1_000_000.0, 6_000_000.0)
TIERS = ("mass", "affluent", "gold", "platinum", "private")
TXN_MEAN, TXN_SD = 2.2, 0.75
LARGE_OUT = -0.40  # log change of assets in one month

Matrix = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Paths:
    """What every customer would do if he stayed. Matrices (warm-up + months, n), ``features`` and ``eta`` (months, n)."""

    log_aum: Matrix
    txn: NDArray[np.int16]  # transactions in all
    card_txn: NDArray[np.int16]
    features: dict[str, Matrix]
    observed: Matrix  # log-odds by what a bank could know, without intercept, tenure and season
    eta: Matrix  # the same with the unmeasured part and the season


def tier(aum: NDArray[np.float64]) -> NDArray[np.int64]:
    """Tier 0–4 by month-average assets. METHODS B3.

    >>> [TIERS[i] for i in tier(np.array([49_999, 50_000, 2e6]))]
    ['mass', 'affluent', 'platinum']
    """
    return np.asarray(np.searchsorted(TIER_FLOORS, aum, side="right"))


def _assets(rng: np.random.Generator, of: People, months: Months) -> Matrix:
    """log a_t = log a_{t−1} + .002 − .15 (log a_{t−1} − level) + season + ε, ε of sd .18 with the tails of Student's t, 5 degrees."""
    length, n = WARM_UP + months.count, len(of)
    noise = rng.standard_t(5, (length, n)) * (0.18 * np.sqrt(3 / 5))
    season = 0.03 * months.quarter_end - 0.04 * months.new_year
    first = 0.18 / np.sqrt(1 - 0.85**2) * rng.normal(size=n)
    path = np.empty((length, n), dtype=np.float32)
    gap = first
    for t in range(length):
        gap = 0.85 * gap + 0.002 + season[t] + noise[t]
        joins = of.join == t - WARM_UP
        gap[joins] = first[joins]
        path[t] = of.log_aum + gap
    return path


def _matures(of: Holdings, months: Months) -> Flags:
    """Months in which a term deposit falls due, (warm-up + months, n)."""
    at = KINDS.index("term")
    opened = of.opens[at].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = (months.date(-WARM_UP).year - 1970) * 12 + months.date(-WARM_UP).month - 1
    age = np.arange(first, first + WARM_UP + months.count)[:, None] - opened[None, :]
    lives = of.closes[at] >= months.all_starts[:-1, None]
    return np.asarray((of.opens[at] < NEVER) & (age > 0) & (age % of.term_months == 0) & lives)


def paths(
    rng: np.random.Generator,
    of: People,
    held: Holdings,
    around: Market,
    grievances: Grievances,
    level: Matrix,
    months: Months,
    frailty: float = 1.0,
) -> Paths:
    """Simulate everyone over all months; ``features[t]`` are those of the month before ``t``.

    ``frailty`` 0 switches off what is unmeasured.
    """
    length, n = WARM_UP + months.count, len(of)
    ends = months.all_starts[1:] - 1
    log_aum = _assets(rng, of, months)
    txn = np.empty((length, n), dtype=np.int16)
    card_txn = np.empty((length, n), dtype=np.int16)
    products = np.empty((length, n), dtype=np.float32)
    credit = np.empty((length, n), dtype=bool)
    for t in range(length):
        holds = held.held(int(ends[t]))
        card_txn[t] = rng.poisson(of.cards * holds[KINDS.index("card")])
        txn[t] = rng.poisson(of.pace) + card_txn[t]
        products[t] = holds.sum(axis=0) + held.extras
        credit[t] = (card_txn[t] > 0) | holds[KINDS.index("loan")]
    before = slice(WARM_UP - 1, length - 1)
    earlier = slice(WARM_UP - 2, length - 2)
    known = of.join[None, :] < np.arange(months.count)[:, None] - 1  # two months of history
    high = (of.education >= 2) & ~of.corporate
    fell = log_aum[before] - log_aum[earlier] < LARGE_OUT
    demoted = tier(np.exp(log_aum[before])) < tier(np.exp(log_aum[earlier]))
    flat = np.ones((months.count, 1), dtype=np.float32)
    features: dict[str, Matrix] = {
        "log_aum": ((log_aum[before] - AUM_MEAN) / np.hypot(AUM_SD, AUM_INCOME)).astype(np.float32),
        "products": products[before] - 3,
        "transactions": ((np.log1p(txn[before]) - TXN_MEAN) / TXN_SD).astype(np.float32),
        "credit_used": credit[before].astype(np.float32),
        "age": ((of.age(ends[before]) - AGE_MEAN) / AGE_SD).astype(np.float32),
        "income": flat * of.z_income.astype(np.float32),
        "gender": flat * (of.female & ~of.corporate).astype(np.float32),
        "education_high": flat * high.astype(np.float32),
        "satisfaction": (level[before] - SATISFACTION) * np.where(high, 1.4, 1.0).astype(np.float32),
        "open_complaint": grievances.open[before].astype(np.float32),
        "rate_gap": (around.rate_gap[before][:, of.city] * np.where(of.orientation == 0, 1.8, 1.0)).astype(np.float32),
        "maturity": _matures(held, months)[before].astype(np.float32),
        "large_out": (fell & known).astype(np.float32),
        "tier_down": (demoted & known).astype(np.float32),
        "competition": around.competition[before][:, of.city].astype(np.float32),
        "unemployment": around.unemployment[before][:, of.city].astype(np.float32),
    }
    observed = np.zeros((months.count, n), dtype=np.float32)
    for name, weight in COEFFICIENTS.items():
        if weight:
            observed += np.float32(weight) * features[name]
    unmeasured = frailty * (UNMEASURED["loyalty"] * of.loyalty + UNMEASURED["bond"] * of.bond)
    return Paths(log_aum, txn, card_txn, features, observed, observed + _season(months)[:, None] + unmeasured.astype(np.float32))


def _season(months: Months) -> NDArray[np.float32]:
    number, new_year = months.number[WARM_UP:], months.new_year[WARM_UP:]
    value = SEASON["march"] * (number == 3) + SEASON["september"] * (number == 9) + SEASON["new_year"] * new_year
    return np.asarray(value, dtype=np.float32)


def tenure_effect(months_here: NDArray[np.int64]) -> NDArray[np.float32]:
    """Log-odds of leaving by months since joining (or coming back)."""
    early = months_here <= 6
    return np.where(early, TENURE["months_1_to_6"], np.where(months_here <= 12, TENURE["months_7_to_12"], 0.0)).astype(np.float32)
