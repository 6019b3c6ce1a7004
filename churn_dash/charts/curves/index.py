"""How the customers spread over an index from 0 to 100."""

from collections.abc import Sequence

from churn_dash.charts.ground.axes import value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.words import Text, _

_HEIGHT = 300


def index_spread(counts: Sequence[int], *, look: Look) -> Chart:
    """Customers by index, in equal steps from 0 to 100; the middle customer's step in blue."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    step = 100 / len(counts)
    half, seen, middle = sum(counts) / 2, 0, 0
    for i, count in enumerate(counts):
        if seen < half <= seen + count:
            middle = i
        seen += count
    spans = [f"{i * step:.0f}–{(i + 1) * step:.0f}" for i in range(len(counts))]
    figure.add_bar(
        x=[(i + 0.5) * step for i in range(len(counts))],
        y=list(counts),
        width=step * 0.86,
        marker={"color": [palette.blue if i == middle else palette.rest for i in range(len(counts))]},
        customdata=[f"{s}<br><b>{look.show(c, 'count')}</b>" for s, c in zip(spans, counts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    ticks = value_ticks(0.0, float(max([*counts, 1])))
    quiet = {"size": 11, "color": palette.muted}
    title = {"text": look.say(_("Index, 100 is the riskiest")), "font": quiet, "standoff": 12}
    figure.update_xaxes(tickvals=[0, 25, 50, 75, 100], range=[0, 100], title=title)
    figure.update_yaxes(tickvals=ticks, ticktext=[look.show(t, "count") for t in ticks], range=[0, ticks[-1]])
    figure.update_layout(hovermode="closest")
    alt = Text(_("Histogram of the index of {n} customers; the middle customer lies at {middle}."), n=sum(counts), middle=spans[middle])
    return Chart(figure, look.say(alt))
