"""What an amount hangs on (a tornado of its inputs), and how few carry it (a Lorenz curve)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.charts.groups.bars import ROW
from churn_dash.words import Text, _

_HEIGHT = 300
_THICK = 0.36
_PALE = 0.45


@dataclass(frozen=True)
class Moved:
    """One input: its name, its lower and higher value in words, and the amount at each. ``measured``: the two are the ends of a measured
    range, not an assumption moved by so much; ``by`` says in words which."""

    name: str
    low: str
    high: str
    at_low: float
    at_high: float
    measured: bool = False
    by: str = ""


def tornado(rows: Sequence[Moved], now: float, *, look: Look, what: str, better: Literal["up", "down"] = "down") -> Chart:
    """How far an amount moves when each input alone moves, the widest first; blue where it gets better, orange where worse; full where
    the input was measured, pale where it is assumed.

    ``now`` is the amount as it stands, in CNY. Of a cost less is better; of a gain more is, and the line at which it turns is drawn.
    """
    palette = look.palette
    rises, falls = (palette.blue, palette.orange) if better == "up" else (palette.orange, palette.blue)
    figure = bare_figure(look, max(len(rows), 1) * ROW + 34)
    at = list(range(len(rows) - 1, -1, -1))
    ends = [v for r in rows for v in (r.at_low, r.at_high)]
    turns = better == "up" and min([now, *ends]) < 0 < max([now, *ends])
    low, high = min([now, *ends]), max([now, *ends])
    pad = (high - low or abs(now) or 1.0) * 0.3
    for side in ("low", "high"):
        amounts = [getattr(r, f"at_{side}") for r in rows]
        figure.add_bar(
            orientation="h",
            base=[now] * len(rows),
            x=[a - now for a in amounts],
            y=at,
            width=_THICK,
            marker={
                "color": [rises if a > now else falls for a in amounts],
                "opacity": [1.0 if r.measured else _PALE for r in rows],
            },
            customdata=[
                f"{plain(r.name)} {getattr(r, side)}{_by(r)}<br><b>{look.show(a, 'money')}</b>" for r, a in zip(rows, amounts, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        for row, y, amount in zip(rows, at, amounts, strict=True):
            right = amount > now or (amount == now and side == "high")
            figure.add_annotation(
                x=amount,
                y=y,
                text=getattr(row, side),
                showarrow=False,
                xanchor="left" if right else "right",
                xshift=4 if right else -4,
                font={"size": 11, "color": palette.muted},
            )
    for row, y in zip(rows, at, strict=True):
        by = f'<span style="color:{palette.muted};font-size:11px">{_by(row)}</span>' if row.by else ""
        words = plain(row.name, 34) + by
        figure.add_annotation(x=0, xref="paper", y=y + _THICK / 2, yshift=12, xanchor="left", yanchor="middle", showarrow=False, text=words)
    figure.add_shape(type="line", x0=now, x1=now, y0=-0.62, y1=len(rows) - 0.3, line={"color": palette.ink, "width": 1})
    if turns:
        line = {"color": palette.muted, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=0, x1=0, y0=-0.62, y1=len(rows) - 0.3, line=line)
        nothing = {"showarrow": False, "font": {"size": 11, "color": palette.muted}, "text": look.show(0.0, "money")}
        figure.add_annotation(x=0, y=-0.62, yanchor="top", yshift=-15, **nothing)
    words = look.say(Text(_("now {value}"), value=look.show(now, "money")))
    figure.add_annotation(x=now, y=-0.62, yanchor="top", text=words, showarrow=False, font={"size": 11, "color": palette.muted})
    figure.update_xaxes(range=[low - pad, high + pad], visible=False)
    figure.update_yaxes(range=[-1.3 if turns else -0.95, len(rows) - 0.2], visible=False)
    figure.update_layout(barmode="overlay", hovermode="closest", margin={"r": 0, "t": 0})
    first = rows[0].name if rows else "—"
    alt = Text(_("{what}, {value} now, hangs most on: {name}."), what=what, value=look.show(now, "money"), name=first)
    return Chart(figure, look.say(alt))


def _by(row: Moved) -> str:
    return f" · {plain(row.by)}" if row.by else ""


def lorenz(curve: Sequence[tuple[float, float]], *, look: Look, top: float, top_share: float) -> Chart:
    """Share of balances held by the smallest share of customers, both 0–1, ascending; the largest ``top`` of them hold ``top_share``.

    On the dotted line everybody would hold the same.
    """
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": palette.slate, "width": 1.5, "dash": "dot"}, hoverinfo="skip")
    hover = [
        look.say(
            Text(_("the smaller {customers} of customers: {balances}"), customers=look.show(x, "ratio"), balances=look.show(y, "ratio"))
        )
        for x, y in curve
    ]
    figure.add_scatter(
        x=[x for x, _y in curve],
        y=[y for _x, y in curve],
        mode="lines",
        fill="tozeroy",
        fillcolor=palette.soft,
        line={"color": palette.blue, "width": 2.5},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_scatter(
        x=[1 - top], y=[1 - top_share], mode="markers", marker={"size": 9, "color": palette.orange}, hoverinfo="skip", cliponaxis=False
    )
    words = look.say(Text(_("the largest {top}: {share}"), top=look.show(top, "ratio"), share=look.show(top_share, "ratio")))
    figure.add_annotation(
        x=1 - top,
        y=1 - top_share,
        text=f"<b>{words}</b>",
        showarrow=False,
        xanchor="right",
        xshift=-10,
        bgcolor=palette.page,
        font={"color": palette.orange_text},
    )
    figure.add_annotation(
        x=0.5,
        y=0.5,
        text=look.say(_("all hold the same")),
        showarrow=False,
        xanchor="right",
        xshift=-8,
        font={"size": 11, "color": palette.muted},
    )
    ticks = value_ticks(0.0, 1.0)
    text, quiet = tick_text(ticks, "ratio", look.language), {"size": 11, "color": palette.muted}
    title = {"text": look.say(_("customers lost, smallest balances first")), "font": quiet, "standoff": 8}
    figure.update_xaxes(range=[0, 1], tickvals=ticks, ticktext=text, title=title)
    figure.update_yaxes(range=[0, 1.01], tickvals=ticks, ticktext=text)
    figure.update_layout(hovermode="closest", margin={"r": 24})
    alt = Text(
        _("Of the customers lost, the largest {top} held {share} of the balances."),
        top=look.show(top, "ratio"),
        share=look.show(top_share, "ratio"),
    )
    return Chart(figure, look.say(alt))
