"""What happened that a line over time should not be read without: campaigns, and changes of the official definition of churn."""

import datetime
import itertools
from dataclasses import dataclass
from typing import Literal

from churn_dash.contract import DEFINITIONS
from churn_dash.store import Dataset, Records


@dataclass(frozen=True)
class Marker:
    """Something that happened on a day. ``name`` is the campaign's, or the label of the definition that holds from that day on."""

    kind: Literal["campaign", "definition"]
    date: datetime.date
    name: str


def markers(ds: Dataset) -> list[Marker]:
    """Campaigns by their first day, and every change of the official definition of churn or of its settings by the day from which it
    holds; ascending."""
    found: list[Marker] = []
    table = ds.table("campaigns")
    if table is not None and "start_date" in table.columns:
        names = table["name"] if "name" in table.columns else table["campaign_id"]
        rows = zip(table["start_date"], names, table["campaign_id"], strict=True)
        found += [Marker("campaign", start, name or campaign_id) for start, name, campaign_id in rows if start is not None]
    history = Records(ds.root).history("definition", "official")[::-1]
    for before, record in itertools.pairwise(history):
        name = str(record.body.get("definition", record.name))
        if any(record.body.get(part) != before.body.get(part) for part in ("definition", "settings")):
            day = record.body.get("from") or record.made
            label = DEFINITIONS[name].label if name in DEFINITIONS else name
            found.append(Marker("definition", datetime.date.fromisoformat(str(day)[:10]), label))
    return sorted(found, key=lambda m: (m.date, m.kind, m.name))
