"""Which campaigns ran between two periods that are compared: a change of churn should not be read without them. Source: METHODS A1 1.2."""

import datetime
from dataclasses import dataclass

from churn_dash.measures.filters import Period
from churn_dash.store import Dataset


@dataclass(frozen=True)
class Ran:
    """A campaign, its first day and its last (None: not known). ``name`` is its number where it has none."""

    campaign: str
    name: str
    start: datetime.date
    end: datetime.date | None


def campaigns_between(ds: Dataset, before: Period, after: Period) -> tuple[Ran, ...] | None:
    """The campaigns with a day after the one period's end and up to the other's last day, by first day; which of the two is earlier does
    not matter. One without a last day counts by its first. Empty for the same months; None where the data hold no dated campaigns.

    That one ran says nothing about what it did: it may have touched few, and what moved may have moved without it.
    """
    table = ds.table("campaigns")
    if table is None or "start_date" not in table.columns:
        return None
    first, last = sorted((before.last_day, after.last_day))
    found = []
    for row in table.iter_rows(named=True):
        start, end = row["start_date"], row.get("end_date")
        if start is not None and start <= last and (end or start) > first and first < last:
            found.append(Ran(row["campaign_id"], row.get("name") or row["campaign_id"], start, end))
    return tuple(sorted(found, key=lambda r: (r.start, r.campaign)))
