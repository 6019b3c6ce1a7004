"""Which value of a column says who left."""

import polars as pl

from churn_dash.risk.rows.sheet_tables import _outcome


def test_of_two_values_as_frequent_the_last_by_alphabet_is_who_left():
    values = pl.Series("kind", ["b", "a"] * 4)
    assert {tuple(_outcome(values, "Kind")) for _time in range(9)} == {(True, False) * 4}
