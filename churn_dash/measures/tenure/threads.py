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
import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.measures.layout import Layout, numbers
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.measures.tenure.lifetimes import watched
from churn_dash.measures.tenure.signals import LOOK_BACK, median_range
from churn_dash.measures.tenure.survival import watched_months

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
_PART = 1 << 17
"""Departures at a time."""
Amounts = npt.NDArray[np.float64]


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


def threads(question: Question) -> Threads:
    """The threads of those who left in the period, as far as the data hold them. Raises what ``survival`` raises."""
    ds = question.ds
    whole = watched_months(ds, question.period)
    con = ds.cursor()
    columns, lasts = prepared(con, question.over(whole))
    gone, stayed = lasts.filter("gone_for_good"), lasts.filter(~pl.col("gone_for_good"))
    broken = gone.select(pl.when(pl.col(f"{k}_broke")).then(pl.col(k)).alias(k) for k in columns)
    firsts, orders, n_several = _orders(broken, list(columns))
    found = []
    for kind in columns:
        days = gone.filter(pl.col(f"{kind}_broke")).select(d=(pl.col("gone") - _end(kind)).dt.total_days())["d"].to_list()
        ran = len(gone[kind].drop_nulls())
        n_stayed, stopped = len(stayed[kind].drop_nulls()), int(stayed[f"{kind}_broke"].sum())
        share, others = wilson(len(days), ran), wilson(stopped, n_stayed)
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
                n_stayed,
                stopped,
                stopped / n_stayed if n_stayed else None,
                others.low if others else None,
                others.high if others else None,
            )
        )
    n_broken = broken.select(pl.any_horizontal(pl.col(k).is_not_null() for k in columns)).sum().item() if columns else 0
    return Threads(len(gone), n_broken, n_several, tuple(found), _commonest(orders, n_several), len(orders))


def prepared(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[dict[Kind, str], pl.DataFrame]:
    """The threads that the data hold, each with its column, and the rows of ``_last_seen``."""
    held = {
        kind: next((c for c in columns if c in question.ds.month_columns and _known(con, c)), None) for kind, columns in COLUMNS.items()
    }
    columns = {kind: column for kind, column in held.items() if column}
    return columns, _last_seen(con, _anchored(con, question), columns)


def _known(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    return bool(con.execute(f"select count({column}) from month_rows").fetchall()[0][0])


def _anchored(con: duckdb.DuckDBPyConnection, question: Question) -> pl.DataFrame:
    """A row a departure, or a customer who stayed, of everybody whose year before is in the data: c, gone (the day of departure; of who
    stayed the day after the period), its month, since (the first month looked at) and gone_for_good (left)."""
    period = question.months
    sql, bound = watched(question, "sp.c, sp.start_date, sp.end_date, sp.form", joined=False)
    after, since = period.last_day + datetime.timedelta(days=1), shifted(question.ds.all_months[0], LOOK_BACK)
    left = f"(z.end_date is not null and z.end_date <= DATE '{period.last_day}')"
    day = f"case when {left} then z.end_date else DATE '{after}' end"
    asked = (
        "select c, gone, CAST(date_trunc('month', gone) AS DATE) as month, CAST(greatest(date_trunc('month', gone) - "
        f"interval {LOOK_BACK} month, date_trunc('month', start_date)) AS DATE) as since, gone_for_good "
        f"from (select z.c, z.start_date, {day} as gone, {left} as gone_for_good from ({sql}) z where not {left} or z.form is not null) y "
        f"where gone >= DATE '{since}'"
    )
    return pl.DataFrame(con.sql(asked, params=bound).to_arrow_table())


def _last_seen(con: duckdb.DuckDBPyConnection, anchors: pl.DataFrame, columns: dict[Kind, str]) -> pl.DataFrame:
    """``anchors`` with, for each thread, how many months before that month something was last in it (null where it did not run or the
    month before tells nothing), and whether it broke."""
    if anchors.is_empty():
        return anchors.with_columns(
            *(pl.lit(None, dtype=pl.Int64).alias(k) for k in columns), *(pl.lit(False).alias(f"{k}_broke") for k in columns)
        )
    layout = Layout(con, anchors["since"].min(), shifted(anchors["month"].max(), -1))  # type: ignore[arg-type]
    counted = [k for k in columns if k != "balances"]
    filled, balances = layout.filled(0, np.uint8), layout.filled(np.nan, np.float64) if "balances" in columns else None
    # Two bits a thread: 1 where it is known what the month holds, 2 where it holds something.
    bits = " + ".join(
        f"case when m.{columns[k]} is null then 0 when m.{columns[k]} > 0 then {3 << 2 * i} else {1 << 2 * i} end"
        for i, k in enumerate(counted)
    )
    amount = f", m.{columns['balances']} as amount" if balances is not None else ""
    sql = (
        f"select m.c, m.month, CAST({bits or '0'} AS UTINYINT) as bits{amount} from month_rows m where m.listed "
        f"and m.month between DATE '{layout.months[0]}' and DATE '{layout.months[-1]}'"
    )
    for at, rows in layout.parts(sql):
        filled.ravel()[at] = rows["bits"].to_numpy()
        if balances is not None:
            balances.ravel()[at] = numbers(rows["amount"])
    found = [_judged(part, layout, filled, balances, counted) for part in anchors.iter_slices(_PART)]
    return anchors.hstack(pl.concat(found))


def _judged(
    anchors: pl.DataFrame, layout: Layout, filled: npt.NDArray[np.uint8], balances: Amounts | None, counted: Sequence[Kind]
) -> pl.DataFrame:
    """For each thread of some anchors, when something was last in it and whether it broke."""
    c, since = anchors["c"], layout.place(anchors["since"], anchors["c"])
    before = layout.place(anchors["month"].dt.offset_by("-1mo"), c)
    at = before - np.arange(LOOK_BACK)[:, None] * layout.n_customers
    inside = at >= since
    at = np.where(inside, at, 0)
    months = np.where(inside, filled.ravel()[at], 0)
    out: dict[str, pl.Series] = {}
    for i, kind in enumerate(counted):
        out |= _broke(kind, _bits(months & (1 << 2 * i)), _bits(months & (2 << 2 * i)))
    if balances is not None:
        held = np.where(inside, balances.ravel()[at], np.nan)
        out |= _broke("balances", _bits(~np.isnan(held)), _bits(held > HALF * np.fmax.reduce(held)))
    return pl.DataFrame(out)


def _bits(holds: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Months before the departure × anchors, as one number an anchor: the month before the departure is bit 1."""
    found = np.zeros(holds.shape[1], dtype=np.int32)
    for back, there in enumerate(holds != 0, start=1):
        found |= there.astype(np.int32) << back
    return found


def _broke(kind: Kind, known: npt.NDArray[np.int32], had: npt.NDArray[np.int32]) -> dict[str, pl.Series]:
    """When something was last in a thread and whether it broke, from the months that are known and that hold something."""
    last = had & -had
    ran, empty = np.bitwise_count(had).astype(np.float64), np.bitwise_count(known & (last - 1)).astype(np.float64)
    judged = (ran >= RAN) & ((known & 2) == 2)
    chance = np.power(1 - ran / (np.bitwise_count(known) - empty + 1.0), empty)
    lag = pl.Series(np.bitwise_count(last - 1).astype(np.int64))
    return {
        kind: pl.select(pl.when(pl.Series(judged)).then(lag)).to_series().alias(kind),
        f"{kind}_broke": pl.Series(f"{kind}_broke", judged & (empty >= BROKEN) & (chance <= CHANCE)),
    }


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
