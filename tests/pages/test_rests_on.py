"""From the amounts of the register, the plan, the worklist and win-back a button opens what they rest on: one part for all."""

import shutil

import pytest

from churn_dash.measures.money.assumptions import put
from churn_dash.store import Records
from tests.pages.reading import opened, words

NAMES = {
    "register": ("contact_cost", "Cost of a contact"),
    "planner": ("value_per_save", "Value of a customer kept"),
    "worklist": ("offer_cost", "Cost of an offer"),
}


@pytest.fixture(scope="module")
def set_by_li(bank_folder, tmp_path_factory):
    root = shutil.copytree(bank_folder, tmp_path_factory.mktemp("opened") / "bank")
    put(Records(root), {"contact_cost": 23.0, "value_per_save": 1_700.0, "offer_cost": 44.0}, "Li")
    return root


def inputs(at):
    """The tables of inputs on the page: what, value, where it comes from."""
    return [d.value for d in at.dataframe if set(d.value.columns) == {"what", "value", "origin"}]


@pytest.mark.parametrize("page", NAMES)
def test_an_amount_opens_into_its_inputs_with_who_set_them(set_by_li, looking_at, page):
    looking_at(set_by_li)
    at = opened(page)
    assert not at.exception and not at.error
    (table,) = inputs(at)
    name, label = NAMES[page]
    value = {"contact_cost": "¥23", "value_per_save": "¥1.7K", "offer_cost": "¥44"}[name]
    row = table[table["what"] == label].iloc[0]
    assert row["value"] == value and row["origin"].startswith("set by Li on 20")


def test_a_campaign_of_the_register_is_chosen_among_all(set_by_li, looking_at):
    looking_at(set_by_li)
    at = opened("register")
    box = at.selectbox(key="amount-register")
    assert box.options[0].endswith(": cost") and any(o.endswith(": return") for o in box.options)
    place = next(i for i, o in enumerate(box.options) if o.endswith(": return"))
    at = box.select_index(place).run()
    assert not at.exception and "÷ cost" in words(at)
    assert "Customers kept of each member" in inputs(at)[0]["what"].to_list()


def test_what_may_come_back_opens_in_chinese_too(set_by_li, looking_at):
    looking_at(set_by_li)
    at = opened("winback", "zh")
    assert not at.exception and not at.error
    assert "流失前资产 × 90 天内回流的可能性" in words(at) and "90 天内回流的可能性" in inputs(at)[0]["what"].to_list()
