"""The pages over time: what they state is what the measures give, and poor data are answered in a sentence."""

import datetime

import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters
from churn_dash.measures.calendar.seasonality import seasonality
from churn_dash.measures.movement.growth import growth
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.store import Records, Workspace, publish
from tests.asking import asked
from tests.pages.reading import answer, opened, words

D = datetime.date


def published(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "own"))
    return workspace.dataset()


def titles(at):
    return [m.value.removeprefix("#### ").replace("\\", "") for m in at.markdown if m.value.startswith("#### ")]


def test_the_growth_page_states_what_growth_gives(bank_folder, looking_at):
    looking_at(bank_folder)
    row = growth(asked(Workspace.open(bank_folder).dataset())).row(0, named=True)
    found = answer(opened("growth"))
    assert f"{row['new']:,} joined" in found and f"{row['lost']:,} left" in found and f"now {row['end']:,}." in found


def test_the_growth_page_follows_filters_and_definition(bank_folder, looking_at):
    looking_at(bank_folder)
    row = growth(asked(Workspace.open(bank_folder).dataset(), filters=Filters((("tier", ("gold",)),)), definition="close")).row(
        0, named=True
    )
    at = opened("growth", definition="close", grain="quarter", **{"where.tier": "gold"})
    assert not at.exception and not at.error
    assert f"now {row['end']:,}." in answer(at) and row["moved_in"] > 0


def test_the_cards_of_products_state_their_last_month(bank_folder, looking_at):
    looking_at(bank_folder)
    rows = product_churn(asked(Workspace.open(bank_folder).dataset()), by=["month"])
    found = " ".join(titles(opened("growth")))
    for name, label in (("account_closure_rate", "Accounts closed"), ("deposit_transfer_rate", "Deposits moved to other banks")):
        assert f"{label}: {100 * rows[name][-1]:.2f}%" in found


def test_the_market_page_states_the_season(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = seasonality(asked(ds), "deposit_transfer_rate")
    at = opened("market", **{"season-of": "deposit_transfer_rate"})
    assert not at.exception and not at.error
    assert not found.by_stl and str(found.sentence) == answer(at), "twenty-three months: the sentence says what is missing"
    assert any("fall due in the next 6 months" in t for t in titles(at))


@pytest.mark.parametrize("page", ["growth", "market", "trends"])
@pytest.mark.parametrize(
    "query", [{"where.tier": "private", "where.gender": "F", "where.occupation": "student"}, {"period": "1m"}, {"grain": "year"}]
)
def test_nobody_or_hardly_any_month_is_said_in_words(page, query, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened(page, "zh", **query)
    assert not at.exception and not at.error and len(answer(at)) > 5


def poor(kind):
    months = [D(2024, m, 1) for m in range(1, 7)]
    rows = [(f"C{i}", m, 10.0 * i, 1) for i in range(1, 41) for m in months]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "aum_end", "txn_count"], orient="row")
    if kind == "one month":
        frame = frame.filter(pl.col("month") == months[0])
    if kind == "one customer":
        frame = frame.filter(pl.col("customer_id") == "C1")
    if kind == "no balances":
        frame = frame.drop("aum_end")
    return {"customer_month": frame}


@pytest.mark.parametrize("page", ["growth", "market", "trends"])
@pytest.mark.parametrize("kind", ["one month", "one customer", "no balances", "plain"])
def test_poor_data_are_answered_in_a_sentence(page, kind, tmp_path, looking_at):
    published(poor(kind), tmp_path / "poor")
    looking_at(tmp_path / "poor")
    at = opened(page)
    assert not at.exception and len(answer(at)) > 5
    if kind == "plain" and page == "growth":
        assert "they would need: accounts, large_transactions" in words(at)
    if kind == "plain" and page == "market":
        assert "market_month" in words(at) and "product_holdings" in words(at)


def test_an_incomplete_month_and_a_new_definition_are_told_on_the_trends_page(tmp_path, looking_at):
    tables = poor("plain")
    rows = tables["customer_month"]
    tables["customer_month"] = rows.filter((pl.col("month") < D(2024, 6, 1)) | (pl.col("customer_id") < "C2"))
    ds = published(tables, tmp_path / "partial")
    assert ds.months[-1] == D(2024, 5, 1)
    Records(ds.root).add("definition", "official", {"definition": "first", "from": "2024-01-01"})
    Records(ds.root).add("definition", "official", {"definition": "absent", "from": "2024-04-01"})
    looking_at(tmp_path / "partial")
    found = words(opened("trends"))
    assert "Jun 2024 is incomplete" in found and "the month ends on 2024-06-30" in found
    assert "new official definition: absence from later months, from Apr 2024" in found
    assert found.count("new official definition: absence from later months") == 2, "on every card over months"
