"""The page Lists and follow-up: before a list is frozen, after it, and what is said of the registration."""

import datetime
import shutil

import pytest

from tests.pages.reading import opened, words


@pytest.fixture
def place(bank_folder, looking_at, tmp_path):
    return looking_at(shutil.copytree(bank_folder, tmp_path / "bank"))


def test_a_list_is_frozen_on_the_page_and_its_registration_stands_there(place):
    from churn_dash.store import Workspace

    at = opened("followup", grades="hm", capacity="50")
    assert not at.exception and "No list is frozen yet" in words(at)
    next(t for t in at.text_input if t.key == "freeze-name").set_value("Autumn calls")
    next(t for t in at.text_input if t.key == "freeze-who").set_value("Ann")
    next(n for n in at.number_input if n.key == "freeze-fixed").set_value(5_000.0)
    first = next(d for d in at.date_input if d.key == "freeze-start")
    later = first.value + datetime.timedelta(days=7)
    first.set_value(later)
    next(b for b in at.button if b.label == "Freeze the list").click().run()
    assert not at.exception
    said, ds = words(at), Workspace.open(place).dataset()
    assert ds.version == 2 and [s.value for s in at.success] != [] and "is frozen as data version 2" in at.success[0].value
    assert "by Ann, before the outcome could be known" in said
    members = ds.table("campaign_assignments")
    number = ds.table("campaigns").filter(ds.table("campaigns")["name"] == "Autumn calls")["campaign_id"][0]
    row = ds.table("campaigns").filter(ds.table("campaigns")["campaign_id"] == number).row(0, named=True)
    assert (row["type"], row["cost_fixed"], row["start_date"]) == ("call", 5_000.0, later)
    held = members.filter((members["campaign_id"] == number) & (members["arm"] == "control")).height
    assert held and f"{held} held out" in said and "Not yet due" in said


def test_terms_that_cannot_be_are_said_in_a_sentence(place):
    at = opened("followup", grades="hm", capacity="50")
    next(b for b in at.button if b.label == "Freeze the list").click().run()
    assert not at.exception and "Give the list a name" in words(at)


def test_a_campaign_that_nobody_registered_is_told_so(bank_folder, looking_at):
    looking_at(bank_folder)
    assert "Not registered" in words(opened("campaigns", campaign="C01"))


def test_a_loaded_campaign_is_registered_on_its_page(place):
    at = opened("campaigns", campaign="C01")
    next(t for t in at.text_input if t.key == "register-who-C01").set_value("Ann")
    next(b for b in at.button if b.label == "Register").click().run()
    said = words(at)
    assert not at.exception and "by Ann" in said and "Not registered" not in said
    assert not [b for b in at.button if b.label == "Register"]
