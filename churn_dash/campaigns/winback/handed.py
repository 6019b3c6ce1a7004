"""Win-back lists that left the house: who took one, when, and who was on it."""

import datetime
from dataclasses import dataclass
from typing import Any

from churn_dash.campaigns.winback.whom import ToAsk
from churn_dash.store import Dataset, Records

KIND, NAME = "winback_export", "list"


@dataclass(frozen=True)
class Handed:
    """One list handed out: ``number`` counts from 1, ``made`` is ISO 8601 in UTC, ``day`` the day of the data it is as of."""

    number: int
    who: str
    made: str
    day: datetime.date
    n: int
    version: int
    kind: str

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return vars(self) | {"day": self.day.isoformat()}


def put(records: Records, ds: Dataset, one: ToAsk, kind: str, who: str | None = None) -> Handed:
    """Record that the list was handed out as a file of this kind, with who is on it."""
    customers = one.rows["customer_id"].sort().to_list()
    body = {"day": one.day.isoformat(), "n": one.n, "version": ds.version, "kind": kind, "customers": customers}
    made = records.add(KIND, NAME, body, who)
    return Handed(made.version, made.who, made.made, one.day, one.n, ds.version, kind)


def handed(records: Records) -> list[Handed]:
    """Every list handed out, newest first. Raises WorkspaceProblem where a record was edited."""
    found = []
    for r in records.history(KIND, NAME):
        with records.understood(r):
            day = datetime.date.fromisoformat(r.body["day"])
            found.append(Handed(r.version, r.who, r.made, day, r.body["n"], r.body["version"], r.body["kind"]))
    return found
