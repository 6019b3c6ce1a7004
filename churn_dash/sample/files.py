"""Extracts in the forms users have. ``python -m churn_dash.sample.files`` writes ``sample_data/`` anew. Source: METHODS E."""

import datetime
import json
import pathlib
import sys

import numpy as np
import polars as pl
import xlsxwriter

from churn_dash.contract import TABLES
from churn_dash.sample.bank import SIZES, Bank, generate
from churn_dash.sample.branch_presets import branch_campaign
from churn_dash.sample.presets import campaign

FOLDER = "sample_data"
SEED = 1
CHINESE_NAME = "客户月表_gb18030.csv"
CHINESE_COLUMNS = (
    *("customer_id", "month", "aum_avg", "aum_end", "deposit_avg", "wealth_avg", "fund_avg", "net_flow", "txn_count"),
    *("login_count", "branch_visits", "card_txn_count", "product_count", "tier", "points", "salary_in", "digital_active"),
)
TIERS_ZH = {"mass": "大众", "affluent": "富裕", "gold": "金", "platinum": "白金", "private": "私行"}
_WIDE_CUSTOMERS = ("customer_type", "gender", "birth_date", "education", "city", "branch_id", "rm_id", "open_date")
_WIDE_MONTHS = ("aum_avg", "aum_end", "deposit_avg", "txn_count", "login_count", "card_txn_count", "product_count", "tier", "salary_in")
_CHANNELS = ("app", "branch", "phone")
_SHEETS = ("customers", "accounts", "customer_month", "churn_events")


def _first(table: pl.DataFrame, bank: Bank, count: int) -> pl.DataFrame:
    """The rows of ``count`` customers, spread over old and new ones."""
    ids = bank.tables["customers"]["customer_id"]
    return table.join(
        ids.gather_every(max(len(ids) // count, 1)).head(count).to_frame(), on="customer_id", how="semi", maintain_order="left"
    )


def write_files(bank: Bank, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write a UTF-8 CSV with English headers for each table of the bank; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in bank.tables.items():
        paths.append(folder / f"{name}.csv")
        table.write_csv(paths[-1])
    return paths


def write_truth(bank: Bank, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write what is true of the bank, apart from its files: ``params.json`` with the rates, and a Parquet file a table. METHODS E5."""
    folder.mkdir(parents=True, exist_ok=True)
    known = bank.truth
    tables = {"people": known.people, "exits": known.exits, "monthly": known.monthly, "members": known.members, "effects": known.effects}
    paths = [folder / "params.json"]
    paths[0].write_text(json.dumps({**known.params, "rates": known.rates}, indent=2) + "\n", encoding="utf-8")
    for name, table in {**tables, "hazard": known.hazard()}.items():
        paths.append(folder / f"{name}.parquet")
        table.write_parquet(paths[-1])
    return paths


def chinese(table: pl.DataFrame, name: str = "customer_month") -> pl.DataFrame:
    """The table as a Chinese core system cuts it: Chinese headers, tiers and flags in words, months as 2026-10."""
    columns = TABLES[name].columns
    flags = [c for c, kind in table.schema.items() if kind == pl.Boolean]
    table = table.with_columns(pl.when(pl.col(c)).then(pl.lit("是")).otherwise(pl.lit("否")).alias(c) for c in flags)
    if "month" in table.columns:
        table = table.with_columns(pl.col("month").dt.strftime("%Y-%m"))
    if "tier" in table.columns:
        table = table.with_columns(pl.col("tier").replace(TIERS_ZH))
    return table.rename({c: str((columns[c].metadata or {})["zh"]) for c in table.columns})


def wide_monthly(bank: Bank, count: int = 150, seed: int = SEED) -> pl.DataFrame:
    """One row a customer a month with the customer's attributes repeated; one in eight changes branch on the way.

    ``preferred_channel`` is a column that the contract does not know.
    """
    rng = np.random.default_rng([seed, 1])
    people = _first(bank.tables["customers"], bank, count)
    n = len(people)
    months = bank.tables["customer_month"]["month"].unique().sort()
    moved = pl.DataFrame(
        {
            "customer_id": people["customer_id"],
            "preferred_channel": pl.Series(_CHANNELS).gather(rng.choice(3, n, p=(0.6, 0.3, 0.1))),
            "moves": rng.random(n) < 0.125,
            "moves_in": months.gather(rng.integers(2, max(len(months) - 2, 3), n)),
            "new_branch": [f"B{i:02d}" for i in rng.integers(1, 41, n)],
        }
    )
    rows = bank.tables["customer_month"].select("customer_id", "month", *_WIDE_MONTHS)
    wide = rows.join(people.select("customer_id", *_WIDE_CUSTOMERS), on="customer_id", how="inner", maintain_order="left")
    wide = wide.join(moved, on="customer_id", how="left", maintain_order="left").with_columns(
        branch_id=pl.when(pl.col("moves") & (pl.col("month") >= pl.col("moves_in"))).then("new_branch").otherwise("branch_id")
    )
    return wide.select("customer_id", "month", *_WIDE_CUSTOMERS, "preferred_channel", *_WIDE_MONTHS)


def cross_section(bank: Bank) -> pl.DataFrame:
    """Customers at the end of the first month, with a flag for those who left in the months after it."""
    months = bank.tables["customer_month"]["month"].unique().sort()
    first, second = months[0], months[1]
    left = bank.truth.exits.filter(pl.col("month") >= second)["customer_id"].unique()
    accounts = bank.tables["accounts"].filter(pl.col("open_date") < second)
    cards = accounts.filter(account_type="card")["customer_id"].unique()
    day = second - datetime.timedelta(days=1)
    return (
        bank.tables["customer_month"]
        .filter((pl.col("month") == first) & (pl.col("txn_count") > 0))
        .join(bank.tables["customers"].filter(pl.col("customer_type") == "personal"), on="customer_id", how="inner", maintain_order="left")
        .select(
            "customer_id",
            "gender",
            ((pl.lit(day) - pl.col("birth_date")).dt.total_days() // 365.25).cast(pl.Int64).alias("age"),
            "education",
            "city",
            "income_monthly",
            ((pl.lit(day) - pl.col("open_date")).dt.total_days() // 30.4375).cast(pl.Int64).alias("tenure_months"),
            pl.col("aum_avg").alias("balance"),
            pl.col("product_count").alias("products"),
            pl.col("customer_id").is_in(cards.implode()).cast(pl.Int8).alias("has_credit_card"),
            pl.col("digital_active").cast(pl.Int8).alias("active_online"),
            pl.col("txn_count").alias("transactions"),
            pl.col("customer_id").is_in(left.implode()).cast(pl.Int8).alias("churned"),
        )
    )


def experiment(n: int = 3_000, seed: int = SEED) -> pl.DataFrame:
    """A randomised campaign as one flat file: customer, arm, whether he left, and three things known before."""
    members, _ = campaign("C01-test", seed, n)
    return members.select("customer_id", "arm", pl.col("outcome").alias("churned"), "segment", "aum_before", "tenure_months")


def branch_experiment(seed: int = SEED) -> pl.DataFrame:
    """A redesign of branches in three waves beside branches that stay as they were, a row a branch and month."""
    rows, _truth = branch_campaign("C04", seed)
    return rows.with_columns(pl.col("log_aum").round(4))


def workbook(bank: Bank, path: pathlib.Path, count: int = 100) -> None:
    """An Excel workbook with a sheet a table, ids as text."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime.datetime(2026, 11, 1)})
        for name in _SHEETS:
            _first(bank.tables[name], bank, count).write_excel(book, name, dtype_formats={pl.Date: "yyyy-mm-dd"}, autofit=False)


def samples(folder: pathlib.Path) -> None:
    """Write everything that ``sample_data/`` holds, but its README."""
    bank = generate(SEED, *SIZES["tiny"])
    write_files(bank, folder / "panel_utf8")
    monthly = bank.tables["customer_month"]
    text = chinese(_first(monthly, bank, 150).select(CHINESE_COLUMNS)).write_csv()
    (folder / CHINESE_NAME).write_bytes(text.encode("gb18030"))
    wide_monthly(bank).write_csv(folder / "wide_monthly.csv")
    workbook(bank, folder / "bank_extract.xlsx")
    _first(monthly, bank, 100).write_parquet(folder / "customer_month.parquet", compression="zstd")
    cross_section(generate(SEED, 1_500, 12)).write_csv(folder / "cross_section.csv")
    experiment().write_csv(folder / "campaign_experiment.csv")
    branch_experiment().write_csv(folder / "branch_experiment.csv")


if __name__ == "__main__":
    samples(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else FOLDER))
