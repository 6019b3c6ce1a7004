"""How long customers stay: the share still there by age with the numbers watched under it, and the share gone by cause."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from churn_dash.charts.ground.axes import apart, tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _, show

_HEIGHT = 300
_LABEL_ROOM = 84
_ROW = 17


@dataclass(frozen=True)
class Line:
    """One group by month of age, from 0 on: the share, the ends of its range, how many were watched. None where it is not told."""

    name: str
    share: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    at_risk: Sequence[int]


def age_ticks(months: int) -> list[int]:
    """Ages in months to mark on an axis that ends at ``months``: whole years, or months where it is short.

    >>> age_ticks(9), age_ticks(40), age_ticks(150)
    ([0, 2, 4, 6, 8], [0, 12, 24, 36], [0, 36, 72, 108, 144])
    """
    step = next(s for s in (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600) if months / s <= 5)
    return list(range(0, months + 1, step))


def age_text(months: int, look: Look) -> str:
    """An age as the axis writes it.

    >>> age_text(36, Look()), age_text(6, Look()), age_text(0, Look())
    ('3 years', '6 mo.', 'joined')
    """
    if months == 0:
        return look.say(_("joined"))
    if months % 12:
        return look.say(Text(_("{n} mo."), n=months))
    return look.say(_("1 year")) if months == 12 else look.say(Text(_("{n} years"), n=months // 12))


def staying(lines: Sequence[Line], *, look: Look) -> Chart:
    """The share of customers still there by month since they joined, at most seven groups, with the numbers watched under the axis.

    A single line has its 95 % range as a band. The dotted line is one half: where a curve crosses it, half are gone.
    """
    palette, shown = look.palette, [x for x in lines[:7] if any(s is not None for s in x.share)]
    rows = len(shown) * _ROW + 46 if shown else 0
    figure = bare_figure(look, _HEIGHT + rows)
    months = max([_last(x) for x in shown], default=12)
    ticks = age_ticks(months)
    for line, colour in zip(shown, palette.series, strict=False):
        ages = [m for m, s in enumerate(line.share) if s is not None]
        if len(shown) == 1:
            _band(figure, line, palette.soft)
        figure.add_scatter(
            x=ages,
            y=[line.share[m] for m in ages],
            mode="lines",
            line={"color": colour, "width": 2.5},
            name=plain(line.name),
            customdata=[_hover(line, m, look) for m in ages],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_shape(type="line", x0=0, x1=months, y0=0.5, y1=0.5, line={"color": palette.zero, "width": 1, "dash": "dot"})
    _ends(figure, shown, look, months)
    _numbers(figure, shown, ticks, look)
    across = value_ticks(0.0, 1.0)
    figure.update_xaxes(range=[0, months], tickvals=ticks, ticktext=[age_text(t, look) for t in ticks], hoverformat=".0f")
    figure.update_yaxes(range=[0, 1.02], tickvals=across, ticktext=tick_text(across, "ratio", look.language))
    figure.update_layout(margin={"r": _LABEL_ROOM, "b": rows}, hovermode="closest")
    return Chart(figure, _alt(shown, look))


def _last(line: Line) -> int:
    return max((m for m, s in enumerate(line.share) if s is not None), default=0)


def _band(figure: go.Figure, line: Line, colour: str) -> None:
    ages = [m for m, (a, b) in enumerate(zip(line.low, line.high, strict=True)) if a is not None and b is not None]
    figure.add_scatter(
        x=[*ages, *reversed(ages)],
        y=[*(line.high[m] for m in ages), *(line.low[m] for m in reversed(ages))],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor=colour,
        hoverinfo="skip",
    )


def _hover(line: Line, month: int, look: Look) -> str:
    text = look.show(line.share[month], "ratio")
    low, high = line.low[month], line.high[month]
    if low is not None and high is not None:
        text = look.say(Text(_("{value} ({low} to {high})"), value=text, low=look.show(low, "ratio"), high=look.show(high, "ratio")))
    age = look.say(Text(_("after {n} months"), n=month))
    return f"{plain(line.name)} {age}<br><b>{text}</b> · n={line.at_risk[month]:,}"


def _ends(figure: go.Figure, shown: Sequence[Line], look: Look, months: int) -> None:
    """Each line's name and last share at its end, moved apart where they would overlap."""
    found = [(_last(x), x.share[_last(x)] or 0.0, x, c) for x, c in zip(shown, look.palette.series, strict=False)]
    found.sort(key=lambda f: f[1])
    wanted = [share * (_HEIGHT - 40) for _m, share, _x, _c in found]
    for (_month, share, line, colour), height, shift in zip(found, wanted, apart(wanted, _HEIGHT - 40), strict=True):
        figure.add_annotation(
            x=months,
            y=share,
            yshift=round(shift - height),
            xshift=8,
            xanchor="left",
            align="left",
            showarrow=False,
            text=f"<b>{100 * share:.0f}%</b><br>{plain(line.name, 13)}",
            font={"color": colour, "size": 11},
        )


def _numbers(figure: go.Figure, shown: Sequence[Line], ticks: Sequence[int], look: Look) -> None:
    """How many were watched at each marked age, a row a group in its colour, under the axis."""
    if not shown:
        return
    quiet = {"size": 11, "color": look.palette.muted}
    words = look.say(_("customers watched at that age"))
    figure.add_annotation(
        x=0, xref="paper", y=0, yref="paper", yshift=-24, xanchor="left", yanchor="top", text=words, showarrow=False, font=quiet
    )
    for row, (line, colour) in enumerate(zip(shown, look.palette.series, strict=False)):
        for i, tick in enumerate(ticks):
            if tick < len(line.at_risk):
                figure.add_annotation(
                    x=tick,
                    y=0,
                    yref="paper",
                    yshift=-40 - row * _ROW,
                    xanchor="center" if i else "left",
                    yanchor="top",
                    text=show(line.at_risk[tick], "count", look.language),
                    showarrow=False,
                    font={"size": 11, "color": colour},
                )


def _alt(shown: Sequence[Line], look: Look) -> str:
    if not shown:
        return look.say(_("Line chart without values."))
    parts = [f"{x.name} {look.show(x.share[_last(x)], 'ratio')}" for x in shown]
    return look.say(
        Text(_("Share of customers still there after {n} months: {parts}."), n=max(_last(x) for x in shown), parts=", ".join(parts))
    )


def gone(lines: Sequence[Line], *, look: Look) -> Chart:
    """The share that has left by month since they joined, one cause on top of another: the upper edge is everybody who is gone."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    shown = [x for x in lines if any(x.share)]
    months = max([_last(x) for x in shown], default=12)
    upper = [0.0] * (months + 1)
    colours = [palette.blue, palette.orange, palette.teal, palette.slate]
    ends: list[tuple[float, float, Line, str]] = []
    for line, colour in zip(shown, colours, strict=False):
        shares = [line.share[m] or 0.0 for m in range(months + 1)]
        lower, upper = upper, [a + b for a, b in zip(upper, shares, strict=True)]
        figure.add_scatter(
            x=list(range(months + 1)),
            y=shares,
            mode="lines",
            stackgroup="gone",
            line={"color": colour, "width": 1.5},
            name=plain(line.name),
            customdata=[_hover(line, m, look) for m in range(months + 1)],
            hovertemplate="%{customdata}<extra></extra>",
        )
        ends.append(((lower[-1] + upper[-1]) / 2, shares[-1], line, colour))
    ticks, top = age_ticks(months), value_ticks(0.0, max(upper, default=1.0))
    wanted = [middle / top[-1] * (_HEIGHT - 40) for middle, *_rest in ends]
    for (middle, share, line, colour), height, shift in zip(ends, wanted, apart(wanted, _HEIGHT - 40), strict=True):
        figure.add_annotation(
            x=months,
            y=middle,
            yshift=round(shift - height),
            xshift=8,
            xanchor="left",
            align="left",
            showarrow=False,
            text=f"<b>{100 * share:.1f}%</b><br>{plain(line.name, 13)}",
            font={"color": colour, "size": 11},
        )
    figure.update_xaxes(range=[0, months], tickvals=ticks, ticktext=[age_text(t, look) for t in ticks])
    figure.update_yaxes(range=[0, top[-1]], tickvals=top, ticktext=tick_text(top, "ratio", look.language))
    figure.update_layout(margin={"r": _LABEL_ROOM}, hovermode="closest")
    parts = ", ".join(f"{x.name} {look.show(share, 'ratio')}" for _y, share, x, _c in ends)
    return Chart(figure, look.say(Text(_("Share of customers gone after {n} months by cause: {parts}."), n=months, parts=parts)))
