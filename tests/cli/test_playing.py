"""The verb plays: what the catalogue holds, changed by name, and one sentence for what cannot be."""

import json
import shutil

import pytest

from churn_dash.retention import plays as play
from churn_dash.store import Records
from tests.cli.test_acting import made  # noqa: F401
from tests.cli.test_staying_and_costs import promised


@pytest.fixture
def place(made, tmp_path):  # noqa: F811
    return shutil.copytree(made, tmp_path / "bank")


@pytest.fixture
def asked(run, place):
    def asked(*words):
        code, out, err = run("plays", *words, "--workspace", place, "--json")
        assert code == 0, err
        return json.loads(out)

    return asked


def test_all_plays_and_products_are_those_of_the_catalogue(asked, place):
    found, records = asked(), Records(place)
    assert promised("plays") <= set(found)
    assert [p["name"] for p in found["plays"]] == list(play.plays(records))
    assert [p["name"] for p in found["products"]] == list(play.products(records))
    assert asked("--product")["plays"] == [] and asked("hello")["products"] == []


def test_a_play_is_changed_with_who_and_stands_so_from_then_on(asked, place):
    (one,) = asked("hello", "--set", "title=Say hello", "--who", "Ann")["plays"]
    assert (one["title"], one["who"], one["version"]) == ("Say hello", "Ann", 1)
    assert play.plays(Records(place))["hello"].title == "Say hello"
    name = next(iter(play.products(Records(place))))
    (product,) = asked(name, "--product", "--set", "term_months=7", "--who", "Bob")["products"]
    assert (product["term_months"], product["who"]) == (7, "Bob")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("helo",), "the nearest is hello"),
        (("hello", "--set", "colour=red"), "colour"),
        (("hello", "--set", "kind=shout"), "shout"),
    ],
)
def test_what_is_no_play_and_what_it_has_not_is_one_sentence(run, place, words, sentence):
    code, _out, err = run("plays", *words, "--workspace", place, "--json")
    assert code == 1 and sentence in err and "Traceback" not in err
