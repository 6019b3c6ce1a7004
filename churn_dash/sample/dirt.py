"""The bank's files as they really arrive, each dirty thing recorded. Source: METHODS E4.

``python -m churn_dash.sample.dirt FOLDER`` writes those of the tiny bank.
"""

import pathlib
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.sample.bank import SIZES, Bank, generate
from churn_dash.sample.files import TIERS_ZH
from churn_dash.sample.streams import streams

LATE_DAYS = 20
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_DATE_FORMS = ("{0.year}/{0.month}/{0.day}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日")


@dataclass(frozen=True)
class Dirty:
    """A bank's tables as text, the files they make, and what was done to them.

    ``record``: kind, table, row (place in the table's text, from 0; empty where the whole table is meant), column, before, after.
    """

    tables: dict[str, pl.DataFrame]
    files: dict[str, bytes]
    record: pl.DataFrame


class _Ledger:
    """Tables as text that are being spoiled, with a record of each cell; a row is spoiled once at most."""

    def __init__(self, tables: dict[str, pl.DataFrame], rng: np.random.Generator) -> None:
        self.tables = tables
        self.record: list[tuple[str, str, int | None, str | None, str | None, str | None]] = []
        self._rng = rng
        self._unspoiled = {name: rng.permutation(table.height).tolist() for name, table in tables.items()}

    def rows(self, table: str, share: float, allowed: pl.Series | None = None) -> list[int]:
        """Rows not spoiled yet, as many as ``share`` of the table (at least one), out of those ``allowed``."""
        free = self._unspoiled[table]
        fit = free if allowed is None else [row for row in free if allowed[row]]
        taken = fit[: max(round(share * self.tables[table].height), 1)]
        gone = set(taken)
        self._unspoiled[table] = [row for row in free if row not in gone]
        return sorted(taken)

    def spoil(self, kind: str, table: str, column: str, rows: list[int], value: Callable[[str, int], str | None]) -> None:
        """Replace the cells by ``value(cell, number)``."""
        cells = self.tables[table][column].to_list()
        for number, row in enumerate(rows):
            before = cells[row]
            cells[row] = value(before or "", number)
            self.record.append((kind, table, row, column, before, cells[row]))
        self.tables[table] = self.tables[table].with_columns(pl.Series(column, cells, dtype=pl.String))

    def note(self, kind: str, table: str, column: str | None = None, before: str | None = None, after: str | None = None) -> None:
        """Record what concerns the whole table."""
        self.record.append((kind, table, None, column, before, after))


def _texts(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(pl.all().cast(pl.String))


def _leaks(bank: Bank) -> pl.DataFrame:
    """The months with two columns that tell of the exit before it happens."""
    exits = bank.truth.exits.filter(form="close").select("customer_id", month=pl.col("month").dt.offset_by("-1mo"), leaves=pl.lit(True))
    monthly = bank.tables["customer_month"].join(exits, on=["customer_id", "month"], how="left", maintain_order="left")
    leaves = pl.col("leaves").fill_null(False)
    return monthly.with_columns(
        closing_ticket_flag=leaves.cast(pl.Int8), last_status_code=pl.when(leaves).then(pl.lit("X9")).otherwise(pl.lit("A1"))
    ).drop("leaves")


def _late(monthly: pl.DataFrame) -> pl.DataFrame:
    """The last month but one becomes known 20 days later than usual."""
    late = monthly["month"].unique().sort()[-2]
    later = pl.when(pl.col("month") == late).then(pl.col("available_ts").dt.offset_by(f"{LATE_DAYS}d")).otherwise("available_ts")
    return monthly.with_columns(available_ts=later)


def _zeros(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Customer numbers with leading zeros in place of the letter, everywhere."""
    ids = ("customer_id", "referrer_id")
    return {
        name: table.with_columns(pl.col(c).str.replace("C", "00", literal=True) for c in ids if c in table.columns)
        for name, table in tables.items()
    }


def _spoil_dates(ledger: _Ledger, bank: Bank) -> None:
    opened = bank.tables["customers"]["open_date"]
    rows = ledger.rows("customers", 0.03)
    ledger.spoil("date_form", "customers", "open_date", rows, lambda _, i: _DATE_FORMS[i % 3].format(opened[rows[i]]))
    ledger.spoil("future_date", "customers", "birth_date", ledger.rows("customers", 0.002), lambda _, i: "2099-12-31")
    closed = bank.tables["accounts"]["close_date"].is_not_null()
    ledger.spoil("closed_before_opened", "accounts", "close_date", ledger.rows("accounts", 0.002, closed), lambda _, i: "1999-01-01")


def _spoil_amounts(ledger: _Ledger, bank: Bank) -> None:
    monthly, column = "customer_month", "aum_end"
    large = bank.tables[monthly][column] >= 10_000
    ledger.spoil("thousands", monthly, column, ledger.rows(monthly, 0.005, large), lambda x, _: f"{float(x):,.2f}")
    ledger.spoil("ten_thousands", monthly, column, ledger.rows(monthly, 0.003, large), lambda x, _: f"{float(x) / 1e4:.1f}万")
    ledger.spoil("full_width", monthly, column, ledger.rows(monthly, 0.003), lambda x, _: x.translate(_FULL_WIDTH))
    ledger.spoil("negative_aum", monthly, column, ledger.rows(monthly, 0.001), lambda x, _: f"-{x}")


def _repeat(ledger: _Ledger, table: str) -> None:
    """Append an exact copy of .5 % of the rows."""
    rows = ledger.rows(table, 0.005)
    frame = ledger.tables[table]
    for place, row in enumerate(rows):
        ledger.record.append(("duplicate", table, frame.height + place, None, str(row), None))
    ledger.tables[table] = pl.concat([frame, frame[rows]])


def _files(tables: dict[str, pl.DataFrame], ledger: _Ledger) -> dict[str, bytes]:
    """CSV files; the months in GB18030 under the contract's Chinese headers."""
    files = {f"{name}.csv": table.write_csv().encode() for name, table in tables.items() if name != "customer_month"}
    columns = TABLES["customer_month"].columns
    monthly = tables["customer_month"].with_columns(pl.col("tier").replace(TIERS_ZH))
    headers = {c: str((columns[c].metadata or {})["zh"]) for c in monthly.columns if c in columns}
    for before, after in headers.items():
        ledger.note("chinese_header", "customer_month", before, before, after)
    ledger.note("gb18030", "customer_month")
    files["客户月表.csv"] = monthly.rename(headers).write_csv().encode("gb18030")
    return files


def with_dirt(bank: Bank, seed: int = 1) -> Dirty:
    """The bank's files with every kind of dirt of METHODS E4, and the record of it; the same for the same seed.

    Kinds: duplicate, missing_income, orphan, date_form, thousands, ten_thousands, full_width, leading_zeros, negative_aum,
    closed_before_opened, future_date, trailing_space, gb18030, chinese_header, late_month, leak.
    """
    clean = {**bank.tables, "customer_month": _late(_leaks(bank))}
    ledger = _Ledger(_zeros({name: _texts(table) for name, table in clean.items()}), streams(seed)["people"])
    ledger.note(
        "late_month", "customer_month", "available_ts", str(clean["customer_month"]["month"].unique().sort()[-2]), f"+{LATE_DAYS} days"
    )
    for column in ("closing_ticket_flag", "last_status_code"):
        ledger.note("leak", "customer_month", column)
    for name, table in ledger.tables.items():
        if "customer_id" in table.columns:
            ledger.note("leading_zeros", name, "customer_id", "C000001", "00000001")
    known = bank.tables["customers"]["income_monthly"].is_not_null()
    ledger.spoil("missing_income", "customers", "income_monthly", ledger.rows("customers", 0.01, known), lambda *_: None)
    ledger.spoil("orphan", "accounts", "customer_id", ledger.rows("accounts", 0.002), lambda _, i: f"99{i:06d}")
    ledger.spoil("trailing_space", "customers", "branch_id", ledger.rows("customers", 0.01), lambda x, i: x + (" ", "  ", "\u3000")[i % 3])
    _spoil_dates(ledger, bank)
    _spoil_amounts(ledger, bank)
    _repeat(ledger, "customers")
    _repeat(ledger, "customer_month")
    files = _files(ledger.tables, ledger)
    names = ("kind", "table", "row", "column", "before", "after")
    kinds = (pl.String, pl.String, pl.Int64, pl.String, pl.String, pl.String)
    record = pl.DataFrame(ledger.record, schema=dict(zip(names, kinds, strict=True)), orient="row")
    return Dirty(ledger.tables, files, record)


def write_dirty(dirty: Dirty, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write the files into ``files/`` and what was done to them, apart from them, into ``truth/dirt.csv``; returns the paths."""
    for part in ("files", "truth"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in dirty.files.items():
        paths.append(folder / "files" / name)
        paths[-1].write_bytes(content)
    paths.append(folder / "truth" / "dirt.csv")
    dirty.record.write_csv(paths[-1])
    return paths


if __name__ == "__main__":
    write_dirty(with_dirt(generate(1, *SIZES["tiny"])), pathlib.Path(sys.argv[1]))
