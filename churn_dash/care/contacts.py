"""When the bank last spoke with each customer, who has heard enough, and who asked to be left alone. Source: plan 4.2.1; METHODS A3, D7."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.care.standing import Standing


@dataclass(frozen=True)
class Cap:
    """Contact frequency: at most ``contacts`` in ``days``, the day of the list included. Every contact counts, by whatever channel."""

    contacts: int = 2
    days: int = 30


CAP = Cap()


def touches(standing: Standing, cap: Cap = CAP) -> pl.DataFrame:
    """A row a customer of the day: customer_id, last_contact, contacts (in the days of the cap), capped, no_marketing.

    ``capped``: one more contact would be too many. ``no_marketing``: has not agreed to marketing contact, or has asked to be left
    alone (a contact with the result ``opted_out``); null where the data tell neither. The contact columns are null without the
    table of contacts.

    >>> Cap().days
    30
    """
    people = standing.people.select("customer_id", "consent_marketing")
    asked = people["consent_marketing"].null_count() < people.height
    since = standing.day - datetime.timedelta(days=cap.days)
    contacts = pl.concat([standing.table("contacts").select(_TOLD), _of_campaigns(standing)]).filter(pl.col("ts") <= standing.day)
    recent = pl.col("ts") > since
    found = contacts.group_by("customer_id").agg(
        pl.col("ts").max().alias("last_contact"),
        recent.sum().cast(pl.Int64).alias("contacts"),
        (pl.col("result") == "opted_out").fill_null(False).any().alias("opted_out"),
    )
    known = standing.raw("contacts") is not None or contacts.height > 0
    rows = people.join(found, on="customer_id", how="left", maintain_order="left")
    n = pl.col("contacts").fill_null(0) if known else pl.lit(None, dtype=pl.Int64)
    return rows.select(
        "customer_id",
        "last_contact",
        n.alias("contacts"),
        (n >= cap.contacts).alias("capped"),
        no_marketing(asked).alias("no_marketing"),
    )


def no_marketing(asked: bool) -> pl.Expr:
    """Whether a customer may not be contacted for marketing, over the columns ``consent_marketing`` and ``opted_out``: the one rule.

    Where consent was ``asked`` of anybody, whose answer is not known has not agreed. Where it was not, null for all who have not
    asked to be left alone.

    >>> rows = pl.DataFrame({"consent_marketing": [True, True, None], "opted_out": [None, True, None]})
    >>> rows.select(no_marketing(asked=True)).to_series().to_list()
    [False, True, True]
    """
    opted_out = pl.col("opted_out").fill_null(False)
    if asked:
        return ~pl.col("consent_marketing").fill_null(False) | opted_out
    return pl.when(opted_out).then(pl.lit(True))


_TOLD = ("customer_id", "ts", "result")


def _of_campaigns(standing: Standing) -> pl.DataFrame:
    """Contacts that managers entered for members of campaigns and that the table of contacts does not hold. Somebody who asked to be left
    alone is left alone."""
    members = standing.table("campaign_assignments").filter(pl.col("result").is_not_null() & pl.col("contacted_at").is_not_null())
    rows = members.select("customer_id", pl.col("contacted_at").alias("ts"), "result")
    return rows.join(standing.table("contacts"), on=["customer_id", "ts"], how="anti")
