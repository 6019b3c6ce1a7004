"""What was read of a small file or a database is read again once the file is another."""

import json
import os
import shutil

import pytest

from churn_dash.errors import WorkspaceProblem
from churn_dash.store import Records, Workspace, records
from churn_dash.store.stamps import file_stamps, read_json


def test_a_file_put_in_place_of_another_is_read(tmp_path):
    path = tmp_path / "workspace.json"
    path.write_text('{"format": 1}')
    assert read_json(path) == {"format": 1}
    (tmp_path / "new").write_text('{"format": 2}')
    os.replace(tmp_path / "new", path)
    assert read_json(path) == {"format": 2}


def test_records_are_asked_once_until_one_is_added(tmp_path, monkeypatch):
    kept, opened = Records(tmp_path), []
    real = records.sqlite3.connect
    kept.add("source", "a", {"n": 1})
    monkeypatch.setattr(records.sqlite3, "connect", lambda *a, **k: opened.append(a) or real(*a, **k))
    assert [kept.latest("source", "a").body["n"] for _time in range(3)] == [1, 1, 1]
    assert len(opened) == 1
    kept.add("source", "a", {"n": 2})
    assert kept.latest("source", "a").body["n"] == 2


def test_records_put_back_from_a_copy_are_read_again(tmp_path):
    kept = Records(tmp_path)
    kept.add("source", "a", {"n": 1})
    shutil.copy(kept.path, tmp_path / "copy")
    kept.add("source", "a", {"n": 2})
    assert kept.latest("source", "a").body["n"] == 2
    os.replace(tmp_path / "copy", kept.path)
    assert kept.latest("source", "a").body["n"] == 1


def test_a_workspace_written_by_a_newer_version_after_it_was_opened_is_refused(tmp_path):
    root = Workspace.create(tmp_path / "w").root
    marker = root / "workspace.json"
    (root / "new").write_text(json.dumps(json.loads(marker.read_text()) | {"format": 99}))
    os.replace(root / "new", marker)
    with pytest.raises(WorkspaceProblem, match="newer version"):
        Workspace.open(root)


def test_a_file_that_was_touched_changes_the_stamps_of_its_folder(tmp_path):
    assert file_stamps(tmp_path / "nothing") == {}
    (tmp_path / "model").write_text("a")
    (tmp_path / "card").write_text("a")
    before = file_stamps(tmp_path)
    (tmp_path / "model").write_text("ab")
    after = file_stamps(tmp_path)
    assert [name for name in before if before[name] != after[name]] == ["model"]
