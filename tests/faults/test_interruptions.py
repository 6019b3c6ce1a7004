"""Whatever stops a change, and wherever: the version before is served, nothing is left behind, and trying again works."""

import sqlite3

import polars as pl
import pytest

from churn_dash.errors import WorkspaceProblem
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish, undo
from churn_dash.store.versions import recovery, steps
from churn_dash.store.versions.tables import Tables

LISTED = steps.STEPS.index("listed")


@pytest.fixture
def workspace(worked_tables, tmp_path):
    made = Workspace.create(tmp_path / "w")
    february = worked_tables["customer_month"].filter(pl.col("month").dt.month() != 3)
    publish(made, extract_of(worked_tables | {"customer_month": february}, "before"))
    return made


@pytest.fixture
def stopped(monkeypatch):
    def stop(step, problem):
        def listen(name):
            if name == step:
                monkeypatch.setattr(steps, "listener", None)
                raise problem

        monkeypatch.setattr(steps, "listener", listen)

    return stop


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        *((s, OSError(28, "No space left on device")) for s in steps.STEPS[:LISTED]),
        ("rows", KeyboardInterrupt()),
        ("built", KeyboardInterrupt()),
    ],
)
def test_a_load_that_stops_anywhere_before_it_is_listed_never_happened(workspace, worked_tables, stopped, step, problem):
    want = workspace.dataset().table("customer_month")
    march = extract_of({"customer_month": worked_tables["customer_month"].filter(pl.col("month").dt.month() == 3)}, "march")
    stopped(step, problem)
    with pytest.raises(WorkspaceProblem if isinstance(problem, OSError) else KeyboardInterrupt) as told:
        publish(workspace, march)
    if isinstance(problem, OSError):
        assert "is full" in str(told.value) and len(str(told.value).splitlines()) == 1
    assert workspace.current().version == 1 and workspace.dataset().table("customer_month").equals(want)
    assert recovery.leftovers(workspace) == [] and recovery.staged(workspace) == []
    assert publish(workspace, march).version == 2
    assert len(workspace.dataset().table("customer_month")) == len(want) + 5
    assert undo(workspace).state == 1 and workspace.dataset().table("customer_month").equals(want)


def test_rows_of_a_crashed_load_do_not_come_back_with_the_next_append_to_their_table(workspace, worked_tables):
    """Also where the crash left no mark, as one of an older Churn Dash."""
    march = worked_tables["customer_month"].filter(pl.col("month").dt.month() == 3)
    Tables(workspace.root).write("customer_month", march.with_columns(pl.col("month").dt.offset_by("1mo")), "append")
    publish(workspace, extract_of({"customer_month": march}, "march"))
    assert workspace.dataset().table("customer_month")["month"].max().month == 3
    assert workspace.dataset().all_months[-1].month == 3


def test_a_disk_that_is_full_when_the_catalogue_is_written_is_said_to_be_full(workspace, worked_tables, monkeypatch):
    def full(_version):
        try:
            raise sqlite3.OperationalError("database or disk is full")
        except sqlite3.OperationalError as problem:
            raise WorkspaceProblem("The catalogue cannot be used.") from problem

    march = extract_of({"customer_month": worked_tables["customer_month"].filter(pl.col("month").dt.month() == 3)}, "march")
    monkeypatch.setattr(workspace.catalogue, "add", full)
    with pytest.raises(WorkspaceProblem, match="is full; nothing was changed"):
        publish(workspace, march)
    monkeypatch.undo()
    assert recovery.leftovers(workspace) == [] and publish(workspace, march).version == 2
