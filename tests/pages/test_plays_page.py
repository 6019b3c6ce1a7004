"""The Plays page: a play and a product are set in its forms, and the waterfall of a customer switches to the model's own unit."""

import json
import shutil

import pytest

from churn_dash import risk
from churn_dash.retention import plays
from churn_dash.store import Records, Workspace
from tests.asking import ALL
from tests.pages.reading import opened, words


@pytest.fixture
def place(bank_folder, tmp_path, looking_at):
    return looking_at(shutil.copytree(bank_folder, tmp_path / "bank")) or tmp_path / "bank"


def field(kind, start):
    return next(x for x in kind if x.key and x.key.startswith(start))


def press(at, form):
    next(b for b in at.button if b.form_id and b.form_id.startswith(form)).click().run()


def test_a_play_set_in_the_form_is_kept_with_who_set_it(place):
    at = opened("plays", play="hello")
    assert not at.exception
    field(at.text_input, "play-title-hello").set_value("Say hello")
    field(at.text_input, "play-who").set_value("Ann")
    press(at, "play-hello")
    assert not at.exception and not at.error
    one = plays.plays(Records(place))["hello"]
    assert (one.title, one.who, one.version) == ("Say hello", "Ann", 1)
    assert any("Say hello" in d.value["title"].to_list() for d in at.dataframe if "title" in d.value.columns)


def test_a_product_set_in_the_form_is_kept_and_a_new_one_needs_a_name(place):
    before = plays.products(Records(place))
    name = next(iter(before))
    at = opened("plays", product=name)
    field(at.number_input, f"product-term-{name}").set_value(7)
    press(at, f"product-{name}")
    assert not at.exception and plays.products(Records(place))[name].term_months == 7
    at = opened("plays", product="+")
    press(at, "product-+")
    assert not at.exception and "A name has letters, digits" in words(at) and set(plays.products(Records(place))) == set(before)
    field(at.text_input, "product-name-+").set_value("new_one")
    field(at.text_input, "product-title-+").set_value("A new one")
    press(at, "product-+")
    assert not at.exception and set(plays.products(Records(place))) == {*before, "new_one"}


def test_the_waterfall_of_a_customer_switches_to_log_odds_and_back(place):
    space = Workspace.open(place)
    ds = space.dataset()
    kept = risk.trained(space.models, ds.state)
    customer = risk.score(ds, kept, scope=ALL).sort("probability", descending=True)["customer_id"][3]
    at = opened("customer", customer=customer)
    assert not at.exception
    switch = next(t for t in at.toggle if t.key == "own-unit")
    assert "log-odds" in switch.label and not switch.value
    points = _drawn(at)
    switch.set_value(True).run()
    assert not at.exception
    odds, why = _drawn(at), risk.explain(ds, kept, customer, scope=ALL)
    assert odds != points
    for end in (why.base, why.output):
        assert f"{end:.2f}".lstrip("-") in odds and f"{end:.2f}".lstrip("-") not in points
    switch = next(t for t in at.toggle if t.key == "own-unit")
    switch.set_value(False).run()
    assert _drawn(at) == points


def _drawn(at):
    """Every plotly chart of the page as text."""
    return json.dumps([c.proto.spec for c in at.get("plotly_chart")])
