"""Which thread broke first: of those who left, when salary, standing payments, card, transactions and balances stopped, in what order, and
how often the same happens to those who stay. Source: METHODS A1 1.1(3).

A thread is a column of the month table. It ran where at least ``RAN`` of the twelve months before the departure had something in it. It
broke where the months running up to the departure had nothing, at least ``BROKEN`` of them and more than chance leaves empty in a row:
with a share p of filled months until then (of one month more, so that p stays below 1), (1 − p)^months is at most ``CHANCE``. Balances
count as filled above ``HALF`` of the highest of those months. A thread of which the month before the departure tells nothing is not judged.
"""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import duckdb
import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.calendar import shifted
from churn_dash.measures.filters import Filters, Period
from churn_dash.measures.query import definition_of
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.measures.tenure.lifetimes import watched
from churn_dash.measures.tenure.signals import LOOK_BACK, median_range
from churn_dash.measures.tenure.survival import watched_months
from churn_dash.store import Dataset

Kind = Literal["salary", "standing", "card", "transactions", "balances"]
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "salary": ("salary_in",),
    "standing": ("autopay_count",),
    "card": ("card_txn_count",),
    "transactions": ("txn_count",),
    "balances": ("aum_avg", "aum_end"),
}
RAN, BROKEN, CHANCE, HALF = 3, 2, 0.05, 0.5
_ORDERS = 5


@dataclass(frozen=True)
class Thread:
    """One thread. Of ``n_ran`` leavers who had it, it broke before ``n_broken`` left, a ``share`` (0–1, 95 % range), ``median`` days
    before (its range; from the end of the last month that had it). Of ``n_first`` leavers it was the first to break, alone or along with
    others. ``stayed_…``: the same of those still there at the period's end, looked at on the day after it."""

    kind: Kind
    n_ran: int
    n_broken: int
    share: float | None
    low: float | None
    high: float | None
    median: float | None
    median_low: float | None
    median_high: float | None
    n_first: int
    stayed_ran: int
    stayed_broken: int
    stayed_share: float | None
    stayed_low: float | None
    stayed_high: float | None


@dataclass(frozen=True)
class Order:
    """An order in which threads broke: those of one month together, ``n`` leavers, a ``share`` of those with two breaks or more."""

    steps: tuple[tuple[Kind, ...], ...]
    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Threads:
    """Of ``n_left`` who left and whose year before is in the data, ``n_broken`` had a broken thread, ``n_several`` two or more;
    the commonest ``orders`` of the latter, of ``n_orders`` in all."""

    n_left: int
    n_broken: int
    n_several: int
    threads: tuple[Thread, ...]
    orders: tuple[Order, ...]
    n_orders: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it, days and shares 0–1."""
        return asdict(self)


def threads(
    ds: Dataset,
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> Threads:
    """The threads of those who left in the period, as far as the data hold them. Raises what ``survival`` raises."""
    chosen = definition_of(ds, definition)
    whole = watched_months(ds, period)
    con = ds.cursor()
    columns = prepared(con, ds, filters, whole, chosen, scope)
    gone = pl.DataFrame(con.sql("select * from lasts where gone_for_good order by i").to_arrow_table())
    broken = gone.select("i", *(pl.when(pl.col(f"{k}_broke")).then(pl.col(k)).alias(k) for k in columns))
    firsts, orders, n_several = _orders(broken, list(columns))
    found = []
    for kind in columns:
        days = gone.filter(pl.col(f"{kind}_broke")).select(d=(pl.col("gone") - _end(kind)).dt.total_days())["d"].to_list()
        ran = len(gone[kind].drop_nulls())
        row = con.execute(f"select count({kind}), count(case when {kind}_broke then 1 end) from lasts where not gone_for_good")
        stayed, stopped = row.fetchall()[0]
        share, others = wilson(len(days), ran), wilson(stopped, stayed)
        found.append(
            Thread(
                kind,
                ran,
                len(days),
                len(days) / ran if ran else None,
                share.low if share else None,
                share.high if share else None,
                *median_range(days),
                firsts[kind],
                stayed,
                stopped,
                stopped / stayed if stayed else None,
                others.low if others else None,
                others.high if others else None,
            )
        )
    n_broken = broken.select(pl.any_horizontal(pl.col(k).is_not_null() for k in columns)).sum().item() if columns else 0
    return Threads(len(gone), n_broken, n_several, tuple(found), _commonest(orders, n_several), len(orders))


def prepared(
    con: duckdb.DuckDBPyConnection, ds: Dataset, filters: Filters, period: Period, definition: str, scope: Scope
) -> dict[Kind, str]:
    """Make the tables ``anchors`` and ``lasts`` on the connection (see below); the threads that the data hold, each with its column."""
    _anchored(con, ds, filters, period, definition, scope)
    held = {kind: next((c for c in columns if c in ds.month_columns and _known(con, c)), None) for kind, columns in COLUMNS.items()}
    columns = {kind: column for kind, column in held.items() if column}
    _last_seen(con, columns)
    return columns


def _known(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    return bool(con.execute(f"select count({column}) from month_rows").fetchall()[0][0])


def _anchored(con: duckdb.DuckDBPyConnection, ds: Dataset, filters: Filters, period: Period, definition: str, scope: Scope) -> None:
    """Make ``anchors``: i, c, gone (the day of departure; of who stayed the day after the period), its month, since (the first month
    looked at) and gone_for_good (left), of everybody whose year before is in the data."""
    sql, bound = watched(ds, "sp.c, sp.start_date, sp.end_date, sp.form", filters, period, definition, scope, joined=False)
    after, since = period.last_day + datetime.timedelta(days=1), shifted(ds.all_months[0], LOOK_BACK)
    left = f"(z.end_date is not null and z.end_date <= DATE '{period.last_day}')"
    day = f"case when {left} then z.end_date else DATE '{after}' end"
    con.execute(
        "create temp table anchors as "
        "select CAST(row_number() over (order by c, gone) - 1 AS INTEGER) as i, c, gone, CAST(date_trunc('month', gone) AS DATE) as month, "
        f"greatest(date_trunc('month', gone) - interval {LOOK_BACK} month, date_trunc('month', start_date)) as since, gone_for_good "
        f"from (select z.c, z.start_date, {day} as gone, {left} as gone_for_good from ({sql}) z where not {left} or z.form is not null) y "
        f"where gone >= DATE '{since}'",
        bound,
    )


def _last_seen(con: duckdb.DuckDBPyConnection, columns: dict[Kind, str]) -> None:
    """Make ``lasts``: i, gone, month, gone_for_good and for each thread how many months before that month something was last in it
    (null where it did not run or the month before tells nothing), and whether it broke."""
    amounts = "".join(f", m.{column} as {kind}" for kind, column in columns.items())
    peak = ", max(balances) over (partition by i) as peak" if "balances" in columns else ""
    had = {kind: f"balances > {HALF} * peak" if kind == "balances" else f"{kind} > 0" for kind in columns}
    # A month is a bit, the month before the departure bit 1: so the months after the last filled one are counted in one pass.
    masks = "".join(
        f", coalesce(bit_or(case when {kind} is not null then 1::integer << back end), 0) as known_{kind}, "
        f"coalesce(bit_or(case when {has} then 1::integer << back end), 0) as had_{kind}"
        for kind, has in had.items()
    )
    counted = "".join(
        f", bit_count(had_{kind}) as ran_{kind}, bit_count(known_{kind} & ((had_{kind} & -had_{kind}) - 1)) as empty_{kind}" for kind in had
    )
    lags = "".join(
        f", case when ran_{kind} >= {RAN} and (known_{kind} & 2) = 2 then CAST(log2(had_{kind} & -had_{kind}) AS INTEGER) end as {kind}, "
        f"empty_{kind} >= {BROKEN} and ran_{kind} >= {RAN} and (known_{kind} & 2) = 2 and "
        f"pow(1 - ran_{kind} / (bit_count(known_{kind}) - empty_{kind} + 1.0), empty_{kind}) <= {CHANCE} as {kind}_broke"
        for kind in had
    )
    back = "CAST((year(g.month) - year(m.month)) * 12 + month(g.month) - month(m.month) AS INTEGER)"
    rows = (
        f"select g.i, {back} as back{amounts} from month_rows m join anchors g on g.c = m.c "
        "where m.listed and m.month >= g.since and m.month < g.month"
    )
    of_each = f"select i{masks} from (select *{peak} from ({rows}) r) q group by i"
    judged = f"select i{lags} from (select *{counted} from ({of_each}) e) k"
    shown = "".join(f", l.{kind}, l.{kind}_broke" for kind in columns)
    con.execute(
        f"create temp table lasts as select g.i, g.gone, g.month, g.gone_for_good{shown} from anchors g left join ({judged}) l on l.i = g.i"
    )


def _end(kind: str) -> pl.Expr:
    """The last day of the last month that had the thread."""
    return pl.col("month").dt.offset_by(pl.format("-{}mo", pl.col(kind) - 1)).dt.offset_by("-1d")


def _orders(broken: pl.DataFrame, kinds: Sequence[Kind]) -> tuple[Counter[Kind], Counter[tuple[tuple[Kind, ...], ...]], int]:
    """From the months that each thread has been broken (null: it is not): how often each broke first, every order of two breaks or more,
    and how many leavers had two or more."""
    firsts: Counter[Kind] = Counter()
    orders: Counter[tuple[tuple[Kind, ...], ...]] = Counter()
    for *lags, n in broken.group_by(kinds).len().sort(kinds).iter_rows() if kinds else ():
        steps = order_of(dict(zip(kinds, lags, strict=True)))
        for kind in steps[0] if steps else ():
            firsts[kind] += n
        if sum(len(step) for step in steps) > 1:
            orders[steps] += n
    return firsts, orders, sum(orders.values())


def order_of(lags: dict[Kind, int | None]) -> tuple[tuple[Kind, ...], ...]:
    """The threads in the order in which they broke, longest ago first; those of one month together, in the order given.

    >>> order_of({"salary": 7, "standing": None, "card": 4, "transactions": 4})
    (('salary',), ('card', 'transactions'))
    """
    months = sorted({lag for lag in lags.values() if lag is not None}, reverse=True)
    return tuple(tuple(kind for kind, lag in lags.items() if lag == month) for month in months)


def _commonest(orders: Counter[tuple[tuple[Kind, ...], ...]], whole: int) -> tuple[Order, ...]:
    found = []
    for steps, n in sorted(orders.items(), key=lambda pair: (-pair[1], pair[0]))[:_ORDERS]:
        span = wilson(n, whole)
        if span is not None:
            found.append(Order(steps, n, n / whole, span.low, span.high))
    return tuple(found)
