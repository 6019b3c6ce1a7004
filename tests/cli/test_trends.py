"""`churn-dash trends` gives the numbers of the pages over time."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from churn_dash import sample
from churn_dash.cli import app
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period
from churn_dash.measures.calendar.market import offers
from churn_dash.measures.movement.growth import growth
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from churn_dash.store import Workspace, publish
from tests import asking


def asked(folder, *words):
    found = CliRunner().invoke(app, ["trends", *words, "--workspace", str(folder), "--json"])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.fixture
def folder(bank_workspace):
    return bank_workspace.root


def test_every_part_is_there_and_says_in_a_sentence_what_it_lacks(folder):
    found = asked(folder)
    assert set(found) == {
        "version",
        "definition",
        "definition_tag",
        "as_of",
        "growth",
        "products",
        "season",
        "market",
        "offers",
        "maturities",
        "calendar",
    }
    assert found["season"]["method"] == "year_on_year" and "17" not in found["season"]["sentence"] and "16" in found["season"]["sentence"]
    assert found["calendar"]["months"][-1]["settles_on"] and not found["calendar"]["incomplete"]


def test_growth_is_that_of_the_measures(folder, bank_data):
    rows = asked(folder, "growth", "--by", "quarter", "--where", "tier=gold")["growth"]
    told = growth(asking.asked(bank_data, filters=Filters((("tier", ("gold",)),))), ["quarter"]).to_dicts()
    assert [r["end"] for r in rows] == [r["end"] for r in told]
    assert [r["aum_end"] for r in rows] == pytest.approx([r["aum_end"] for r in told])
    assert rows[-1]["settles_on"] is None or rows[-1]["settles_on"] > str(bank_data.data_end)


def test_products_by_kind_over_the_whole_period(folder, bank_data):
    rows = asked(folder, "products", "--by", "product")["products"]["rows"]
    told = product_churn(asking.asked(bank_data), by=["product"])
    for name in PRODUCT_MEASURES:
        for row, value in zip(rows, told[name].to_list(), strict=True):
            assert row[name] == (None if value is None else pytest.approx(value))


def test_a_part_that_is_asked_for_and_cannot_be_told_is_an_error_in_one_sentence(worked):
    found = CliRunner().invoke(app, ["trends", "market", "--workspace", str(worked.root)])
    assert found.exit_code == 1 and "market_month" in str(found.exception)
    alone = CliRunner().invoke(app, ["trends", "growth", "--whole", "--definition", "close", "--workspace", str(worked.root), "--json"])
    row = json.loads(alone.stdout)["growth"][0]
    assert (row["start"], row["end"], row["aum_end"]) == (6, 5, 255)


def test_an_unknown_part_names_the_nearest(folder):
    found = CliRunner().invoke(app, ["trends", "grwth", "--workspace", str(folder)])
    assert found.exit_code == 2 and "growth" in found.output


@pytest.mark.parametrize(
    ("words", "near"),
    [(["--by", "teir"], "tier"), (["--by", "mnth"], "month"), (["products", "--by", "prodct"], "product")],
)
def test_a_misspelt_name_is_refused_with_the_nearest(folder, words, near):
    from churn_dash.errors import NotFound

    found = CliRunner().invoke(app, ["trends", *words, "--workspace", str(folder), "--json"])
    assert found.exit_code != 0 and isinstance(found.exception, NotFound)
    assert f"the nearest is {near}" in str(found.exception)


def test_a_misspelt_measure_is_refused_also_where_every_part_is_asked_for(folder):
    from churn_dash.errors import NotFound

    found = CliRunner().invoke(app, ["trends", "--of", "chrun_rate", "--workspace", str(folder), "--json"])
    assert found.exit_code != 0 and isinstance(found.exception, NotFound)


def test_the_calendar_and_the_offers_are_of_the_period_that_was_asked_for(folder, bank_data):
    first, last = bank_data.measurable[2], bank_data.measurable[4]
    found = asked(folder, "calendar", "offers", "--from", f"{first:%Y-%m}", "--to", f"{last:%Y-%m}")
    assert [r["month"] for r in found["calendar"]["months"]] == [str(m) for m in bank_data.measurable[2:5]]
    assert all(f"{first:%Y-%m}" <= m["date"][:7] <= f"{last:%Y-%m}" for m in found["calendar"]["markers"])
    assert found["offers"] == offers(bank_data, Period(first, last)).to_dicts() != asked(folder, "offers")["offers"]


def test_the_calendar_without_an_end_holds_the_months_that_did_not_come_whole(tmp_path):
    table = sample.generate(5, 200, 12).tables["customer_month"]
    last = table["month"].max()
    cut = table.filter((pl.col("month") < last) | (pl.int_range(pl.len()) % 4 == 0))
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of({"customer_month": cut}, "bank"))
    ds = workspace.dataset()
    assert last not in ds.months
    found = asked(workspace.root, "calendar", "--from", f"{ds.measurable[-1]:%Y-%m}")["calendar"]
    assert [(r["month"], r["complete"]) for r in found["months"]] == [(str(ds.measurable[-1]), True), (str(last), False)]
    assert [r["month"] for r in found["incomplete"]] == [str(last)]
    named = asked(workspace.root, "calendar", "--to", f"{ds.measurable[-1]:%Y-%m}")["calendar"]
    assert str(last) not in [r["month"] for r in named["months"]] and not named["incomplete"]


def test_the_help_names_every_definition():
    from churn_dash.contract import DEFINITIONS

    text = CliRunner().invoke(app, ["trends", "--help"], env={"COLUMNS": "300"}).output
    assert all(name in text for name in DEFINITIONS)
