"""Can the risk be believed: predicted beside observed, and how the scores are spread."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.words import Text, _

_HEIGHT = 300


@dataclass(frozen=True)
class Bin:
    """Customers of like risk: mean prediction, the share that left, its 95 % range, and how many they were."""

    predicted: float
    observed: float
    n: int
    low: float | None = None
    high: float | None = None


def calibration(bins: Sequence[Bin], *, look: Look) -> Chart:
    """Predicted against observed risk with Wilson bars; on the dotted line the prediction is right. METHODS D3."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    top = max([b.predicted for b in bins] + [b.high if b.high is not None else b.observed for b in bins] + [0.01])
    ticks = value_ticks(0.0, top)
    end = ticks[-1]
    figure.add_scatter(x=[0, end], y=[0, end], mode="lines", line={"color": palette.slate, "width": 1.5, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(
        x=[b.predicted for b in bins],
        y=[b.observed for b in bins],
        mode="markers",
        marker={"size": 9, "color": palette.blue},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(b.high if b.high is not None else b.observed) - b.observed for b in bins],
            "arrayminus": [b.observed - (b.low if b.low is not None else b.observed) for b in bins],
            "color": palette.blue,
            "thickness": 1.5,
            "width": 0,
        },
        customdata=[_bin_words(b, look) for b in bins],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_annotation(
        x=end * 0.97,
        y=end * 0.97,
        text=look.say(_("predicted = observed")),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        xshift=-14,
        font={"size": 11, "color": palette.muted},
    )
    words = tick_text(ticks, "ratio", look.language)
    quiet = {"size": 11, "color": palette.muted}
    figure.update_xaxes(
        tickvals=ticks, ticktext=words, range=[0, end * 1.02], title={"text": look.say(_("Predicted risk")), "font": quiet, "standoff": 12}
    )
    figure.update_yaxes(tickvals=ticks, ticktext=words, range=[0, end * 1.02])
    figure.update_layout(hovermode="closest")
    inside = sum(1 for b in bins if b.low is not None and b.high is not None and b.low <= b.predicted <= b.high)
    alt = Text(
        _("Predicted against observed risk in {n} groups: in {inside} of them the prediction lies in the observed range."),
        n=len(bins),
        inside=inside,
    )
    return Chart(figure, look.say(alt))


def _bin_words(b: Bin, look: Look) -> str:
    text = Text(
        _("predicted {predicted}, left {observed}"), predicted=look.show(b.predicted, "ratio"), observed=look.show(b.observed, "ratio")
    )
    return f"{look.say(text)}<br>n={b.n:,}"


def scores(counts: Sequence[int], edges: Sequence[float], *, look: Look, threshold: float | None = None) -> Chart:
    """How many customers have which risk; orange from ``threshold`` on. ``edges`` is one longer than ``counts``."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    middles = [(a + b) / 2 for a, b in itertools.pairwise(edges)]
    high = [threshold is not None and a >= threshold - 1e-12 for a in edges[:-1]]
    ranges = [f"{look.show(a, 'ratio')}–{look.show(b, 'ratio')}" for a, b in itertools.pairwise(edges)]
    figure.add_bar(
        x=middles,
        y=list(counts),
        width=[(b - a) * 0.86 for a, b in itertools.pairwise(edges)],
        marker={"color": [palette.orange if h else palette.rest for h in high]},
        customdata=[f"{r}<br><b>{c:,}</b>" for r, c in zip(ranges, counts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if threshold is not None:
        figure.add_shape(
            type="line", x0=threshold, x1=threshold, y0=0, y1=1, yref="paper", line={"color": palette.ink, "width": 1, "dash": "dot"}
        )
        label = look.say(Text(_("high risk from {threshold}"), threshold=look.show(threshold, "ratio")))
        figure.add_annotation(
            x=threshold,
            y=1,
            yref="paper",
            text=label,
            showarrow=False,
            xanchor="left",
            xshift=4,
            yanchor="top",
            font={"size": 11, "color": palette.orange_text},
        )
    ticks = value_ticks(0.0, float(max([*counts, 1])))
    across = value_ticks(edges[0], edges[-1])
    quiet = {"size": 11, "color": palette.muted}
    title = {"text": look.say(_("Predicted risk")), "font": quiet, "standoff": 12}
    figure.update_xaxes(tickvals=across, ticktext=tick_text(across, "ratio", look.language), range=[edges[0], edges[-1]], title=title)
    figure.update_yaxes(tickvals=ticks, ticktext=[look.show(t, "count") for t in ticks], range=[0, ticks[-1]])
    figure.update_layout(hovermode="closest")
    above = sum(c for c, h in zip(counts, high, strict=True) if h)
    alt = Text(_("Histogram of the risk of {n} customers; {above} at high risk."), n=sum(counts), above=above)
    return Chart(figure, look.say(alt))
