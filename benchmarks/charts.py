"""Seconds of the questions behind charts at 1 million customers × 24 months, each beside the same answer straight from the Parquet.

Aims: what the cube holds 0.02 s; cohort triangle, survival and a moved definition 3 s.
"""

import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import duckdb
import polars as pl

from benchmarks.panel import customers_of, joiners, walks_of
from churn_dash.contract.definitions import AssetDecline, Dormancy, Settings, TierDown, with_settings
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.tenure.cohorts import cohorts
from churn_dash.measures.tenure.survival import survival
from churn_dash.store import Dataset, Workspace, publish
from churn_dash.store.versions.tables import Tables
from tests.asking import asked

_LATER = "select *, lead(month) over (partition by customer_id order by month) as later from read_parquet({files}, hive_partitioning=true)"
STRAIGHT = {
    "trend": f"select month, count(*), count(*) filter (where later is null) from ({_LATER}) group by all",
    "trend by tier": f"select month, tier, count(*), count(*) filter (where later is null), sum(aum_end) from ({_LATER}) group by all",
    "cohorts": "select cohort, month, count(*) from (select month, min(month) over (partition by customer_id) as cohort "
    "from read_parquet({files}, hive_partitioning=true)) group by all",
    "survival": "select n, count(*) from (select customer_id, count(*) as n from read_parquet({files}, hive_partitioning=true) "
    "group by all) group by all",
    "definitions": "select count(distinct customer_id) from (select customer_id, month, aum_end, aum_avg, "
    "max(txn_count) over w2 as busy, avg(aum_avg) over w3 as before from read_parquet({files}, hive_partitioning=true) "
    "window w2 as (partition by customer_id order by month rows between 2 preceding and current row), "
    "w3 as (partition by customer_id order by month rows between 6 preceding and 4 preceding)) "
    "where (busy = 0 and aum_end <= 500) or aum_avg <= 0.3 * before",
}


def median(work: Callable[[], object], times: int = 5) -> float:
    """Median seconds of a few runs after one that is not counted."""
    work()
    found = []
    for _run in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def questions(ds: Dataset) -> dict[str, Callable[[], object]]:
    """Name → the question. The last four leave the cube."""
    moved = with_settings(Settings(Dormancy(90, 500.0), AssetDecline(0.3), TierDown("ccb", 4)))
    return {
        "trend": lambda: measure(asked(ds), ["churn_rate", "aum_churn_rate"], ["month"]),
        "trend by tier": lambda: measure(asked(ds), ["churn_rate", "aum_churn_rate"], ["month", "tier"]),
        "cohorts": lambda: cohorts(asked(ds)),
        "survival": lambda: survival(asked(ds)),
        "definitions": lambda: compare_definitions(asked(ds), moved),
    }


def main(n_customers: int = 1_000_000, n_months: int = 24) -> None:
    """Print the seconds of each question and its ratio to the straight one."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "w"
        workspace = Workspace.create(root)
        joins = pl.Series(joiners(n_customers, n_months))
        opened = pl.select(pl.date(2024, 1, 1).dt.offset_by(pl.format("{}mo", joins))).to_series()
        people = customers_of(n_customers).with_columns(pl.when(joins > 0).then(opened).otherwise("open_date").alias("open_date"))
        tables = {"customer_month": walks_of(n_customers, n_months), "customers": people}
        print(f"{len(tables['customer_month']):,} customer-months")
        publish(workspace, extract_of(tables, "benchmark"))
        del tables
        ds = workspace.dataset()
        listed = Tables(root).files("customer_month", ds.info.tables["customer_month"])
        files = "[" + ", ".join(f"'{f.path}'" for f in listed) + "]"
        for name, ask in questions(ds).items():
            plain = median(lambda sql=STRAIGHT[name]: duckdb.connect().execute(sql.format(files=files)).fetchall(), 3)
            ours = median(ask)
            print(f"{name}: {ours:.3f} s, straight from the Parquet {plain:.2f} s, ratio {ours / plain:.3f}", flush=True)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
