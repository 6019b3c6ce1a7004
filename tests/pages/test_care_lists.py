"""The page of the care lists: the same rows as the command line, every row in the download, and a sentence where data are missing."""

import datetime
import io
import shutil

import polars as pl
import pytest

from churn_dash.care import CareSettings, care_list, in_force, totals
from churn_dash.report import files
from churn_dash.store import Records, Workspace
from churn_dash.ui.lists import care
from churn_dash.ui.parts import list_words
from tests.asking import asked
from tests.pages.reading import answer, opened, words


def data(folder):
    return Workspace.open(folder).dataset()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_list_answers_with_its_own_figure(language, bank_folder, looking_at):
    looking_at(bank_folder)
    known = totals(asked(data(bank_folder)))
    at = opened("lists", language)
    said = set()
    for one in known:
        at.selectbox(key="list").set_value(one.trigger.name).run()
        assert not at.exception and not at.error, one.trigger.name
        sentence = answer(at)
        said.add(sentence)
        if one.found.n and one.trigger.name != "complaint_open":
            assert f"{one.found.customers:,}" in sentence
        if one.found.n:
            assert len(at.dataframe[0].value) == min(one.found.n, 1_000)
    assert len(said) == len(known)


def test_the_page_of_another_day_is_the_list_of_that_day(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = data(bank_folder)
    day = ds.data_end - datetime.timedelta(days=40)
    at = opened("lists", list="birthday", day=day.isoformat())
    assert not at.exception
    assert at.dataframe[0].value["customer_id"].to_list() == care_list(asked(ds), "birthday", day).rows["customer_id"].to_list()
    assert f"as of {day}" in words(at)
    at = opened("lists", list="birthday", day="2024-13-01")
    assert not at.exception and f"as of {ds.data_end}" in words(at), "what is no day is left out"
    at = opened("lists", list="birthday", period="12m")
    assert f"as of {ds.data_end}" in words(at)


def test_a_day_after_the_data_says_that_it_knows_nothing_of_it(bank_folder, looking_at):
    looking_at(bank_folder)
    end = data(bank_folder).data_end
    at = opened("lists", list="birthday", day=(end + datetime.timedelta(days=10)).isoformat())
    assert not at.exception and f"The data end on {end}" in words(at)
    assert "what has happened since" not in words(opened("lists"))


def test_an_owner_sees_their_rows_only(bank_folder, looking_at):
    looking_at(bank_folder)
    whole = care_list(asked(data(bank_folder)), "core_uncontacted")
    owner = whole.rows["owner"].drop_nulls()[0]
    at = opened("lists", list="core_uncontacted", owner=f"o.{owner}")
    assert not at.exception
    assert set(at.dataframe[0].value["owner"]) == {owner} and len(at.dataframe[0].value) == whole.of(owner=owner).n


def test_a_filter_narrows_the_list(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("lists", list="core_uncontacted", **{"where.tier": "private"})
    assert not at.exception
    ids = set(at.dataframe[0].value["customer_id"])
    rows = care_list(asked(data(bank_folder)), "core_uncontacted").rows
    assert ids == set(rows.filter(pl.col("tier") == "private")["customer_id"])


def test_the_download_of_every_list_holds_every_row_and_ids_stay_text(bank_folder, looking_at, monkeypatch, nothing_remembered):
    looking_at(bank_folder)
    monkeypatch.setattr(care, "_MOST", 5)
    for module in (care, list_words):
        monkeypatch.setattr(module.session, "say", lambda what: str(what))
    for one in totals(asked(data(bank_folder))):
        table = care.table(one.found)
        assert table.rows.height == min(5, one.found.n)
        whole = table.every_row()
        assert whole["customer_id"].to_list() == one.found.rows["customer_id"].to_list()
        written = pl.read_csv(files.csv(whole)[3:], infer_schema=False)
        assert written["customer_id"].to_list() == whole["customer_id"].to_list()
        book = pl.read_excel(io.BytesIO(files.xlsx(whole)), engine="calamine", infer_schema_length=0)
        assert book.height == one.found.n and (not one.found.n or book["customer_id"].to_list() == whole["customer_id"].to_list())


def test_one_row_a_customer_says_what_each_list_needs(flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened("lists", list="silence")
    assert not at.exception
    assert "This list needs months" in words(at)
    at = opened("lists", list="maturity_own")
    assert "This list needs the table Products held one by one" in words(at)


def test_a_filter_that_leaves_nobody_is_a_sentence(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("lists", list="birthday", **{"where.tier": "private", "where.age_band": "<25", "where.gender": "F"})
    assert not at.exception and "Nobody is on this list" in answer(at)


def test_days_without_contact_are_chosen_and_settings_are_recorded(bank_folder, tmp_path, looking_at):
    own = tmp_path / "bank"
    shutil.copytree(bank_folder, own)
    looking_at(own)
    ds = data(own)
    want = care_list(asked(ds), "core_uncontacted", settings=CareSettings(uncontacted_days=30))
    assert want.n > care_list(asked(ds), "core_uncontacted").n
    at = opened("lists", list="core_uncontacted", uncontacted="30")
    assert not at.exception and f"{want.customers:,}" in answer(at) and "30 days" in answer(at)
    assert "超过 30 天" in words(opened("lists", "zh", list="core_uncontacted", uncontacted="30"))
    at = opened("lists", list="core_uncontacted")
    at.number_input(key="care-uncontacted_days-0").set_value(30)
    next(b for b in at.button if b.label == "Set").click().run()
    assert not at.exception and "Say why" in words(at)
    at.text_input(key="care-why").set_value("policy of 2026")
    next(b for b in at.button if b.label == "Set").click().run()
    assert not at.exception and in_force(Records(own)).settings == CareSettings(uncontacted_days=30)
    at = opened("lists", list="core_uncontacted")
    assert f"{want.customers:,}" in answer(at) and "30 days" in answer(at) and "policy of 2026" in words(at)
    at.text_input(key="care-why").set_value("as before")
    next(b for b in at.button if b.label == "Back to the usual settings").click().run()
    assert in_force(Records(own)).settings == CareSettings() and in_force(Records(own)).version == 2
