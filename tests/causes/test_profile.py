"""Who the lost were beside who stayed: an amount that most do not have at all is told by who has any."""

import polars as pl
import pytest

from churn_dash.causes import profile
from churn_dash.causes.profile import _HELD, _LOGGED, _number
from tests.asking import asked


def _rows(lost, stayed):
    return pl.DataFrame({"left": [True] * len(lost) + [False] * len(stayed), "v": [*lost, *stayed]}, schema_overrides={"v": pl.Float64})


def test_an_amount_with_both_medians_at_nought_is_told_as_the_share_that_has_any():
    rows = _rows([0, 0, 0, 100], [0, 0, 0, 0, 0, 50, 60, 0, 0, 0])
    found = _number(rows, "consumption", "loan_balance", "Loan balance", "money")
    assert (found.unit, found.lost, found.stayed, found.label) == ("ratio", 0.25, pytest.approx(0.2), _HELD["loan_balance"])
    pooled = ((0.25 * 0.75 + 0.2 * 0.8) / 2) ** 0.5
    assert found.difference == pytest.approx(0.05 / pooled)


def test_an_amount_that_most_have_stays_a_median():
    found = _number(_rows([0, 5, 7], [1, 2, 0]), "consumption", "loan_balance", "Loan balance", "money")
    assert (found.unit, found.lost, found.stayed) == ("money", 5.0, 1.0)


def test_no_feature_of_the_invented_bank_sets_nothing_against_nothing(bank_data):
    found = profile(asked(bank_data))
    assert {f.name for f in found} >= {"aum_avg", "loan_balance"} and set(_LOGGED) <= set(_HELD)
    assert not [f for f in found if f.unit == "money" and f.lost == f.stayed == 0]
    assert any(f.unit == "ratio" and f.name in _HELD for f in found), "else this test could not fail"
