"""What the bank sees of each customer each month: the contract's table ``customer_month``. Source: METHODS E2."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.sample.exits import HERE, QUIET, RAMP_STEP, World
from churn_dash.sample.holdings import KINDS, NEVER, Holdings
from churn_dash.sample.market import Market
from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import People, dates, words
from churn_dash.sample.process import TIERS, Paths, tier

REPORTING_LAG = 3
"""Days after the end of a month on which its rows become known."""

KEPT = np.array([1.0, 0.75, 0.5, 0.35])
"""Share of the usual transactions that is left at each step of a drift."""

_SHARES = {  # of assets, when the product is held
    "wealth": np.array([0.45, 0.25, 0.3, 0.35]),
    "fund": np.array([0.25, 0.12, 0.15, 0.18]),
}

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def observed_assets(path: Paths, depth: NDArray[np.int8]) -> Floats:
    """Month-average assets with the drift of those about to leave, (warm-up + months, n), yuan."""
    return np.exp(path.log_aum.astype(np.float64) - RAMP_STEP * depth)


def _product_counts(accounts: pl.DataFrame, of: People, months: Months) -> NDArray[np.int64]:
    """Accounts open at the end of each month, (months, n)."""
    who = accounts["customer"].to_numpy()
    opened, closed = accounts["opens"].to_numpy(), accounts["closes"].to_numpy()
    ends = months.start[1:] - 1
    return np.array([np.bincount(who[(opened <= end) & (closed > end)], minlength=len(of)) for end in ends])


def _quiet_residual(rng: np.random.Generator, n: int) -> Floats:
    return np.round(rng.uniform(0.5, 95, n), 2)


def _points(earned: Floats, here: Flags) -> Floats:
    """Loyalty points: each month's earnings, 3 % expire or are spent."""
    points = np.empty_like(earned)
    points[0] = earned[0] * 12
    for t in range(1, len(earned)):
        points[t] = np.where(here[t - 1], 0.97 * points[t - 1], 0.0) + earned[t]
    return points


def customer_month(
    rng: np.random.Generator,
    of: People,
    held: Holdings,
    around: Market,
    path: Paths,
    happened: World,
    depth: NDArray[np.int8],
    accounts: pl.DataFrame,
    months: Months,
) -> pl.DataFrame:
    """One row a customer for each month at whose end he has an open account.

    Someone who closes his last account in a month has no row for it: his last row is the month before. Silent customers
    keep their rows: less than 100 yuan, and no transactions after the month in which the money left. ``accounts`` are the
    pieces of ``departures.pieces``.
    """
    here = happened.here
    t, i = np.nonzero(here)
    quiet = happened.state == QUIET
    fresh = quiet.copy()  # the month in which the money left
    fresh[1:] &= happened.state[:-1] == HERE
    asleep = quiet & ~fresh
    steps = depth[WARM_UP:][t, i]
    is_quiet, is_asleep = quiet[t, i], asleep[t, i]
    count = len(t)

    residual = _quiet_residual(rng, len(of))
    assets = observed_assets(path, depth)
    before = np.where(of.join < 0, assets[WARM_UP - 1], 0.0).round(2)
    average = assets[WARM_UP:]
    average = np.where(asleep, residual, np.where(fresh, average * rng.uniform(0.2, 0.7, here.shape), average)).round(2)
    point = np.exp(0.03 * rng.standard_normal(here.shape) + 0.08 * months.quarter_end[WARM_UP:, None])
    at_end = np.where(quiet, residual, average * point).round(2)

    aum = average[t, i]
    day = months.start[1:][t] - 1
    holds = {kind: (held.opens[k][i] <= day) & (held.closes[k][i] > day) & ~is_quiet for k, kind in enumerate(KINDS)}
    own = np.exp(0.35 * rng.standard_normal(len(of)))
    wealth = (aum * np.clip(_SHARES["wealth"][of.orientation] * own, 0, 0.6)[i] * holds["wealth"]).round(2)
    fund = (aum * np.clip(_SHARES["fund"][of.orientation] / own, 0, 0.35)[i] * holds["fund"]).round(2)
    loan_at = KINDS.index("loan")
    paid = (day - np.where(held.opens[loan_at] == NEVER, 0, held.opens[loan_at])[i]) / 30.4 / held.loan_months[i]
    loan = np.where(holds["loan"], held.loan[i] * np.clip(1 - paid, 0, 1), 0.0).round(2)

    kept = KEPT[steps]
    card = rng.binomial(path.card_txn[WARM_UP:][t, i], kept)
    other = rng.binomial((path.txn - path.card_txn)[WARM_UP:][t, i], kept)
    card = np.where(is_quiet, 0, card)
    txn = np.where(is_asleep, 0, np.where(is_quiet, 1, card + other))
    spend = np.exp(5.6 + 0.3 * (of.log_aum[i] - 10.8) + 0.4 * rng.standard_normal(count))
    previous = np.vstack([before, np.where(here, at_end, 0.0)[:-1]])[t, i]
    end = at_end[t, i]
    valuation = (0.0018 * wealth + around.fund_return[WARM_UP:][t] * fund).round(2)
    valuation = np.where(previous > 0, valuation, 0.0)
    flow = (end - previous - valuation).round(2)
    amount = np.where(is_asleep, 0.0, np.where(is_quiet, -flow.clip(max=0), txn * spend)).round(2)
    logins = np.where(is_asleep, 0, rng.poisson(of.logins[i] * kept))
    visits = np.where(is_asleep, 0, rng.poisson((0.12 + 0.35 * of.silent_digital + 0.1 * (of.orientation == 2))[i] * kept))
    income = np.exp(9.2 + 0.5 * of.z_income)
    paid_here = of.payroll[i] & ~is_quiet & ((steps < 2) | (rng.random(count) < 0.4))
    bonus = 1 + 0.8 * months.new_year[WARM_UP:][t]
    salary = np.where(paid_here, income[i] * bonus * np.exp(0.02 * rng.standard_normal(count)), 0.0).round(2)
    autopay = np.where(is_quiet, 0, rng.poisson((0.4 + 1.1 * of.payroll)[i] * kept))
    fees = np.where(is_quiet, 0.0, 0.00018 * wealth + 0.0004 * fund + 0.6 * card + 0.2 * other * rng.random(count)).round(2)
    earned = np.zeros(here.shape)
    earned[t, i] = 10 * card + 3 * other + 0.0005 * aum
    products = _product_counts(accounts, of, months)[t, i] + held.extras[i]
    available = months.start[1:][t] + REPORTING_LAG - 1
    return pl.DataFrame(
        [
            of.ids.gather(i),
            dates(months.start[t], "month"),
            pl.Series("aum_avg", aum),
            pl.Series("aum_end", end),
            pl.Series("deposit_avg", (aum - wealth - fund).round(2)),
            pl.Series("wealth_avg", wealth),
            pl.Series("fund_avg", fund),
            pl.Series("loan_balance", loan),
            pl.Series("fee_income", fees),
            pl.Series("net_flow", flow),
            pl.Series("valuation_change", valuation),
            pl.Series("txn_count", txn.astype(np.int64)),
            pl.Series("txn_amount", amount),
            pl.Series("login_count", logins.astype(np.int64)),
            pl.Series("branch_visits", visits.astype(np.int64)),
            pl.Series("card_txn_count", card.astype(np.int64)),
            pl.Series("product_count", products.astype(np.int64)),
            words(tier(aum), TIERS, "tier"),
            pl.Series("points", _points(earned, here)[t, i].round(0)),
            pl.Series("salary_in", salary),
            pl.Series("autopay_count", autopay.astype(np.int64)),
            pl.Series("digital_active", logins > 0),
            dates(available, "available_ts"),
        ]
    )
