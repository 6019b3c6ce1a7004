"""Lists that left the house: who took one, when, with how many customers, and who was on it."""

import datetime
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.retention.warnings.alerts import GRADES
from churn_dash.retention.worklists.again import BEFORE
from churn_dash.retention.worklists.worklist import Worklist
from churn_dash.risk import Model
from churn_dash.store import Dataset, Records
from churn_dash.store.records import Record

KIND, NAME = "worklist_export", "list"


@dataclass(frozen=True)
class Export:
    """One list handed out: the ``number`` counts from 1, ``made`` is ISO 8601 in UTC, ``day`` the day of the data it is as of."""

    number: int
    who: str
    made: str
    day: datetime.date
    n: int
    version: int
    model: str
    kind: str
    capacity: int

    @classmethod
    def of(cls, record: Record) -> "Export":
        """As ``put`` wrote it."""
        b = record.body
        day = datetime.date.fromisoformat(b["day"])
        return cls(record.version, record.who, record.made, day, b["n"], b["version"], b["model"], b["kind"], b["capacity"])

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return vars(self) | {"day": self.day.isoformat()}


def put(records: Records, ds: Dataset, kept: Model, found: Worklist, kind: str, who: str | None = None) -> Export:
    """Record that the list was handed out as a file of this kind (xlsx, csv, parquet), with who is on it."""
    return handed(records, found.rows, found.day, ds.version, kept.id, kind, found.capacity, who)


def handed(
    records: Records,
    rows: pl.DataFrame,
    day: datetime.date,
    version: int,
    model: str,
    kind: str,
    capacity: int,
    who: str | None = None,
    list_id: str | None = None,
) -> Export:
    """Record that customers (customer_id, grade) were handed out, of a frozen list where ``list_id`` names it."""
    by_grade = rows.group_by("grade").agg(pl.col("customer_id").sort()).sort("grade")
    body = {
        "day": day.isoformat(),
        "n": rows.height,
        "version": version,
        "model": model,
        "kind": kind,
        "capacity": capacity,
        "customers": dict(by_grade.iter_rows()),
    }
    return Export.of(records.add(KIND, NAME, body | ({"list_id": list_id} if list_id else {}), who))


def exports(records: Records) -> tuple[Export, ...]:
    """Every list handed out, newest first. Raises WorkspaceProblem where a record was edited."""
    found = []
    for record in records.history(KIND, NAME):
        with records.understood(record):
            found.append(Export.of(record))
    return tuple(found)


def listed_before(records: Records) -> pl.DataFrame:
    """Whoever was on a list handed out: customer_id, listed_on (the day of the data), listed_rank (place of the grade then).

    Raises WorkspaceProblem where a record was edited.
    """
    found = [pl.DataFrame(schema=BEFORE)]
    for record in records.history(KIND, NAME):
        with records.understood(record):
            day = datetime.date.fromisoformat(record.body["day"])
            rows = [(c, day, GRADES.index(grade)) for grade, customers in record.body["customers"].items() for c in customers]
            found.append(pl.DataFrame(rows, schema=BEFORE, orient="row"))
    return pl.concat(found)
