"""Can the risk be believed: predicted beside observed, and how the scores are spread."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import value_ticks
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
    """Predicted against observed risk with Wilson bars; on the dotted line the prediction is right. METHODS D3.

    Both axes are logarithmic: most groups of a bank have risks of a few percent, and would lie on one spot beside the riskiest.
    """
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    there = [v for b in bins for v in (b.predicted, b.observed, b.low, b.high) if v]
    floor, end = _round_below(min(there, default=0.001)), min(1.0, 1.15 * max([*there, 0.01]))
    seen = [max(b.observed, floor) for b in bins]
    figure.add_scatter(
        x=[floor, end], y=[floor, end], mode="lines", line={"color": palette.slate, "width": 1.5, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=[max(b.predicted, floor) for b in bins],
        y=seen,
        mode="markers",
        # Nothing has no place on a scale of factors: it stands on the floor, hollow.
        marker={"size": 9, "color": palette.blue, "symbol": ["circle" if b.observed > 0 else "circle-open" for b in bins]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [max(b.high, y) - y if b.high is not None else 0.0 for b, y in zip(bins, seen, strict=True)],
            "arrayminus": [y - min(max(b.low, floor), y) if b.low is not None else 0.0 for b, y in zip(bins, seen, strict=True)],
            "color": palette.blue,
            "thickness": 1.5,
            "width": 0,
        },
        customdata=[_bin_words(b, look) for b in bins],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_annotation(
        x=math.log10(end),
        y=math.log10(end),
        text=look.say(_("predicted = observed")),
        showarrow=False,
        xanchor="right",
        yanchor="middle",
        xshift=-18,
        font={"size": 11, "color": palette.muted},
    )
    ticks = [t for t in _TICKS if floor * 0.999 <= t <= end]
    words = [f"{100 * t:g}%" for t in ticks]
    quiet = {"size": 11, "color": palette.muted}
    title = {"text": look.say(_("Predicted risk (each step of the axis is a factor)")), "font": quiet, "standoff": 12}
    scale = {"type": "log", "tickvals": ticks, "ticktext": words, "range": [math.log10(floor), math.log10(end * 1.05)], "minor": None}
    figure.update_xaxes(**scale, title=title)
    figure.update_yaxes(**scale)
    figure.update_layout(hovermode="closest")
    inside = sum(1 for b in bins if b.low is not None and b.high is not None and b.low <= b.predicted <= b.high)
    alt = Text(
        _("Predicted against observed risk in {n} groups: in {inside} of them the prediction lies in the observed range."),
        n=len(bins),
        inside=inside,
    )
    return Chart(figure, look.say(alt))


_TICKS = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def _round_below(value: float) -> float:
    """The tick at or below a risk, where the axis begins; the lowest for less."""
    return max((t for t in _TICKS if t <= value), default=_TICKS[0])


def _bin_words(b: Bin, look: Look) -> str:
    text = Text(
        _("predicted {predicted}, left {observed}"), predicted=look.show(b.predicted, "ratio"), observed=look.show(b.observed, "ratio")
    )
    return f"{look.say(text)}<br>n={b.n:,}"


def scores(counts: Sequence[int], edges: Sequence[float], *, look: Look, threshold: float | None = None, below: int = 0) -> Chart:
    """How many customers have which risk, in steps of one factor; orange from ``threshold`` on. ``edges`` (above 0) is one longer than
    ``counts``; ``below`` lie under the first."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    places = [math.log10(e) for e in edges]
    high = [threshold is not None and a >= threshold - 1e-9 for a in edges[:-1]]
    ranges = [f"{look.show(a, 'ratio')}–{look.show(b, 'ratio')}" for a, b in itertools.pairwise(edges)]
    # Bars stand on the logarithms: widths on an axis of type log would be in units of risk.
    figure.add_bar(
        x=[(a + b) / 2 for a, b in itertools.pairwise(places)],
        y=list(counts),
        width=[(b - a) * 0.86 for a, b in itertools.pairwise(places)],
        marker={"color": [palette.orange if h else palette.rest for h in high]},
        customdata=[f"{r}<br><b>{c:,}</b>" for r, c in zip(ranges, counts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if threshold is not None:
        at = math.log10(threshold)
        figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line={"color": palette.ink, "width": 1, "dash": "dot"})
        label = look.say(Text(_("high risk from {threshold}"), threshold=look.show(threshold, "ratio")))
        figure.add_annotation(
            x=at,
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
    across = [t for t in _TICKS if edges[0] * 0.999 <= t <= edges[-1] * 1.001]
    quiet = {"size": 11, "color": palette.muted}
    title = {"text": look.say(_("Predicted risk (each step of the axis is a factor)")), "font": quiet, "standoff": 12}
    words = [f"{100 * t:g}%" for t in across]
    figure.update_xaxes(tickvals=[math.log10(t) for t in across], ticktext=words, range=[places[0], places[-1]], title=title)
    figure.update_yaxes(tickvals=ticks, ticktext=[look.show(t, "count") for t in ticks], range=[0, ticks[-1]])
    figure.update_layout(hovermode="closest")
    above = sum(c for c, h in zip(counts, high, strict=True) if h)
    alt = Text(_("Histogram of the risk of {n} customers; {above} at high risk."), n=sum(counts) + below, above=above)
    more = Text(_("{n} customers have less than {least}"), n=look.show(below, "count"), least=look.show(edges[0], "ratio"))
    return Chart(figure, look.say(alt), (look.say(more),) if below else ())
