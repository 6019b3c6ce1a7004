"""The costs page: amounts that the command line gives, each opened into its inputs, assumptions that are set and kept."""

import shutil

import pytest

from churn_dash.measures.money.assumptions import in_force, put
from churn_dash.measures.money.costs import costs
from churn_dash.store import Records, Workspace
from churn_dash.words import show
from tests.asking import asked
from tests.pages.reading import answer, opened, words


@pytest.fixture
def place(bank_folder, looking_at, tmp_path):
    """A copy of the bank whose assumptions may be set."""
    shutil.copytree(bank_folder, tmp_path / "bank")
    return looking_at(tmp_path / "bank")


def test_the_amounts_are_those_of_the_measure_and_each_opens_into_its_inputs(place):
    found = costs(asked(Workspace.open(place).dataset()), in_force(Records(place)))
    at = opened("costs")
    assert not at.exception and not at.error
    tiles = {m.label: m.value for m in at.metric}
    assert tiles["Margin lost"] == show(found.margin, "money") and tiles["Replacement"] == show(found.replacement, "money")
    assert show(found.whole, "money") in answer(at)
    assert tiles["Value at risk"].startswith("¥"), "the bank has a model"
    labels = [e.label for e in at.expander]
    assert [x.split(" · ")[0] for x in labels[:4]] == ["Margin lost", "Lifetime value", "Replacement", "Value at risk"]
    inputs = at.table[1].value
    assert "Discount rate" in list(inputs["Input"]) and any("Default" in o for o in inputs["Where it comes from"])


def test_an_assumption_set_on_the_page_is_kept_with_its_name_and_changes_the_amounts(place):
    at = opened("costs")
    before = {m.label: m.value for m in at.metric}
    at.text_input(key="assumption-acquisition_cost-0").set_value("1,000")
    at.text_input(key="assumption-who").set_value("Li Na")
    next(b for b in at.button if b.label == "Set").click().run()
    assert not at.exception
    held = in_force(Records(place))
    assert (held["acquisition_cost"].value, held["acquisition_cost"].who) == (1000.0, "Li Na")
    assert held["spread"].who is None, "what was not changed stays a default"
    assert {m.label: m.value for m in at.metric}["Replacement"] != before["Replacement"]


def test_a_value_that_cannot_be_is_said_in_a_sentence_and_nothing_is_kept(place):
    at = opened("costs")
    at.text_input(key="assumption-spread-0").set_value("ninety")
    next(b for b in at.button if b.label == "Set").click().run()
    assert not at.exception
    assert "is not a number" in words(at)
    assert in_force(Records(place))["spread"].who is None


def test_what_the_command_line_sets_the_page_shows(place):
    put(Records(place), {"spread": 0.02}, "Wang")
    assert any("Wang" in str(d.value.to_dict()) for d in opened("costs").table)


def test_one_row_a_customer_gives_no_lifetime_and_says_why(flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened("costs", "en")
    assert not at.exception and not at.error
    tiles = {m.label: m.value for m in at.metric}
    assert tiles["Lifetime value"] == "—" and tiles["Replacement"].startswith("¥")
    assert "need months" in words(at) or "needs months" in words(at)


def test_a_filter_that_leaves_nobody_lost_says_so(place):
    at = opened("costs", **{"where.tier": "private", "where.gender": "F", "where.city": "Hefei", "period": "1m"})
    assert not at.exception
    assert len(answer(at)) > 5
