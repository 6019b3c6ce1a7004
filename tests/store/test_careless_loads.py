"""What careless people load, and what happens to workspaces behind the product's back."""

import shutil
import sqlite3

import polars as pl
import pytest

from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Source
from churn_dash.measures import measure
from churn_dash.store import Dataset, Loaded, Workspace, publish
from tests.asking import asked


def months(first: int, last: int, own: str = "", year: int = 2024) -> str:
    """A monthly file of 30 customers; ``own`` is the cell of an own column called Score, ``{i}`` the customer."""
    rows = [
        f"C{i},{year}-{m:02d},{100 + i},{m % 3}" + (f",{own.format(i=i % 3)}" if own else "")
        for m in range(first, last + 1)
        for i in range(30)
    ]
    return "\n".join(["customer_id,month,aum_end,txn_count" + (",Score" if own else ""), *rows])


def load(workspace: Workspace, text: str, mode: str = "append") -> Loaded:
    return publish(workspace, extract([Source("monthly.csv", text.encode())]), mode)


def score(workspace: Workspace) -> pl.Series:
    frame = workspace.dataset().table("customer_month")
    assert frame is not None
    return frame.sort("month", "customer_id")["x_score"]


def kind(ds: Dataset) -> str:
    return next(a.kind for a in ds.attributes if a.label == "Score")


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "w")


@pytest.mark.parametrize(
    ("before", "later", "kept", "expected"),
    [
        ("{i}", "0.{i}5", "number", [0.0, 0.05]),
        ("{i}", "level {i}", "category", ["0", "level 0"]),
        ("level {i}", "{i}", "category", ["level 0", "0"]),
        ("yes{i}", "2024-01-0{i}", "category", ["yes0", None]),
    ],
)
def test_an_own_column_that_changes_its_type_loses_nothing(workspace, before, later, kept, expected):
    load(workspace, months(1, 4, before))
    got = load(workspace, months(5, 5, later))
    assert (got.rows_good, got.rows_quarantined) == (30, 0)
    values = score(workspace)
    assert values[0] == expected[0] and (expected[1] is None or values[-30] == expected[1])
    assert values.null_count() == 0 and kind(workspace.dataset()) == kept
    assert measure(asked(workspace.dataset()), ["customers"])["customers"][0] == 30


def test_a_column_of_noughts_and_ones_that_becomes_a_count_stays_a_count(workspace):
    load(workspace, months(1, 4, "0").replace(",0\nC1,", ",1\nC1,"))
    load(workspace, months(5, 5, "{i}"))
    assert sorted(score(workspace).unique()) == [0, 1, 2] and kind(workspace.dataset()) == "number"


def test_a_month_without_values_in_an_own_column_leaves_its_type(workspace):
    load(workspace, months(1, 4, "{i}"))
    load(workspace, months(5, 5, " "))
    assert score(workspace).dtype == pl.Int64 and kind(workspace.dataset()) == "number"


def test_a_replaced_month_may_change_the_type_of_an_own_column(workspace):
    load(workspace, months(1, 4, "{i}"))
    got = load(workspace, months(4, 4, "level {i}"), "replace-months")
    assert got.rows_good == 30 and any("kept as text" in str(w.in_("en")) for w in got.warnings)
    assert score(workspace)[0] == "0" and score(workspace)[-1] == "level 0" and len(score(workspace)) == 120


def test_the_same_values_under_another_type_are_repeated_rows_not_conflicts(workspace):
    load(workspace, months(1, 2, "{i}"))
    again = load(workspace, months(2, 2, "{i}") + "\nC99,2024-02,5,1,high")
    assert (again.rows_good, again.rows_repeated, again.rows_quarantined) == (1, 30, 0)


def test_conflicts_and_gaps_to_the_published_months_are_told(workspace):
    load(workspace, months(1, 3))
    conflict = load(workspace, months(3, 3).replace(",100,", ",101,"))
    assert conflict.rows_quarantined == 1 and "already published" in conflict.warnings[0].in_("en")
    gap = load(workspace, months(6, 6))
    assert any("No rows between Mar 2024 and Jun 2024" in w.in_("en") for w in gap.warnings)


def test_a_load_that_would_stretch_the_months_over_half_a_century_is_refused(workspace):
    load(workspace, months(1, 3))
    with pytest.raises(BadInput, match="from Jan 1924 to Mar 2024"):
        load(workspace, months(1, 1, year=1924))
    assert len(workspace.versions()) == 1


def test_a_deleted_folder_of_derived_files_is_built_anew(workspace):
    load(workspace, months(1, 3))
    want = measure(asked(workspace.dataset()), ["churn_rate"])
    shutil.move(workspace.root, workspace.root.with_name("moved"))
    moved = Workspace.open(workspace.root.with_name("moved"))
    for folder in ("derived", "staging", "quarantine"):
        shutil.rmtree(moved.root / folder)
    assert measure(asked(moved.dataset()), ["churn_rate"]).equals(want)
    shutil.rmtree(moved.root / "derived")
    load(moved, months(4, 4) + "\nC1,rubbish,1,1")
    assert moved.current().version == 2 and list((moved.root / "quarantine").iterdir())


def test_damaged_rows_are_told_and_replacing_everything_mends_them(workspace):
    load(workspace, months(1, 3))
    for file in (workspace.root / "tables").rglob("*.parquet"):
        file.unlink()
    with pytest.raises(WorkspaceProblem, match="missing or damaged"):
        load(workspace, months(4, 4))
    shutil.rmtree(workspace.root / "tables")
    with pytest.raises(WorkspaceProblem, match="replace-all"):
        load(workspace, months(4, 4))
    assert load(workspace, months(1, 4), "replace-all").version == 2
    assert len(workspace.dataset().table("customer_month")) == 120


def test_a_catalogue_that_holds_nonsense_is_told(workspace):
    load(workspace, months(1, 3))
    con = sqlite3.connect(workspace.root / "catalogue.sqlite")
    con.execute("update versions set body = '{}'")
    con.commit()
    con.close()
    with pytest.raises(WorkspaceProblem, match="catalogue"):
        workspace.dataset()


def test_readers_need_nothing_beside_the_catalogue_so_that_a_read_only_workspace_is_served(workspace):
    load(workspace, months(1, 3))
    con = sqlite3.connect(workspace.root / "catalogue.sqlite")
    assert con.execute("pragma journal_mode").fetchone() == ("delete",)
    con.close()
    assert not list(workspace.root.glob("catalogue.sqlite-*"))


def test_what_a_crashed_load_staged_is_swept_up_by_the_next(workspace):
    load(workspace, months(1, 3))
    (workspace.root / "staging" / "crashed.part").write_bytes(b"half")
    load(workspace, months(4, 4))
    assert not list((workspace.root / "staging").iterdir())


def test_accounts_alone_say_which_table_is_missing(workspace):
    load(workspace, "account_id,customer_id,account_type,open_date\nA1,C1,current,2020-01-01\n")
    with pytest.raises(Exception, match="customer_month"):
        measure(asked(workspace.dataset()), ["churn_rate"])
