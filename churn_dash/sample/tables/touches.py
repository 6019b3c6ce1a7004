"""Contacts between bank and customers. Source: METHODS E1 8."""

import numpy as np
import polars as pl

from churn_dash.sample.people import dates, words
from churn_dash.sample.tables.story import Story, numbered

_RATE = 0.05
"""Contacts a customer-month, beside those of campaigns and complaints."""
_CHANNELS = ("phone", "mobile", "sms", "branch", "social", "visit")
_PURPOSES = ("care", "birthday", "maturity", "offer", "survey", "education", "complaint", "retention")
_RESULTS = ("reached", "not_reached", "interested", "accepted", "declined", "opted_out")
_COST = np.array([8.0, 0.2, 0.1, 12.0, 1.0, 60.0])


def contacts(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """Care, birthdays, offers and surveys at random; every contact of a campaign; every complaint whose result was told."""
    of, starts = story.of, story.months.start
    t, i = np.nonzero(story.happened.here)
    chosen = rng.random(len(t)) < _RATE * np.where(of.special[i], 2.0, 1.0)
    t, i = t[chosen], i[chosen]
    usual = pl.DataFrame(
        {
            "customer": i,
            "day": np.maximum(starts[t] + (rng.random(len(t)) * np.diff(starts)[t]).astype(np.int64), of.open_day[i]),
            "purpose": rng.choice(6, len(t), p=(0.3, 0.1, 0.15, 0.25, 0.15, 0.05)),
        }
    )
    place = pl.DataFrame({"customer_id": of.ids, "customer": np.arange(len(of))})
    in_campaigns = (
        story.tables["campaign_assignments"]
        .filter(pl.col("contacted_at").is_not_null())
        .join(place, on="customer_id", maintain_order="left")
        .select(
            "customer",
            pl.col("contacted_at").cast(pl.Int32).cast(pl.Int64).alias("day"),
            pl.lit(7, dtype=pl.Int64).alias("purpose"),
            "campaign_id",
            "accepted",
        )
    )
    told = (
        story.tables["complaints"]
        .filter("informed")
        .join(place, on="customer_id", maintain_order="left")
        .select("customer", pl.col("resolved_at").cast(pl.Int32).cast(pl.Int64).alias("day"), pl.lit(6, dtype=pl.Int64).alias("purpose"))
    )
    rows = pl.concat([usual, in_campaigns, told], how="diagonal").sort("day", "customer", "purpose", maintain_order=True)
    count = len(rows)
    who, purpose = rows["customer"].to_numpy(), rows["purpose"].to_numpy()
    of_campaign = rows["campaign_id"].is_not_null().to_numpy()
    kinds = dict(story.tables["campaigns"].select("campaign_id", "type").iter_rows())
    by_message = rows["campaign_id"].replace_strict(kinds, default=None).eq_missing("points").to_numpy()
    channel = np.where(
        by_message, 1, np.where(of_campaign | (purpose == 6), 0, rng.choice(6, count, p=(0.35, 0.25, 0.2, 0.08, 0.09, 0.03)))
    )
    free = rng.choice(6, count, p=(0.52, 0.25, 0.08, 0.05, 0.09, 0.01))
    result = np.where(purpose == 6, 0, np.where(of_campaign, np.where(rows["accepted"].fill_null(False).to_numpy(), 3, 4), free))
    machine = np.isin(channel, (1, 2))
    return pl.DataFrame(
        [
            numbered("N", count, "contact_id"),
            of.ids.gather(who),
            dates(rows["day"].to_numpy(), "ts"),
            words(channel, _CHANNELS, "channel"),
            words(purpose, _PURPOSES, "purpose"),
            words(result, _RESULTS, "result"),
            story.manager(who).set(pl.Series(machine), None),
            rows["campaign_id"],
            pl.Series("cost", _COST[channel]),
        ]
    )
