"""Where customers went, as streams: start groups on the left, end groups on the right, as wide as they are many.

Drawn as areas: of Plotly's own diagram of streams Streamlit does not tell which was clicked.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from churn_dash.charts.grids.migration import Stream
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_ALPHA = {"down": 0.55, "lost": 0.45, "stay": 0.18, "up": 0.5}
_HEIGHT = 320
_GAP = 0.065
"""Between groups, as a share of the height: names must not cover one another."""
_STEPS = 24
_NODE = 0.012
_LANE = 0.09
_CLICKED_AT = (0.2, 0.35, 0.5, 0.65, 0.8)


@dataclass(frozen=True)
class _Band:
    """A stream as it lies: its middle at the left and the right edge, and its width, as shares of the height from above."""

    left: float
    right: float
    width: float

    def middle(self, x: float) -> float:
        return self.left + (self.right - self.left) * (3 * x**2 - 2 * x**3)


def sankey(
    flows: Sequence[Stream],
    groups: Sequence[str],
    *,
    unit: str,
    look: Look,
    what: str,
    amounts: Sequence[float] | None = None,
    chosen: int | None = None,
) -> Chart:
    """Streams between ``groups`` (labels, top to bottom, the last may be an end alone), as wide as the customers of each flow or
    ``amounts`` beside it. Orange fell, blue rose, gray stayed, slate left; the ``chosen`` flow has an edge."""
    palette = look.palette
    colours = {"down": palette.orange, "lost": palette.slate, "stay": palette.rest, "up": palette.blue}
    shown, bands = _laid(flows, groups, amounts)
    figure = bare_figure(look, _HEIGHT)
    for (f, size), band in zip(shown, bands, strict=True):
        xs = [i / _STEPS for i in range(_STEPS + 1)]
        middles, half = [band.middle(x) for x in xs], band.width / 2
        figure.add_scatter(
            x=[*xs, *reversed(xs)],
            y=[*(m - half for m in middles), *(m + half for m in reversed(middles))],
            mode="lines",
            line={"width": 2 if chosen is not None and f is flows[chosen] else 0, "color": palette.ink},
            fill="toself",
            fillcolor=_faded(colours[f.move], _ALPHA[f.move]),
            hoveron="fills",
            text=_words(f, size, unit, look),
            hoverinfo="text",
        )
    for side, ends in (("start", _ends([f.start for f, _s in shown], groups)), ("end", _ends([f.end for f, _s in shown], groups))):
        _named(figure, side, ends, shown, bands, unit, look)
    figure.update_xaxes(range=[0, 1], visible=False)
    figure.update_yaxes(range=[1.001, -0.001], visible=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 10, "b": 10}, hovermode="closest")
    parts = [f"{f.start} → {f.end} {look.show(s, unit)}" for f, s in shown]
    return Chart(figure, look.say(Text(_("{what}: {words}"), what=what, words="; ".join(parts))))


def stream_marks(
    flows: Sequence[Stream], groups: Sequence[str], *, unit: str, look: Look, amounts: Sequence[float] | None = None
) -> list[tuple[float, float, str, int]]:
    """Places (x, y, words, which flow) by which the streams of ``sankey`` can be clicked: a wide one has several lanes of them."""
    shown, bands = _laid(flows, groups, amounts)
    at = {id(f): i for i, f in enumerate(flows)}
    found = []
    for (f, size), band in zip(shown, bands, strict=True):
        lanes = max(1, math.ceil(band.width / _LANE))
        for x in _CLICKED_AT:
            for lane in range(lanes):
                y = band.middle(x) + band.width * ((lane + 0.5) / lanes - 0.5)
                found.append((x, y, _words(f, size, unit, look), at[id(f)]))
    return found


def _words(f: Stream, size: float, unit: str, look: Look) -> str:
    return f"{plain(f.start)} → {plain(f.end)}: {look.show(size, unit)}"


def _ends(names: Sequence[str], groups: Sequence[str]) -> list[str]:
    return [g for g in groups if g in names]


def _laid(
    flows: Sequence[Stream], groups: Sequence[str], amounts: Sequence[float] | None
) -> tuple[list[tuple[Stream, float]], list[_Band]]:
    """The streams that have a width, and how each lies: groups stacked from above, and in each the streams in the order of the other
    side."""
    sizes = list(amounts) if amounts is not None else [float(f.n) for f in flows]
    shown = [(f, size) for f, size in zip(flows, sizes, strict=True) if size > 0]
    starts, ends = _ends([f.start for f, _s in shown], groups), _ends([f.end for f, _s in shown], groups)
    total = sum(size for _f, size in shown)
    scale = (1 - _GAP * max(len(starts) - 1, len(ends) - 1, 0)) / total if total else 0.0
    place = {g: i for i, g in enumerate(groups)}
    left = _stacked([(f.start, f.end) for f, _s in shown], [s for _f, s in shown], starts, place, scale)
    right = _stacked([(f.end, f.start) for f, _s in shown], [s for _f, s in shown], ends, place, scale)
    return shown, [_Band(a, b, s * scale) for a, b, (_f, s) in zip(left, right, shown, strict=True)]


def _stacked(
    pairs: Sequence[tuple[str, str]], sizes: Sequence[float], own: Sequence[str], place: Mapping[str, int], scale: float
) -> list[float]:
    """The middle of each stream at one edge; groups of one side with fewer gaps lie in the middle of the height."""
    whole = scale * sum(sizes) + _GAP * max(len(own) - 1, 0)
    found, at = [0.0] * len(pairs), (1 - whole) / 2
    for group in own:
        for i in sorted((i for i, p in enumerate(pairs) if p[0] == group), key=lambda i: place[pairs[i][1]]):
            found[i] = at + sizes[i] * scale / 2
            at += sizes[i] * scale
        at += _GAP
    return found


def _named(
    figure: go.Figure, side: str, ends: Sequence[str], shown: Sequence[tuple[Stream, float]], bands: Sequence[_Band], unit: str, look: Look
) -> None:
    """The groups of one edge: a bar each, and its name on a ground of its own, since streams would cross the small ones."""
    palette, at_left = look.palette, side == "start"
    for group in ends:
        mine = [(b, s) for (f, s), b in zip(shown, bands, strict=True) if (f.start if at_left else f.end) == group]
        middles = [b.left if at_left else b.right for b, _s in mine]
        top = min(m - b.width / 2 for m, (b, _s) in zip(middles, mine, strict=True))
        bottom = max(m + b.width / 2 for m, (b, _s) in zip(middles, mine, strict=True))
        x0 = 0.0 if at_left else 1 - _NODE
        figure.add_shape(type="rect", x0=x0, x1=x0 + _NODE, y0=top, y1=max(bottom, top + 0.002), fillcolor=palette.slate, line={"width": 0})
        figure.add_annotation(
            text=f"{plain(group, 18)} {look.show(sum(s for _b, s in mine), unit)}",
            x=0 if at_left else 1,
            y=(top + bottom) / 2,
            xanchor="left" if at_left else "right",
            yanchor="middle",
            xshift=14 if at_left else -14,
            showarrow=False,
            font={"size": 12, "color": palette.ink},
            bgcolor=_faded(palette.page, 0.82),
            borderpad=1,
        )


def _faded(colour: str, alpha: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
