"""Where customers went, as streams: start groups on the left, end groups on the right, as wide as they are many."""

from collections.abc import Sequence

from churn_dash.charts.grids.migration import Stream
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_ALPHA = {"down": 0.55, "lost": 0.45, "stay": 0.18, "up": 0.5}


def sankey(
    flows: Sequence[Stream], groups: Sequence[str], *, unit: str, look: Look, what: str, amounts: Sequence[float] | None = None
) -> Chart:
    """Streams between ``groups`` (labels, top to bottom, the last may be an end alone), as wide as the customers of each flow or
    ``amounts`` beside it. Orange fell, blue rose, gray stayed, slate left."""
    palette = look.palette
    colours = {"down": palette.orange, "lost": palette.slate, "stay": palette.rest, "up": palette.blue}
    sizes = list(amounts) if amounts is not None else [float(f.n) for f in flows]
    shown = [(f, size) for f, size in zip(flows, sizes, strict=True) if size > 0]
    total = sum(size for _f, size in shown)
    left = [g for g in groups if any(f.start == g for f, _s in shown)]
    right = [g for g in groups if any(f.end == g for f, _s in shown)]
    place = {("start", g): i for i, g in enumerate(left)} | {("end", g): len(left) + i for i, g in enumerate(right)}
    sums = {("start", g): sum(s for f, s in shown if f.start == g) for g in left} | {
        ("end", g): sum(s for f, s in shown if f.end == g) for g in right
    }
    names = [f"{plain(g, 18)} {look.show(sums[side, g], unit)}" for side, g in place]
    middles = [*_heights([sums["start", g] for g in left], total), *_heights([sums["end", g] for g in right], total)]
    figure = bare_figure(look, 320)
    figure.add_sankey(
        arrangement="fixed",
        domain={"x": [0, 1], "y": [0, 1]},
        textfont={"size": 1, "color": "rgba(0,0,0,0)", "shadow": "none"},
        node={
            "label": names,
            "x": [0.001] * len(left) + [0.999] * len(right),
            "y": middles,
            "color": palette.slate,
            "line": {"width": 0},
            "pad": 14,
            "thickness": 10,
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [place["start", f.start] for f, _s in shown],
            "target": [place["end", f.end] for f, _s in shown],
            "value": [s for _f, s in shown],
            "color": [_faded(colours[f.move], _ALPHA[f.move]) for f, _s in shown],
            "customdata": [f"{plain(f.start)} → {plain(f.end)}: {look.show(s, unit)}" for f, s in shown],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    # Names on a ground of their own: streams would cross the small ones.
    for (side, _g), name, middle in zip(place, names, middles, strict=True):
        at_left = side == "start"
        figure.add_annotation(
            text=name,
            x=0 if at_left else 1,
            y=1 - middle,
            xref="paper",
            yref="paper",
            xanchor="left" if at_left else "right",
            yanchor="middle",
            xshift=14 if at_left else -14,
            showarrow=False,
            font={"size": 12, "color": palette.ink},
            bgcolor=_faded(palette.page, 0.82),
            borderpad=1,
        )
    figure.update_layout(margin={"l": 0, "r": 0, "t": 10, "b": 10})
    parts = [f"{f.start} → {f.end} {look.show(s, unit)}" for f, s in shown]
    return Chart(figure, look.say(Text(_("{what}: {words}"), what=what, words="; ".join(parts))))


def _heights(sizes: Sequence[float], total: float) -> list[float]:
    """The middles of nodes stacked from the top, as shares of the height; apart, so that small ones do not cover one another."""
    gap = 0.065
    free = 1 - gap * max(len(sizes) - 1, 0)
    found, at = [], 0.0
    for size in sizes:
        height = free * size / total if total else 0.0
        found.append(min(max(at + height / 2, 0.001), 0.999))
        at += height + gap
    return found


def _faded(colour: str, alpha: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
