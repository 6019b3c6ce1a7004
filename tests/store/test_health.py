"""doctor: what is broken is found and named, what can be mended is, and a sound workspace is called sound."""

import shutil

import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.store import Workspace, connections, examined, keep, publish, repaired
from churn_dash.store.versions import recovery
from churn_dash.store.versions.tables import Tables
from churn_dash.store.workspace import FOLDERS
from tests.asking import asked


@pytest.fixture(scope="module")
def sound(worked_tables, tmp_path_factory):
    made = Workspace.create(tmp_path_factory.mktemp("health") / "w")
    months = worked_tables["customer_month"]
    march = pl.col("month").dt.month() == 3
    publish(made, extract_of(worked_tables | {"customer_month": months.filter(~march)}, "before"))
    publish(made, extract_of({"customer_month": months.filter(march)}, "march"))
    return made


@pytest.fixture
def workspace(sound, copy_of):
    return copy_of(sound)


def states(workspace):
    return {c.name: c.state for c in examined(workspace).checks}


def test_a_sound_workspace_is_sound_and_its_disk_adds_up(workspace):
    found = examined(workspace)
    assert found.sound and {c.state for c in found.checks} == {"ok"}
    assert {*found.disk} == {*FOLDERS, "rest"}
    assert sum(found.disk.values()) == sum(f.stat().st_size for f in workspace.root.rglob("*") if f.is_file())
    assert found.free > 0 and found.as_json()["checks"][0]["sentence"]
    keep(workspace, 1)
    assert examined(workspace).sound and "rows of version 1" not in states(workspace)


@pytest.mark.parametrize("damage", ["lost", "cut", "zeros"])
def test_damaged_rows_are_found_with_the_versions_concerned(workspace, damage):
    file = next((workspace.root / "tables" / "customer_month").rglob("month=2024-03-01/*.parquet"))
    whole = file.read_bytes()
    if damage == "lost":
        file.unlink()
    else:
        file.write_bytes(whole[:-9] if damage == "cut" else whole[:8] + bytes(60) + whole[68:])
    found = states(workspace)
    assert (found["rows of version 2"], found["rows of version 1"]) == ("broken", "ok") and not examined(workspace).sound
    advice = next(c.advice for c in examined(workspace).checks if c.name == "rows of version 2")
    assert "undo" in advice.in_("en")


def test_a_damaged_derived_file_is_found_and_built_anew(workspace):
    want = measure(asked(workspace.dataset()), ["customers", "churn_rate"])
    path = workspace.dataset()._path
    connections.close(path)
    body = path.read_bytes()
    path.write_bytes(body[:20_000] + bytes(len(body) - 40_000) + body[-20_000:])
    assert states(workspace)["derived file of version 2"] == "broken"
    assert [t.in_("en") for t in repaired(workspace)] == ["Built the derived file of version 2 anew."]
    assert examined(workspace).sound and measure(asked(workspace.dataset()), ["customers", "churn_rate"]).equals(want)


def test_a_lost_derived_folder_is_a_note_and_built_on_repair(workspace):
    shutil.rmtree(workspace.root / "derived")
    assert examined(workspace).sound and states(workspace)["derived file of version 1"] == "note"
    assert len(repaired(workspace)) == 2 and set(states(workspace).values()) == {"ok"}


def test_a_load_that_was_killed_is_noted_and_taken_back(workspace, worked_tables):
    recovery.begun(workspace)
    late = worked_tables["customer_month"].filter(pl.col("month").dt.month() == 3).with_columns(pl.col("month").dt.offset_by("1mo"))
    Tables(workspace.root).write("customer_month", late, "append")
    (workspace.root / "staging" / "half.duckdb").write_bytes(b"half")
    found = states(workspace)
    assert (found["unfinished load"], found["head of customer_month"], found["leftovers"]) == ("note", "note", "note")
    assert examined(workspace).sound, "the served version is not concerned"
    assert len(repaired(workspace)) == 2
    assert set(states(workspace).values()) == {"ok"}
    assert workspace.dataset().table("customer_month")["month"].max().month == 3


def test_a_damaged_catalogue_is_said_and_nothing_else_is_guessed(workspace):
    (workspace.root / "catalogue.sqlite").write_bytes(b"no catalogue" * 100)
    found = examined(workspace)
    assert not found.sound and {c.name for c in found.checks} == {"format", "lock", "catalogue"}


def test_damaged_records_are_found(workspace):
    (workspace.root / "records.sqlite").write_bytes(b"no records" * 500)
    assert states(workspace)["records"] == "broken"


def test_an_empty_workspace_is_sound(tmp_path):
    assert examined(Workspace.create(tmp_path)).sound
