"""One stage for all faults: a small bank in two versions, and what every action ends in."""

import importlib.util
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in pathlib.Path(item.fspath).parents:
            item.add_marker("faults")


@pytest.fixture(scope="session")
def torture():
    spec = importlib.util.spec_from_file_location("torture", HERE / "torture.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["torture"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def stage(torture, tmp_path_factory):
    return torture.staged(tmp_path_factory.mktemp("stage"))
