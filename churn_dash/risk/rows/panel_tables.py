"""The one place that reads a panel for the risk room: tables in, plain frames out. Cross-sections: ``sheets``."""

import datetime
from collections.abc import Collection, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import duckdb
import numpy as np
import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.measures import definition_of
from churn_dash.risk.features.feature import Feature, Source, Unit
from churn_dash.risk.features.known import KNOWN
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.readings import reading
from churn_dash.risk.rows.campaign_tables import answers, treated
from churn_dash.risk.rows.held import Held
from churn_dash.risk.rows.snapshot import Panel
from churn_dash.risk.rows.windows import windows
from churn_dash.store import Dataset
from churn_dash.store.reading import month_columns

MOST_LAG_DAYS = 27
"""The gap of a month between score date and outcome is there for late data and for acting (METHODS D1): no lag may use it up."""
MOST_CUSTOMERS = 30_000
"""What is tried beside the models (the index, what leaving out age costs) rests on a random sample of at most so many customers."""
FEW = 100
"""Customers up to whom the files are asked for them, not read whole."""
_LAGS: WeakKeyDictionary[Dataset, int] = WeakKeyDictionary()
_BALANCES: WeakKeyDictionary[Dataset, dict[datetime.date, pl.DataFrame]] = WeakKeyDictionary()
_SPELL = "customer_id, start_date, end_date, form is not null as event"


def panel(
    ds: Dataset,
    definition: str | None,
    customers: pl.Series | None = None,
    training: bool = True,
    features: Sequence[Feature] | None = None,
) -> tuple[Panel, str]:
    """The panel of some customers (None: all) for a churn definition, and that definition's name.

    For scoring, only the last twelve months of the month table are read. ``features``: what will be asked (None: whatever these data
    may have). Raises what ``definition_of`` and ``windows`` raise.
    """
    name = definition_of(ds, definition)
    frame = windows(ds.months)
    first = ds.months[0] if training else max(ds.months[0], shifted(ds.months[-1], -11))
    wanted = declared(ds) if features is None else features
    few = customers is not None and len(customers) <= FEW
    asked_for = customers if few else None
    held = Held(ds.cursor(), few=few)
    if customers is not None:
        held.con.register("picked_customers", customers.to_frame("customer_id").to_arrow())
    picked = "" if customers is None else " and {}customer_id in (select customer_id from picked_customers)"
    read = needed(ds, wanted)
    _months(ds, held, read["months"], first, picked, customers)
    spells = _rows(held.con, f"select {_SPELL} from spells where definition = ?{picked.format('')} order by customer_id, spell", [name])
    for table, columns in read.items():
        if table in ("months", "balances", "joined"):
            continue
        rows = answers(ds, asked_for) if table == "campaign_answers" else _brought(ds, table, columns, asked_for)
        if rows is not None:
            held.put(table, _of(rows, customers))
    if "balances" in read:
        _balances(ds, held, first)
    opened = _brought(ds, "customers", {"open_date"}, asked_for)
    treatments = treated(ds, asked_for) if training else None
    return Panel.of(frame, held, spells, None if opened is None else _of(opened, customers), treatments, usual_lag(ds)), name


def usual_lag(ds: Dataset) -> int:
    """Days after a month's end by which half of its rows are usually in, at most ``MOST_LAG_DAYS``; 0 where rows do not say when they
    arrived. Worked out over all months, so that training and scoring wait alike."""
    if ds not in _LAGS:
        _LAGS[ds] = _lag(ds)
    return _LAGS[ds]


def _lag(ds: Dataset) -> int:
    rows = ds.scan("customer_month") if "available_ts" in ds.columns_of("customer_month") else None
    if rows is None:
        return 0
    # Rows of a month arrive on few days, so that the median is that of some hundred groups.
    groups = rows.drop_nulls("available_ts").group_by("month", "available_ts").agg(n=pl.len()).collect()
    days = (pl.col("available_ts") - pl.col("month").dt.month_end()).dt.total_days()
    counted = groups.select(days=days, n="n").sort("days").with_columns(so_far=pl.col("n").cum_sum())
    if counted.is_empty():
        return 0
    n = int(counted["n"].sum())
    middle = [counted.filter(pl.col("so_far") > at)["days"][0] for at in ((n - 1) // 2, n // 2)]
    return min(max(0, int(sum(middle) / 2)), MOST_LAG_DAYS)


def needed(ds: Dataset, features: Sequence[Feature]) -> dict[str, set[str]]:
    """Table → the columns that these features look at. The month table is always among them."""
    there: dict[str, Collection[str]] = {"months": month_columns(ds)}
    columns: dict[str, set[str]] = {"months": {"city"}, "customers": {"city"}}
    for feature in features:
        found = reading(feature, there)
        known = KNOWN.get(found.table)
        also = () if known is None else (known.key, *known.days, known.arrived, known.order)
        columns.setdefault(found.table, set()).update(c for c in (*also, *found.needs, *found.uses) if c)
    return columns


def _months(ds: Dataset, held: Held, wanted: Collection[str], first: datetime.date, picked: str, customers: pl.Series | None) -> None:
    """Hold the month table with the day each row became known. Its tier is the one in force.

    The tier in force rests on every month so far: where one of them arrived later than the row, it counts as unknown.
    """
    there = month_columns(ds)
    columns = [c for c in there if c in wanted and c not in ("customer_id", "month", "available_ts")]
    names = {c: f'm."{c}"' for c in columns}
    in_force = f"tier_{ds.settings.tier_down.rule}"
    if "tier" in wanted and in_force in there:
        each = " ".join(f"when {code} then '{tier}'" for code, tier in enumerate(ds.settings.tiers))
        names["tier"] = f"case m.{in_force} {each} end"
    limits = f"where m.month between ? and ?{picked.format('m.')}"
    source, bound = "months m", [first, ds.months[-1]]
    arrived = ds.scan("customer_month") if "available_ts" in ds.columns_of("customer_month") else None
    if arrived is not None:
        days = arrived.filter(pl.col("month") >= first).select("customer_id", "month", "available_ts")
        asked_for = days if customers is None else days.join(customers.to_frame("customer_id").lazy(), on="customer_id", how="semi")
        held.con.register("arrivals", asked_for.collect().to_arrow())
        source += " left join arrivals a on a.customer_id = m.customer_id and a.month = m.month"
        names["available_ts"] = "a.available_ts"
        if "tier" in names:
            day = "coalesce(a.available_ts, last_day(m.month))"
            so_far = f"max({day}) over (partition by m.customer_id order by m.month asc nulls last)"
            names["tier"] = f"case when {so_far} <= {day} then {names['tier']} end"
    shown = ", ".join(f'{sql} as "{c}"' for c, sql in names.items())
    sql = f"select m.customer_id, m.month{', ' if shown else ''}{shown} from {source} {limits}"
    held.make("months", sql, ["customer_id", "month", *names], bound)
    if arrived is not None:
        held.con.unregister("arrivals")


def _balances(ds: Dataset, held: Held, first: datetime.date) -> None:
    """Hold the balances of the whole bank (city null) and of its cities by month, known when the last row of the month was. They are the
    same whoever is asked about, so they are added up once."""
    if "aum_avg" in month_columns(ds):
        known = _BALANCES.setdefault(ds, {})
        if first not in known:
            known[first] = _added_up(ds, held.con, first)
        held.put("balances", known[first])


def _added_up(ds: Dataset, con: duckdb.DuckDBPyConnection, first: datetime.date) -> pl.DataFrame:
    """The balances from month ``first`` on: city, month, aum_avg, available_ts."""
    columns = month_columns(ds)
    arrived = "CAST(NULL AS DATE)"
    source = "months m"
    if "available_ts" in ds.columns_of("customer_month"):
        rows = ds.scan("customer_month")
        assert rows is not None
        con.register("month_arrivals", rows.group_by("month").agg(pl.col("available_ts").max()).collect().to_arrow())
        arrived, source = "max(a.available_ts)", "months m left join month_arrivals a on a.month = m.month"
    summed = f"m.month, sum(m.aum_avg) as aum_avg, {arrived} as available_ts"
    chosen = f"{summed} from {source} where m.month between ? and ? and m.aum_avg is not null"
    sql = f"select CAST(NULL AS STRING) as city, {chosen} group by m.month"
    bound = [first, ds.months[-1]]
    if "d_city" in columns:
        sql += f" union all select CAST(m.d_city AS STRING) as city, {chosen} and m.d_city is not null group by m.d_city, m.month"
        bound *= 2
    return _rows(con, f"{sql} order by 1, 2", bound)


def _brought(ds: Dataset, table: str, columns: Collection[str], customers: pl.Series | None = None) -> pl.DataFrame | None:
    """The columns of a table that the bank brought, with its key; None where it brought no such table. Of a few ``customers`` only,
    where they are given: the file then reads no others.
    """
    rows = ds.scan(table)
    if rows is None:
        return None
    key = KNOWN[table].key if table in KNOWN else "customer_id"
    if customers is not None and "customer_id" in ds.columns_of(table):
        rows = rows.filter(pl.col("customer_id").is_in(customers.implode()))
    return rows.select(c for c in ds.columns_of(table) if c in columns or c == key).collect()


def _of(frame: pl.DataFrame, customers: pl.Series | None) -> pl.DataFrame:
    if customers is None or "customer_id" not in frame.columns:
        return frame
    return frame.join(customers.to_frame("customer_id"), on="customer_id", how="semi", maintain_order="left")


def _rows(con: duckdb.DuckDBPyConnection, sql: str, bound: Sequence[Any]) -> pl.DataFrame:
    found = con.sql(sql, params=list(bound)).pl()
    assert isinstance(found, pl.DataFrame)
    return found


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
    units: dict[str, Unit] = {"category": "category", "flag": "flag", "date": "months"}
    unit = units.get(kind, "number")
    monthly = table == "customer_month"
    return Feature(
        label,
        label,
        "banking" if monthly else "customer",
        column,
        unit,
        Source("months_ago" if kind == "date" else "level" if monthly else "attribute", column),
        label,
        immutable=not monthly,
        own_words=True,
    )


def customers(ds: Dataset) -> pl.Series:
    """The numbers of all customers of a panel, sorted."""
    con = ds.cursor()
    everyone = _rows(con, "select customer_id from people order by c", [])["customer_id"]
    there = np.zeros(len(everyone), dtype=bool)
    for rows in con.sql("select c from month_rows").to_arrow_reader():
        there[rows.column(0).to_numpy()] = True
    con.close()
    return everyone.filter(pl.Series(there)).sort()


def present(ds: Dataset) -> pl.Series:
    """The numbers of the customers who are still there by some definition as the complete months end, sorted."""
    return _numbers(ds, "select c from month_rows where month = ?", [shifted(ds.months[-1], 1)])


def _numbers(ds: Dataset, codes: str, bound: Sequence[Any]) -> pl.Series:
    con = ds.cursor()
    found = _rows(con, f"select customer_id from people where c in ({codes})", bound)["customer_id"].sort()
    con.close()
    return found


def sample(ds: Dataset, seed: int, most: int) -> pl.Series | None:
    """At most ``most`` customers drawn at random, the same for the same seed; None where everybody fits."""
    everyone = customers(ds)
    if len(everyone) <= most:
        return None
    return everyone.gather(np.sort(np.random.default_rng(seed).permutation(len(everyone))[:most]))
