"""Every table of the contract comes in from a file with Chinese headers and words, and out again as it was."""

import pathlib
import sys

import polars as pl
import pytest

from churn_dash import cli, sample
from churn_dash.contract import TABLES
from churn_dash.intake import Source
from churn_dash.intake.extraction import extract
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish

NAMES = [name for name in TABLES if name != "cross_section"]


@pytest.fixture(scope="module")
def small() -> sample.Bank:
    return sample.generate(2, 120, 8)


def chinese(table: pl.DataFrame, name: str) -> bytes:
    """The table as CSV with Chinese headers, its codes by their first Chinese name, yes and no in Chinese, months as 2026-10."""
    columns = TABLES[name].columns
    for column in table.columns:
        about = columns[column].metadata or {}
        words = {code: next((a for a in also if not a.isascii()), code) for code, also in about["codes"].items()}
        if words:
            table = table.with_columns(pl.col(column).replace(words))
        if table.schema[column] == pl.Boolean:
            table = table.with_columns(pl.col(column).cast(pl.Int8).replace_strict({1: "是", 0: "否"}, return_dtype=pl.String))
        if column == "month":
            table = table.with_columns(pl.col("month").dt.strftime("%Y年%m月"))
    return table.rename({c: (columns[c].metadata or {})["zh"] for c in table.columns}).write_csv().encode("gb18030")


def sorted_like(table: pl.DataFrame, name: str) -> pl.DataFrame:
    return table.select(sorted(table.columns)).sort(list(TABLES[name].key))


def load(*args: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["churn-dash", "load", *map(str, args), "--yes", "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
            raise SystemExit(0)
    assert not ended.value.code


@pytest.fixture(scope="module")
def chinese_bank(small, tmp_path_factory) -> Workspace:
    """Every table from a Chinese file of its own, loaded twice."""
    files = [Source(f"{TABLES[name].zh}.csv", chinese(small.tables[name], name)) for name in NAMES]
    place = tmp_path_factory.mktemp("chinese") / "w"
    for _time in range(2):
        publish(Workspace.create(place), extract(files))
    return Workspace.open(place)


@pytest.mark.parametrize("name", NAMES)
def test_a_chinese_file_of_each_table_loads_and_comes_back_equal(small, name, chinese_bank):
    back = chinese_bank.dataset().table(name)
    assert back is not None
    known = [c for c in back.columns if not c.startswith("x_")]
    assert sorted_like(back.select(known), name).equals(sorted_like(small.tables[name], name))


def test_loading_them_again_changes_nothing(chinese_bank):
    assert chinese_bank.current().version == 1


@pytest.mark.parametrize("name", NAMES)
def test_each_table_is_recognised_by_its_columns_alone(small, name):
    assert set(extract([Source("export.csv", chinese(small.tables[name], name))]).tables) == {name}
    english = small.tables[name].write_csv().encode()
    assert set(extract([Source("export.csv", english)]).tables) == {name}


@pytest.mark.slow
def test_all_tables_load_together_from_the_sample_folder(tmp_path, capsys):
    folder = pathlib.Path(__file__).resolve().parents[2] / "sample_data" / "panel_utf8"
    load(*sorted(folder.glob("*.csv")), "--workspace", tmp_path / "w")
    bank = sample.generate(1, *sample.SIZES["tiny"])
    ds = Workspace.open(tmp_path / "w").dataset()
    for name in NAMES:
        assert sorted_like(ds.table(name), name).equals(sorted_like(bank.tables[name], name)), name


@pytest.mark.parametrize("name", ["loans", "market_month", "process_month"])
def test_a_further_month_of_a_monthly_table_is_added_and_a_corrected_one_replaced(small, name, tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    rows = small.tables[name]
    last = rows["month"].max()
    publish(workspace, extract_of({name: rows.filter(pl.col("month") < last)}, "first"))
    publish(workspace, extract_of({name: rows.filter(pl.col("month") == last)}, "second"))
    assert sorted_like(workspace.dataset().table(name), name).equals(sorted_like(rows, name))
    number = next(c for c in rows.columns if rows.schema[c].is_float())
    corrected = rows.filter(pl.col("month") == last).with_columns(pl.col(number) + 1)
    assert publish(workspace, extract_of({name: corrected}, "third")).rows_quarantined == len(corrected)
    publish(workspace, extract_of({name: corrected}, "fourth"), "replace-months")
    assert workspace.dataset().table(name).filter(pl.col("month") == last)[number].sum() == pytest.approx(corrected[number].sum())


@pytest.mark.parametrize("name", ["cards", "product_holdings", "winbacks", "tier_history"])
def test_a_later_row_of_a_known_key_takes_the_new_values(small, name, tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    rows = small.tables[name]
    number = next(c for c in rows.columns if rows.schema[c].is_float() and rows[c].null_count() < len(rows))
    publish(workspace, extract_of({name: rows}, "first"))
    later = rows.filter(pl.col(number).is_not_null()).head(3).with_columns(pl.col(number) + 1)
    done = publish(workspace, extract_of({name: later}, "second"))
    assert (done.rows_updated, done.rows_quarantined) == (len(later), 0)
    assert workspace.dataset().table(name).height == rows.height
