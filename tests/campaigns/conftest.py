"""A hand-made version of a bank: the tables a test names, and spells and months in a small DuckDB."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import duckdb
import polars as pl
import pytest

from churn_dash.contract.definitions import Settings
from churn_dash.store.derive.forms import Lacking
from churn_dash.store.draws import Draw
from churn_dash.store.looks import Look

D = datetime.date


class HandMade:
    """What the campaigns room reads of a dataset."""

    shape = "panel"
    definitions = ("close", "first")
    default_definition = "first"
    lacking: Mapping[str, Lacking] = MappingProxyType({})
    draws: Mapping[str, Draw] = MappingProxyType({})
    taken: tuple[Look, ...] = ()
    settings = Settings()

    def __init__(self, tables: dict[str, pl.DataFrame], spells: pl.DataFrame, months: pl.DataFrame, calendar: Sequence[D]) -> None:
        self.tables = tables
        self.months = tuple(calendar)
        self.data_end = (calendar[-1].replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
        self._con = duckdb.connect()
        for name, frame in (("spells", spells), ("months", months)):
            self._con.register("incoming", frame.to_arrow())
            self._con.execute(f"create table {name} as select * from incoming")
            self._con.unregister("incoming")

    def looks(self, campaign_id: str) -> tuple[Look, ...]:
        return self.taken

    def table(self, name: str) -> pl.DataFrame | None:
        return self.tables.get(name)

    def scan(self, name: str) -> pl.LazyFrame | None:
        return self.tables[name].lazy() if name in self.tables else None

    def columns_of(self, name: str) -> frozenset[str]:
        return frozenset(self.tables[name].columns) if name in self.tables else frozenset()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._con.cursor()


SPELLS = {
    "definition": pl.String,
    "customer_id": pl.String,
    "start_date": pl.Date,
    "end_date": pl.Date,
    "form": pl.String,
    "why": pl.String,
}
MONTHS = {
    "customer_id": pl.String,
    "month": pl.Date,
    "aum_avg": pl.Float64,
    "aum_end": pl.Float64,
    "txn_count": pl.Int64,
    "product_count": pl.Int64,
}
MEMBERS = {
    "campaign_id": pl.String,
    "customer_id": pl.String,
    "arm": pl.String,
    "assigned_at": pl.Date,
    "contacted_at": pl.Date,
    "accepted": pl.Boolean,
    "incentive_cost": pl.Float64,
}
CALENDAR = [D(2023 + (m // 12), m % 12 + 1, 1) for m in range(24)]


def spell(who: str, start: D, end: D | None = None, why: str = "voluntary") -> dict[str, Any]:
    return {
        "definition": "first",
        "customer_id": who,
        "start_date": start,
        "end_date": end,
        "form": "close" if end else None,
        "why": why if end else None,
    }


@pytest.fixture
def make_bank() -> Callable[..., HandMade]:
    """Builds a bank from campaign settings, (group, members, leavers) and further tables."""

    def made(
        groups: Sequence[tuple[str, int, int]] = (("treated", 40, 10), ("control", 20, 8)),
        *,
        calendar: Sequence[D] = CALENDAR,
        others: Sequence[dict[str, Any]] = (),
        months: pl.DataFrame | None = None,
        tables: dict[str, pl.DataFrame] | None = None,
        contacted: bool = False,
        members_also: dict[str, Any] | None = None,
        **settings: Any,
    ) -> HandMade:
        campaign = {
            "campaign_id": "K1",
            "name": "Calls",
            "start_date": D(2024, 3, 1),
            "outcome": "churn",
            "horizon_days": 90,
            "cost_fixed": 6000.0,
            "design": "randomised",
        } | settings
        rows, spells = [], list(others)
        for arm, n, leavers in groups:
            for i in range(n):
                who = f"{arm}{i}"
                spells.append(spell(who, D(2020, 1, 1), D(2024, 4, 2) if i < leavers else None))
                rows.append(
                    {
                        "campaign_id": "K1",
                        "customer_id": who,
                        "arm": arm,
                        "assigned_at": D(2024, 3, 1),
                        "contacted_at": D(2024, 3, 5) if contacted and arm == "treated" and i % 2 == 0 else None,
                        "accepted": None,
                        "incentive_cost": None,
                    }
                    | (members_also or {})
                )
        everything = {"campaigns": pl.DataFrame([campaign]), "campaign_assignments": pl.DataFrame(rows, schema=MEMBERS)} | (tables or {})
        return HandMade(
            everything,
            pl.DataFrame(spells, schema=SPELLS),
            pl.DataFrame(schema=MONTHS) if months is None else months.cast(MONTHS),
            calendar,  # type: ignore[arg-type]
        )

    return made
