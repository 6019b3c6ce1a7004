"""A large panel of plain random numbers: 20 columns, only its size matters."""

import datetime

import numpy as np
import polars as pl

AMOUNTS = ("aum_avg", "aum_end", "deposit_avg", "wealth_avg", "fund_avg", "loan_balance", "fee_income", "txn_amount", "points", "salary_in")
COUNTS = ("txn_count", "login_count", "branch_visits", "card_txn_count", "product_count", "autopay_count")


def months_of(n_customers: int, n_months: int, seed: int = 0) -> pl.DataFrame:
    """customer_month with 20 columns; a third of the customers leave somewhere on the way."""
    rng = np.random.default_rng(seed)
    first = datetime.date(2024, 1, 1)
    months = pl.date_range(first, datetime.date(2024 + (n_months - 1) // 12, (n_months - 1) % 12 + 1, 1), "1mo", eager=True)
    leaves = np.where(rng.random(n_customers) < 1 / 3, rng.integers(5, n_months, n_customers), n_months)
    month, customer = np.nonzero(np.arange(n_months)[:, None] < leaves)
    n = len(customer)
    tiers = np.array(["mass", "affluent", "gold", "platinum", "private"])
    return pl.DataFrame(
        {"customer_id": pl.Series([f"{i:08d}" for i in range(n_customers)]).gather(customer), "month": months.gather(month)}
    ).with_columns(
        *(pl.Series(name, rng.lognormal(10, 1.4, n).round(2)) for name in AMOUNTS),
        *(pl.Series(name, rng.poisson(3, n)) for name in COUNTS),
        pl.Series("tier", tiers[rng.integers(0, 5, n)]),
        pl.Series("digital_active", rng.integers(0, 2, n)),
    )


def customers_of(n_customers: int, seed: int = 0) -> pl.DataFrame:
    """customers to go with it: branch, birth date, day of opening."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "customer_id": [f"{i:08d}" for i in range(n_customers)],
            "branch_id": pl.Series(np.array([f"B{i:02d}" for i in range(40)])[rng.integers(0, 40, n_customers)]),
            "birth_date": pl.Series(rng.integers(-10_000, 12_000, n_customers).astype(np.int32)).cast(pl.Date),
            "open_date": pl.Series(rng.integers(12_000, 19_700, n_customers).astype(np.int32)).cast(pl.Date),
        }
    )


def joiners(n_customers: int, n_months: int) -> np.ndarray:
    """In which month each customer of ``walks_of`` joins; 0: was there before."""
    rng = np.random.default_rng(1)
    return np.where(rng.random(n_customers) < 1 / 3, rng.integers(1, n_months - 2, n_customers), 0)


def walks_of(n_customers: int, n_months: int, seed: int = 0) -> pl.DataFrame:
    """customer_month of customers who are the same people from month to month: balances that move by a fifth, habits that last.

    One in fifty falls silent on the way, one in four leaves, one in three joins: see ``joiners``.
    """
    rng = np.random.default_rng(seed)
    joins = joiners(n_customers, n_months)
    first = datetime.date(2024, 1, 1)
    months = pl.date_range(first, datetime.date(2024 + (n_months - 1) // 12, (n_months - 1) % 12 + 1, 1), "1mo", eager=True)
    leaves = np.where(rng.random(n_customers) < 1 / 4, rng.integers(5, n_months, n_customers), n_months)
    silent = np.where(rng.random(n_customers) < 1 / 50, rng.integers(3, n_months, n_customers), n_months)
    level, habit, products = rng.normal(10.8, 1.4, n_customers), rng.gamma(4, 1, n_customers), rng.integers(1, 5, n_customers)
    log, frames = level.copy(), []
    for t, month in enumerate(months):
        log += 0.15 * (level - log) + rng.normal(0, 0.18, n_customers)
        here = np.flatnonzero((t < leaves) & (t >= joins))
        quiet = t >= silent[here]
        aum = np.where(quiet, 50.0, np.exp(log[here])).round(2)
        txn = np.where(quiet, 0, rng.poisson(habit[here]))
        frames.append(
            pl.DataFrame({"c": here, "aum_avg": aum, "aum_end": aum, "txn_count": txn, "product_count": products[here]}).with_columns(
                pl.lit(month).alias("month")
            )
        )
    rows = pl.concat(frames)
    names = pl.Series([f"{i:08d}" for i in range(n_customers)])
    tier = pl.col("aum_avg").cut([50_000, 300_000, 1_000_000, 6_000_000], labels=["mass", "affluent", "gold", "platinum", "private"])
    return rows.with_columns(names.gather(rows["c"]).alias("customer_id"), tier.cast(pl.String).alias("tier")).drop("c")
