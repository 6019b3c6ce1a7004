"""Downloads of pages: lists of customers go on record, figures of few customers are blank in tables."""

import io
import shutil

import polars as pl
import streamlit

from churn_dash.report.exported import set_fewest, taken
from churn_dash.store import Records
from tests.pages.reading import opened


def downloads(monkeypatch):
    found, real = {}, streamlit.download_button
    monkeypatch.setattr(
        "streamlit.download_button", lambda label, data, *a, **k: (found.update({k["key"]: data}), real(label, data, *a, **k))[1]
    )
    return found


def test_a_list_is_on_record_and_a_table_holds_no_small_cell(bank_folder, looking_at, monkeypatch, tmp_path):
    root = shutil.copytree(bank_folder, tmp_path / "copy")
    records = Records(root)
    looking_at(root)
    made = downloads(monkeypatch)
    at = opened("branches")
    assert not at.exception
    set_fewest(records, 1)
    before = pl.read_csv(io.BytesIO(made["csv-units"]()), infer_schema_length=None)
    least = int(before["Customers"].drop_nulls().sort()[len(before) // 2])
    set_fewest(records, least)
    after = pl.read_csv(io.BytesIO(made["csv-units"]()), infer_schema_length=None)
    small = [n is not None and 1 <= n < least for n in before["Customers"]]
    assert any(small) and [n is None for n in after["Customers"]] == small
    assert [x is None for x in after["Left"]] == small and after["Branch"].to_list() == before["Branch"].to_list()
    assert taken(records) == ()
    at = opened("cohorts")
    key = next(k for k in made if k.startswith("csv-") and k == "csv-people")
    made[key]()
    assert len(taken(records)) == 1 and taken(records)[0]["kind"] == "csv" and taken(records)[0]["n"] > 0
