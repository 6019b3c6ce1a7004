import pytest

from churn_dash.errors import WorkspaceProblem
from churn_dash.store import Workspace
from churn_dash.ui import places


@pytest.fixture
def served(monkeypatch, tmp_path):
    def at(name):
        monkeypatch.setenv(places.WORKSPACE_VARIABLE, str(tmp_path / name))
        return tmp_path / name

    return at


def test_own_data_live_beside_the_sample_bank(served):
    root = served("demo")
    Workspace.create(root, sample=True)
    found = places.places()
    assert (found.sample, found.own) == (root, root.with_name("demo-own"))
    assert found.folder(own=False) == root and found.folder(own=True) != root
    assert not found.own.exists(), "looking makes nothing"


def test_a_workspace_of_own_data_has_no_sample_beside_it(served):
    root = served("bank")
    Workspace.create(root)
    assert places.places() == places.Places(None, root)
    assert places.places().folder(own=False) == root


def test_serving_the_own_data_of_a_sample_bank_still_knows_the_sample(served, tmp_path):
    Workspace.create(tmp_path / "demo", sample=True)
    root = served("demo-own")
    assert places.places() == places.Places(tmp_path / "demo", root)


def test_nothing_there_is_not_an_error_and_a_first_load_makes_it(served):
    root = served("new")
    assert places.opened(root) is None
    assert places.usable(root).root == root
    assert places.opened(root) is not None


def test_a_workspace_of_a_newer_version_is_refused_in_words(served):
    root = served("newer")
    root.mkdir()
    (root / "workspace.json").write_text('{"format": 999}')
    with pytest.raises(WorkspaceProblem, match="newer version"):
        places.places()
