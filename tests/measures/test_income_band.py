"""Income as a dimension: bands of what the customers say today, in measures, filters, rules, and a list without months."""

from collections import Counter

import polars as pl

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, measure
from churn_dash.segments import members
from churn_dash.store import Workspace, publish
from churn_dash.ui.filtering import limits
from tests.asking import asked


def band(income: float | None) -> str | None:
    if income is None:
        return None
    return "<5k" if income < 5e3 else "5k–10k" if income < 1e4 else "10k–20k" if income < 2e4 else "20k–50k" if income < 5e4 else "50k+"


def test_churn_by_income_is_that_of_a_loop(bank, bank_data):
    incomes = dict(bank.tables["customers"].select("customer_id", "income_monthly").iter_rows())
    there, gone = Counter(), Counter()
    for customer, left in members(asked(bank_data)).select("customer_id", "left").iter_rows():
        there[band(incomes[customer])] += 1
        gone[band(incomes[customer])] += left
    rows = measure(asked(bank_data), ["customers", "customers_lost"], ["income_band"])
    assert {r["income_band"]: (r["customers"], r["customers_lost"]) for r in rows.to_dicts()} == {b: (n, gone[b]) for b, n in there.items()}
    assert rows["income_band"].drop_nulls().to_list() == ["<5k", "5k–10k", "10k–20k", "20k–50k"][: rows["income_band"].drop_nulls().len()]
    one = measure(asked(bank_data, filters=Filters((("income_band", ("5k–10k",)),))), ["customers"])
    assert one["customers"][0] == there["5k–10k"] > 0


def test_income_is_offered_to_rules_and_groups(bank_data):
    assert "income_band" in limits.groupings(bank_data)


def test_a_list_without_months_has_it_too(tmp_path):
    people = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "income_monthly": [4_999.99, 5_000.0, 60_000.0, None]})
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"customers": people}, "people"))
    rows = measure(asked(workspace.dataset()), ["customers"], ["income_band"])
    assert dict(rows.select("income_band", "customers").iter_rows()) == {"<5k": 1, "5k–10k": 1, "50k+": 1, None: 1}
