"""Words where code, a language or an empty table could show through."""

from types import SimpleNamespace

import polars as pl
import pytest

from churn_dash.risk.explained.reasons import Reason, in_a_row
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.sample.people import EDUCATION, OCCUPATIONS
from churn_dash.sample.tables.alarms import _SOURCES
from churn_dash.ui.evaluation import warnings
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.values import CODES
from churn_dash.words import Text, say
from tests.pages.reading import opened

BY_NAME = {f.name: f for f in PANEL_FEATURES}


@pytest.mark.parametrize(("dimension", "codes"), [("education", EDUCATION), ("occupation", OCCUPATIONS)])
def test_every_code_of_the_sample_bank_has_words_in_both_languages(dimension, codes):
    for code in codes:
        word = CODES[dimension][code]
        assert str(word)[0].isupper() and say(word, "zh") != word and say(code, "zh") != code
    text = Text("{label}: {value}", label="x", value=codes[0])
    assert codes[0] not in say(text, "zh")


def test_rules_are_named_with_a_capital_and_those_of_the_sample_bank_in_chinese(monkeypatch):
    assert warnings.source_words("big drop") == "Big drop" and warnings.source_words("大额转出") == "大额转出"
    assert all(warnings.source_words(s)[0].isupper() for s in _SOURCES)
    monkeypatch.setattr(warnings.session, "language", lambda: "zh")
    monkeypatch.setattr(warnings.session, "say", lambda what: say(what, "zh"))
    assert not any(warnings.source_words(s).isascii() for s in _SOURCES)


def test_reasons_in_a_row_have_one_kind_of_mark_between_and_inside_them():
    found = [Reason(BY_NAME[n], v, p, 0.1, 0.1, 1.0) for n, v, p in (("product_count", 1, 4), ("aum_change_3m", -0.5, 0.0))]
    assert in_a_row(found, "zh") == "持有产品数：1；同类客户为4；日均资产近3个月下降50%；同类客户无变化"
    assert in_a_row(found) == "Products held: 1; similar customers 4; Average balances fell 50% in 3 months; similar customers: no change"


def test_an_empty_table_is_a_sentence_and_no_grid(monkeypatch):
    drawn = []
    here = SimpleNamespace(caption=lambda text: drawn.append(text), dataframe=lambda *a, **k: drawn.append("grid"))
    monkeypatch.setattr(cards, "st", here)
    cards.shown(cards.Table(pl.DataFrame({"a": []}, schema={"a": pl.String}), "x", {"a": "A"}))
    assert drawn == ["Nothing to show here"]


@pytest.mark.parametrize(("label", "least"), [("Principal components", 150), ("专家（层次分析法）", 130), ("Share", 100)])
def test_columns_of_bars_are_alike_and_wide_enough_for_the_longest_header(label, least):
    table = cards.Table(pl.DataFrame({"a": [0.5], "b": [0.2]}), "x", {"a": label, "b": "B"}, {"a": "bar", "b": "bar"})
    first, second = (cards.columns(table)[n]["width"] for n in ("a", "b"))
    assert first == second >= least


def test_chinese_has_no_blank_between_chinese_and_keeps_that_around_numbers():
    assert say(Text("{low} to {high}", low="4 个月", high="5 个月"), "zh") == "4 个月至 5 个月"
    assert say(Text("{low} to {high}", low="4", high="5"), "zh") == "4 至 5"
    assert say(Text("{low} to {high}", low="4 months", high="5"), "en") == "4 months to 5"


def test_the_choice_of_a_dimension_is_not_called_as_who_did_it(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("risk", "zh", **{"risk-view": "drivers"})
    assert not at.exception
    label = next(s.label for s in at.selectbox if s.key == "drivers-by")
    assert label == say("Split by", "zh") != say("By", "zh")
