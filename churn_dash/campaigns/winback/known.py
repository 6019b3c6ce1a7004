"""What is known of each loss beside the spells: contacts, what was at stake, what came back, what it cost. Source: METHODS E1 15, 20."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import Extract, visible
from churn_dash.campaigns.winback.losses import RETURN_DAYS, SUSTAINED_DAYS
from churn_dash.causes.departures import MATCH_DAYS
from churn_dash.store.reading import full_table, month_columns
from churn_dash.words import Count, Text, _

_KEYS = ["customer_id", "lost_on"]


@dataclass(frozen=True)
class Known:
    """Losses with what is known of them, whether contacts are recorded at all, and what does not fit, in words."""

    rows: pl.DataFrame
    contacts_told: bool
    notes: tuple[Text, ...] = ()


def known(ds: Extract, rows: pl.DataFrame, end: datetime.date, scope: Scope) -> Known:
    """``rows`` of ``losses`` with contacted_on (after the loss, before return and within 180 days; null: not), strategy, aum_lost,
    aum_regained (of who returned within 180 days; 0 for the others), cost.

    Amounts are the bank's own record of the win-back, else the month table's: the average of the month before the loss, and of the
    month 90 days after the return or the last one of the data.
    """
    own = full_table(ds, "winbacks")
    recorded, notes = _recorded(visible(ds, own, scope), rows) if own is not None else (_NOTHING, ())
    found = rows.join(recorded, on=_KEYS, how="left", maintain_order="left")
    noted_back = found["returned_date"].is_between(found["lost_on"], found["lost_on"].dt.offset_by(f"{RETURN_DAYS}d"), closed="right")
    unseen = int((noted_back & ~found["returned"]).sum() or 0)
    if unseen:
        words = _("{n} recorded returns are not seen in the data by this definition; they do not count as returns.")
        notes = (*notes, Text(words, n=Count(unseen)))
    found = found.drop("returned_date")
    calls = full_table(ds, "contacts")
    told = own is not None or (calls is not None and bool((calls["purpose"] == "winback").any()))
    called = _called(calls, rows) if calls is not None else _NO_CALLS
    found = found.join(called, on=_KEYS, how="left", maintain_order="left")
    limit = pl.min_horizontal(pl.col("lost_on").dt.offset_by(f"{RETURN_DAYS}d"), pl.col("returned_on").dt.offset_by("-1d"))
    noted = pl.when(pl.col("contact_date").is_between("lost_on", limit)).then("contact_date")
    first = pl.min_horizontal(noted, "called_on")
    found = found.with_columns(contacted_on=first).drop("contact_date", "called_on")
    return Known(_with_balances(ds, found, end), told, notes)


_NO_CALLS = pl.DataFrame(schema={"customer_id": pl.String, "lost_on": pl.Date, "called_on": pl.Date})
_NOTHING = pl.DataFrame(
    schema={
        "customer_id": pl.String,
        "lost_on": pl.Date,
        "contact_date": pl.Date,
        "returned_date": pl.Date,
        "strategy": pl.String,
        "own_lost": pl.Float64,
        "own_back": pl.Float64,
        "cost": pl.Float64,
    }
)


def _recorded(own: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """The bank's record of each loss, the nearest by its day; and how many records fit no loss or cannot be."""
    backwards = int((own["returned_date"] <= own["lost_date"]).sum() or 0)
    below = int((own["cost"] < 0).sum() or 0)
    away = (pl.col("lost_date") - pl.col("lost_on")).dt.total_days().abs()
    sound = pl.col("returned_date").is_null() | pl.col("lost_date").is_null() | (pl.col("returned_date") > pl.col("lost_date"))
    joined = rows.select(_KEYS).join(own.with_row_index("_row"), on="customer_id").with_columns(away.alias("_away"))
    near = joined.filter(pl.col("_away").is_null() | (pl.col("_away") <= MATCH_DAYS)).sort("_away", "_row", nulls_last=True)
    best = near.unique("_row", keep="first", maintain_order=True).unique(_KEYS, keep="first", maintain_order=True)
    notes = []
    stray = own.height - near["_row"].n_unique()
    if stray:
        words = _("{n} of {all} recorded win-backs fit no loss by this definition and within these limits, and are left out.")
        notes.append(Text(words, n=Count(stray), all=Count(own.height)))
    if backwards:
        words = _("{n} recorded win-backs have a return that is not after the loss; what they say came back is left out.")
        notes.append(Text(words, n=Count(backwards)))
    if below:
        notes.append(Text(_("{n} recorded win-backs have a cost below zero, which is left out."), n=Count(below)))
    return (
        best.select(
            *_KEYS,
            "contact_date",
            "returned_date",
            "strategy",
            pl.col("aum_lost").alias("own_lost"),
            pl.when(sound).then("aum_returned").alias("own_back"),
            pl.when(pl.col("cost") >= 0).then("cost").alias("cost"),
        ),
        tuple(notes),
    )


def _called(calls: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The first contact to win each customer back, after the loss, before the return."""
    asked = calls.filter(pl.col("purpose") == "winback").select("customer_id", pl.col("ts").alias("called_on"))
    joined = rows.select(*_KEYS, "returned_on").join(asked, on="customer_id")
    within = pl.col("called_on").is_between(pl.col("lost_on"), pl.col("lost_on").dt.offset_by(f"{RETURN_DAYS}d"))
    before = pl.col("returned_on").is_null() | (pl.col("called_on") < pl.col("returned_on"))
    return joined.filter(within & before).group_by(_KEYS).agg(pl.col("called_on").min())


def _with_balances(ds: Extract, rows: pl.DataFrame, end: datetime.date) -> pl.DataFrame:
    before = pl.col("lost_on").dt.truncate("1mo").dt.offset_by("-1mo")
    later = pl.min_horizontal(pl.col("returned_on").dt.offset_by(f"{SUSTAINED_DAYS}d"), pl.lit(end)).dt.truncate("1mo")
    rows = rows.with_columns(before.alias("_before"), pl.when("returned").then(later).alias("_later"))
    wanted = pl.concat([rows.select("customer_id", pl.col(c).alias("month")) for c in ("_before", "_later")]).drop_nulls().unique()
    held = balances(ds, wanted)
    for at, name in (("_before", "v_lost"), ("_later", "v_back")):
        rows = rows.join(held.rename({"month": at, "v": name}), on=["customer_id", at], how="left", maintain_order="left")
    back = pl.when("returned").then(pl.coalesce("own_back", "v_back")).otherwise(pl.lit(0.0))
    return rows.with_columns(
        aum_lost=pl.coalesce("own_lost", "v_lost").clip(lower_bound=0.0), aum_regained=back.clip(lower_bound=0.0)
    ).drop("_before", "_later", "v_lost", "v_back", "own_lost", "own_back")


def balances(ds: Extract, wanted: pl.DataFrame) -> pl.DataFrame:
    """The balances of these customers in these months (customer_id, month), as v: the average, else that of the month's end."""
    cursor, present = ds.cursor(), month_columns(ds)
    column = next((c for c in ("aum_avg", "aum_end") if c in present), None)
    if column is None or wanted.is_empty():
        return pl.DataFrame(schema={"customer_id": pl.String, "month": pl.Date, "v": pl.Float64})
    cursor.register("wanted_balances", wanted.select("customer_id", "month").to_arrow())
    query = (
        f"select m.customer_id, m.month, cast(m.{column} as double) as v from months m "
        f"join wanted_balances w on m.customer_id = w.customer_id and m.month = w.month where m.{column} is not null"
    )
    return pl.DataFrame(cursor.sql(query).to_arrow_table())
