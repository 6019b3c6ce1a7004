"""A small sample bank with campaigns, warnings, questionnaires, measured once."""

import shutil

import pytest

from churn_dash import sample
from churn_dash.evaluation import measured
from churn_dash.intake.typed import extract_of
from churn_dash.store import Records, Workspace, publish
from tests.asking import asked


@pytest.fixture(scope="session")
def evaluated_folder(once):
    """The bank's folder. Read only: copy it to set anything."""

    def build(root):
        publish(Workspace.create(root, sample=True), extract_of(sample.generate(7, 3_000, 30).tables, "test-bank"))

    return once("evaluated", build)


@pytest.fixture(scope="session")
def bank(evaluated_folder):
    """Its data."""
    return Workspace.open(evaluated_folder).dataset()


@pytest.fixture(scope="session")
def whole(bank):
    """What is measured of it."""
    return measured(asked(bank))


@pytest.fixture
def place(evaluated_folder, tmp_path):
    """A copy of the bank to set things in."""
    shutil.copytree(evaluated_folder, tmp_path / "bank")
    return tmp_path / "bank"


@pytest.fixture
def records(tmp_path):
    """Records of their own."""
    return Records(tmp_path)
