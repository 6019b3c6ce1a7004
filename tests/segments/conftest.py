"""A second way to every group: plain loops over the tables of the invented bank, one customer at a time."""

import datetime
from collections import defaultdict

import polars as pl
import pytest


class Loops:
    """The months of each customer as dictionaries, and the arithmetic of the groups without a library."""

    def __init__(self, tables: dict[str, pl.DataFrame]) -> None:
        self.tables = tables
        self.rows: dict[str, dict[datetime.date, dict]] = defaultdict(dict)
        for row in tables["customer_month"].to_dicts():
            self.rows[row["customer_id"]][row["month"]] = row
        self.months = sorted({m for r in self.rows.values() for m in r})

    @staticmethod
    def month(start: datetime.date, k: int) -> datetime.date:
        n = start.year * 12 + start.month - 1 + k
        return datetime.date(n // 12, n % 12 + 1, 1)

    def before(self, customer: str, at: datetime.date, n: int = 12) -> list[dict]:
        """The rows of the ``n`` months before ``at``, oldest first, missing ones left out."""
        wanted = [self.month(at, -k) for k in range(n, 0, -1)]
        return [self.rows[customer][m] for m in wanted if m in self.rows[customer]]

    @staticmethod
    def mean(rows: list[dict], name: str) -> float | None:
        known = [r[name] for r in rows if r[name] is not None]
        return sum(known) / len(known) if known else None

    @staticmethod
    def part(value: float, everybody: list[float], n: int = 5) -> int:
        """Which of ``n`` parts: people with at most as much are counted, nobody is ranked."""
        at_most = sum(x <= value for x in everybody)
        return next(part for part in range(1, n + 1) if at_most * n <= part * len(everybody))


@pytest.fixture(scope="session")
def loops(bank) -> Loops:
    return Loops(bank.tables)
