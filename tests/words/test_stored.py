"""A sentence that is kept can be said in every language later. ADR 0004."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.words import LANGUAGES, Count, Money, Month, Number, Points, Ratio, Text, say
from churn_dash.words.stored import read, written

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.builds(Month, st.dates() | st.none()),
    *(st.builds(f, st.floats(-1e9, 1e9) | st.none()) for f in (Count, Money, Number, Points, Ratio)),
)
TEXTS = st.recursive(VALUES, lambda inner: st.builds(lambda a, b: Text("{a} of {b}", a=a, b=b), inner, inner), max_leaves=4)


@given(TEXTS)
def test_whatever_a_sentence_holds_it_says_the_same_afterwards(value):
    text = Text("{value}!", value=value)
    assert all(say(read(written(text)), language) == say(text, language) for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kept_reason_is_spoken_in_the_language_of_the_day(language):
    kept = written(Text("The value is below {least}.", least="0"))
    assert say(read(kept), language) == {"en": "The value is below 0.", "zh": "该值小于 0。"}[language]


def test_a_value_that_is_not_plain_is_kept_as_it_is_said():
    assert say(read(written(Text("{day}", day=datetime.date(2024, 3, 5))))) == "2024-03-05"
