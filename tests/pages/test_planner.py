"""The page that plans a campaign: the figures of the function, and what a slider changes."""

from churn_dash.campaigns.planner import Terms, base_rate, plan
from churn_dash.measures.money.assumptions import in_force
from churn_dash.store import Records, Workspace
from tests.asking import asked
from tests.pages.reading import answer, opened, words


def test_the_page_answers_with_the_plan(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = plan(base_rate(asked(ds), 90), Terms(weekly=200), in_force(Records(ds.root)))
    at = opened("planner")
    assert not at.exception and not at.error
    shown = {m.label: m.value for m in at.metric}
    assert shown["Leave anyway"] == f"{found.base.rate:.2%}" and shown["Power"] == f"{found.chosen.power:.0%}"
    assert shown["Members needed"] == f"{found.needed:,}" and shown["Weeks"] == f"{found.weeks:,}"
    assert "The sample is not enough to detect" in answer(at) and not found.enough
    assert "stops at the first significant result" in words(at) and "worth a call" in words(at)


def test_more_looks_show_their_bars_and_a_larger_hold_out_costs_more(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("planner", looks="5", held="0.5", horizon="180")
    bars = next(d.value for d in at.dataframe if "spent" in d.value.columns)
    assert [round(z, 3) for z in bars["z"]] == [4.877, 3.357, 2.680, 2.290, 2.031]
    half = next(m.value for m in at.metric if m.label == "Holding out costs")
    fifth = next(m.value for m in opened("planner", looks="5", horizon="180").metric if m.label == "Holding out costs")
    assert half != fifth


def test_one_row_a_customer_is_planned_from_a_rate_that_is_chosen(flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened("planner", rate="0.2")
    assert not at.exception and {m.label: m.value for m in at.metric}["Leave anyway"] == "20.00%"


def test_a_grade_has_the_rate_that_the_model_expects(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("planner", whom="hm")
    assert not at.exception and "said, not counted" in words(at)


def test_a_rehearsal_opens_when_asked_and_says_that_it_is_one(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("planner")
    assert not any("held" in d.value.columns for d in at.dataframe)
    at.toggle(key="rehearse").set_value(True).run()
    assert not at.exception and "Rehearsal:" in words(at)
    assert any("wrong" in d.value.columns for d in at.dataframe)
