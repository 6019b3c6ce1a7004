"""Groups that are worked out and ready segments on the pages: as filters, as breakdowns, as chips; nobody is one sentence."""

import shutil

import polars as pl
import pytest

from churn_dash.measures import Filters, measure
from churn_dash.segments import Clause, Rule, save_rule
from churn_dash.store import Workspace
from tests.asking import asked
from tests.pages.reading import answer, chips, opened, words


@pytest.fixture
def ds(bank_folder, looking_at):
    looking_at(bank_folder)
    yield Workspace.open(bank_folder).dataset()
    (bank_folder / "records.sqlite").unlink(missing_ok=True)
    shutil.rmtree(bank_folder / "segments", ignore_errors=True)


def test_a_group_in_the_address_filters_every_figure_and_stands_as_a_chip(ds):
    rate = measure(asked(ds, filters=Filters((("rfm", ("core",)),))), ["churn_rate"])["churn_rate"][0]
    at = opened("overview", where__rfm="core")
    assert not at.exception and not at.error
    assert f"{100 * rate:.2f}%" in answer(at)
    assert chips(at) == ["RFM kind: Core: busy, high balances"]
    assert chips(opened("overview", "zh", where__loyalty="loyal"))[0].startswith("忠诚度分类")


@pytest.mark.parametrize("page", ["trends", "segments", "growth", "survival", "satisfaction", "risk", "lists", "cohorts"])
def test_a_group_filters_every_page_without_an_error(ds, page):
    at = opened(page, where__service_tier="middle")
    assert not at.exception and not at.error
    assert "Kind of service: Middle" in chips(at)


def test_groups_are_rows_and_columns_of_the_heat_map(ds):
    at = opened("segments", rows="value_tenth", columns="orientation")
    assert not at.exception and not at.error
    table = next(pl.DataFrame(d.value) for d in at.dataframe if "lost" in d.value.columns)
    cells = measure(asked(ds), ["churn_rate"], ["value_tenth", "orientation"])
    assert table["n"].sum() == cells["churn_rate_n"].sum()
    assert any(g.startswith("Top tenth · ") for g in table["group"])


def test_no_rate_of_a_few_stands_in_the_ranking_and_the_sentence_names_only_who_is_surely_above(ds):
    cells = measure(asked(ds), ["churn_rate"], ["age_band", "tier"])
    assert (cells["churn_rate_n"] < 30).any() and (cells["churn_rate_n"] >= 30).any(), "or this asks nothing"
    at = opened("segments", rows="age_band", columns="tier")
    table = next(pl.DataFrame(d.value) for d in at.dataframe if "lost" in d.value.columns)
    assert ((table["n"] >= 30) == table["rate"].is_not_null()).all()
    bank = measure(asked(ds), ["churn_rate"])["churn_rate"][0]
    sure = cells.filter((pl.col("churn_rate_n") >= 30) & (pl.col("churn_rate_low") > bank))["churn_rate"]
    said = "No group leaves clearly faster than the whole bank" if sure.is_empty() else f"{100 * sure.max():.2f}% left"
    assert said in answer(at)


def test_the_page_lists_ready_segments_and_filters_by_them(ds):
    at = opened("saved", inside="High net worth customers")
    assert not at.exception and not at.error
    table = next(pl.DataFrame(d.value) for d in at.dataframe if "who" in d.value.columns)
    assert table.filter(pl.col("kind") == "Ready").height == 3
    assert chips(at) == ["in High net worth customers"]
    assert "No segment is saved yet" in answer(at)
    there = opened("saved", "zh")
    assert "高净值客户" in next(pl.DataFrame(d.value) for d in there.dataframe if "who" in d.value.columns)["name"].to_list()


@pytest.mark.parametrize("page", ["trends", "satisfaction", "branches"])
@pytest.mark.parametrize(("language", "sentence"), [("en", "No customer matches these filters."), ("zh", "")])
def test_a_segment_with_nobody_is_one_sentence_and_no_chart(ds, page, language, sentence):
    save_rule(ds, "Nobody", Rule((Clause("aum_end", low=1e14),)))
    at = opened(page, language, inside="Nobody")
    assert not at.exception and not at.error
    assert sentence in answer(at)
    assert "nan" not in words(at).casefold().replace("finance", "")
    assert not at.get("plotly_chart")


def test_on_a_telephone_the_heat_map_is_a_table_with_range_and_n(ds, monkeypatch):
    from churn_dash.ui import session

    monkeypatch.setattr(session, "on_phone", lambda: True)
    at = opened("segments")
    assert not at.exception and not at.error
    table = pl.DataFrame(at.table[0].value)
    cells = measure(asked(ds), ["churn_rate"], ["tenure_band", "tier"]).filter(pl.col("churn_rate_n") > 0)
    known = cells.drop_nulls(["tenure_band", "tier"])
    assert table.height == known.height
    assert sum(1 for r in table.iter_rows() if "gray" in r[2]) == known.filter(pl.col("churn_rate_n") < 30).height > 0
    assert all("–" in r[1] for r in table.iter_rows() if "gray" not in r[2])
