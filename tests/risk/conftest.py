import datetime
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest

from churn_dash import sample
from churn_dash.contract.attributes import Attribute
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish


@dataclass(eq=False)
class Sheet:
    """A cross-section as the risk room sees it, without a workspace."""

    frame: pl.DataFrame
    attributes: tuple[Attribute, ...]
    version: int = 1
    state: int = 1
    shape: str = "cross_section"
    definitions: tuple[str, ...] = ("flag",)
    default_definition: str = "flag"
    months: tuple[datetime.date, ...] = field(default=())

    def table(self, name: str) -> pl.DataFrame | None:
        return self.frame if name == "cross_section" else None


def customers_sheet(n: int = 1500, seed: int = 0) -> Sheet:
    rng = np.random.default_rng(seed)
    balance = rng.lognormal(10, 1, n)
    products = rng.integers(1, 5, n)
    city = rng.choice(["North", "South", "East"], n)
    active = rng.random(n) < 0.6
    age = rng.integers(18, 80, n)
    risk = -1.5 - 0.6 * (products - 2) + 1.2 * (city == "South") - 1.0 * active + 0.03 * (age - 45)
    left = rng.random(n) < 1 / (1 + np.exp(-risk))
    frame = pl.DataFrame(
        {
            "customer_id": [f"{i:05d}" for i in range(n)],
            "churned": left,
            "gender": rng.choice(["F", "M"], n),
            "x_age": age,
            "x_balance": [None if gap else b for gap, b in zip(rng.random(n) < 0.05, balance.round(2).tolist(), strict=True)],
            "x_products": products,
            "x_city": city,
            "x_active": active,
            "x_surname": [f"name {i}" for i in range(n)],
            "x_row": np.arange(1, n + 1),
        },
        strict=False,
    )
    kinds = {
        "age": "number",
        "balance": "number",
        "products": "number",
        "city": "category",
        "active": "flag",
        "surname": "text",
        "row": "number",
    }
    labels = {
        "age": "Age",
        "balance": "Balance",
        "products": "Products",
        "city": "City",
        "active": "Active",
        "surname": "Surname",
        "row": "RowNumber",
    }
    return Sheet(frame, tuple(Attribute("cross_section", f"x_{k}", labels[k], kind) for k, kind in kinds.items()))


@pytest.fixture(scope="session")
def sheet() -> Sheet:
    return customers_sheet()


@pytest.fixture(scope="session")
def risk_bank(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small invented bank, published like any other: 2,500 customers over 22 months."""
    workspace = Workspace.create(tmp_path_factory.mktemp("risk_bank"), sample=True)
    publish(workspace, extract_of(sample.generate(3, 2_500, 22).tables, "bank"))
    return workspace


@pytest.fixture(scope="session")
def risk_logistic(risk_bank, tmp_path_factory):
    """Its dataset, and a logistic regression kept in a folder of its own: which model the bank has in use depends on the tests before."""
    from churn_dash import risk

    ds = risk_bank.dataset()
    return ds, risk.train(ds, tmp_path_factory.mktemp("risk_logistic"), "logistic").model


@pytest.fixture(scope="session")
def learnt_kind():
    """A function: kind → (fitted model, design, matrix, labels) on the same invented customers."""
    from churn_dash.measures.statistics.odds import sigmoid
    from churn_dash.risk.features.feature import Feature, Source
    from churn_dash.risk.models.kinds import KINDS, fitted
    from churn_dash.risk.models.matrix import design

    rng = np.random.default_rng(0)
    n = 3_000
    a = rng.normal(size=n)
    city = np.array(["North", "South", "East", "none"])[rng.integers(0, 4, n)]
    b = np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(8, 1, n))
    frame = pl.DataFrame({"a": a, "city": city, "b": b, "flag": rng.random(n) < 0.3})
    frame = frame.with_columns(pl.col("b").fill_nan(None), pl.when(pl.col("city") != "none").then("city").alias("city"))
    y = (rng.random(n) < sigmoid(-1 + a * (city == "South") + 0.8 * (b < 2000) - frame["flag"].to_numpy())).astype(int)
    plan = design(
        frame,
        [
            Feature("a", "a", "banking", "a", "number", Source("column", "a")),
            Feature("city", "city", "customer", "city", "category", Source("column", "city")),
            Feature("b", "b", "banking", "b", "money", Source("column", "b"), logged=True),
            Feature("flag", "flag", "banking", "flag", "flag", Source("column", "flag")),
        ],
    )
    matrix, when = plan.matrix(frame), y * rng.integers(1, 4, n)
    return lambda kind: (fitted(KINDS[kind], plan, matrix, y, 0, when=when), plan, matrix, y)
