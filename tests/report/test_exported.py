"""Files: small cells are blank whatever else happens, lists of customers go on record, and the limit is the bank's."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from churn_dash.cli import app
from churn_dash.errors import BadInput
from churn_dash.report.exported import FEWEST, fewest, hidden, note, set_fewest, taken
from churn_dash.store import Records, Workspace


@given(st.lists(st.integers(0, 12), min_size=1, max_size=20), st.integers(1, 8))
def test_no_figure_of_a_small_group_stays_and_no_other_goes(counts, least):
    rows = pl.DataFrame({"group": [f"g{i}" for i in range(len(counts))], "n": counts, "rate": [0.5] * len(counts)})
    out = hidden(rows, least)
    for n, row in zip(counts, out.iter_rows(named=True), strict=True):
        if 1 <= n < least:
            assert row["n"] is None and row["rate"] is None
        else:
            assert (row["n"], row["rate"]) == (n, 0.5)
    assert out["group"].to_list() == rows["group"].to_list() and out.schema == rows.schema


def test_a_figure_with_a_count_of_its_own_is_hidden_by_that_count():
    rows = pl.DataFrame({"m": ["a"], "csat": [0.5], "csat_low": [0.1], "csat_high": [0.9], "csat_n": [4], "nps": [20.0], "nps_n": [60]})
    assert hidden(rows, 5).rows() == [("a", None, None, None, None, 20.0, 60)]


def test_the_limit_is_recorded_and_nonsense_refused(tmp_path):
    records = Records(Workspace.create(tmp_path / "w").root)
    assert fewest(records) == FEWEST == 5
    set_fewest(records, 10, "li")
    assert fewest(records) == 10
    with pytest.raises(BadInput):
        set_fewest(records, 0)


def test_lists_that_left_are_told_by_the_command_line(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    note(Records(workspace.root), "customers-1", ["b", "a"], 1, "csv", "li")
    assert taken(Records(workspace.root))[0]["digest"] == taken(Records(workspace.root))[0]["digest"] != ""
    out = CliRunner().invoke(app, ["exports", "--fewest", "7", "--workspace", str(workspace.root), "--json"], catch_exceptions=False)
    found = json.loads(out.stdout)
    assert found["fewest"] == 7
    assert (found["lists"][0]["list"], found["lists"][0]["n"], found["lists"][0]["who"]) == ("customers-1", 2, "li")
