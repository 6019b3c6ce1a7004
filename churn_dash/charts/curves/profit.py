"""What calling the riskiest earns, by how many are called."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_HEIGHT = 300
_BEYOND, _LEAST = 3, 0.25
"""The axis goes three times as far as the furthest of the best share and the cuts, and at least so far; the rest is in the table."""


@dataclass(frozen=True)
class Earned:
    """When everybody at or above ``threshold`` is called, a ``share`` of the customers (0–1): the profit in CNY with its 95 % range."""

    threshold: float
    share: float
    profit: float
    low: float
    high: float


@dataclass(frozen=True)
class Cut:
    """A line across the curve: at which share of customers called, and what it is."""

    share: float
    label: str
    strong: bool = False


def profit(points: Sequence[Earned], *, look: Look, cuts: Sequence[Cut] = ()) -> Chart:
    """Expected profit by the share of customers called, riskiest first, with its range; the best marked, and lines at ``cuts``. D8."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    best = max(points, key=lambda p: p.profit)
    end = max(_LEAST, _BEYOND * max([best.share, *(c.share for c in cuts)]))
    cut_off = any(p.share > end for p in points)
    points = [p for p in points if p.share <= end]
    share = [p.share for p in points]
    figure.add_scatter(
        x=[*share, *reversed(share)],
        y=[*(p.high for p in points), *(p.low for p in reversed(points))],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor=palette.soft,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=share,
        y=[p.profit for p in points],
        mode="lines",
        line={"color": palette.blue, "width": 2.5},
        customdata=[_words(p, look) for p in points],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_scatter(x=[best.share], y=[best.profit], mode="markers", marker={"size": 10, "color": palette.blue}, hoverinfo="skip")
    for i, one in enumerate(sorted(cuts, key=lambda c: c.share)):
        colour, dash = (palette.orange, "solid") if one.strong else (palette.slate, "dot")
        figure.add_shape(
            type="line", x0=one.share, x1=one.share, y0=0, y1=1, yref="paper", line={"color": colour, "width": 1.5, "dash": dash}
        )
        left = one.share > 0.6 * end
        figure.add_annotation(
            x=one.share,
            y=1.0 - 0.09 * i,
            yref="paper",
            text=plain(one.label),
            showarrow=False,
            xanchor="right" if left else "left",
            xshift=-4 if left else 4,
            yanchor="top",
            bgcolor=palette.page,
            font={"size": 11, "color": palette.orange_text if one.strong else palette.muted},
        )
    low, high = min([0.0, *(p.low for p in points)]), max([0.0, *(p.high for p in points)])
    ticks, across = value_ticks(low, high), value_ticks(0.0, max([*share, 0.01]))
    quiet = {"size": 11, "color": palette.muted}
    beyond = _("Share of customers called, riskiest first; beyond the axis: in the table")
    title = {"text": look.say(beyond if cut_off else _("Share of customers called, riskiest first")), "font": quiet, "standoff": 12}
    figure.update_xaxes(tickvals=across, ticktext=tick_text(across, "ratio", look.language), range=[0, across[-1]], title=title)
    figure.update_yaxes(tickvals=ticks, ticktext=tick_text(ticks, "money", look.language))
    figure.update_layout(hovermode="closest")
    named = {"profit": look.show(best.profit, "money"), "share": look.show(best.share, "ratio")}
    return Chart(figure, look.say(Text(_("Profit by share of customers called: most, {profit}, at {share}."), **named)))


def _words(p: Earned, look: Look) -> str:
    named = {"share": look.show(p.share, "ratio"), "threshold": look.show(p.threshold, "ratio")}
    amounts = {"profit": look.show(p.profit, "money"), "low": look.show(p.low, "money"), "high": look.show(p.high, "money")}
    first = look.say(Text(_("{share} called, risk {threshold} or more"), **named))
    return f"{first}<br><b>{look.say(Text(_('{profit} ({low} to {high})'), **amounts))}</b>"
