"""The losses that a win-back rate counts, and who among them came back. Source: METHODS B6."""

import datetime
from collections.abc import Mapping

import polars as pl

from churn_dash.campaigns.groups.extract import Extract
from churn_dash.care.contacts import no_marketing
from churn_dash.causes.departures import told_reasons
from churn_dash.causes.settings import ReasonMap
from churn_dash.store.reading import full_table
from churn_dash.words import _

RETURN_DAYS = 180
"""A lost customer who comes back within so many days is won back."""
SUSTAINED_DAYS = 90
"""Who is still a customer so many days after the return came back to stay."""

LEFT_OUT: Mapping[str, str] = {
    "deceased": _("Deceased"),
    "bank": _("Closed by the bank"),
    "refused": _("Has not agreed to marketing contact, or asked to be left alone"),
    "too_recent": _("Lost less than 180 days before the data end"),
}
"""Why a loss is not counted, the first that applies."""


def losses(spells: pl.DataFrame, end: datetime.date, first: datetime.date | None = None, last: datetime.date | None = None) -> pl.DataFrame:
    """Every loss of a definition from ``first`` to ``last`` (None: as far as the data reach), with what came of it by their ``end``.

    Columns: customer_id, lost_on, form, why, returned_on (null: not yet), left_again (of who returned; null: still there),
    days_away (until the return, else the end of the data), returned (within 180 days). By customer and day.
    """
    gone = spells.filter(pl.col("form").is_not_null() & (pl.col("end_date") <= min(end, last or end))).select(
        "customer_id", pl.col("end_date").alias("lost_on"), "form", "why"
    )
    gone = gone.filter(pl.col("lost_on") >= first) if first is not None else gone
    again = spells.filter(pl.col("start_date") <= end).select(
        "customer_id", pl.col("start_date").alias("returned_on"), pl.col("end_date").alias("left_again")
    )
    back = gone.select("customer_id", "lost_on").join(again, on="customer_id").filter(pl.col("returned_on") > pl.col("lost_on"))
    back = back.sort("returned_on").unique(["customer_id", "lost_on"], keep="first", maintain_order=True)
    away = (pl.coalesce("returned_on", pl.lit(end)) - pl.col("lost_on")).dt.total_days()
    return (
        gone.join(back, on=["customer_id", "lost_on"], how="left")
        .with_columns(days_away=away)
        .with_columns(returned=pl.col("returned_on").is_not_null() & (pl.col("days_away") <= RETURN_DAYS))
        .sort("customer_id", "lost_on")
    )


def by_cause(ds: Extract, rows: pl.DataFrame, mapping: ReasonMap) -> pl.DataFrame:
    """``rows`` with reason (the first code named, empty: none) and cause_class, of each departure by itself."""
    events, accounts = full_table(ds, "churn_events"), full_table(ds, "accounts")
    turn = pl.int_range(pl.len()).over("customer_id")
    found = [
        told_reasons(part.drop("_turn").rename({"lost_on": "left_on"}), events, accounts, mapping).rename({"left_on": "lost_on"})
        for (_n,), part in rows.with_columns(turn.alias("_turn")).group_by("_turn", maintain_order=True)
    ]
    if not found:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in ("reason", "cause_class"))
    told = pl.concat(found)
    first = told["codes"].list.first().fill_null("")
    classes = pl.Series("cause_class", [mapping.cause(c).cause_class for c in first], dtype=pl.String)
    return told.with_columns(first.alias("reason"), classes).drop("codes", "destination").sort("customer_id", "lost_on")


def may_be_asked(ds: Extract, rows: pl.DataFrame, day: datetime.date | None = None) -> pl.DataFrame:
    """``rows`` with no_marketing by the one rule of contacts, as it stood on ``day``, else on the day of each loss.

    An answer to the win-back call itself comes after the loss, and must not take the customer out of the count that it failed in.
    """
    customers, contacts = full_table(ds, "customers"), full_table(ds, "contacts")
    about = pl.DataFrame(schema={"customer_id": pl.String, "consent_marketing": pl.Boolean})
    if customers is not None:
        about = customers.select("customer_id", "consent_marketing").unique("customer_id", keep="first", maintain_order=True)
    known = rows.join(about, on="customer_id", how="left", maintain_order="left")
    keys = ["customer_id", "lost_on"]
    asked_off = pl.DataFrame(schema={"customer_id": pl.String, "lost_on": pl.Date, "opted_out": pl.Boolean})
    if contacts is not None:
        limit = pl.col("lost_on") if day is None else pl.lit(day)
        off = contacts.filter(pl.col("result") == "opted_out").select("customer_id", "ts")
        asked_off = rows.select(keys).join(off, on="customer_id").filter(pl.col("ts") <= limit).select(keys).unique()
        asked_off = asked_off.with_columns(opted_out=pl.lit(value=True))
    asked = known["consent_marketing"].null_count() < known.height
    known = known.join(asked_off, on=keys, how="left", maintain_order="left")
    return known.with_columns(no_marketing=no_marketing(asked)).drop("consent_marketing", "opted_out")


def barred() -> pl.Expr:
    """Why a lost customer may not be asked back at all, over reason, cause_class and no_marketing; null: may be."""
    return (
        pl.when(pl.col("reason") == "death")
        .then(pl.lit("deceased"))
        .when(pl.col("cause_class") == "bank")
        .then(pl.lit("bank"))
        .when(pl.col("no_marketing").fill_null(value=False))
        .then(pl.lit("refused"))
    )


def counted(ds: Extract, rows: pl.DataFrame, end: datetime.date, mapping: ReasonMap) -> pl.DataFrame:
    """``rows`` of ``losses`` with reason, cause_class, no_marketing, and left_out: why the rate does not count it, null where it does."""
    told = may_be_asked(ds, by_cause(ds, rows, mapping))
    recent = pl.col("lost_on") > end - datetime.timedelta(days=RETURN_DAYS)
    return told.with_columns(left_out=pl.coalesce(barred(), pl.when(recent).then(pl.lit("too_recent"))))
