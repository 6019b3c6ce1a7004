"""The one place that reads a panel for the risk room: tables in, plain frames out. Cross-sections: ``sheets``."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.contract.tiers import FLOORS
from churn_dash.measures import definition_of
from churn_dash.risk.features.feature import Feature, Source, Unit
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.rows.snapshot import Panel
from churn_dash.risk.rows.windows import windows
from churn_dash.store import Dataset

MOST_LAG_DAYS = 27
"""The gap of one month is there for late data; what comes in later than this never counts as known."""
_SPELL = "customer_id, start_date, end_date, form is not null as event"
_TIERS = dict(enumerate(FLOORS))
_HOLD_OUT = re.compile(r"control|hold.?out|对照|留出", re.IGNORECASE)


def panel(ds: Dataset, definition: str | None, customers: pl.Series | None = None, training: bool = True) -> tuple[Panel, str]:
    """The panel of some customers (None: all) for a churn definition, and that definition's name.

    For scoring, only the last twelve months are read. Raises what ``definition_of`` and ``windows`` raise.
    """
    name = definition_of(ds, definition)
    frame = windows(ds.months)
    con = ds.cursor()
    first, last = ds.months[0], ds.months[-1]
    if not training:
        first = max(first, shifted(last, -11))
    picked, bound = "", [first, last]
    if customers is not None:
        con.register("picked_customers", customers.to_frame("customer_id").to_arrow())
        picked = " and customer_id in (select customer_id from picked_customers)"
    columns = [str(r[0]) for r in con.execute("describe months").fetchall()]
    wanted = ", ".join(f'"{c}"' for c in columns if _useful(c))
    months = _rows(con, f"select {wanted} from months where month between ? and ?{picked} order by customer_id, month", bound).set_sorted(
        "customer_id"
    )
    spells = _rows(
        con,
        f"select {_SPELL} from spells where definition = ?{picked} order by customer_id, spell",
        [name],
    )
    market = _market(ds, first, last, "d_city" in columns, "aum_avg" in columns)
    con.close()
    in_force = f"tier_{ds.settings.tier_down.rule}"
    if in_force in columns:
        months = months.with_columns(pl.col(in_force).replace_strict(_TIERS, default=None, return_dtype=pl.String).alias("tier"))
    lag = 0
    if training:
        months, lag = _with_availability(ds, months)
    return Panel(
        frame,
        months,
        spells,
        _of(ds.table("customers"), customers),
        _of(ds.table("surveys"), customers),
        _of(ds.table("complaints"), customers),
        _treated(ds) if training else None,
        market,
        lag,
    ), name


def _useful(column: str) -> bool:
    return not re.match(
        r"(active|end|why|exposure|events)_(?!.*avg)|aum_start$|joined$|churned$|d_.*_band$|available_ts$|source_row$", column
    )


def _of(frame: pl.DataFrame | None, customers: pl.Series | None) -> pl.DataFrame | None:
    if frame is None or customers is None:
        return frame
    return frame.join(customers.to_frame("customer_id"), on="customer_id", how="semi", maintain_order="left")


def _with_availability(ds: Dataset, months: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The months with the day each row became known, and the usual lag in days after the month's end."""
    rows = ds.table("customer_month")
    if rows is None or "available_ts" not in rows.columns or rows["available_ts"].null_count() == rows.height:
        return months, 0
    when = rows.select("customer_id", "month", "available_ts")
    lag = when.select((pl.col("available_ts") - pl.col("month").dt.month_end()).dt.total_days().median()).item()
    joined = months.join(when, on=["customer_id", "month"], how="left", maintain_order="left")
    lag = min(max(0, int(lag)), MOST_LAG_DAYS)
    if "tier" not in joined.columns:
        return joined, lag
    # The tier in force rests on every month so far: where one of them came late, it was not known in time.
    latest = pl.col("available_ts").cum_max().forward_fill().over("customer_id")
    in_time = (latest <= pl.col("month").dt.month_end() + pl.duration(days=lag)).fill_null(True)
    return joined.with_columns(pl.when(in_time).then("tier").alias("tier")), lag


def _market(ds: Dataset, first: datetime.date, last: datetime.date, cities: bool, balances: bool) -> pl.DataFrame | None:
    """Balances by city and month, and of the whole bank (city null); None without balances."""
    if not balances:
        return None
    con = ds.cursor()
    whole = "select cast(null as varchar) as city, month, sum(aum_avg) as aum from months where month between ? and ? group by month"
    by_city = (
        "select cast(d_city as varchar), month, sum(aum_avg) from months where month between ? and ? and d_city is not null group by all"
    )
    sql = f"{whole} union all {by_city}" if cities else whole
    found = _rows(con, sql, [first, last] * (2 if cities else 1))
    con.close()
    return found.filter(pl.col("aum").is_not_null())


def _rows(con: duckdb.DuckDBPyConnection, sql: str, bound: Sequence[Any]) -> pl.DataFrame:
    found = con.sql(sql, params=list(bound)).pl()
    assert isinstance(found, pl.DataFrame)
    return found


def _treated(ds: Dataset) -> pl.DataFrame | None:
    """Who was treated by a retention campaign, and when: customer_id, day. Hold-outs are not treated."""
    rows = ds.table("campaign_assignments")
    if rows is None:
        return None
    start = ds.table("campaigns")
    day = pl.coalesce("contacted_at", "assigned_at")
    if start is not None:
        rows = rows.join(start.select("campaign_id", "start_date"), on="campaign_id", how="left")
        day = pl.coalesce("contacted_at", "assigned_at", "start_date")
    treated = ~pl.col("arm").cast(pl.String).str.contains(f"(?i){_HOLD_OUT.pattern}")
    return rows.filter(treated).select("customer_id", day.alias("day")).drop_nulls()


def declared(ds: Dataset) -> tuple[Feature, ...]:
    """The features a panel may have: the closed list, then the bank's own attributes."""
    return (
        *PANEL_FEATURES,
        *(
            _own(a.table, a.column, a.label, a.kind)
            for a in ds.attributes
            if a.table in ("customers", "customer_month") and a.kind != "text"
        ),
    )


def _own(table: str, column: str, label: str, kind: str) -> Feature:
    unit: Unit = "category" if kind == "category" else "flag" if kind == "flag" else "number"
    monthly = table == "customer_month"
    return Feature(
        label,
        label,
        "banking" if monthly else "customer",
        column,
        unit,
        Source("level" if monthly else "attribute", column),
        label,
        immutable=not monthly,
        own_words=True,
    )


FROM_COLUMNS = ("level", "change", "mean", "mean_change", "slope", "peak", "share", "difference", "changed", "since", "attribute")
"""Measures that need a column of the bank's."""


def customers(ds: Dataset) -> pl.Series:
    """The numbers of all customers of a panel, sorted."""
    con = ds.cursor()
    found = _rows(con, "select distinct customer_id from months", [])["customer_id"].sort()
    con.close()
    return found


def sample(ds: Dataset, seed: int, most: int) -> pl.Series | None:
    """At most ``most`` customers drawn at random, the same for the same seed; None where everybody fits."""
    everyone = customers(ds)
    if len(everyone) <= most:
        return None
    return everyone.gather(np.sort(np.random.default_rng(seed).permutation(len(everyone))[:most]))
