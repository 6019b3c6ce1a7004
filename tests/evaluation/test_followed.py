"""One register: what is marked on Satisfaction stands on Evaluation, and what watches an answer there is followed here."""

import datetime

import pytest

from churn_dash.access import Scope
from churn_dash.causes import following
from churn_dash.causes.improvements import SCORES, told
from churn_dash.errors import BadInput
from churn_dash.evaluation.actions.followed import mark, marked
from churn_dash.evaluation.actions.kept import change_of, changed, drop, found, put, register
from churn_dash.evaluation.actions.watched import WATCHED, monthly, over
from churn_dash.measures import Period
from churn_dash.store import Records, Workspace
from tests.asking import asked

D = datetime.date


@pytest.fixture
def fresh(place):
    return Workspace.open(place).dataset()


@pytest.fixture
def records(fresh):
    return Records(fresh.root)


def own(records):
    return [a for a in register(records) if not a.example]


def test_an_improvement_marked_on_satisfaction_is_an_action_that_watches_its_score(fresh, records):
    mark(fresh, "Shorter queues", D(2026, 1, 1), "Two more counters", "nps", "Li")
    one = found(records, "Shorter queues")
    assert (one.what, one.date, one.watch, one.area, one.who, one.version) == ("Two more counters", D(2026, 1, 1), "nps", "care", "Li", 1)
    assert [i.name for i in marked(records)] == ["Shorter queues"]


def test_an_action_is_followed_where_it_has_begun_and_watches_an_answer(fresh, records):
    put(records, "Advisers", date=D(2026, 2, 1), watched="q_personal")
    put(records, "Kiosks", date=D(2026, 1, 1), watched="waiting_minutes")
    put(records, "Plan", watched="csat")
    assert [(i.name, i.score) for i in marked(records)] == [("Advisers", "q_personal")]
    assert following(asked(fresh), marked(records)[0]).waves
    assert set(SCORES) <= set(WATCHED)


def test_what_was_marked_before_there_was_one_register_is_read_on(records):
    body = {"name": "App", "date": "2026-01-15", "what": "A new app", "score": "q_convenient"}
    records.add("improvement", "App", body, "Wang")
    one = found(records, "App")
    assert (one.date, one.what, one.watch, one.who) == (D(2026, 1, 15), "A new app", "q_convenient", "Wang")
    assert [i.date for i in marked(records)] == [D(2026, 1, 15)]
    changed(records, "App", owner="Zhang")
    assert [(a.owner, a.what, a.watch) for a in own(records)] == [("Zhang", "A new app", "q_convenient")]
    drop(records, "App")
    assert own(records) == [] and marked(records) == ()


def test_marking_again_changes_day_and_score_and_nothing_else(fresh, records):
    wanted = change_of("2pp", "csat")
    put(records, "App", "A new app", "technology", "Li", D(2026, 1, 1), "Fewer calls", "csat", ("Ask first",), None, wanted)
    mark(fresh, "App", D(2026, 2, 1))
    one = found(records, "App")
    assert (one.date, one.what, one.area, one.owner, one.lessons) == (D(2026, 2, 1), "A new app", "technology", "Li", ("Ask first",))
    assert one.expected_change == pytest.approx(0.02) and one.version == 2
    mark(fresh, "App", D(2026, 2, 1), score="nps")
    assert found(records, "App").expected_change is None, "an expectation belongs to its figure"


def test_a_mark_that_cannot_be_followed_is_refused(fresh, records):
    put(records, "Kiosks", date=D(2026, 1, 1), watched="waiting_minutes")
    for name, day, score in (
        (" ", D(2026, 2, 1), "csat"),
        ("App", D(2026, 2, 1), "csta"),
        ("Kiosks", D(2026, 2, 1), "csat"),
        *(("Past", far, "csat") for far in (D(1999, 1, 1), D(1, 1, 1), D(9999, 12, 31))),
    ):
        with pytest.raises(BadInput):
            mark(fresh, name, day, score=score)
    assert [(a.name, a.watch) for a in own(records)] == [("Kiosks", "waiting_minutes")]


def test_a_survey_item_is_watched_by_the_same_numbers_that_follow_it(bank):
    period, everybody = Period(bank.measurable[-6], bank.measurable[-1]), Scope.everything()
    whole, waves = told(asked(bank, scope=everybody, period=period, definition="absent"), "q_secure")
    assert over(asked(bank, scope=everybody, period=period, definition="absent"), "q_secure") == whole
    assert monthly(asked(bank, scope=everybody, period=period, definition="absent"), "q_secure")["value"].to_list() == [
        e.value for _w, e in waves
    ]
