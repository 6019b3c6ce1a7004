import importlib
import pathlib
import threading

import polars as pl
import pytest
import streamlit as st

from churn_dash.access import Scope
from churn_dash.charts import Bar, Chart, Look, bars, clickable_rows
from churn_dash.errors import NotPossible
from churn_dash.measures import Filters
from churn_dash.ui import cache, stages
from tests import asking


@pytest.fixture(autouse=True)
def forgotten():
    st.cache_resource.clear()


def asked(ds, scope, filters=None):
    return cache.measured(asking.asked(ds, scope=scope, filters=filters or Filters()), ["customers"])["customers"][0]


def test_viewers_of_different_branches_never_share_an_answer(bank_data):
    branches = bank_data.table("customers")["branch_id"].drop_nulls().unique().sort().to_list()
    everything = asked(bank_data, Scope.everything())
    one, other = (asked(bank_data, Scope(frozenset({b}))) for b in branches[:2])
    assert asked(bank_data, Scope.everything()) == everything
    assert one < everything and other < everything
    assert asked(bank_data, Scope(frozenset(branches[:2]))) == one + other


def test_a_filter_is_part_of_the_question(bank_data):
    assert asked(bank_data, Scope.everything(), Filters((("tier", ("mass",)),))) < asked(bank_data, Scope.everything())


def test_the_same_question_is_answered_once(bank_data, monkeypatch):
    calls = []
    monkeypatch.setattr(cache, "measure", lambda *a: calls.append(a) or pl.DataFrame({"customers": [1]}))
    asked(bank_data, Scope.everything())
    asked(bank_data, Scope.everything())
    assert len(calls) == 1


def test_a_refusal_is_not_remembered(bank_data):
    attempts = []

    def refuses(_name):
        attempts.append(1)
        raise NotPossible("no")

    for _time in range(2):
        with pytest.raises(NotPossible):
            cache.worked_out(bank_data, Scope.everything(), refuses, "x", name="refuses")
    assert len(attempts) == 2


def test_a_picture_is_remembered_by_everything_it_is_made_of():
    rows = [Bar("North", 0.1, 10, 0.05, 0.2)]
    named = {"unit": "ratio", "what": "churn", "bank": 0.02}
    first = cache.chart(bars, rows, look=Look("en", "light"), **named)
    assert cache.chart(bars, rows, look=Look("en", "light"), **named) is first
    assert cache.chart(bars, rows, look=Look("zh", "light"), **named) is not first
    assert cache.chart(bars, rows, look=Look("en", "dark"), **named) is not first
    assert cache.chart(bars, [Bar("North", 0.11, 10, 0.05, 0.2)], look=Look("en", "light"), **named) is not first


def test_a_new_version_of_a_segment_is_a_new_question(bank_data):
    from churn_dash.segments import Clause, Rule, save_rule

    inside = Filters((("segment:cached", ("in",)),))
    path = bank_data.root / "records.sqlite"
    try:
        save_rule(bank_data, "cached", Rule((Clause("gender", ("F",)),)))
        before = asked(bank_data, Scope.everything(), inside), worked(bank_data, inside)
        save_rule(bank_data, "cached", Rule((Clause("gender", ("F", "M")),)))
        after = asked(bank_data, Scope.everything(), inside), worked(bank_data, inside)
    finally:
        path.unlink(missing_ok=True)
    assert before[0] < after[0] and before[1] < after[1]


def worked(ds, filters):
    from churn_dash.segments import members

    return cache.worked_out(
        ds, Scope.everything(), lambda _where: members(asking.asked(ds, filters=filters)).height, filters.where, name="test"
    )


def test_a_question_without_segments_is_remembered_whatever_becomes_of_them(bank_data, monkeypatch):
    from churn_dash.segments import Clause, Rule, save_rule

    calls = []
    monkeypatch.setattr(cache, "measure", lambda *a: calls.append(a) or pl.DataFrame({"customers": [1]}))
    try:
        asked(bank_data, Scope.everything())
        save_rule(bank_data, "other", Rule((Clause("gender", ("F",)),)))
        asked(bank_data, Scope.everything())
    finally:
        (bank_data.root / "records.sqlite").unlink(missing_ok=True)
    assert len(calls) == 1


def test_a_clickable_picture_is_remembered_by_the_picture_that_it_is_made_of():
    rows = [Bar("North", 0.1, 10, 0.05, 0.2)]
    named = {"unit": "ratio", "what": "churn", "bank": 0.02}
    one, other = bars(rows, look=Look(), **named), bars([Bar("South", 0.3, 10, 0.2, 0.4)], look=Look(), **named)
    first = cache.chart(clickable_rows, one, 1, look=Look())
    assert cache.chart(clickable_rows, one, 1, look=Look()) is first
    assert cache.chart(clickable_rows, one, 1, look=Look(), chosen=0) is not first
    assert "South" in str(cache.chart(clickable_rows, other, 1, look=Look()).figure)


def test_what_follows_from_an_answer_is_worked_out_once_for_each_answer():
    one, other, worked = Chart(None, "one"), Chart(None, "other"), []
    for answer in (one, one, other):
        assert cache.kept_with(answer, "length", lambda a=answer: worked.append(a.alt) or len(a.alt)) == len(answer.alt)
    assert worked == ["one", "other"]
    assert cache.kept_with(one, "first", lambda: one.alt[0]) == "o"


def test_who_asks_the_same_waits_and_who_asks_something_else_does_not(bank_data):
    begun, go, worked, answers = threading.Event(), threading.Event(), [], []

    def slow(name):
        worked.append(name)
        begun.set()
        assert go.wait(20)
        return name

    def ask():
        answers.append(cache.worked_out(bank_data, Scope.everything(), slow, "a", name="slow"))

    readers = [threading.Thread(target=ask) for _reader in range(2)]
    readers[0].start()
    assert begun.wait(20)
    readers[1].start()
    try:
        assert cache.worked_out(bank_data, Scope.everything(), lambda name: name, "b", name="slow") == "b"
        assert answers == [] and worked == ["a"]
    finally:
        go.set()
        for reader in readers:
            reader.join(20)
    assert answers == ["a", "a"] and worked == ["a"]


def test_every_stage_is_the_name_of_an_answer():
    written = "".join(path.read_text() for path in pathlib.Path(cache.__file__).parent.rglob("*.py") if path.name != "stages.py")
    for name in stages.STAGES:
        if name.startswith("churn_dash."):
            module, _, work = name.rpartition(".")
            assert callable(getattr(importlib.import_module(module), work))
        else:
            assert f'name="{name}"' in written
