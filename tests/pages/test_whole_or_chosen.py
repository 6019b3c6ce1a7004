"""A figure of everybody asked about is the bank's only where nothing is filtered."""

import json
import re

import pytest

from tests.pages.reading import opened
from tests.pages.test_every_page import PAGES

FIGURE = r"[\d.,]+ ?(%|‰|pp)"
NAMED = {
    "en": re.compile(rf"\bbank {FIGURE}|{FIGURE},? (in|for|of) the (whole )?bank\b|(than|above|below|as fast as) the (whole )?bank\b"),
    "zh": re.compile(rf"全行[为：]? ?{FIGURE}|{FIGURE}，?全行|[于是]全行"),
}
OF_THE_BANK = re.compile(r"whatever the filters|不受筛选影响|不随筛选变化|(with|nside|utside) the bank")
"""Figures of the bank that say so, and words for something else."""


def everything(at):
    """Each text of the page, those of its pictures among them."""
    told = [e.value for kind in ("markdown", "caption") for e in getattr(at, kind)]
    told += [f"{m.label} {m.value} {m.delta}" for m in at.metric]
    for chart in at.get("plotly_chart"):
        told += re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(json.loads(chart.proto.spec), ensure_ascii=False))
    return [t.replace("\\", "") for t in told]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_no_filtered_figure_is_called_the_banks(page, language, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened(page, language, **{"where.gender": "F"})
    assert not at.exception
    wrong = [t for t in everything(at) if NAMED[language].search(t) and not OF_THE_BANK.search(t)]
    assert not wrong


def test_without_a_filter_it_is_the_banks_and_a_click_in_the_chart_itself_filters_nothing(bank_folder, looking_at):
    looking_at(bank_folder)
    (plain, chosen) = (" ".join(everything(opened("segments", **asked))) for asked in ({}, {"where.gender": "F"}))
    assert "in the whole bank" in plain and "those chosen" not in plain
    assert "of those chosen" in chosen and "the whole bank" not in chosen
