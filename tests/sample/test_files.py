"""``sample_data/`` holds what the generator writes now, in the forms that its README names."""

import json
import pathlib

import polars as pl
import pytest

from churn_dash.contract import TABLES
from churn_dash.sample.files import CHINESE_NAME, samples, wide_monthly, write_files, write_truth

KEPT = pathlib.Path(__file__).resolve().parents[2] / "sample_data"
SHEETS = ("customers", "accounts", "customer_month", "churn_events")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("sample_data")
    samples(folder)
    return folder


def _names(folder: pathlib.Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"README.md"}


def test_the_folder_holds_the_files_that_are_written_and_stays_small(written):
    assert _names(KEPT) == _names(written)
    assert sum(p.stat().st_size for p in KEPT.rglob("*") if p.is_file()) < 2e6


def test_text_files_are_what_is_written_now(written):
    for name in _names(written):
        if name.endswith(".csv"):
            assert (KEPT / name).read_bytes() == (written / name).read_bytes(), name


def test_the_parquet_file_and_the_workbook_hold_what_is_written_now(written):
    assert pl.read_parquet(KEPT / "customer_month.parquet").equals(pl.read_parquet(written / "customer_month.parquet"))
    for sheet in SHEETS:
        kept, now = (pl.read_excel(folder / "bank_extract.xlsx", sheet_name=sheet) for folder in (KEPT, written))
        assert kept.equals(now), sheet
        assert kept["customer_id"].dtype == pl.String


def test_the_readme_names_every_file():
    text = (KEPT / "README.md").read_text(encoding="utf-8")
    assert all(name in text for name in _names(KEPT) if not name.startswith("panel_utf8/")) and "panel_utf8/" in text


def test_the_chinese_file_is_gb18030_with_the_contracts_headers():
    raw = (KEPT / CHINESE_NAME).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    header, first = raw.decode("gb18030").splitlines()[:2]
    known = {(column.metadata or {})["zh"] for column in TABLES["customer_month"].columns.values()}
    assert set(header.split(",")) <= known and first.split(",")[-1] in ("是", "否")


def test_the_wide_file_repeats_attributes_and_some_of_them_change(tiny):
    wide = wide_monthly(tiny)
    distinct = wide.group_by("customer_id").agg(pl.col("branch_id").n_unique(), pl.col("gender").n_unique())
    assert 0.03 < (distinct["branch_id"] > 1).mean() < 0.25 and distinct["gender"].max() == 1
    assert wide.select("customer_id", "month").is_unique().all() and "preferred_channel" not in TABLES["customers"].columns


def test_the_flag_of_the_cross_section_says_who_left():
    rows = pl.read_csv(KEPT / "cross_section.csv")
    assert rows["customer_id"].is_unique().all() and set(rows["churned"]) == {0, 1}
    assert 0.08 < rows["churned"].mean() < 0.16


def test_files_of_a_bank_come_back_as_they_were(tiny, tmp_path):
    for path in write_files(tiny, tmp_path):
        table = tiny.tables[path.stem]
        back = pl.read_csv(path, schema_overrides=dict(table.schema), try_parse_dates=False)
        assert back.equals(table), path.stem


def test_the_truth_is_written_apart(tiny, tmp_path):
    paths = {path.name: path for path in write_truth(tiny, tmp_path / "truth")}
    told = json.loads(paths["params.json"].read_text())
    assert told["coefficients"]["gender"] == 0 and told["rates"]["annual_voluntary_expected"] == pytest.approx(0.12, abs=1e-4)
    hazard = pl.read_parquet(paths["hazard.parquet"])
    assert hazard["hazard"].is_between(0, 1).all() and hazard["left"].sum() == tiny.truth.monthly["voluntary"].sum()
