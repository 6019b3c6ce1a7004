"""Customers by the store's numbers instead of their own: the same judgement, to the last digit."""

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import campaign_ids, evaluate
from churn_dash.campaigns.groups.numbered import beside, numbered, one_each
from churn_dash.campaigns.judged import judgement
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from tests.alike import approximately

ALL = Scope.everything()


@pytest.mark.parametrize("outcome", [None, "aum_kept", "csat"])
def test_a_campaign_is_judged_by_number_as_by_text(bank_data, monkeypatch, outcome):
    numbers = {i: evaluate(bank_data, i, outcome=outcome, scope=ALL).as_json() for i in campaign_ids(bank_data)}
    monkeypatch.setattr(judgement, "numbered", lambda ds: ds)
    for i, found in numbers.items():
        assert found == approximately(evaluate(bank_data, i, outcome=outcome, scope=ALL).as_json()), i


def test_customers_whom_the_months_do_not_know_keep_what_the_other_tables_say(bank, tmp_path):
    space = Workspace.create(tmp_path / "bank", sample=True)
    people, members = bank.tables["customers"], bank.tables["campaign_assignments"]
    new = people.head(2).with_columns(customer_id=pl.Series(["X-1", "X-2"]))
    added = members.head(2).with_columns(customer_id=pl.Series(["X-2", "X-9"]))
    publish(
        space,
        extract_of(dict(bank.tables) | {"customers": pl.concat([people, new]), "campaign_assignments": pl.concat([members, added])}, "b"),
    )
    ds = space.dataset()
    by = numbered(ds)
    listed, known = by.table("campaign_assignments"), by.table("customers")
    assert listed["customer_id"].dtype == pl.Int64 and listed["customer_id"].null_count() == 0
    texts = ds.table("campaign_assignments")["customer_id"]
    assert listed["customer_id"].n_unique() == texts.n_unique()
    strange = listed.filter(pl.Series(texts == "X-2"))
    row = new.row(1, named=True)
    assert beside(strange, known.select("customer_id", "birth_date"))["birth_date"].to_list() == [row["birth_date"]]
    months = {c for (c,) in by.cursor().execute("select distinct customer_id from months").fetchall()}
    assert not months & set(strange["customer_id"]) and months <= set(known["customer_id"])


def test_by_place_is_a_left_join():
    members = pl.DataFrame({"customer_id": [5, 1, 1, 9, None]})
    values = pl.DataFrame({"customer_id": [1, 5, 7], "v": ["a", "b", "c"]})
    assert beside(members, values).equals(members.join(values, on="customer_id", how="left", maintain_order="left"))
    assert beside(members, values.clear())["v"].null_count() == 5
    assert one_each(pl.DataFrame({"customer_id": [2, 1, 2], "v": [1, 2, 3]})).rows() == [(1, 2), (2, 1)]
