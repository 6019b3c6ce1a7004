"""Clicks in charts, as a reader makes them."""


def chart(seen, card):
    return seen.page.locator(f".st-key-card-{card} [data-testid=stPlotlyChart]").first


def drawn(seen, card):
    """What a chart shows, without the frame around what is chosen."""
    code = """e => JSON.stringify(e.querySelector('.js-plotly-plot')._fullData.map(
        t => [t.type, Array.from(t.x || []), Array.from(t.y || []), t.text, (t.z || []).map(row => Array.from(row))]))"""
    return chart(seen, card).evaluate(code)


def told(seen, card):
    """The words of a card: its sentence, what it rests on, and its controls."""
    return seen.page.locator(f".st-key-card-{card}").inner_text()


def click(seen, card, x, y):
    """Click at a share of the chart's width and height."""
    found = chart(seen, card)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    found.click(position={"x": x * box["width"], "y": y * box["height"]})
    seen.settled()
    ready(seen)


def ready(seen):
    seen.page.wait_for_function(
        "document.querySelector('[data-testid=stApp]').getAttribute('data-test-script-state') === 'notRunning'", timeout=60_000
    )
    seen.page.wait_for_timeout(500)


def chips(seen):
    return seen.page.locator("[class*='st-key-chip-']").count()
