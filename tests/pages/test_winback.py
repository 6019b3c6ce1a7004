"""The Win-back page: the rate of the function, the caveat beside it, and the list that leaves out who refuses."""

import shutil

import polars as pl
import pytest
import streamlit

from churn_dash.access import Scope
from churn_dash.campaigns.winback import to_ask, win_back
from churn_dash.store import Workspace
from tests.pages.reading import opened, words


def test_the_page_shows_the_rate_its_caveat_and_the_list(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = win_back(ds, Scope.everything())
    at = opened("winback")
    assert not at.exception and not at.error
    shown = {m.label: m.value for m in at.metric}
    assert shown["Win-back rate"] == f"{found.rate.value:.2%}"
    assert shown["Asked back"] == f"{found.contacted.value:.2%}" and shown["Not asked"] == f"{found.spontaneous.value:.2%}"
    assert "an association, not what contacting does" in words(at)
    one = to_ask(ds, found)
    assert f"{one.n} lost customers may be asked back" in words(at)
    listed = next(d.value for d in at.dataframe if "strategy" in d.value.columns and len(d.value) == min(one.n, 1_000))
    refusing = set(ds.table("customers").filter(~pl.col("consent_marketing"))["customer_id"])
    assert not refusing & set(listed["customer_id"])


def test_the_losses_of_the_period_are_fewer_and_an_owner_has_his_own(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    one = to_ask(ds, win_back(ds, Scope.everything()))
    owner = one.rows["owner"].drop_nulls()[0]
    at = opened("winback", losses="period", owner=f"o.{owner}")
    assert not at.exception and "losses of 20" in words(at)
    tables = [d.value for d in at.dataframe if "strategy" in d.value.columns and "owner" in d.value.columns]
    assert tables and set(tables[0]["owner"]) == {owner}


@pytest.mark.parametrize(("key", "kind", "who"), [("winback-xlsx", "xlsx", "Ann"), ("csv-win-back-list", "csv", None)])
def test_a_copy_of_the_list_is_on_record(bank_folder, looking_at, tmp_path, monkeypatch, key, kind, who):
    from churn_dash.campaigns.winback.handed import handed
    from churn_dash.store import Records

    root = shutil.copytree(bank_folder, tmp_path / "bank")
    looking_at(root)
    taken, real = {}, streamlit.download_button
    monkeypatch.setattr(
        "streamlit.download_button", lambda label, data, *a, **k: (taken.update({k["key"]: data}), real(label, data, *a, **k))[1]
    )
    at = opened("winback")
    assert "xlsx-win-back-list" not in taken, "the only workbook is the one that asks for a name"
    at.text_input(key="win-back-who").set_value("Ann").run()
    assert handed(Records(root)) == [], "drawing the page hands nothing out"
    assert taken[key]()
    (one,) = handed(Records(root))
    ds = Workspace.open(root).dataset()
    assert one.kind == kind and one.n == to_ask(ds, win_back(ds, Scope.everything())).n and (who is None or one.who == who)
    at.run()
    assert not at.exception and f"1 list handed out, the last by {one.who}" in words(at)


def test_one_row_a_customer_says_what_win_back_needs(flat_folder, looking_at):
    looking_at(flat_folder)
    assert "Win-back needs months" in words(opened("winback"))
