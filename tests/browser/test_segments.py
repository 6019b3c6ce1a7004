"""A click in a chart limits the other charts and not itself; a cell becomes a segment, and the segment a filter elsewhere."""

import pytest

from tests.browser.clicking import chips, click, drawn, ready

pytestmark = pytest.mark.browser


def customers(seen):
    badge = seen.page.locator(".st-key-filters [data-testid=stMarkdown]").filter(has_text="customers").first
    return int("".join(ch for ch in badge.inner_text() if ch.isdigit()))


def test_a_clicked_bar_limits_the_others_not_itself_and_a_second_click_takes_it_away(visit):
    seen = visit().go("/")
    ready(seen)
    worst, trend, everybody, sentence = drawn(seen, "worst"), drawn(seen, "trend"), customers(seen), seen.answer
    click(seen, "worst", 0.6, 0.12)
    assert "pick=worst." in seen.page.url and "where." in seen.page.url
    assert drawn(seen, "worst") == worst, "the chart that was clicked goes on showing everything"
    assert drawn(seen, "trend") != trend and seen.answer != sentence
    assert customers(seen) < everybody
    assert chips(seen) == 1
    assert seen.page.locator(".st-key-card-chosen [data-testid=stDataFrame]").count() == 1
    click(seen, "worst", 0.6, 0.12)
    assert "pick=" not in seen.page.url and chips(seen) == 0
    assert (drawn(seen, "trend"), customers(seen), seen.answer) == (trend, everybody, sentence)
    seen.clean()


def test_a_chip_is_taken_away_by_its_cross_and_clear_all_takes_all(visit):
    seen = visit().go("/")
    ready(seen)
    everybody = customers(seen)
    click(seen, "worst", 0.6, 0.12)
    click(seen, "trend", 0.5, 0.4)
    assert chips(seen) == 2 and "moment=" in seen.page.url
    seen.page.locator(".st-key-chip-0 button").first.click()
    seen.settled()
    ready(seen)
    assert chips(seen) == 1 and "moment=" in seen.page.url and "where." not in seen.page.url
    seen.page.locator(".st-key-clear-filters button").click()
    seen.settled()
    ready(seen)
    assert chips(seen) == 0 and "?" not in seen.page.url.replace("?lang=en", "")
    assert customers(seen) == everybody
    seen.clean()


def test_a_cell_is_saved_as_a_segment_and_filters_another_page(visit):
    seen = visit().go("/segments")
    ready(seen)
    heat = drawn(seen, "heat")
    click(seen, "heat", 0.3, 0.5)
    assert "pick=heat." in seen.page.url
    assert drawn(seen, "heat") == heat
    left = customers(seen)
    seen.page.locator(".st-key-save-people button").first.click()
    seen.page.locator(".st-key-save-name-people input").fill("贵宾 '1'")
    seen.page.locator(".st-key-save-name-people input").press("Enter")
    ready(seen)
    seen.page.locator(".st-key-save-now-people button").click()
    seen.page.get_by_text("Saved: 贵宾 '1', version 1").first.wait_for()
    seen.page.keyboard.press("Escape")
    seen.page.locator(".st-key-clear-filters button").click()
    seen.settled()
    ready(seen)
    seen.page.get_by_role("link", name="Trends").click()
    seen.settled()
    ready(seen)
    whole = customers(seen)
    seen.page.locator(".st-key-more-filters button").first.click()
    seen.page.locator(".st-key-inside input").click()
    seen.page.get_by_role("option", name="贵宾 '1'").click()
    ready(seen)
    seen.settled()
    assert "inside=" in seen.page.url
    assert customers(seen) == left < whole
    seen.clean()
