"""Amounts that are the same for everybody."""

import polars as pl

from churn_dash.campaigns import evaluate_rows


def test_amounts_that_do_not_vary_are_not_called_too_few_cases():
    rows = pl.DataFrame({"arm": ["t", "c"] * 30, "spend": [5.0] * 60})
    found = evaluate_rows(rows, "arm", "c", "spend", "randomised").as_json()
    assert "for everybody" in found["verdict"] and found["effects"][0]["p_value"] is None
