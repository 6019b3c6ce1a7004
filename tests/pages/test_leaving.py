"""What the pages say by a definition by which who left is still a customer."""

import pytest

from tests.pages.reading import answer, opened, words


@pytest.mark.parametrize("page", ["causes", "survival", "cohorts", "costs"])
def test_a_page_that_only_leaving_can_answer_refuses_in_its_heading(bank_folder, looking_at, page):
    looking_at(bank_folder)
    at = opened(page, definition="tier_down")
    assert not at.exception and not at.error
    assert "still a customer" in answer(at)
    assert "fell a tier" in words(at)
    assert not at.metric


@pytest.mark.parametrize(("definition", "said"), [("tier_down", "降级"), ("dormant", "休眠"), ("first", None)])
def test_every_other_page_says_above_its_answer_what_left_means(bank_folder, looking_at, definition, said):
    looking_at(bank_folder)
    at = opened("trends", "zh", definition=definition)
    assert not at.exception and not at.error
    assert ("按此口径，“流失”指" in words(at)) is (said is not None)
    assert said is None or f"“流失”指{said}" in words(at)
