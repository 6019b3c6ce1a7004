"""A small sample bank with a model, made once."""

import pytest

from churn_dash import risk
from churn_dash.store import Workspace


@pytest.fixture(scope="session")
def modelled_folder(modelled_copy):
    """A small sample bank, published and modelled; its folder. Read only: copy it to set anything."""
    return modelled_copy()


@pytest.fixture(scope="session")
def modelled(modelled_folder):
    """Its data and model."""
    workspace = Workspace.open(modelled_folder)
    ds = workspace.dataset()
    return ds, risk.trained(workspace.models, ds.state)
