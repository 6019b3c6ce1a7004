"""Units beside one another with what chance alone would do to each: the fewer customers, the wider the funnel."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_HEIGHT = 380


@dataclass(frozen=True)
class Point:
    """One unit: where it stands (``size`` customers, ``rate``), and whether it is clearly above, clearly below, or neither."""

    name: str
    size: float
    rate: float
    words: str
    verdict: str = "within"


@dataclass(frozen=True)
class Limit:
    """The limits of one coverage by size, ascending: between ``low`` and ``high`` chance keeps that share of units."""

    label: str
    sizes: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def funnel(
    points: Sequence[Point], bank: float, limits: Sequence[Limit], *, look: Look, what: str, worse: str = "above", line: str = ""
) -> Chart:
    """A dot a unit between the funnel's limits, the inner ones dotted; named only outside the outer: orange on the ``worse`` side (above or
    below), blue on the other. ``line`` names what stands at ``bank``, else all of them."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    right = max([p.size for p in points], default=1.0) * 1.06
    top = max([p.rate for p in points] + [bank]) * 1.15
    for i, limit in enumerate(limits):
        for values in (limit.low, limit.high):
            figure.add_scatter(
                x=list(limit.sizes),
                y=list(values),
                mode="lines",
                line={"color": palette.slate, "width": 1.2, "dash": "dot" if i == 0 else "solid"},
                hoverinfo="skip",
            )
        figure.add_annotation(
            x=limit.sizes[-1], y=limit.high[-1], text=plain(limit.label), showarrow=False, xanchor="left", xshift=4, font=_quiet(look)
        )
    figure.add_shape(type="line", x0=0, x1=right, y0=bank, y1=bank, line={"color": palette.ink, "width": 1})
    label = f"{line or look.say(_('all'))} {look.show(bank, 'ratio')}"
    figure.add_annotation(x=right, y=bank, text=label, showarrow=False, xanchor="left", xshift=4, font=_quiet(look))
    styles = (
        ("within", palette.rest, "circle", 8),
        ("watch", palette.rest, "circle-open", 9),
        *((side, palette.orange if side == worse else palette.blue, "diamond", 11) for side in ("below", "above")),
    )
    for verdict, colour, symbol, size in styles:
        some = [p for p in points if p.verdict == verdict]
        figure.add_scatter(
            x=[p.size for p in some],
            y=[p.rate for p in some],
            mode="markers",
            marker={
                "color": colour,
                "symbol": symbol,
                "size": size,
                "line": {"width": 2 if symbol.endswith("open") else 0, "color": colour},
            },
            customdata=[p.words for p in some],
            hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
        )
    for p in points:
        if p.verdict in ("above", "below"):
            figure.add_annotation(
                x=p.size,
                y=p.rate,
                text=f"<b>{plain(p.name, 14)}</b>",
                showarrow=False,
                yshift=14 if p.verdict == "above" else -14,
                font={"size": 12, "color": palette.orange_text if p.verdict == worse else palette.blue},
            )
    up, across = value_ticks(0.0, top), value_ticks(0.0, right)
    across = [t for t in across if t <= right]
    title = {"text": look.say(_("customers")), "font": _quiet(look), "standoff": 6}
    figure.update_xaxes(range=[0, right], tickvals=across, ticktext=[look.show(t, "count") for t in across], title=title)
    figure.update_yaxes(range=[0, top], tickvals=up, ticktext=tick_text(up, "ratio", look.language))
    figure.update_layout(hovermode="closest", margin={"r": 76})
    clear = [p.name for p in points if p.verdict in ("above", "below")]
    names = ", ".join(clear) or "—"
    alt = Text(_("Funnel plot of {what}: {n} units, clearly outside the limits: {names}."), what=what, n=len(points), names=names)
    return Chart(figure, look.say(alt))


def _quiet(look: Look) -> dict[str, object]:
    return {"size": 11, "color": look.palette.muted}


def sizes(largest: float, n: int = 48) -> list[float]:
    """Sizes at which to draw the limits, close together where they bend.

    >>> [round(s, 6) for s in sizes(100.0, 3)]
    [1.0, 10.0, 100.0]
    """
    return [max(largest, 1.0) ** (i / (n - 1)) for i in range(n)]
