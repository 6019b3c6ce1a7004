"""Campaigns that were not drawn: an event study of a million customers by branch and month, and adjustment by five folds.

``python -m benchmarks.designs [CUSTOMERS] [MONTHS]``. Aims: 20 s and 60 s, and at most 1.5 times the bare calls on the same prepared
frame: pyfixest's two stages, its saturated path and its date when nothing began; scikit-learn's fits of five folds.
"""

import sys
import time
import warnings

import numpy as np
import polars as pl
import pyfixest
from sklearn.linear_model import LogisticRegression

from benchmarks.campaigns import timed
from churn_dash.campaigns import Columns, evaluate_rows

BRANCHES, WAVES = 400, (10, 13, 16)


def customers(n: int, n_months: int, seed: int = 0) -> pl.DataFrame:
    """A row a customer and month: branch, when it was redesigned, balance."""
    rng = np.random.default_rng(seed)
    branch = rng.integers(0, BRANCHES, n)
    began = np.array([(0, *WAVES)[b % 4] for b in range(BRANCHES)])[branch]
    level = rng.normal(10, 1, n)
    frames = []
    for month in range(1, n_months + 1):
        balance = level + 0.01 * month + 0.03 * ((began > 0) & (month >= began)) + rng.normal(0, 0.3, n)
        frames.append(pl.DataFrame({"branch": branch, "month": np.full(n, month), "began": began, "y": balance}))
    return pl.concat(frames)


def aggregated(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a branch and month."""
    found = rows.group_by("branch", "month").agg(pl.first("began"), pl.mean("y")).sort("branch", "month")
    treated = pl.col("began") > 0
    return found.with_columns(
        arm=pl.when(treated).then(pl.lit("new")).otherwise(pl.lit("old")), began=pl.when(treated).then(pl.col("began"))
    )


def ours_over_time(rows: pl.DataFrame) -> object:
    """All that the page shows."""
    return evaluate_rows(rows, "arm", "old", "y", "branch", columns=Columns(time="month", unit="branch", start="began"))


def bare_over_time(rows: pl.DataFrame) -> object:
    """The same answers by the library: effect, path, and a date when nothing began."""
    frame = rows.select("branch", "month", "y", g=pl.col("began").fill_null(0)).to_pandas()
    early = frame[frame["month"] < min(WAVES)].copy()
    early["d"] = ((early["g"] > 0) & (early["month"] >= 6)).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        effect = pyfixest.event_study(frame, "y", "branch", "month", "g", cluster="branch", estimator="did2s")
        path = pyfixest.event_study(frame, "y", "branch", "month", "g", cluster="branch", estimator="saturated")
        held = pyfixest.feols("y ~ d | branch + month", early, vcov={"CRV1": "branch"})
    return effect, path, held


def members(n: int, seed: int = 0) -> pl.DataFrame:
    """A row a member: whether he was called, left, and eight numbers from before."""
    rng = np.random.default_rng(seed)
    known = {f"x{i}": rng.normal(size=n) for i in range(8)}
    risk = 0.2 * (known["x0"] + known["x1"] + known["x2"] + known["x3"])
    called = rng.random(n) < 1 / (1 + np.exp(1 - risk))
    left = rng.random(n) < np.clip(0.1 - 0.02 * called + 0.02 * risk, 0, 1)
    return pl.DataFrame({"arm": np.where(called, "called", "not"), "left": left.astype(int)} | known)


def ours_adjusted(rows: pl.DataFrame) -> object:
    """All that the page shows, pairs and bounds included."""
    return evaluate_rows(rows, "arm", "not", "left", "manual", columns=Columns(covariates=tuple(f"x{i}" for i in range(8))))


def bare_adjusted(rows: pl.DataFrame) -> object:
    """The same three models in five folds by the library, and the effect from them."""
    x, t, y = rows.select(f"x{i}" for i in range(8)).to_numpy(), (rows["arm"] == "called").to_numpy(), rows["left"].to_numpy()
    fold, parts = np.random.default_rng(0).integers(0, 5, len(y)), []
    for k in range(5):
        train, test = fold != k, fold == k
        model = LogisticRegression(C=1e4, solver="newton-cholesky")
        e = model.fit(x[train], t[train]).predict_proba(x[test])[:, 1]
        m1 = model.fit(x[train & t], y[train & t]).predict_proba(x[test])[:, 1]
        m0 = model.fit(x[train & ~t], y[train & ~t]).predict_proba(x[test])[:, 1]
        own, chosen = y[test], t[test]
        parts.append(m1 - m0 + np.where(chosen, (own - m1) / e, -(own - m0) / (1 - e)))
    return np.concatenate(parts).mean()


def main(n_customers: int = 1_000_000, n_months: int = 24) -> None:
    """Print the seconds of both, on the clock and of the processor, and the ratios."""
    rows = customers(n_customers, n_months)
    began = time.perf_counter()
    months = aggregated(rows)
    print(f"{rows.height:,} rows to {months.height:,} branch months: {time.perf_counter() - began:.2f} s", flush=True)
    del rows
    for name, ours, bare, frame in (
        ("event study", ours_over_time, bare_over_time, months),
        ("adjusted, five folds", ours_adjusted, bare_adjusted, members(n_customers)),
    ):
        (clock, busy), (plain, plain_busy) = timed(lambda f=ours, r=frame: f(r), 1), timed(lambda f=bare, r=frame: f(r), 1)
        print(f"{name}: {clock:.2f} s ({busy:.2f} s of the processor); bare {plain:.2f} s ({plain_busy:.2f})", flush=True)
        print(f"  ratio {clock / plain:.2f} ({busy / plain_busy:.2f})", flush=True)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
