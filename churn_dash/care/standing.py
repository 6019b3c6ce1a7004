"""One day at the bank: who is a customer then, who looks after them, and what the tables say up to that day."""

import datetime
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from churn_dash.care.settings import CareSettings
from churn_dash.contract import TABLES
from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tiers import FLOORS
from churn_dash.errors import NotPossible
from churn_dash.intake.values.codes import coded
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, month_end, shifted
from churn_dash.store.derive.facts import month_rows

CORE_FROM = "gold"
"""Core customers: of this tier or a higher one; where the data have no tiers, with balances from its threshold."""
_DATED = (
    "contacts.ts",
    "complaints.created_at",
    "surveys.answered_at",
    "product_holdings.recorded_at",
    "product_holdings.start_date",
    "product_holdings.closed_date",
)
ABOUT = ("branch_id", "rm_id", "city", "birth_date", "special_need", "consent_marketing")
"""What the lists tell of a customer from the table of customers."""


def default_day(ds: Dataset) -> datetime.date:
    """The day of the lists: the last of the data; without months the latest day that the tables know of, else the day of the load."""
    if ds.data_end is not None:
        return ds.data_end
    found = []
    for place in _DATED:
        name, column = place.split(".")
        table = ds.table(name)
        day = table[column].max() if table is not None and column in table.columns else None
        found += [day] if isinstance(day, datetime.date) else []
    return max(found, default=datetime.date.fromisoformat(ds.info.created[:10]))


@dataclass(frozen=True)
class Standing:
    """The bank on one day.

    ``people``: a row a customer on that day within filters and scope, with customer_id, balance (CNY, at the end of the last whole
    month; null where unknown), tier, core, branch_id, rm_id, owner (the relationship manager, else the branch), city, birth_date,
    special_need, consent_marketing; null where the data do not say. ``month``: the last complete month by then; None without months.
    """

    ds: Dataset
    day: datetime.date
    people: pl.DataFrame
    month: datetime.date | None
    rule: str = ""
    """The tier rule: of ``TIER_RULES``."""
    settings: CareSettings = CareSettings()  # noqa: RUF009
    """From when a customer is on a list."""
    codes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"c": pl.Int32, "customer_id": pl.String}))
    """The number of each of ``people`` in the month table; nobody where that is not asked."""

    def table(self, name: str) -> pl.DataFrame:
        """The rows of a table about these customers, every column of the contract there; no rows where the bank brought none."""
        found: pl.DataFrame = self._tables(name)
        return found

    def whole(self, name: str) -> pl.DataFrame:
        """Every row of a table, whoever it is about, every column of the contract there; no rows where the bank brought none."""
        return _whole(self.raw(name), name)

    @functools.cached_property
    def _tables(self) -> Any:
        return functools.cache(lambda name: self.whole(name).join(self.people, on="customer_id", how="semi"))

    @functools.cached_property
    def raw(self) -> Any:
        """A table as published, None where the bank brought none; read once."""
        return functools.cache(self.ds.table)

    def has(self, name: str, columns: tuple[str, ...]) -> bool:
        """Whether a table is there and says something in every one of the columns."""
        if name == "customer_month":
            return self.month is not None and all(c in self.monthly and self._told(c) for c in columns)
        table = self.ds.listing() if name == "customers" and self.raw(name) is None else self.raw(name)
        return table is not None and all(c in table.columns and table[c].null_count() < table.height for c in columns)

    @functools.cached_property
    def monthly(self) -> frozenset[str]:
        """The columns of the month table."""
        return self.ds.month_columns

    @functools.cached_property
    def _told(self) -> Any:
        def told(column: str) -> bool:
            row = self.ds.cursor().execute(f"select count({column}) from month_rows where month = ?", [self.month]).fetchone()
            return bool(row and row[0])

        return functools.cache(told)

    def months(self, columns: tuple[str, ...], back: int) -> pl.DataFrame:
        """Values of these customers in the last ``back`` complete months: c, month, and the columns."""
        found = _frame(self.ds, *self.asked(columns, back))
        return found.join(self.codes, on="c", how="semi", maintain_order="none")

    def asked(self, columns: tuple[str, ...], back: int) -> tuple[str, list[Any]]:
        """SQL of the values of every customer of the bank in those months, and its bound values."""
        assert self.month is not None
        wanted = [m for m in self.ds.months if shifted(self.month, 1 - back) <= m <= self.month]
        listed = ", ".join(["m.c", "m.month", *(f"m.{c}" for c in columns)])
        return f"select {listed} from month_rows m where m.listed and m.month in ({', '.join('?' for _m in wanted)})", wanted

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows about customers by number (c), by the bank's own number (customer_id)."""
        return rows.join(self.codes, on="c", how="inner", maintain_order="left").drop("c").select("customer_id", pl.exclude("customer_id"))


def standing(
    question: Question,
    day: datetime.date | None = None,
    rule: str | None = None,
    settings: CareSettings = CareSettings(),  # noqa: B008
) -> Standing:
    """The bank on a day, by default the last of the data. After the end of the data it stands as it stood then.

    Raises ``NotPossible`` for a day before the first month has ended, and what ``condition`` raises.
    """
    ds, chosen = question.ds, question.chosen
    at = day or default_day(ds)
    whole = [m for m in ds.months if month_end(m) <= at]
    if ds.shape == "panel" and not whole:
        first = month_end(ds.months[0]) if ds.months else None
        raise NotPossible(_("The data begin to tell who is a customer on {first}; {day} lies before."), first=first or "—", day=at)
    month = whole[-1] if whole else None
    where = condition(question, at_starts(chosen, question.scope, [shifted(month, 1)] if month is not None else []))
    limits, bound = ["s.active", *([where.sql] if where.sql else [])], list[Any](where.bound)
    if month is None:
        limits.append("s.end_day is null")
    else:
        limits.append("m.month = ? and not coalesce(s.end_day <= ?, false)")
        bound = [*where.bound, shifted(month, 1), at]
    tier = "CAST(m.d_tier AS VARCHAR)" if any(d.name == "tier" for d in ds.dimensions) else "CAST(NULL AS VARCHAR)"
    sql = (
        f"select m.c, p.customer_id, m.aum_start as balance, {tier} as tier from {month_rows(chosen)} join people p on p.c = m.c "
        f"where {' and '.join(limits)} order by p.customer_id nulls last"
    )
    own = rule or ds.rules["tier_down"].settings.tier_down.rule
    rows = _frame(ds, sql, bound)
    return Standing(ds, at, described(ds, rows.drop("c")), month, own, settings, rows.select("c", "customer_id"))


def _frame(ds: Dataset, sql: str, bound: Sequence[Any]) -> pl.DataFrame:
    rows = pl.from_arrow(ds.cursor().sql(sql, params=list(bound)).to_arrow_table())
    assert isinstance(rows, pl.DataFrame)
    return rows


def described(ds: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Customers (customer_id, balance, tier) with what is known of them, and who owns them."""
    scan, there = ds.scan("customers"), ds.columns_of("customers")
    known = scan.select("customer_id", *(c for c in ABOUT if c in there)).collect() if scan is not None else ds.listing()
    about = known.select("customer_id", *(c for c in ABOUT if c in known.columns)) if known is not None else rows.select("customer_id")
    columns = TABLES["customers"].columns
    lacking = [pl.lit(None, dtype=columns[c].dtype).alias(c) for c in ABOUT if c not in about.columns]
    found = rows.join(about.with_columns(lacking), on="customer_id", how="left", maintain_order="left")
    ranks = list(FLOORS)
    tier = coded(found["tier"], TIER)
    rank = tier.replace_strict(ranks, range(len(ranks)), default=None, return_dtype=pl.Int64)
    if rank.null_count() == len(rank):
        core = pl.col("balance") >= _core_floor(ds.settings.tiers)
    else:
        core = pl.lit(rank) >= ranks.index(CORE_FROM)
    manager = pl.col("rm_id").str.strip_chars().replace("", None)
    return found.with_columns(core.fill_null(False).alias("core"), pl.coalesce(manager, "branch_id").alias("owner"))


def _core_floor(tiers: Mapping[str, float]) -> float:
    """The threshold of the lowest of a bank's tiers that is core; infinite where it has none."""
    names = list(FLOORS)
    return min((floor for name, floor in tiers.items() if names.index(name) >= names.index(CORE_FROM)), default=math.inf)


def _whole(table: pl.DataFrame | None, name: str) -> pl.DataFrame:
    columns = TABLES[name].columns
    if table is None:
        return pl.DataFrame(schema={c: column.dtype for c, column in columns.items()})
    return table.with_columns(pl.lit(None, dtype=column.dtype).alias(c) for c, column in columns.items() if c not in table.columns)
