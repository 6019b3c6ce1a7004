"""A bank whose last three months are not loaded yet, with a model; and the months that come."""

import shutil

import polars as pl
import pytest

from churn_dash import risk, sample
from churn_dash.intake.typed import extract_of
from churn_dash.measures.money.assumptions import in_force
from churn_dash.retention.loop.freezing import Terms, freeze
from churn_dash.retention.threshold import in_force as cuts_in_force
from churn_dash.retention.worklists.worklist import worklist
from churn_dash.store import Records, Workspace, publish
from tests.asking import asked
from tests.retention.loop.cutting import cut, later

NUMBERED = pl.col("customer_id").str.replace("C", "")


def numbered(tables):
    """Customer numbers with leading zeros, as banks have them."""
    return {name: frame.with_columns(NUMBERED) for name, frame in tables.items()}


@pytest.fixture(scope="session")
def whole():
    """The bank at its end."""
    return numbered(later(sample.generate(3, 2_000, 24).tables))


@pytest.fixture(scope="session")
def cut_folder(whole, once):
    """The bank three months before its end, published and modelled. Read only."""

    def build(root):
        space = Workspace.create(root, sample=True)
        publish(space, extract_of(cut(whole, 3), "cut bank"))
        risk.train(space.dataset(), space.models, model="logistic")

    return once("loop", build)


@pytest.fixture
def space(cut_folder, tmp_path):
    """A copy that may be changed."""
    shutil.copytree(cut_folder, tmp_path / "bank")
    return Workspace.open(tmp_path / "bank")


def drawn(space, **terms):
    """Freeze the worklist of a workspace."""
    ds, records = space.dataset(), Records(space.root)
    kept = risk.trained(space.models, ds.state)
    found = worklist(asked(ds), kept, cuts_in_force(kept, records), in_force(records), 40, ("high", "medium"))
    return freeze(space, ds, kept, found, Terms(**({"name": "Autumn calls", "hold_out": 0.3} | terms)), {})


@pytest.fixture
def draw():
    """Freeze the worklist of a workspace."""
    return drawn


@pytest.fixture(scope="session")
def frozen_folder(cut_folder, tmp_path_factory):
    """The bank with a frozen list. Read only."""
    root = tmp_path_factory.mktemp("frozen") / "bank"
    shutil.copytree(cut_folder, root)
    drawn(Workspace.open(root))
    return root


@pytest.fixture
def frozen(frozen_folder, tmp_path):
    """A copy with a frozen list that may be changed, and the number of the list."""
    shutil.copytree(frozen_folder, tmp_path / "frozen")
    space = Workspace.open(tmp_path / "frozen")
    return space, space.dataset().table("campaigns")["campaign_id"][0]
