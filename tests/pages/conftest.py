"""Two small workspaces, made once: a sample bank with months and a model, and one row a customer with a flag."""

import random

import pytest

from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Source
from churn_dash.store import Workspace, publish


@pytest.fixture(scope="session")
def bank_folder(modelled_copy):
    """A small sample bank, published and modelled; its folder."""
    return modelled_copy()


@pytest.fixture(scope="session")
def flat_folder(tmp_path_factory):
    """One row a customer with a churn flag, published; its folder."""
    root = tmp_path_factory.mktemp("flagged") / "flat"
    rng = random.Random(5)
    rows = []
    for i in range(1_200):
        age, region = rng.randint(18, 80), rng.choice(["North", "South", "East"])
        left = rng.random() < 0.1 + 0.3 * (age > 55) + 0.2 * (region == "North")
        rows.append((f"{i:06d}", age, region, rng.randint(1, 4), round(rng.random() * 1e5, 2), int(left)))
    text = "CustomerId,Age,Region,Products,Balance,Exited\n" + "\n".join(",".join(map(str, r)) for r in rows)
    publish(Workspace.create(root), extract([Source("flat.csv", text.encode())]))
    return root


@pytest.fixture
def looking_at(monkeypatch):
    """Point the pages at a workspace. What was worked out for it before is remembered, as it is where pages are served."""

    def at(root):
        monkeypatch.setenv("CHURN_DASH_WORKSPACE", str(root))
        return root

    return at


@pytest.fixture
def nothing_remembered():
    """For a test that changes how answers are worked out: no answer of another test in it, and none of it in another."""
    import streamlit as st

    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
