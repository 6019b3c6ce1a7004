"""The accounts, deposits, loans and cards that product churn is counted over: a relation a period, a row a unit. Source: METHODS B1.

Each relation has c (the number of the customer, see ``by_number``) and, but for deposits, customer_id; product (its kind; null where
unknown); part and whole: of an account or card 0 or 1 of 1, of deposits and loans CNY of CNY. ``part`` is null where the row cannot be
counted. They come one after the other in the order of the periods: of a large bank all together would not fit in memory.
"""

import datetime
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.measures.layout import Layout, numbers
from churn_dash.store import Dataset, shifted
from churn_dash.store.derive.facts import Span
from churn_dash.store.reading import by_number, fetched, some_columns

IDLE_DAYS = 180
IDLE_MONTHS = -(-IDLE_DAYS // 30)
_DAY = datetime.timedelta(days=1)
Units = Iterator[pl.DataFrame]


def accounts(ds: Dataset, spans: Sequence[Span]) -> Units:
    """Accounts open at the end of the day before the period, and which of them were closed in it.

    An account without an opening day was open before the data begin.
    """
    frame = _read(ds, "accounts", "customer_id", "open_date", "close_date", "account_type")
    for s in spans:
        eve = s.start - _DAY
        there = (pl.col("open_date").is_null() | (pl.col("open_date") <= eve)) & (
            pl.col("close_date").is_null() | (pl.col("close_date") > eve)
        )
        gone = (pl.col("close_date") <= s.last).fill_null(value=False)
        yield _unit(frame.filter(there), "account_type", gone, pl.lit(1.0))


def deposits(ds: Dataset, spans: Sequence[Span]) -> Units:
    """Customers with deposits in the month before the period: their average then, and their large transfers to other banks in it.

    A transfer inside the bank, from deposits to a wealth product for example, is none. Where it is not said whether money left the
    bank, the customer cannot be counted; nobody can where the month before did not come whole.
    """
    frame = _read(ds, "large_transactions", "customer_id", "txn_date", "direction", "amount", "internal", "counter_bank")
    named = "counter_bank" in ds.columns_of("large_transactions")
    inside = pl.col("internal").fill_null(pl.col("counter_bank").is_null()) if named else pl.col("internal")
    moved = frame.filter((pl.col("direction") == "out") & (inside.is_null() | ~inside))
    amount = pl.when(inside.is_null()).then(None).otherwise(pl.col("amount"))
    for s in spans:
        sent = moved.filter(pl.col("txn_date").is_between(s.start, s.last)).group_by("c")
        out = sent.agg(amount.sum().alias("out"), amount.is_null().any().alias("unclear"))
        before = shifted(s.start, -1)
        sql = "select CAST(c AS BIGINT) as c, deposit_avg from month_rows where listed and month = ? and deposit_avg is not null"
        there = fetched(ds, sql, [before]).join(out, on="c", how="left")
        blind = pl.lit(before not in ds.months)
        part = pl.when(blind | pl.col("unclear").fill_null(value=False)).then(None).otherwise(pl.col("out").fill_null(0.0))
        yield _unit(there.with_columns(product=pl.lit(None, dtype=pl.String)), "product", part, pl.col("deposit_avg"))


def loans(ds: Dataset, spans: Sequence[Span]) -> Units:
    """Loans with principal at the start of the period: that principal less what fell due in it, and what was paid back before."""
    frame = _read(ds, "loans", "customer_id", "loan_id", "loan_kind", "month", "balance_start", "scheduled", "prepaid")
    for s in spans:
        inside = frame.filter(pl.col("month").is_between(s.start, s.last_month))
        sums = inside.group_by("loan_id").agg(
            pl.sum("prepaid", "scheduled"), (pl.col("prepaid").is_null() | pl.col("scheduled").is_null()).any().alias("unclear")
        )
        there = (
            inside.filter(pl.col("month") == s.start)
            .select("loan_id", "c", "customer_id", "loan_kind", "balance_start")
            .join(sums, on="loan_id")
        )
        part = pl.when(pl.col("unclear") | pl.col("balance_start").is_null()).then(None).otherwise(pl.col("prepaid"))
        yield _unit(there, "loan_kind", part, (pl.col("balance_start") - pl.col("scheduled")).clip(0.0))


def cards(ds: Dataset, spans: Sequence[Span]) -> Units:
    """Cards activated and valid at the end of the period, and which of them were not used for ``IDLE_DAYS``.

    The last use is known as of the extract. Of a card that was used after the period, its customer's card transactions by month
    say whether it was used before: none in ``IDLE_MONTHS`` months, not used. Where those months are not in the data, the card
    cannot be counted, unless it was activated within the days; where they are missing for the whole bank, no card is counted.
    """
    frame = _read(ds, "cards", "customer_id", "activated_date", "last_txn_date", "closed_date", "card_kind")
    windows = {s: [shifted(s.last_month, -i) for i in range(IDLE_MONTHS)] for s in spans}
    known = {s: w for s, w in windows.items() if "card_txn_count" in ds.month_columns and set(w) <= set(ds.months)}
    uses = _Uses(ds, [m for w in known.values() for m in w]) if known else None
    for s in spans:
        there = frame.filter((pl.col("activated_date") <= s.last) & (pl.col("closed_date").is_null() | (pl.col("closed_date") > s.last)))
        whole = uses is not None and s in known
        there = there.hstack(uses.over(there["c"], known[s]) if uses is not None and whole else _unused(len(there)))
        limit = s.last - datetime.timedelta(days=IDLE_DAYS)
        last = pl.max_horizontal("activated_date", "last_txn_date")
        later = (pl.col("last_txn_date") > s.last).fill_null(value=False)
        idle = (
            pl.when(pl.col("activated_date") > limit)
            .then(pl.lit(0.0))
            .when(~later)
            .then((last <= limit).cast(pl.Float64))
            .when(pl.col("uses") > 0)
            .then(pl.lit(0.0))
            .when(pl.col("months") == IDLE_MONTHS)
            .then(pl.lit(1.0))
        )
        told = there.with_columns(idle=idle)
        if not whole and told["idle"].null_count():
            # Those not used later are known and the others are not: a rate over the known alone would be far too high.
            told = told.with_columns(idle=pl.lit(None, dtype=pl.Float64))
        yield _unit(told, "card_kind", pl.col("idle"), pl.lit(1.0))


class _Uses:
    """Card transactions of every customer in the months that are asked for, month × customer, NaN where they are not known."""

    def __init__(self, ds: Dataset, months: Sequence[datetime.date]) -> None:
        self._layout = Layout(ds.cursor(), min(months), max(months))
        self._counts: npt.NDArray[np.float32] = self._layout.filled(np.nan, np.float32)
        flat = self._counts.reshape(-1)
        sql = "select c, month, CAST(card_txn_count AS DOUBLE) as n from month_rows where listed and month between ? and ?"
        for at, rows in self._layout.parts(sql, [min(months), max(months)]):
            flat[at] = numbers(rows["n"])

    def over(self, c: pl.Series, window: Sequence[datetime.date]) -> pl.DataFrame:
        """How often each of these customers used a card in the months, and of how many of them that is known: uses, months."""
        at = [self._layout.months.index(m) for m in window]
        who = c.fill_null(-1).to_numpy()
        here = (who >= 0) & (who < self._layout.n_customers)
        counts = self._counts[at][:, np.where(here, who, 0)]
        known = ~np.isnan(counts) & here
        return pl.DataFrame({"uses": np.where(known, counts, 0.0).sum(axis=0), "months": known.sum(axis=0)})


def _unused(n: int) -> pl.DataFrame:
    return pl.DataFrame({"uses": pl.Series([None] * n, dtype=pl.Float64), "months": pl.Series([0] * n, dtype=pl.Int64)})


def _unit(frame: pl.DataFrame, kind: str, part: pl.Expr, whole: pl.Expr) -> pl.DataFrame:
    who = [c for c in ("c", "customer_id") if c in frame.columns]
    return frame.select(*who, pl.col(kind).alias("product"), part.cast(pl.Float64).alias("part"), whole.cast(pl.Float64).alias("whole"))


def _read(ds: Dataset, table: str, *columns: str) -> pl.DataFrame:
    """The columns of the table, null where it lacks them, with ``c``."""
    frame = some_columns(ds, table, *columns)
    assert frame is not None
    return by_number(ds, frame)
