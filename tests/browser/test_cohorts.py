"""A click on a cell of the retention triangle lists its customers, and the address names it."""

import pytest

from tests.asking import asked

pytestmark = pytest.mark.browser
_CELL = """([cohort, age]) => {
    const plot = document.querySelector('.js-plotly-plot'), layout = plot._fullLayout, points = plot.data[1]
    const i = points.customdata.findIndex(d => d[0] === cohort && d[1] === age), box = plot.getBoundingClientRect()
    return [box.left + layout._size.l + layout.xaxis.l2p(points.x[i]), box.top + layout._size.t + layout.yaxis.l2p(points.y[i])]
}"""


def test_a_click_on_a_cell_lists_its_customers(visit, sample_place):
    from churn_dash.measures import last_12
    from churn_dash.measures.tenure.cohorts import cohorts
    from churn_dash.store import Workspace

    ds = Workspace.open(sample_place).dataset()
    found = cohorts(asked(ds, period=last_12(ds)))
    cell = next(c for c in found.cells if c.age == 3 and c.top < c.bottom)
    code = f"{cell.cohort:%Y-%m}"
    seen = visit().go("/cohorts")
    seen.page.locator(".js-plotly-plot .xy").first.wait_for(timeout=60_000)
    seen.page.set_viewport_size({"width": 1440, "height": 1500})
    seen.page.wait_for_timeout(1_000)
    seen.page.mouse.click(*seen.page.evaluate(_CELL, [code, 3]))
    seen.page.wait_for_url(f"**/cohorts?*cohort={code}*", timeout=60_000)
    seen.settled()
    assert "age=3" in seen.page.url
    assert f"{int(cell.top)} customers · characteristics" in seen.text
    seen.clean()
