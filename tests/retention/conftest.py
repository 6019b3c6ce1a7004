"""A small sample bank with a model, made once."""

import pytest

from churn_dash import risk, sample
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish


@pytest.fixture(scope="session")
def modelled_folder(tmp_path_factory):
    """A small sample bank, published and modelled; its folder. Read only: copy it to set anything."""
    workspace = Workspace.create(tmp_path_factory.mktemp("acting") / "bank", sample=True)
    publish(workspace, extract_of(sample.generate(3, 1_500, 24).tables, "test-bank"))
    risk.train(workspace.dataset(), workspace.models, model="logistic")
    return workspace.root


@pytest.fixture(scope="session")
def modelled(modelled_folder):
    """Its data and model."""
    workspace = Workspace.open(modelled_folder)
    ds = workspace.dataset()
    return ds, risk.trained(workspace.models, ds.state)
