"""What a hold-out can show and what it costs, by the share held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.words import Text, _
from churn_dash.words.numbers import DASH

_HEIGHT = 380
_BELOW = [0.0, 0.34]
_ABOVE = [0.48, 1.0]


@dataclass(frozen=True)
class Held:
    """One share held out (0–1): the smallest effect that it can show (0–1, None: none), and its cost in CNY."""

    share: float
    mde: float | None
    cost: float | None


def hold_outs(points: Sequence[Held], *, look: Look, chosen: float, effect: float) -> Chart:
    """Above, the smallest effect that can be shown with the expected one as a dotted line; below, the cost. Where the expected
    effect is too small to be shown the curve is orange; the share chosen is marked in both."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    known = [p for p in points if p.mde is not None]
    words = [_words(p, look) for p in points]
    shown = dict(zip((p.share for p in points), words, strict=True))
    for good, colour in ((True, palette.blue), (False, palette.orange)):
        figure.add_scatter(
            x=[p.share for p in known],
            y=[p.mde if (p.mde <= effect) is good else None for p in known if p.mde is not None],
            mode="lines+markers",
            marker={"size": 4, "color": colour, "symbol": "circle" if good else "diamond"},
            line={"color": colour, "width": 2.5},
            customdata=[shown[p.share] for p in known],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_bar(
        x=[p.share for p in points],
        y=[p.cost for p in points],
        marker={"color": [palette.blue if abs(p.share - chosen) < 1e-9 else palette.rest for p in points]},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        yaxis="y2",
    )
    figure.add_shape(type="line", x0=chosen, x1=chosen, y0=0, y1=1, yref="paper", line={"color": palette.ink, "width": 1, "dash": "dot"})
    end = max([p.share for p in points] + [0.5])
    figure.add_shape(type="line", x0=0, x1=end, y0=effect, y1=effect, line={"color": palette.slate, "width": 1.5, "dash": "dot"})
    quiet = {"size": 11, "color": palette.muted}
    figure.add_annotation(
        x=end,
        y=effect,
        text=look.say(Text(_("expected: {effect} points"), effect=_points(effect))),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font=quiet,
    )
    for y, text in ((1.0, _("Smallest fall of churn that can be shown, points")), (_BELOW[1], _("Cost of holding out"))):
        place: dict[str, Any] = {"x": 0, "xref": "paper", "y": y, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 6}
        figure.add_annotation(text=look.say(text), showarrow=False, font=quiet, **place)
    top = min(max([effect * 3, *(p.mde for p in known[-1:] if p.mde is not None)]), max([effect, *(p.mde or 0.0 for p in known)]) * 1.05)
    above, below = value_ticks(0.0, top), value_ticks(0.0, max([p.cost or 0.0 for p in points] + [1.0]), 3)
    across = value_ticks(0.0, end)
    title = {"text": look.say(_("Share held out at random")), "font": quiet, "standoff": 12}
    figure.update_layout(
        xaxis={"tickvals": across, "ticktext": tick_text(across, "ratio", look.language), "range": [0, end * 1.01], "title": title},
        yaxis={
            "domain": _ABOVE,
            "tickvals": above,
            "ticktext": [t.removesuffix("%") for t in tick_text(above, "ratio", look.language)],
            "range": [0, above[-1] * 1.02],
        },
        yaxis2={
            "domain": _BELOW,
            "anchor": "x",
            "tickvals": below,
            "ticktext": tick_text(below, "money", look.language),
            "range": [0, below[-1]],
            "gridcolor": palette.grid,
            "zeroline": False,
        },
        hovermode="closest",
        margin={"t": 24},
    )
    figure.update_xaxes(anchor="y2")
    here = min(points, key=lambda p: abs(p.share - chosen))
    alt = Text(
        _(
            "Smallest effect that can be shown by share held out: {mde} points at {share}, "
            "where {effect} are expected; holding out costs {cost}."
        ),
        mde=_points(here.mde),
        share=f"{here.share:.0%}",
        effect=_points(effect),
        cost=look.show(here.cost, "money"),
    )
    return Chart(figure, look.say(alt))


def _points(difference: float | None) -> str:
    return DASH if difference is None else f"{100 * difference:.2f}"


def _words(p: Held, look: Look) -> str:
    named = {"share": f"{p.share:.0%}", "mde": _points(p.mde), "cost": look.show(p.cost, "money")}
    return look.say(Text(_("{share} held out<br>can show a fall of <b>{mde} points</b><br>costs <b>{cost}</b>"), **named))
