"""Script time of a warm interaction on Overview, Trends and Segments at 1 million customers and 24 months. Aim: 0.25 s.

The baseline is the same question straight over the published rows, without month table and cube.
"""

import os
import pathlib
import statistics
import sys
import tempfile
import time

import duckdb
from streamlit.testing.v1 import AppTest

from benchmarks.panel import customers_of, months_of
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from churn_dash.store.versions.tables import Tables

PAGES = {"Overview": "pages/overview_page.py", "Trends": "pages/trends_page.py", "Segments": "pages/segments_page.py"}
ROOT = pathlib.Path(__file__).resolve().parents[1]


def straight(root: pathlib.Path) -> float:
    """Seconds for a monthly churn-like trend by branch over the plain rows, joined and windowed."""
    con = duckdb.connect()
    months, customers = (Tables(root).read(name, 0) for name in ("customer_month", "customers"))
    con.register("m", months.select("customer_id", "month").to_arrow())
    con.register("c", customers.select("customer_id", "branch_id").to_arrow())
    began = time.perf_counter()
    con.execute(
        "select month, branch_id, count(*), count(*) filter (where later is null) from "
        "(select *, lead(month) over (partition by customer_id order by month) as later from m) join c using (customer_id) group by all"
    ).fetchall()
    return time.perf_counter() - began


UNSEEN = ("mass", "affluent", "gold", "platinum", "private")


def interaction(page: str) -> tuple[float, float]:
    """Median seconds of a rerun: with what was shown before, and with a filter that nobody has asked for yet."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
    app.run()
    app.switch_page(page)
    app.run()
    app.run()
    seconds = []
    for _run in range(5):
        began = time.perf_counter()
        app.run()
        seconds.append(time.perf_counter() - began)
    fresh = []
    for tier in UNSEEN:
        app.query_params["where.tier"] = tier
        began = time.perf_counter()
        app.run()
        fresh.append(time.perf_counter() - began)
    if app.exception:
        raise SystemExit(app.exception[0].value)
    return statistics.median(seconds), statistics.median(fresh)


def main(n_customers: int = 1_000_000, n_months: int = 24) -> None:
    """Print the time of each page and its ratio to the plain question."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "w"
        workspace = Workspace.create(root)
        tables = {"customer_month": months_of(n_customers, n_months), "customers": customers_of(n_customers)}
        print(f"{len(tables['customer_month']):,} customer-months")
        publish(workspace, extract_of(tables, "benchmark"))
        del tables
        os.environ["CHURN_DASH_WORKSPACE"] = str(root)
        plain = straight(root)
        print(f"the plain question over the published rows: {plain:.2f} s")
        for name, page in PAGES.items():
            seen, fresh = interaction(page)
            ratios = f"ratio {seen / plain:.3f} and {fresh / plain:.3f}"
            print(f"{name}: {seen:.3f} s seen before, {fresh:.3f} s a new filter, {ratios}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
