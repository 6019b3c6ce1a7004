"""Which customers are read, and how many at a time."""

import polars as pl

from churn_dash.risk.rows import panel_tables
from churn_dash.risk.scores import current
from churn_dash.store import Dataset


def test_all_customers_are_those_in_a_month_and_no_others(bank_data: Dataset) -> None:
    listed = {r[0] for r in bank_data.cursor().execute("select customer_id from months").fetchall()}
    found = panel_tables.customers(bank_data)
    assert found.to_list() == sorted(listed)


def test_of_few_features_more_customers_are_read_at_a_time_and_nobody_twice(bank_data: Dataset, monkeypatch) -> None:
    monkeypatch.setattr(current, "CHUNK", 60)
    there = panel_tables.present(bank_data)
    wide, narrow = (list(current.chunks(bank_data, None, n)) for n in (128, 5))
    for parts in (wide, narrow):
        assert pl.concat([p for p in parts if p is not None]).to_list() == there.to_list()
    assert max(len(p) for p in wide if p is not None) == 60 and max(len(p) for p in narrow if p is not None) == 240
