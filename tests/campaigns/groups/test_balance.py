"""Were the groups alike at the start?"""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import balance
from churn_dash.campaigns.groups.balance import smd

ALL = Scope.everything()

D = datetime.date
Make = Callable[..., Any]


def test_a_difference_is_in_standard_deviations() -> None:
    assert smd(60.0, 3.0, 57.0, 3.0) == pytest.approx(1.0)
    assert smd(1.0, 0.0, 2.0, 0.0) is None


def test_what_the_data_hold_is_compared_before_the_start(make_bank: Make) -> None:
    rows = []
    for arm, level in (("treated", 100.0), ("control", 100.0)):
        for i in range(20):
            for month in (D(2024, 2, 1), D(2024, 3, 1)):
                rows.append(
                    (
                        f"{arm}{i}",
                        month,
                        level + i + (500 if month > D(2024, 2, 1) and arm == "treated" else 0),
                        1.0,
                        i + (arm == "treated") * 10,
                        2,
                    )
                )
    months = pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count", "product_count"], orient="row")
    people = pl.DataFrame(
        {
            "customer_id": [f"treated{i}" for i in range(20)] + [f"control{i}" for i in range(20)],
            "birth_date": [D(1980, 1, 1 + i) for i in range(20)] * 2,
        }
    )
    found = {
        r.covariate: r
        for r in balance(make_bank([("treated", 20, 3), ("control", 20, 3)], months=months, tables={"customers": people}), "K1", scope=ALL)
    }
    assert set(found) == {"aum_avg", "txn_count", "product_count", "age"}
    assert found["aum_avg"].smd == pytest.approx(0)
    assert found["aum_avg"].alike
    assert found["txn_count"].smd == pytest.approx(10 / pl.Series(range(20)).std())  # type: ignore[operator]
    assert not found["txn_count"].alike
    assert found["product_count"].smd is None
    assert found["age"].n == 40


def test_without_a_holdout_nothing_is_compared(make_bank: Make) -> None:
    assert balance(make_bank([("treated", 20, 3)]), "K1", scope=ALL) == ()
