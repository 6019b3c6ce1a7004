"""On a page of causes a click on a bar limits the other charts, lists its customers, becomes a segment, and a chip takes it away."""

import pytest

from tests.asking import asked
from tests.browser.clicking import chart, chips, click, drawn, ready, told

pytestmark = pytest.mark.browser


def test_a_cause_limits_the_others_is_listed_saved_and_taken_away(visit, sample_place):
    from churn_dash.causes import departures
    from churn_dash.segments import saved
    from churn_dash.store import Workspace

    ds = Workspace.open(sample_place).dataset()
    code, n = departures(asked(ds)).classes.select("cause_class", "n").row(0)
    seen = visit().go("/causes")
    ready(seen)
    pareto, banks = drawn(seen, "pareto"), told(seen, "destinations")
    click(seen, "pareto", 0.3, 0.06)
    assert f"cell=cause%7C%7C{code}" in seen.page.url and chips(seen) == 1
    assert drawn(seen, "pareto") == pareto, "the chart that was clicked goes on showing everything"
    assert told(seen, "destinations") != banks
    card = seen.page.locator(".st-key-card-chosen")
    assert card.locator("[data-testid=stDataFrame]").count() == 1
    assert f"{n} customers" in card.inner_text()
    seen.page.locator(".st-key-save-chosen button").first.click()
    seen.page.locator(".st-key-save-name-chosen input").fill("left for this")
    seen.page.locator(".st-key-save-name-chosen input").press("Enter")
    seen.settled()
    seen.page.locator(".st-key-save-now-chosen button").click()
    seen.page.get_by_text("Saved: left for this").wait_for(timeout=60_000)
    assert saved(Workspace.open(sample_place).dataset())["left for this"].n_listed == n
    seen.page.locator(".st-key-chip-cause button").first.click()
    seen.settled()
    ready(seen)
    assert "cell=" not in seen.page.url and chips(seen) == 0
    assert told(seen, "destinations") == banks
    assert chart(seen, "pareto").count() == 1
    seen.clean()


def test_a_step_of_growth_opens_the_list_only(visit):
    seen = visit().go("/growth")
    ready(seen)
    sentence, over_time = seen.answer, drawn(seen, "heads-time")
    click(seen, "heads", 0.5, 0.3)
    assert "cell=growth%7C%7C" in seen.page.url and chips(seen) == 1
    assert (seen.answer, drawn(seen, "heads-time")) == (sentence, over_time), "a step is no filter"
    assert seen.page.locator(".st-key-card-chosen [data-testid=stDataFrame]").count() == 1
    seen.clean()


def test_a_stream_between_tiers_means_what_its_cell_means(visit):
    seen = visit().go("/tiers")
    ready(seen)
    streams, watched = drawn(seen, "tier-streams"), seen.page.locator(".st-key-card-recovery").inner_text()
    click(seen, "tier-streams", 0.35, 0.88)
    assert "cell=tier_move%7C" in seen.page.url and "%3E" in seen.page.url and chips(seen) == 1
    assert drawn(seen, "tier-streams") == streams, "the streams go on showing everybody"
    assert seen.page.locator(".st-key-card-recovery").inner_text() != watched
    assert seen.page.locator(".st-key-card-chosen [data-testid=stDataFrame]").count() == 1
    click(seen, "tier-streams", 0.35, 0.88)
    assert "cell=" not in seen.page.url and chips(seen) == 0
    seen.clean()


def test_a_place_on_the_concentration_curve_limits_the_page_to_the_most_valuable(visit):
    seen = visit().go("/value")
    ready(seen)
    curve, stages = drawn(seen, "curve"), drawn(seen, "stages")
    found = chart(seen, "curve").evaluate(
        """e => { const p = e.querySelector('.js-plotly-plot'), a = p._fullLayout, b = p.getBoundingClientRect();
        return [(a.xaxis.l2p(0.1) + a._size.l) / b.width, (a.yaxis.l2p(p._fullData[2].y[1]) + a._size.t) / b.height]; }"""
    )
    click(seen, "curve", *found)
    assert "cell=top%7C%7C0.1" in seen.page.url and chips(seen) == 1
    assert drawn(seen, "curve") == curve and drawn(seen, "stages") != stages
    seen.clean()
