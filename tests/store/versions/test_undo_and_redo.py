"""Undo, redo and retention: what is served, what the history says, what comes back."""

import json
import sqlite3

import polars as pl
import pytest

from churn_dash.errors import NotPossible, WorkspaceProblem
from churn_dash.intake import Options, Source
from churn_dash.intake.extraction import extract
from churn_dash.measures import measure
from churn_dash.store import Workspace, connections, publish
from churn_dash.store.versions.history import redo, redoable, undo, undoable
from churn_dash.store.versions.retention import keep, retention
from tests.asking import asked


def months(first: int, last: int, own: str = "") -> bytes:
    rows = [f"C{i},2024-{m:02d},{100 + i},{m % 3}{',' + own if own else ''}" for m in range(first, last + 1) for i in range(30)]
    return "\n".join(["customer_id,month,aum_end,txn_count" + (",Score" if own else ""), *rows]).encode()


def load(workspace, first, last, mode="append", own="", name="monthly.csv"):
    return publish(workspace, extract([Source(name, months(first, last, own))], Options()), mode)


def served(workspace) -> pl.DataFrame:
    return workspace.dataset().table("customer_month").sort("month", "customer_id")


@pytest.fixture(scope="module")
def four_months(tmp_path_factory) -> Workspace:
    made = Workspace.create(tmp_path_factory.mktemp("undo") / "w")
    for first, last in ((1, 2), (3, 3), (4, 4)):
        load(made, first, last)
    return made


@pytest.fixture
def workspace(four_months, copy_of) -> Workspace:
    return copy_of(four_months)


def test_undo_serves_what_was_there_before_and_redo_brings_it_back(workspace):
    states = {n: served_at for n in (1, 2, 3) for served_at in [workspace.dataset(n).table("customer_month")]}
    numbers = {n: measure(asked(workspace.dataset(n)), ["customers", "churn_rate"]) for n in (2, 3)}
    assert undo(workspace).version == 4 and served(workspace).equals(states[2])
    assert measure(asked(workspace.dataset()), ["customers", "churn_rate"]).equals(numbers[2])
    assert undo(workspace).version == 5 and served(workspace).equals(states[1])
    assert redo(workspace).version == 6 and served(workspace).equals(states[2])
    assert redo(workspace).version == 7 and served(workspace).equals(states[3])
    assert measure(asked(workspace.dataset()), ["customers", "churn_rate"]).equals(numbers[3])
    assert redoable(workspace) is None and undoable(workspace).version == 3


def test_an_undone_month_does_not_come_back_with_the_next_append(workspace):
    undo(workspace)
    load(workspace, 5, 5)
    assert [m.month for m in served(workspace)["month"].unique().sort()] == [1, 2, 3, 5]
    with pytest.raises(NotPossible, match="nothing to redo"):
        redo(workspace)
    assert [m.month for m in workspace.dataset(3).table("customer_month")["month"].unique().sort()] == [1, 2, 3, 4]


def test_undo_after_a_new_load_goes_back_to_what_that_load_was_built_upon(workspace):
    undo(workspace)
    load(workspace, 5, 5)
    row = undo(workspace)
    assert (row.version, row.state, row.undone) == (6, 2, 5)
    assert served(workspace)["month"].max().month == 3


def test_undo_takes_an_added_column_and_a_replaced_table_back(tmp_path):
    workspace = Workspace.create(tmp_path)
    load(workspace, 1, 2)
    before = served(workspace)
    load(workspace, 3, 3, own="high")
    load(workspace, 6, 7, mode="replace-all", own="7")
    undo(workspace)
    assert "x_score" in served(workspace).columns and workspace.dataset().attributes
    undo(workspace)
    assert served(workspace).equals(before) and not workspace.dataset().attributes
    load(workspace, 3, 3)
    assert served(workspace).columns == before.columns and served(workspace).height == 90


def test_the_first_load_cannot_be_undone(tmp_path):
    workspace = Workspace.create(tmp_path)
    for _ in range(2):
        with pytest.raises(NotPossible, match="nothing to undo"):
            undo(workspace)
        load(workspace, 1, 2)


def test_the_history_keeps_who_when_which_files_and_what_was_said(workspace):
    publish(workspace, extract([Source("may.csv", months(5, 5))], Options(mapping={"txn_count": ""})))
    undo(workspace)
    undone, newest = workspace.versions()[:2]
    assert (newest.kind, newest.files, newest.options) == ("load", ("may.csv",), {"mapping": {"txn_count": ""}})
    assert len(newest.sources[0][1]) == 64 and newest.sources[0][0] == "may.csv" and newest.who and newest.created
    assert (undone.kind, undone.undone, undone.state, undone.files) == ("undo", 4, 3, ("may.csv",))


def test_the_same_file_again_changes_nothing_and_names_the_version_that_brought_it(workspace):
    again = load(workspace, 3, 3)
    assert (again.published, again.seen, again.version) == (False, 2, 3)
    assert "loaded before, as version 2" in str(again.warnings[-1].in_("en"))
    undo(workspace)
    undo(workspace)
    assert load(workspace, 3, 3).published, "what was undone is not there"


def test_replacing_everything_by_the_same_file_changes_nothing(tmp_path):
    workspace = Workspace.create(tmp_path)
    load(workspace, 1, 2)
    assert load(workspace, 1, 2, mode="replace-all").seen == 1 and len(workspace.versions()) == 1
    assert load(workspace, 1, 3, mode="replace-all").published


def test_appending_a_month_opens_no_file_of_another_month(workspace, monkeypatch):
    from churn_dash.store.derive import derived
    from churn_dash.store.versions.planning import plan

    for file in (workspace.root / "tables" / "customer_month").rglob("month=2024-0[12]*/*.parquet"):
        file.write_bytes(b"")
    monkeypatch.setattr(derived, "build", lambda *_a, **_k: pytest.fail("planning builds nothing"))
    change = plan(workspace, extract([Source("a.csv", months(4, 5))]))
    assert (change.counts.rows_good, change.counts.rows_repeated) == (30, 30)
    assert change.months["customer_month"]["n"].to_list() == [30] * 5


def test_keeping_two_versions_frees_the_disk_and_keeps_every_entry(workspace):
    load(workspace, 4, 4, mode="replace-months", own="x")
    size = sum(f.stat().st_size for f in workspace.root.rglob("*.*") if f.is_file())
    would = retention(workspace, 2)
    assert (would.kept, would.removed) == ((4, 3), (2, 1)) and len(list((workspace.root / "derived").iterdir())) == 4
    kept = [workspace.dataset(v).table("customer_month") for v in (3, 4)]
    done = keep(workspace, 2)
    assert done == would and size - sum(f.stat().st_size for f in workspace.root.rglob("*.*") if f.is_file()) > done.bytes_freed / 2 > 0
    assert [v.version for v in workspace.versions()] == [4, 3, 2, 1]
    assert [workspace.dataset(v).table("customer_month").equals(k) for v, k in zip((3, 4), kept, strict=True)] == [True, True]
    with pytest.raises(NotPossible, match="version 2 was removed"):
        workspace.dataset(2)
    assert undo(workspace).state == 3
    with pytest.raises(NotPossible, match="nothing to undo"):
        undo(workspace)
    assert redo(workspace).state == 4
    assert load(workspace, 5, 5).published and len(list((workspace.root / "derived").iterdir())) == 3


def test_a_removed_version_is_not_kept_open(workspace):
    measure(asked(workspace.dataset(1)), ["customers"])
    keep(workspace, 1)
    assert all(p.exists() for p in connections._open if p.is_relative_to(workspace.root))


def test_a_workspace_of_format_1_is_read_undone_and_becomes_format_2_with_the_next_change(workspace):
    con = sqlite3.connect(workspace.root / "catalogue.sqlite")
    for number, body in con.execute("select version, body from versions").fetchall():
        old = json.loads(body)
        for key in ("kind", "state", "parent", "undone", "sources", "options", "recipe"):
            del old[key]
        con.execute("update versions set body = ? where version = ?", (json.dumps(old), number))
    con.execute("drop table removed")
    con.commit()
    con.close()
    marker = workspace.root / "workspace.json"
    marker.write_text(json.dumps({"format": 1, "sample": False}))
    again = Workspace.open(workspace.root)
    assert served(again).height == 120 and measure(asked(again.dataset()), ["customers"])["customers"][0] == 30
    assert json.loads(marker.read_text())["format"] == 1, "reading changes nothing"
    assert undo(again).state == 2 and json.loads(marker.read_text()) == {"format": 2, "sample": False}


def test_what_an_older_recipe_derived_is_built_anew_beside_it(workspace, monkeypatch):
    from churn_dash.store.derive import derived

    want = measure(asked(workspace.dataset()), ["customers", "churn_rate"])
    monkeypatch.setattr(derived, "RECIPE", derived.RECIPE + 1)
    assert measure(asked(workspace.dataset()), ["customers", "churn_rate"]).equals(want)
    assert len(list((workspace.root / "derived").glob(f"*-{derived.RECIPE}.duckdb"))) == 1


def test_a_damaged_derived_file_is_built_anew(workspace):
    want = measure(asked(workspace.dataset()), ["customers", "churn_rate"])
    path = workspace.dataset()._path
    connections.close(path)
    path.write_bytes(path.read_bytes()[:3000])
    assert measure(asked(workspace.dataset()), ["customers", "churn_rate"]).equals(want)


def test_a_connection_that_a_full_disk_killed_is_opened_again(workspace):
    import duckdb

    class Dead:
        def cursor(self):
            raise duckdb.FatalException("FATAL Error: database has been invalidated")

        def close(self):
            pass

    want = measure(asked(workspace.dataset()), ["customers"])
    connections._open[workspace.dataset()._path] = Dead()
    assert measure(asked(workspace.dataset()), ["customers"]).equals(want)


def test_nobody_waits_for_an_older_version_that_is_being_built(workspace):
    import threading

    building, go = threading.Event(), threading.Event()

    def slow():
        building.set()
        assert go.wait(20)
        raise WorkspaceProblem("stopped")

    def ask():
        with pytest.raises(WorkspaceProblem):
            connections.cursor(workspace.root / "derived" / "absent.duckdb", slow)

    thread = threading.Thread(target=ask)
    thread.start()
    assert building.wait(20)
    assert measure(asked(workspace.dataset()), ["customers"])["customers"][0] == 30
    go.set()
    thread.join()


def test_the_library_is_told_never_to_forget_a_version(workspace):
    from deltalake import DeltaTable

    table = DeltaTable(str(workspace.root / "tables" / "customer_month"))
    assert table.metadata().configuration["delta.enableExpiredLogCleanup"] == "false"


def test_rows_without_their_catalogue_are_told_never_swept_away(workspace):
    from churn_dash.errors import WorkspaceProblem

    workspace.catalogue.path.unlink()
    with pytest.raises(WorkspaceProblem, match="catalogue"):
        Workspace.open(workspace.root)


@pytest.mark.parametrize("name", ["n=1", "w?x"])
def test_a_path_that_the_tables_could_not_bear_is_refused_at_once(tmp_path, name):
    from churn_dash.errors import WorkspaceProblem

    with pytest.raises(WorkspaceProblem, match="without"):
        Workspace.create(tmp_path / name)
