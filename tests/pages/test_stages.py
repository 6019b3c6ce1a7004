"""Who waits is told for what, once, in his own language; what is remembered is not announced."""

from contextlib import contextmanager

import pytest

from tests.pages.reading import opened


@pytest.fixture
def announced(monkeypatch, nothing_remembered):
    told = []

    @contextmanager
    def spinner(text, **_how):
        told.append(text)
        yield

    monkeypatch.setattr("streamlit.spinner", spinner)
    return told


def test_growth_says_what_is_counted_and_says_nothing_when_it_is_known(bank_folder, looking_at, announced):
    looking_at(bank_folder)
    at = opened("growth")
    assert "Counting who came and who went" in announced and not at.exception
    announced.clear()
    at.run()
    assert announced == []


def test_the_stages_of_a_page_are_told_one_after_the_other(bank_folder, looking_at, announced):
    looking_at(bank_folder)
    opened("tiers", "zh")
    stages = ["正在统计等级变动", "正在查找即将降级的客户", "正在统计回流的资产"]
    assert [told for told in announced if told in stages] == stages
