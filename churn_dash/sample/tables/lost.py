"""Who was lost, asked back, and came back. Source: METHODS E1 20, E2, B6."""

import numpy as np
import polars as pl

from churn_dash.sample.people import dates
from churn_dash.sample.tables.story import Story, numbered

_STRATEGY = {"product": "product", "need": "need", "competitor": "competitor", "rate": "competitor", "service": "service"}
COST = 35.0


def winbacks(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """A row for each closing that the bank recorded: contacted within 60 days or not, returned or not, as the process has it."""
    w, last = story.happened, story.last
    place = np.flatnonzero(~w.silent)
    place = place[np.lexsort((w.customer[place], w.day[place]))]
    who, day = w.customer[place], w.day[place]
    count = len(place)
    back = np.where(w.back_month[place] >= 0, w.back_day[place], -1)
    returned = back >= 0
    contact = day + rng.integers(3, 56, count)
    contact = np.where(returned, np.minimum(contact, back - 1), contact)
    contacted = w.contacted[place] & (contact > day) & (contact <= last)
    reason = story.tables["churn_events"]["reason_code"]
    aum = story.dense("aum_avg")
    before = np.where(w.month[place] > 0, aum[np.maximum(w.month[place] - 1, 0), who], np.nan)
    at = np.minimum(story.month_of(back) + 3, story.months.count - 1)
    kept = np.where(returned, np.nan_to_num(aum[at, who]), np.nan)
    strategy = reason.replace_strict(_STRATEGY, default=None, return_dtype=pl.String).fill_null("need")
    return pl.DataFrame(
        [
            numbered("V", count, "winback_id"),
            story.of.ids.gather(who),
            dates(day, "lost_date"),
            pl.Series("aum_lost", before).fill_nan(None),
            reason,
            strategy.alias("strategy").set(pl.Series(~contacted), None),
            dates(np.where(contacted, contact, 0), "contact_date", contacted),
            dates(np.maximum(back, 0), "returned_date", returned),
            pl.Series("aum_returned", kept).fill_nan(None),
            pl.Series("cost", np.where(contacted, COST, 0.0)),
        ]
    )
