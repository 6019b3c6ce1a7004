"""Versions: what a load adds, repeats, refuses, and what survives when it goes wrong."""

import datetime
import json
import os

import polars as pl
import pytest
from filelock import FileLock
from polars.testing import assert_frame_equal

from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.intake.quarantine import spoken
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period, measure
from churn_dash.store import Workspace, publish
from churn_dash.store.versions.tables import Tables
from tests.asking import asked


@pytest.fixture(scope="module")
def t1(worked_tables, tmp_path_factory):
    made = Workspace.create(tmp_path_factory.mktemp("t1") / "w")
    publish(made, extract_of(worked_tables, "t1"))
    return made


@pytest.fixture
def workspace(t1, copy_of):
    return copy_of(t1)


def month_rows(worked_tables, *months: int) -> pl.DataFrame:
    return worked_tables["customer_month"].filter(pl.col("month").dt.month().is_in(months))


def headline(workspace) -> float:
    period = Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))
    return measure(asked(workspace.dataset(), period=period, definition="close"), ["churn_rate"])["churn_rate"][0]


def test_loading_the_same_again_changes_nothing_and_says_so(workspace, worked_tables):
    again = publish(workspace, extract_of(worked_tables, "t1"))
    assert (again.version, again.published, again.rows_good) == (1, False, 0)
    assert again.rows_repeated == again.rows_in
    assert len(workspace.versions()) == 1


def test_month_by_month_gives_what_one_load_gives(worked_tables, workspace, tmp_path):
    other = Workspace.create(tmp_path / "monthly")
    publish(other, extract_of({"accounts": worked_tables["accounts"], "customer_month": month_rows(worked_tables, 12)}, "a"))
    for month in (1, 2, 3):
        publish(other, extract_of({"customer_month": month_rows(worked_tables, month)}, str(month)))
    assert other.current().version == 4
    assert headline(other) == headline(workspace) == pytest.approx(0.5)
    names = ["churn_rate", "hazard", "aum_churn_rate", "customers"]
    found, want = (measure(asked(w.dataset()), names, by=["month"]) for w in (other, workspace))
    assert_frame_equal(found, want, rel_tol=1e-9)


def test_a_key_already_published_with_other_values_is_set_aside(workspace, worked_tables):
    changed = month_rows(worked_tables, 3).with_columns(
        pl.when(pl.col("customer_id") == "A").then(111.0).otherwise(pl.col("aum_end")).alias("aum_end")
    )
    got = publish(workspace, extract_of({"customer_month": changed}, "late"))
    assert (got.rows_in, got.rows_good, got.rows_quarantined, got.rows_repeated) == (5, 0, 1, 4)
    assert got.quarantine["customer_id"].to_list() == ["A"] and "replace-months" in spoken(got.quarantine)["reason"][0]
    assert got.version == 1


def test_replacing_a_month_replaces_exactly_that_month(workspace, worked_tables):
    corrected = month_rows(worked_tables, 3).with_columns(pl.lit(7.0).alias("aum_end"))
    assert publish(workspace, extract_of({"customer_month": corrected}, "late"), "replace-months").version == 2
    rows = workspace.dataset().table("customer_month")
    assert rows.filter(pl.col("month").dt.month() == 3)["aum_end"].unique().to_list() == [7.0]
    assert rows.filter(pl.col("month").dt.month() != 3).equals(
        workspace.dataset(1).table("customer_month").filter(pl.col("month").dt.month() != 3)
    )


def test_an_account_closed_later_updates_its_row(workspace, worked_tables):
    closed = (
        worked_tables["accounts"].filter(pl.col("account_id") == "a").with_columns(pl.lit(datetime.date(2024, 3, 20)).alias("close_date"))
    )
    got = publish(workspace, extract_of({"accounts": closed}, "closing"))
    assert (got.version, got.rows_good, got.rows_updated) == (2, 1, 1)
    assert headline(workspace) == pytest.approx(4 / 6)
    assert len(workspace.dataset().table("accounts")) == len(worked_tables["accounts"])


def test_replace_all_forgets_what_was_there(workspace, worked_tables):
    publish(workspace, extract_of({"customer_month": month_rows(worked_tables, 1, 2)}, "new"), "replace-all")
    assert workspace.dataset().table("accounts") is None
    assert workspace.dataset(1).table("accounts") is not None


def test_an_older_version_still_answers_as_it_did(workspace, worked_tables):
    publish(
        workspace,
        extract_of({"customer_month": month_rows(worked_tables, 3).with_columns(pl.lit(0.0).alias("aum_end"))}, "x"),
        "replace-months",
    )
    old = measure(asked(workspace.dataset(1), definition="close"), ["aum_attrition_rate"])["aum_attrition_rate"][0]
    new = measure(asked(workspace.dataset(2), definition="close"), ["aum_attrition_rate"])["aum_attrition_rate"][0]
    assert old == pytest.approx(255 / 440) and new == pytest.approx(1.0)


def test_a_load_that_crashed_is_undone_before_the_next(workspace, worked_tables):
    """The rows of a load without a catalogue row never come back with the next append."""
    stray = month_rows(worked_tables, 3).with_columns(pl.lit(datetime.date(2024, 4, 1)).alias("month"))
    Tables(workspace.root).write("customer_month", stray, "append")
    assert workspace.dataset().table("customer_month")["month"].max() == datetime.date(2024, 3, 1)
    publish(
        workspace,
        extract_of(
            {"churn_events": pl.DataFrame({"event_id": ["1"], "customer_id": ["A"], "event_date": [datetime.date(2024, 3, 9)]})}, "y"
        ),
    )
    assert workspace.dataset().table("customer_month")["month"].max() == datetime.date(2024, 3, 1)


def test_a_load_that_fails_leaves_the_version_before(workspace, worked_tables, monkeypatch):
    from churn_dash.store.derive import derived

    def broken(*_args, **_named):
        raise RuntimeError("the power went")

    monkeypatch.setattr(derived, "build", broken)
    with pytest.raises(RuntimeError):
        publish(
            workspace,
            extract_of({"customer_month": month_rows(worked_tables, 3).with_columns(pl.lit(1.0).alias("aum_end"))}, "z"),
            "replace-months",
        )
    monkeypatch.undo()
    assert [v.version for v in workspace.versions()] == [1]
    assert headline(workspace) == pytest.approx(0.5)


def test_a_lost_derived_file_is_built_again(workspace):
    before = headline(workspace)
    for file in (workspace.root / "derived").iterdir():
        os.replace(file, file.with_suffix(".moved"))
    from churn_dash.store import connections

    connections._open.clear()
    assert headline(workspace) == before


def test_a_cross_section_does_not_mix_with_months(workspace):
    one = pl.DataFrame({"customer_id": ["1", "2"], "churned": [True, False]})
    with pytest.raises(BadInput, match="workspace of its own"):
        publish(workspace, extract_of({"cross_section": one}, "c"))


def test_an_unknown_mode_is_refused(workspace, worked_tables):
    with pytest.raises(BadInput, match="replace-months"):
        publish(workspace, extract_of(worked_tables, "t1"), "overwrite")


def test_a_workspace_of_a_newer_version_is_refused(workspace):
    (workspace.root / "workspace.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(WorkspaceProblem, match="newer version"):
        Workspace.open(workspace.root)


def test_a_folder_that_is_no_workspace_is_refused(tmp_path):
    with pytest.raises(WorkspaceProblem, match="no workspace"):
        Workspace.open(tmp_path)


def test_an_unreadable_marker_is_refused(tmp_path):
    (tmp_path / "workspace.json").write_text("[]")
    with pytest.raises(WorkspaceProblem, match="not a workspace"):
        Workspace.open(tmp_path)


def test_a_read_only_workspace_is_served_and_refuses_loads(workspace, worked_tables, monkeypatch):
    def refused(*_args, **_named):
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(FileLock, "acquire", refused)
    with pytest.raises(WorkspaceProblem, match="read-only"):
        publish(workspace, extract_of(worked_tables, "t2"))
    assert headline(workspace) == pytest.approx(0.5)


def test_two_writers_do_not_meet(workspace, worked_tables):
    with workspace.writing(), pytest.raises(WorkspaceProblem, match="Somebody else"):
        publish(workspace, extract_of(worked_tables, "t3"))


def test_a_workspace_in_a_folder_with_spaces_and_chinese_works(worked_tables, tmp_path):
    made = Workspace.create(tmp_path / "客户 数据")
    publish(made, extract_of(worked_tables, "t1"))
    assert headline(made) == pytest.approx(0.5)
