"""Targets and owners are kept with who, when and why."""

import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.evaluation.indicators.declared import INDICATORS
from churn_dash.evaluation.scorecard import scorecard
from churn_dash.evaluation.targets.kept import history, in_force, parsed, put, written


def test_nothing_is_aimed_at_before_somebody_sets_it(records):
    found = in_force(records)
    assert list(found) == list(INDICATORS)
    assert all(t.value is None and not t.owner and t.version == 0 for t in found.values())


def test_a_target_is_a_version_with_who_when_and_why(records):
    put(records, "churn_rate", 0.1, "Retail", "new year", "li")
    put(records, "churn_rate", 0.09, who="wang")
    newest, first = history(records, "churn_rate")
    assert (newest.value, newest.owner, newest.who, newest.version) == (0.09, "Retail", "wang", 2)
    assert (first.value, first.why, first.who, first.version) == (0.1, "new year", "li", 1)
    assert newest.made and newest.made.startswith("20")


def test_what_is_as_it_was_is_not_recorded_again(records):
    put(records, "nps", 30.0, "Service")
    put(records, "nps", 30.0, "Service")
    assert len(history(records, "nps")) == 1


def test_a_target_can_be_taken_away_while_its_owner_stays(records):
    put(records, "nps", 30.0, "Service")
    assert put(records, "nps", drop=True).value is None
    assert in_force(records)["nps"].owner == "Service"


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("churn_rate", "12.5%", 0.125),
        ("churn_rate", "0.125", 0.125),
        ("save_rate", "2％", 0.02),
        ("cost_per_save", "¥1,200元", 1200.0),
        ("nps", "-5", -5.0),
    ],
)
def test_a_target_is_read_as_people_write_it(key, text, value):
    assert parsed(key, text) == pytest.approx(value)
    assert parsed(key, written(key, value)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("key", "text"), [("churn_rate", "12"), ("nps", "30%"), ("nps", "many"), ("csat", "-1%"), ("nps", "nan"), ("nps", "inf")]
)
def test_a_target_that_cannot_be_is_refused_in_a_sentence(key, text):
    with pytest.raises(BadInput):
        parsed(key, text)


def test_an_unknown_indicator_is_answered_with_the_nearest(records):
    with pytest.raises(NotFound, match="churn_rate"):
        put(records, "churn_rat", 0.1)


def test_a_line_shows_target_owner_and_verdict(bank, whole, records):
    put(records, "churn_rate", 0.99, "Retail", who="li")
    line = scorecard(bank, whole, in_force(records)).of("churn_rate").as_json()
    assert (line["target"], line["owner"], line["target_set_by"], line["verdict"]) == (0.99, "Retail", "li", "met")
