"""Survival, What it costs and Branches on data that hold little: a sentence each, never a failure."""

import datetime

import polars as pl
import pytest

from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Source
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from tests.pages.reading import answer, opened

PAGES = ("survival", "costs", "branches")


def months(n):
    return [datetime.date(2024, 1 + m, 1) for m in range(n)]


def panel(root, customers, n, **columns):
    rows = [
        {"customer_id": f"c{i}", "month": m, **{c: f(i) for c, f in columns.items()}} for i in range(customers) for m in months(n - i % 2)
    ]
    people = pl.DataFrame(
        {"customer_id": [f"c{i}" for i in range(customers)], "open_date": [datetime.date(2020, 1 + i % 12, 1) for i in range(customers)]}
    )
    publish(Workspace.create(root), extract_of({"customer_month": pl.DataFrame(rows), "customers": people}, "made"))
    return root


def one_customer(root):
    return panel(root, 1, 4, aum_end=lambda i: 100.0)


def no_balances(root):
    return panel(root, 60, 5, txn_count=lambda i: 3)


def two_months(root):
    return panel(root, 60, 2, aum_end=lambda i: 10.0 * i)


def list_without_flag(root):
    text = "CustomerId,Age,Region\n" + "\n".join(f"{i},{20 + i % 50},{'NSEW'[i % 4]}" for i in range(300))
    publish(Workspace.create(root), extract([Source("list.csv", text.encode())]))
    return root


@pytest.mark.parametrize("made", [one_customer, no_balances, two_months, list_without_flag], ids=lambda f: f.__name__)
def test_a_page_of_thin_data_answers_in_a_sentence(made, tmp_path, looking_at):
    looking_at(made(tmp_path / "thin"))
    for page in PAGES:
        at = opened(page, "zh" if page == "costs" else "en")
        assert not at.exception, page
        assert len(answer(at)) > 5, page
