"""Workspaces that many tests read: the worked table of METHODS B1 and a tiny invented bank."""

import datetime
import gc
import os
import pathlib
import shutil

import hypothesis
import polars as pl
import pytest
from filelock import FileLock

from churn_dash import risk, sample
from churn_dash.intake.typed import extract_of
from churn_dash.store import Dataset, Workspace, publish

hypothesis.settings.register_profile("shared machine", deadline=None)
hypothesis.settings.load_profile("shared machine")


def pytest_collection_finish() -> None:
    """Modules and collected tests are there until the end: no sweep for garbage need walk over them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@pytest.fixture(scope="session")
def worked_tables() -> dict[str, pl.DataFrame]:
    """T1 of METHODS B1 as tables: eight customers, their accounts, their months."""
    accounts = [
        ("a", "A", "2015-03-01", None, None),
        ("b", "B", "2016-07-10", "2024-02-10", "customer"),
        ("c", "C", "2018-01-15", "2024-03-05", "bank"),
        ("d", "D", "2012-11-30", None, None),
        ("e", "E", "2020-06-01", None, None),
        ("f", "F", "2024-01-15", None, None),
        ("g", "G", "2024-01-20", "2024-03-20", "customer"),
        ("h1", "H", "2014-02-02", "2024-01-31", "customer"),
        ("h2", "H", "2024-03-15", None, None),
    ]
    balances = {
        "2023-12": {"A": 100, "B": 50, "C": 30, "D": 200, "E": 20, "H": 40},
        "2024-01": {"A": 103, "B": 48, "C": 30, "D": 150, "E": 20, "F": 40, "G": 6},
        "2024-02": {"A": 106, "C": 28, "D": 90, "E": 20, "F": 50, "G": 5},
        "2024-03": {"A": 110, "D": 40, "E": 20, "F": 60, "H": 25},
    }
    months = [(c, day(f"{m}-01"), float(x), float(x), 1) for m, found in balances.items() for c, x in found.items()]
    return {
        "accounts": pl.DataFrame(
            [(i, c, day(o), day(x), who) for i, c, o, x, who in accounts],
            schema={
                "account_id": pl.String,
                "customer_id": pl.String,
                "open_date": pl.Date,
                "close_date": pl.Date,
                "close_initiator": pl.String,
            },
            orient="row",
        ),
        "customer_month": pl.DataFrame(
            months,
            schema={"customer_id": pl.String, "month": pl.Date, "aum_avg": pl.Float64, "aum_end": pl.Float64, "txn_count": pl.Int64},
            orient="row",
        ),
    }


@pytest.fixture(scope="session")
def worked(worked_tables, tmp_path_factory) -> Dataset:
    """T1 as a published version."""
    workspace = Workspace.create(tmp_path_factory.mktemp("worked"))
    publish(workspace, extract_of(worked_tables, "worked"))
    return workspace.dataset()


@pytest.fixture(scope="session")
def bank() -> sample.Bank:
    """An invented bank of 500 customers and 18 months."""
    return sample.generate(3, 500, 18)


@pytest.fixture(scope="session")
def bank_workspace(bank, tmp_path_factory) -> Workspace:
    """The invented bank, published."""
    workspace = Workspace.create(tmp_path_factory.mktemp("bank"), sample=True)
    publish(workspace, extract_of(bank.tables, "bank"))
    return workspace


@pytest.fixture
def bank_data(bank_workspace) -> Dataset:
    return bank_workspace.dataset()


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """``once(name, build)``: a folder that ``build`` fills at the path it is given, in the first process of a run that asks for it.

    Each call gives a copy, so that no room and no process sees what another writes.
    """
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"

    def folder(name, build):
        kept.mkdir(exist_ok=True)
        with FileLock(kept / f"{name}.lock"):
            if not (kept / name).exists():
                build(kept / f"{name}.part")
                os.replace(kept / f"{name}.part", kept / name)
        return pathlib.Path(shutil.copytree(kept / name, tmp_path_factory.mktemp(name) / "bank"))

    return folder


@pytest.fixture
def copy_of(tmp_path):
    """``copy_of(workspace)``: a copy of a workspace that many tests start from, for one of them to change."""
    return lambda workspace: Workspace.open(shutil.copytree(workspace.root, tmp_path / "w"))


@pytest.fixture(scope="session")
def modelled_copy(once):
    """A function that gives a copy of a sample bank of 1,500 customers and 24 months with a model: its folder."""

    def build(root):
        workspace = Workspace.create(root, sample=True)
        publish(workspace, extract_of(sample.generate(3, 1_500, 24).tables, "test-bank"))
        risk.train(workspace.dataset(), workspace.models, model="logistic")

    return lambda: once("modelled", build)


@pytest.fixture(scope="session")
def shared_data() -> pathlib.Path:
    """The folder of real extracts; tests that read it skip where it is absent."""
    folder = pathlib.Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real extracts, ../shared/data, is not here")
    return folder
