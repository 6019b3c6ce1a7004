"""The Evaluation page: every view opens on every shape of data, says what the room says, and keeps what is set."""

import re
import shutil

import polars as pl
import pytest

from churn_dash.evaluation import INDICATORS, measured
from churn_dash.evaluation.actions.kept import put as put_action
from churn_dash.evaluation.actions.kept import register
from churn_dash.evaluation.review.lessons import lessons
from churn_dash.evaluation.targets.kept import history
from churn_dash.evaluation.targets.kept import put as put_target
from churn_dash.intake.typed import extract_of
from churn_dash.store import Records, Workspace, publish
from churn_dash.words import show
from tests.asking import asked
from tests.pages.reading import answer, opened, words

VIEWS = ("scorecard", "around", "improvements", "review", "money")


@pytest.fixture
def own(bank_folder, tmp_path, looking_at):
    """A copy of the bank to set things in; its folder."""
    return looking_at(shutil.copytree(bank_folder, tmp_path / "bank"))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_view_opens_on_months_and_on_one_row_a_customer(view, language, bank_folder, flat_folder, looking_at):
    for folder in (bank_folder, flat_folder):
        looking_at(folder)
        at = opened("evaluation", language, view=view)
        assert not at.exception and len(answer(at)) > 5


@pytest.mark.parametrize("view", VIEWS)
def test_one_month_only_still_opens_and_says_what_is_missing(view, bank_folder, tmp_path, looking_at):
    ds = Workspace.open(bank_folder).dataset()
    first = ds.table("customer_month").filter(pl.col("month") == ds.all_months[0])
    workspace = Workspace.create(tmp_path / "one")
    publish(workspace, extract_of({"customer_month": first}, "one"))
    looking_at(workspace.root)
    at = opened("evaluation", view=view)
    assert not at.exception
    if view == "scorecard":
        assert "Load at least two months" in words(at)


def test_the_cards_are_the_figures_of_the_room(own):
    whole = measured(asked(Workspace.open(own).dataset()))
    shown = [m.value for m in opened("evaluation", view="scorecard").metric]
    assert shown == [show(whole.figures[key].estimate.value, about.unit) for key, about in INDICATORS.items()]


def test_a_target_is_set_on_the_page_with_name_and_judged(own):
    at = opened("evaluation", view="scorecard")
    assert "no target is set" in answer(at)
    inputs = {t.label: t for t in at.text_input}
    inputs["Target; empty: none"].set_value("99%")
    inputs["Owner"].set_value("Retail")
    inputs["Your name"].set_value("li")
    next(b for b in at.button if b.label == "Set").click()
    at.run()
    (one,) = history(Records(own), "churn_rate")
    assert (one.value, one.owner, one.who) == (0.99, "Retail", "li")
    assert answer(at) == "Targets met beyond chance: 1 of 1" and "Target met" in words(at)


def test_a_target_that_cannot_be_is_a_sentence_and_nothing_is_kept(own):
    at = opened("evaluation", view="scorecard")
    next(t for t in at.text_input if t.label == "Target; empty: none").set_value("lots")
    next(b for b in at.button if b.label == "Set").click()
    at.run()
    assert not at.exception and "lots is not a number" in words(at) and not history(Records(own), "churn_rate")


def test_within_chance_is_said_in_words_and_not_called_met(own):
    figure = measured(asked(Workspace.open(own).dataset())).figures["churn_rate"].estimate
    put_target(Records(own), "churn_rate", (figure.value + figure.high) / 2)
    at = opened("evaluation", view="scorecard")
    assert "within chance" in answer(at) and "Met, but within chance" in words(at)


def test_an_improvement_of_the_bank_is_drawn_with_its_day_and_its_grade(own):
    ds = Workspace.open(own).dataset()
    put_action(Records(own), "Counters", "More", date=ds.measurable[12], watched="churn_rate")
    at = opened("evaluation", view="improvements")
    assert not at.exception and "evidence D" in words(at) and re.search("[①-⑨] Counters, from ", words(at))


def test_an_example_is_taken_over_on_the_page(own):
    at = opened("evaluation", view="improvements", change=register(Records(own))[0].name)
    next(t for t in at.text_input if t.label == "Owner").set_value("Zhang")
    next(b for b in at.button if b.label == "Save").click()
    at.run()
    assert not at.exception
    assert next((a.owner, a.example) for a in register(Records(own))) == ("Zhang", False)


def test_a_lesson_is_recorded_on_the_page(own):
    at = opened("evaluation", view="review")
    next(t for t in at.text_input if t.label == "Name").set_value("Call early")
    next(t for t in at.text_area if t.label == "What was learned").set_value("It helps")
    next(b for b in at.button if b.label == "Save").click()
    at.run()
    assert not at.exception and [x.name for x in lessons(Records(own))] == ["Call early"]
    assert "Call early" in words(at)


def test_the_naive_warning_stands_beside_every_before_and_after(own):
    assert "description only" in words(opened("evaluation", view="around")).lower()


def test_filters_of_other_pages_leave_the_bank_whole(own):
    plain, narrow = opened("evaluation", view="scorecard"), opened("evaluation", view="scorecard", **{"where.gender": "F"})
    assert [m.value for m in plain.metric] == [m.value for m in narrow.metric]


def test_an_owner_stays_as_the_bank_wrote_it_in_every_language(own):
    put_target(Records(own), "churn_rate", 0.2, "Marketing")
    assert "· Marketing" in words(opened("evaluation", "zh", view="scorecard"))
