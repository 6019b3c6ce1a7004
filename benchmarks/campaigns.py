"""A hold-out campaign of 1 million customers × 24 months judged: from the workspace, and on the prepared frame beside the bare libraries.

``python -m benchmarks.campaigns [CUSTOMERS] [MONTHS]``. Aims: 2 s from the workspace; on the prepared frame at most 1.5 times the
bare calls that answer the same: statsmodels' interacted regression with HC2, pyfixest's instrument, statsmodels' test of two rates.
"""

import datetime
import pathlib
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable

import numpy as np
import polars as pl
import pyfixest
import statsmodels.api as sm
from statsmodels.stats.proportion import proportions_ztest

from benchmarks.panel import customers_of, joiners, walks_of
from churn_dash.access import Scope
from churn_dash.campaigns import Columns, evaluate, evaluate_rows
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish

START = datetime.date(2025, 7, 1)


def timed(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Median seconds on the clock and of the processor, after one run that is not counted."""
    work()
    clock, processor = [], []
    for _run in range(times):
        began, busy = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - busy)
    return statistics.median(clock), statistics.median(processor)


def prepared(n: int, seed: int = 0) -> pl.DataFrame:
    """A row a member: group, whether he left, a number from before, whether he was reached."""
    rng = np.random.default_rng(seed)
    treated, before = rng.random(n) < 0.8, rng.normal(10, 1.5, n)
    left = rng.random(n) < 0.1 - 0.02 * treated - 0.01 * (before - 10)
    reached = treated & (rng.random(n) < 0.6)
    return pl.DataFrame({"arm": np.where(treated, "treated", "control"), "churn": left.astype(int), "before": before, "reached": reached})


def ours(rows: pl.DataFrame) -> object:
    """All that the page shows of a flat file."""
    columns = Columns(before=("before",), reached="reached")
    return evaluate_rows(rows, "arm", "control", "churn", "randomised", {"treated": 0.8, "control": 0.2}, columns=columns)


def bare(rows: pl.DataFrame) -> object:
    """The same answers by the libraries, without checks or words."""
    t, y = (rows["arm"] == "treated").to_numpy().astype(float), rows["churn"].to_numpy().astype(float)
    x = rows["before"].to_numpy() - rows["before"].mean()
    adjusted = sm.OLS(y, np.column_stack([np.ones(len(y)), t, x, t * x])).fit(cov_type="HC2").bse
    frame = pl.DataFrame({"y": y, "t": t, "d": rows["reached"].cast(pl.Float64)}).to_pandas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its error of the constant is no number where nobody of the hold-out was reached
        reached = pyfixest.feols("y ~ 1 | d ~ t", data=frame, vcov="hetero").se()
    return adjusted, reached, proportions_ztest([y[t == 1].sum(), y[t == 0].sum()], [(t == 1).sum(), (t == 0).sum()])


def bank(root: pathlib.Path, n_customers: int, n_months: int) -> Workspace:
    """A workspace whose customers of the start are all in one random campaign."""
    joins = joiners(n_customers, n_months)
    opened = pl.select(pl.date(2024, 1, 1).dt.offset_by(pl.format("{}mo", pl.Series(joins)))).to_series()
    people = customers_of(n_customers).with_columns(pl.when(pl.Series(joins) > 0).then(opened).otherwise("open_date").alias("open_date"))
    rng = np.random.default_rng(2)
    arm = np.where(rng.random(n_customers) < 0.8, "treated", "control")
    members = people.select("customer_id", pl.lit("K1").alias("campaign_id"), pl.Series("arm", arm), pl.lit(START).alias("assigned_at"))
    called = (members["arm"] == "treated") & pl.Series(rng.random(n_customers) < 0.6)
    members = members.with_columns(contacted_at=pl.when(called).then(pl.lit(START)))
    plan = {
        "campaign_id": "K1",
        "start_date": START,
        "horizon_days": 90,
        "design": "randomised",
        "planned_ratio": "treated=0.8;control=0.2",
    }
    workspace = Workspace.create(root)
    tables = {
        "customer_month": walks_of(n_customers, n_months),
        "customers": people,
        "campaigns": pl.DataFrame([plan]),
        "campaign_assignments": members,
    }
    publish(workspace, extract_of(tables, "benchmark"))
    return workspace


def main(n_customers: int = 1_000_000, n_months: int = 24) -> None:
    """Print the seconds of both, on the clock and of the processor, and the ratio."""
    rows = prepared(n_customers)
    (clock, busy), (plain_clock, plain_busy) = timed(lambda: ours(rows)), timed(lambda: bare(rows))
    print(f"prepared frame, {n_customers:,} members: {clock:.2f} s ({busy:.2f} s of the processor)")
    print(
        f"the bare libraries: {plain_clock:.2f} s ({plain_busy:.2f}); ratio {clock / plain_clock:.2f} ({busy / plain_busy:.2f})", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        workspace = bank(pathlib.Path(folder) / "w", n_customers, n_months)
        print("published", flush=True)
        for outcome in ("churn", "aum_kept"):
            clock, busy = timed(lambda asked=outcome: evaluate(workspace.dataset(), "K1", outcome=asked, scope=Scope.everything()))
            print(f"from the workspace, {outcome}: {clock:.2f} s ({busy:.2f} s of the processor)", flush=True)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
