"""What passes between the reading process and the one that asked comes back as it was."""

import copy
import dataclasses
import datetime
import json
import pickle
import tempfile
import typing
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_dash import errors
from churn_dash.intake import wire
from churn_dash.intake.extraction import Extract
from churn_dash.intake.previewing import Preview
from churn_dash.intake.source import Options
from churn_dash.words import LANGUAGES, Count, Money, Month, Ratio, Text, say

FRAMES = st.sampled_from(
    [
        pl.DataFrame(),
        pl.DataFrame({"客户号": ["001", None, "上海" * 9], "month": [datetime.date(2024, 1, 1), None, datetime.date(2024, 2, 1)]}),
        pl.DataFrame({"x": [1.5, None, float("inf")], "n": [1, None, -(2**60)], "b": [True, None, False]}),
        pl.DataFrame(schema={"c": pl.Categorical, "u": pl.UInt8, "e": pl.Enum(["a", "b"]), "t": pl.Datetime("us"), "z": pl.Null}),
        pl.DataFrame({"c": ["a", "b", None]}, schema={"c": pl.Enum(["a", "b"])}),
    ]
)
SPOKEN = st.one_of(
    st.integers(),
    st.text(),
    st.floats(),
    st.builds(Count, st.floats()),
    st.builds(Ratio, st.none()),
    st.builds(Month, st.dates()),
    st.builds(Money, st.integers()),
)
TEXTS = st.builds(lambda value, inner: Text("{a} {b}", a=value, b=Text("{c}", c=inner)), SPOKEN, SPOKEN)
ERRORS = st.builds(lambda kind, value: kind("{a}", a=value), st.sampled_from([errors.BadInput, errors.NotFound]), SPOKEN)
st.register_type_strategy(pl.DataFrame, FRAMES)
st.register_type_strategy(Text, TEXTS)
st.register_type_strategy(errors.ChurnDashError, ERRORS)


def passed(value: object) -> object:
    """There and back; the folder is gone when the value is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        return wire.read(json.loads(json.dumps(wire.written(value, Path(folder)))), Path(folder))


def same(one: object, other: object) -> bool:
    if isinstance(one, Mapping):
        return isinstance(other, dict) and same(list(one.items()), list(other.items()))
    if type(one) is not type(other):
        return False
    if isinstance(one, pl.DataFrame):
        return one.schema == other.schema and one.equals(other)
    if isinstance(one, errors.ChurnDashError):
        return one.template == other.template and same(one.params, other.params)
    if isinstance(one, float):
        return str(one) == str(other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    return bool(one == other)


@pytest.mark.parametrize("kind", [Extract, Preview, Options])
def test_every_field_comes_back_as_it_was(kind):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
    @given(st.builds(kind, **{f.name: st.from_type(h) for f, h in _hints(kind)}))
    def holds(value):
        assert same(value, passed(value))

    holds()


def _hints(kind):
    hints = typing.get_type_hints(kind)
    return [(f, hints[f.name]) for f in dataclasses.fields(kind)]


class Weather:
    """A value that knows its words and is on no list."""

    def in_(self, language):
        return "下雨" if language == "zh" else "of rain"


def test_a_value_of_a_sentence_that_is_not_on_the_list_is_passed_on_as_its_words():
    sentence = Text("Because {why}", why=Weather())
    for language in LANGUAGES:
        assert say(passed(sentence), language) == say(sentence, language)


def test_numbers_of_numpy_are_passed_on_as_plain_ones():
    assert passed(Text("{n}", n=np.int64(3))) == Text("{n}", n=3)


def test_what_is_not_on_the_list_is_refused():
    with pytest.raises(TypeError, match="not passed between processes"):
        passed(object())
    with pytest.raises(KeyError):
        wire.read({"dataclass": {"class": "Popen", "fields": {}}}, Path())


def test_an_error_can_be_copied_and_keeps_its_sentence():
    refusal = errors.NotFound("No file {name}.", name="a.csv")
    for again in (copy.copy(refusal), copy.deepcopy(refusal), pickle.loads(pickle.dumps(refusal))):
        assert (type(again), str(again), again.params) == (errors.NotFound, "No file a.csv.", {"name": "a.csv"})
