"""Whatever an answer leaves out and the command line counts, the page counts, too."""

import dataclasses
import re

import pytest

from churn_dash.causes import complaints, satisfaction
from churn_dash.measures.movement.recovery import recoveries
from churn_dash.store import Workspace
from churn_dash.ui.kinds import recovery
from churn_dash.ui.reasons_why import balances_after
from churn_dash.words import say
from tests import asking
from tests.pages.reading import opened, percent, words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_satisfaction_says_which_questionnaires_and_complaints_count_nowhere(bank_folder, looking_at, language):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    asked, made = satisfaction(asking.asked(ds)), complaints(asking.asked(ds))
    assert asked.outside and made.too_young, "else this test could not fail"
    text = words(opened("satisfaction", language)) + words(opened("satisfaction", language, **{"satisfaction-view": "complaints"}))
    told = {
        "en": (rf"{asked.outside:,} more questionnaires? of", rf"{made.too_young:,} complaints? (was|were) made less than 15 days"),
        "zh": (rf"另有 {asked.outside:,} 份本期问卷", rf"有 {made.too_young:,} 件投诉提出距数据截止不足 15 天"),
    }
    assert all(re.search(t, text) for t in told[language])
    if asked.cells_without_answer:
        assert percent(asked.cells_without_answer) in text


def test_recovery_and_balances_after_an_answer_say_how_many_are_left_out(bank_data):
    from churn_dash.causes import balances_after as measured

    found, _months = recoveries(asking.asked(bank_data))
    assert "7 left out" in say(recovery.caption(dataclasses.replace(found, unknown=7)))
    assert "left out" not in say(recovery.caption(dataclasses.replace(found, unknown=0)))
    after = measured(asking.asked(bank_data))
    assert "7 left out" in say(balances_after.caption(dataclasses.replace(after, unknown=7)))
