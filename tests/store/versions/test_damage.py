"""What crashes and worn disks leave behind is taken back or told in one sentence, quietly."""

import signal
import subprocess
import sys

import polars as pl
import pytest

from churn_dash.errors import WorkspaceProblem
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.store import Workspace, connections, publish
from tests.asking import asked

KILLED_WHILE_LISTING = """
import os, signal, sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.execute("pragma cache_size=2")
con.execute("begin")
con.execute("update versions set body = 'torn'")
for i in range(500):
    con.execute("insert into versions values (?, ?)", (100 + i, "torn" * 1000))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def t1(worked_tables, tmp_path_factory):
    made = Workspace.create(tmp_path_factory.mktemp("t1") / "w")
    publish(made, extract_of(worked_tables, "t1"))
    return made


@pytest.fixture
def workspace(t1, copy_of):
    return copy_of(t1)


def test_a_catalogue_whose_writer_was_killed_is_read_as_it_was(workspace):
    path = workspace.catalogue.path
    done = subprocess.run([sys.executable, "-c", KILLED_WHILE_LISTING, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL and path.with_name("catalogue.sqlite-journal").exists()
    assert path.stat().st_size > 100_000, "the torn rows have reached the file"
    assert [v.version for v in workspace.versions()] == [1]


@pytest.mark.parametrize("damage", ["half", "zeros", "end"])
def test_damaged_rows_are_one_sentence_and_nothing_is_printed(workspace, worked_tables, capfd, damage):
    for file in (workspace.root / "tables" / "customer_month").rglob("month=2024-03-01/*.parquet"):
        body = file.read_bytes()
        file.write_bytes({"half": body[: len(body) // 2], "zeros": bytes(len(body)), "end": body[:-300] + bytes(292) + body[-8:]}[damage])
    changed = worked_tables["customer_month"].with_columns(x_new=1)
    with pytest.raises(WorkspaceProblem, match="missing or damaged") as told:
        publish(workspace, extract_of({"customer_month": changed}, "t2"))
    assert len(str(told.value).splitlines()) == 1
    assert capfd.readouterr().err == ""
    assert measure(asked(workspace.dataset()), ["customers"])["customers"][0] > 0


def test_few_older_versions_stay_open_and_a_query_that_runs_is_not_cut_off(workspace, worked_tables, monkeypatch):
    monkeypatch.setattr(connections, "_MOST", 1)
    first = workspace.dataset(1).cursor()
    publish(workspace, extract_of({"accounts": worked_tables["accounts"].head(1).with_columns(account_id=pl.lit("new"))}, "t2"))
    workspace.dataset(2).cursor()
    mine = [p for p in connections._open if p.is_relative_to(workspace.root)]
    assert mine == [workspace.dataset(2)._path]
    assert first.execute("select count(*) from months").fetchall()[0][0] > 0
