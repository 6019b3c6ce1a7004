"""The one value by which every number is asked for."""

import ast
import datetime
import pathlib
from dataclasses import fields

import pytest
from polars.testing import assert_frame_equal

import churn_dash
from churn_dash.access import Scope
from churn_dash.errors import NotFound, NotPossible
from churn_dash.measures import Filters, Period, Question, last_12, measure
from churn_dash.ui.question import PageQuestion
from tests.asking import asked

ROOM = pathlib.Path(churn_dash.__file__).parent


def functions():
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(ROOM), node


def test_nobody_sees_every_branch_by_default():
    """Neither a parameter nor the question itself has a scope unless whoever asks says one."""
    found = []
    for path, node in functions():
        a = node.args
        every = [*a.posonlyargs, *a.args]
        given = {x.arg for x in every[len(every) - len(a.defaults) :]}
        given |= {x.arg for x, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None}
        found += [f"{path}: {node.name}"] if "scope" in given else []
    assert found == []
    with pytest.raises(TypeError, match="scope"):
        Question(None)  # type: ignore[call-arg, arg-type]


def test_the_parts_of_a_question_travel_together():
    """A function that takes filters beside data and scope takes the question instead."""
    apart = [f"{p}: {n.name}" for p, n in functions() if {"ds", "scope", "filters"} <= {x.arg for x in (*n.args.args, *n.args.kwonlyargs)}]
    assert apart == []


def test_what_is_not_said_is_the_data_s_own_definition_and_the_last_twelve_months(bank_data):
    question = asked(bank_data)
    assert (question.chosen, question.months) == (bank_data.default_definition, last_12(bank_data))
    spelt = asked(bank_data, definition=question.chosen, period=question.months)
    assert_frame_equal(measure(question, ["churn_rate"]), measure(spelt, ["churn_rate"]), rel_tol=1e-9)


def test_what_is_said_is_held_to_the_data(bank_data):
    early = Period(datetime.date(1990, 1, 1), datetime.date(1990, 3, 1))
    with pytest.raises(NotPossible, match="lies outside"):
        _ = asked(bank_data, period=early).months
    with pytest.raises(NotFound, match="close"):
        _ = asked(bank_data, definition="closed").chosen


def test_a_changed_question_keeps_all_its_other_parts_and_stays_what_it_was(bank_data):
    scope, gold = Scope(frozenset({"B01"})), Filters((("tier", ("gold",)),))
    one = PageQuestion(bank_data, scope, gold, last_12(bank_data), "close")
    for other, part in (
        (one.over(None), "period"),
        (one.of(Filters()), "filters"),
        (one.by_definition("first"), "definition"),
    ):
        assert isinstance(other, PageQuestion)
        assert [f.name for f in fields(one) if getattr(one, f.name) != getattr(other, f.name)] == [part]
