"""T8, and the index of real members."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import before_after
from churn_dash.causes.loyalty import COMPONENTS, loyalty
from tests.causes.reference import loyalty_index

D = datetime.date
Make = Callable[..., Any]


def test_t8() -> None:
    assert loyalty_index([0.8, 0.5, 1, None, 0.6], [0.25, 0.25, 0.20, 0.20, 0.10]) == pytest.approx(73.125)


def test_less_than_sixty_per_cent_of_the_weight_is_not_enough() -> None:
    weights = [0.25, 0.25, 0.20, 0.20, 0.10]
    assert loyalty_index([0.8, 0.5, None, None, None], weights) is None
    assert loyalty_index([0.8, 0.5, None, None, 0.6], weights) is not None


def test_the_weights_add_up_to_one() -> None:
    assert sum(w for _n, w, _m in COMPONENTS) == pytest.approx(1)


def months(products: int = 3) -> pl.DataFrame:
    rows = [
        (f"{a}{i}", D(2023 + m // 12, m % 12 + 1, 1), 1000.0 if m < 15 or a == "control" else 500.0, 1000.0, 4, products)
        for a in ("treated", "control")
        for i in range(20)
        for m in range(24)
    ]
    return pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count", "product_count"], orient="row")


def people(n: int = 20) -> pl.DataFrame:
    return pl.DataFrame(
        {"customer_id": [f"{a}{i}" for a in ("treated", "control") for i in range(n)], "open_date": [D(2019, 3, 1)] * (2 * n)}
    )


def test_the_index_of_a_customer_is_the_weighted_mean_of_the_known_parts(make_bank: Make) -> None:
    complaints = pl.DataFrame({"complaint_id": ["c"], "customer_id": ["treated1"], "created_at": [D(2024, 1, 5)]})
    bank = make_bank([("treated", 20, 0), ("control", 20, 0)], months=months(), tables={"customers": people(), "complaints": complaints})
    found = dict(loyalty(bank, people(), D(2024, 2, 1)).iter_rows())
    tenure = (D(2024, 2, 29) - D(2019, 3, 1)).days / 365.25 / 10
    weight = 0.2 + 0.2 + 0.1 + 0.1 + 0.1
    assert found["treated0"] == pytest.approx(100 * (0.2 * tenure + 0.2 * 0.5 + 0.3) / weight)
    assert found["treated1"] == pytest.approx(100 * (0.2 * tenure + 0.2 * 0.5 + 0.2) / weight)


def test_customers_of_whom_too_little_is_known_have_no_index(make_bank: Make) -> None:
    bank = make_bank([("treated", 20, 0), ("control", 20, 0)], tables={"customers": people()})
    assert loyalty(bank, people(), D(2024, 2, 1))["index"].null_count() == 40


def test_the_table_compares_the_members_own_changes(make_bank: Make) -> None:
    tables = {
        "customers": people(),
        "complaints": pl.DataFrame(schema={"complaint_id": pl.String, "customer_id": pl.String, "created_at": pl.Date}),
    }
    bank = make_bank([("treated", 20, 2), ("control", 20, 0)], months=months(), tables=tables)
    row = next(r for r in before_after(bank, "K1", scope=Scope.everything()).rows if r.key == "loyalty_index")
    assert (row.target_after.n, row.holdout_after.n, row.effect.n) == (18, 20, 38)
    assert row.effect.value == pytest.approx(-100 * 0.1 * (1 - 500 / 1000 * 2 / 3 - 1 / 3) / 0.7, abs=3)
    assert row.effect.value is not None
    assert row.effect.value < 0
