"""Every page with a chart of groups offers the customers behind them; what is chosen limits, is listed, and is taken away at once."""

import math

import pytest

from churn_dash.ui.filtering.limits import CHARTS
from churn_dash.ui.frame import SECTIONS
from tests.asking import asked
from tests.pages.reading import answer, opened, words

GROUPED = (
    "overview", "trends", "changes", "growth", "market", "costs", "behaviour", "value", "tiers", "branches", "definitions", "survival",
    "causes", "satisfaction",
)  # fmt: skip
OWN_LIST = (
    "segments",
    "saved",
    "cohorts",
    "lists",
    "risk",
    "worklist",
    "plays",
    "index",
    "warnings",
    "customer",
    "whatif",
    "campaigns",
    "register",
    "winback",
    "followup",
    "planner",
    "evaluation",
    "data",
)
"""Pages that list customers themselves, or draw no groups of customers."""


def choice(at):
    return next(s for s in at.selectbox if str(s.key).startswith("drill-"))


def test_every_page_is_one_of_both():
    assert set(GROUPED) | set(OWN_LIST) == {slug for part in SECTIONS.values() for slug, _title, _icon in part}


@pytest.mark.parametrize("page", GROUPED)
def test_a_page_with_groups_lists_the_customers_of_each(page, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened(page)
    assert "The customers behind these charts" in words(at)
    chosen = choice(at)
    assert chosen.options
    chosen.select_index(0).run()
    assert not at.exception and not at.error
    listed = [d.value for d in at.dataframe if "customer_id" in d.value.columns]
    assert listed and len(listed[-1]) > 0
    assert any(t.key == "save-name-chosen" for t in at.text_input)
    assert next(b for b in at.button if b.key == "clear-filters").click().run()
    assert "The customers behind these charts" in words(at) and len(answer(at)) > 5


def test_a_cell_of_the_address_limits_other_charts_and_neither_its_own_nor_the_title_of_its_outcome(bank_folder, looking_at):
    from churn_dash.causes import departures
    from churn_dash.store import Workspace

    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = departures(asked(ds))
    code, n = found.classes.select("cause_class", "n").row(0)
    plain, at = opened("causes"), opened("causes", cell=f"cause||{code}")
    assert n < found.lost and f"{n} customers ·" in words(at) and f"{n} customers ·" not in words(plain)
    assert answer(at) == answer(plain) and "100.00%" not in answer(at)
    assert [m.value for m in at.metric] == [m.value for m in plain.metric]


@pytest.mark.parametrize("cell", ["band||low", "nps||detractor", "answering||silent"])
def test_a_click_on_an_answer_leaves_the_figures_of_the_answers_as_they_are(cell, bank_folder, looking_at):
    looking_at(bank_folder)
    plain, at = opened("satisfaction"), opened("satisfaction", cell=cell)
    assert not at.exception and not at.error
    assert answer(at) == answer(plain) and "0.00% of those" not in answer(at)
    assert [m.value for m in at.metric] == [m.value for m in plain.metric]


@pytest.mark.parametrize(("page", "cell"), [("behaviour", "rfm_kind|balances|small_quiet"), ("value", "tenth||1")])
def test_a_click_on_a_group_leaves_the_title_that_ranks_the_groups(page, cell, bank_folder, looking_at):
    looking_at(bank_folder)
    plain = opened(page)
    at = opened(page, cell=cell)
    assert not at.exception and not at.error
    assert answer(at) == answer(plain) and "100.00%" not in answer(at)


def test_the_most_valuable_are_those_of_the_customers_asked_for_and_counted_once(bank_folder, looking_at):
    from churn_dash.measures import Filters
    from churn_dash.segments.groups.tenths import value
    from churn_dash.store import Workspace

    looking_at(bank_folder)
    gold = value(asked(Workspace.open(bank_folder).dataset(), filters=Filters((("tier", ("gold",)),)))).known
    n = math.ceil(len(gold) / 2)
    at = opened("value", cell="top||0.5", **{"where.tier": "gold"})
    assert f"{n} customers ·" in words(at) and n < len(gold)
    listed = next(d.value for d in at.dataframe if "customer_id" in d.value.columns and len(d.value) == n)
    assert set(listed["customer_id"]) <= set(gold["customer_id"])


def test_a_cell_of_another_page_is_forgotten(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("causes", cell="reason||competitor")
    at.switch_page("pages/overview_page.py").run()
    assert "cell" not in at.query_params and not any(str(b.key).startswith("chip-") for b in at.button)


@pytest.mark.parametrize("cell", ["reason||nobody", "nothing||x", "reason", "rfm|zz|1-1", "overlap|{|close"])
def test_a_cell_that_holds_nobody_fails_no_page(cell, bank_folder, looking_at):
    looking_at(bank_folder)
    page = {"rfm": "behaviour", "overlap": "definitions"}.get(cell.partition("|")[0], "causes")
    at = opened(page, cell=cell)
    assert not at.exception


def test_charts_have_names_of_their_own():
    from churn_dash.behind import SPLITS

    assert not set(CHARTS) & set(SPLITS) and len(set(CHARTS)) == len(CHARTS)


def test_costs_opens_every_figure_into_its_inputs(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("costs")
    opened_up = [e.label for e in at.expander]
    for name in ("Balances lost", "Held by the largest hundredth", "Market share", "Detractors of 1,000 answers", "Complaints of 1,000"):
        assert any(label.replace("\\", "").startswith(name) for label in opened_up), name
    assert "1,000 × " in words(at)
