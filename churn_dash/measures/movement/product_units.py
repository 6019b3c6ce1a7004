"""The accounts, deposits, loans and cards that product churn is counted over: a row a unit and period. Source: METHODS B1.

Each relation has customer_id, period, product (its kind; null where unknown), part and whole: of an account or card 0 or 1 of 1, of
deposits and loans CNY of CNY. ``part`` is null where the row cannot be counted.
"""

import datetime
from collections.abc import Sequence

import polars as pl

from churn_dash.measures.conditions.stood import month_columns
from churn_dash.store import Dataset, shifted
from churn_dash.store.derive.facts import Span

IDLE_DAYS = 180
IDLE_MONTHS = -(-IDLE_DAYS // 30)
_DAY = datetime.timedelta(days=1)
_COLUMNS = ("customer_id", "period", "product", "part", "whole")


def accounts(ds: Dataset, spans: Sequence[Span]) -> pl.DataFrame:
    """Accounts open at the end of the day before the period, and which of them were closed in it.

    An account without an opening day was open before the data begin.
    """
    frame = _with(ds.table("accounts"), open_date=pl.Date, close_date=pl.Date, account_type=pl.String)
    found = []
    for s in spans:
        eve = s.start - _DAY
        there = (pl.col("open_date").is_null() | (pl.col("open_date") <= eve)) & (
            pl.col("close_date").is_null() | (pl.col("close_date") > eve)
        )
        gone = (pl.col("close_date") <= s.last).fill_null(value=False)
        found.append(_unit(frame.filter(there), s, "account_type", gone.cast(pl.Float64), pl.lit(1.0)))
    return pl.concat(found)


def deposits(ds: Dataset, spans: Sequence[Span]) -> pl.DataFrame:
    """Customers with deposits in the month before the period: their average then, and their large transfers to other banks in it.

    A transfer inside the bank, from deposits to a wealth product for example, is none. Where it is not said whether money left the
    bank, the customer cannot be counted; nobody can where the month before did not come whole.
    """
    table = ds.table("large_transactions")
    frame = _with(table, internal=pl.Boolean, counter_bank=pl.String)
    named = table is not None and "counter_bank" in table.columns
    inside = pl.col("internal").fill_null(pl.col("counter_bank").is_null()) if named else pl.col("internal")
    moved = frame.filter((pl.col("direction") == "out") & (inside.is_null() | ~inside))
    amount = pl.when(inside.is_null()).then(None).otherwise(pl.col("amount"))
    months = [shifted(s.start, -1) for s in spans]
    held = _months(ds, months, "deposit_avg")
    found = []
    for s in spans:
        sent = moved.filter(pl.col("txn_date").is_between(s.start, s.last)).group_by("customer_id")
        out = sent.agg(amount.sum().alias("out"), amount.is_null().any().alias("unclear"))
        there = held.filter((pl.col("month") == shifted(s.start, -1)) & pl.col("deposit_avg").is_not_null()).join(
            out, on="customer_id", how="left"
        )
        blind = pl.lit(shifted(s.start, -1) not in ds.months)
        part = pl.when(blind | pl.col("unclear").fill_null(value=False)).then(None).otherwise(pl.col("out").fill_null(0.0))
        found.append(_unit(there.with_columns(product=pl.lit(None, dtype=pl.String)), s, "product", part, pl.col("deposit_avg")))
    return pl.concat(found)


def loans(ds: Dataset, spans: Sequence[Span]) -> pl.DataFrame:
    """Loans with principal at the start of the period: that principal less what fell due in it, and what was paid back before."""
    frame = _with(ds.table("loans"), loan_kind=pl.String)
    found = []
    for s in spans:
        inside = frame.filter(pl.col("month").is_between(s.start, s.last_month))
        sums = inside.group_by("loan_id").agg(
            pl.sum("prepaid", "scheduled"), (pl.col("prepaid").is_null() | pl.col("scheduled").is_null()).any().alias("unclear")
        )
        there = (
            inside.filter(pl.col("month") == s.start)
            .select("loan_id", "customer_id", "loan_kind", "balance_start")
            .join(sums, on="loan_id")
        )
        part = pl.when(pl.col("unclear") | pl.col("balance_start").is_null()).then(None).otherwise(pl.col("prepaid"))
        found.append(_unit(there, s, "loan_kind", part, (pl.col("balance_start") - pl.col("scheduled")).clip(0.0)))
    return pl.concat(found)


def cards(ds: Dataset, spans: Sequence[Span]) -> pl.DataFrame:
    """Cards activated and valid at the end of the period, and which of them were not used for ``IDLE_DAYS``.

    The last use is known as of the extract. Of a card that was used after the period, its customer's card transactions by month
    say whether it was used before: none in ``IDLE_MONTHS`` months, not used. Where those months are not in the data, the card
    cannot be counted, unless it was activated within the days; where they are missing for the whole bank, no card is counted.
    """
    frame = _with(ds.table("cards"), closed_date=pl.Date, card_kind=pl.String)
    monthly = "card_txn_count" in month_columns(ds)
    found = []
    for s in spans:
        there = frame.filter((pl.col("activated_date") <= s.last) & (pl.col("closed_date").is_null() | (pl.col("closed_date") > s.last)))
        window = [shifted(s.last_month, -i) for i in range(IDLE_MONTHS)]
        whole = monthly and set(window) <= set(ds.months)
        if whole:
            uses = _months(ds, window, "card_txn_count").group_by("customer_id")
            there = there.join(
                uses.agg(pl.sum("card_txn_count").alias("uses"), pl.col("card_txn_count").count().alias("months")),
                on="customer_id",
                how="left",
            )
        else:
            there = there.with_columns(uses=pl.lit(None, dtype=pl.Int64), months=pl.lit(0))
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
        found.append(_unit(told, s, "card_kind", pl.col("idle"), pl.lit(1.0)))
    return pl.concat(found)


def _unit(frame: pl.DataFrame, span: Span, kind: str, part: pl.Expr, whole: pl.Expr) -> pl.DataFrame:
    columns = [
        pl.lit(span.period).alias("period"),
        pl.col(kind).alias("product"),
        part.cast(pl.Float64).alias("part"),
        whole.cast(pl.Float64).alias("whole"),
    ]
    return frame.select("customer_id", *columns).select(_COLUMNS)


def _with(frame: pl.DataFrame | None, **columns: type[pl.DataType]) -> pl.DataFrame:
    """The table with these columns, null where it lacks them."""
    assert frame is not None
    return frame.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in columns.items() if name not in frame.columns)


def _months(ds: Dataset, months: Sequence[datetime.date], column: str) -> pl.DataFrame:
    """A column of the customers' months: customer_id, month, the column."""
    listed = ", ".join(f"DATE '{m}'" for m in sorted(set(months)))
    sql = f"select p.customer_id, m.month, m.{column} from month_rows m join people p on p.c = m.c where m.listed and m.month in ({listed})"
    rows = pl.from_arrow(ds.cursor().sql(sql).to_arrow_table())
    assert isinstance(rows, pl.DataFrame)
    return rows.with_columns(pl.col("customer_id").cast(pl.String))
