"""Heads and money from a start to an end, and period by period: what came above zero, what went below it."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from churn_dash.charts.ground.axes import apart, axis_text, tick_text, time_text, time_ticks, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, Written, bare_figure, plain
from churn_dash.charts.ground.events import Event, marked
from churn_dash.charts.groups.bars import ROW
from churn_dash.words import Text, _
from churn_dash.words.printed import printed_amounts

_THICK = 0.34


@dataclass(frozen=True)
class Flow:
    """One step: its name and what it adds (below zero: takes away)."""

    name: str
    amount: float


def flows(steps: Sequence[Flow], *, start: float, end: float, start_label: str, end_label: str, unit: str, look: Look) -> Chart:
    """A row a step from ``start`` to ``end``: what comes is solid blue, what goes hatched orange; steps of nothing are left out.

    Raises ``ValueError`` when start and steps do not add up to the end: such a picture would lie.
    """
    total = start + sum(s.amount for s in steps)
    size = max(1.0, abs(start), abs(end), *(abs(s.amount) for s in steps)) if steps else max(1.0, abs(start))
    if abs(total - end) > 1e-6 * size:
        raise ValueError(f"the steps end at {total}, not at {end}")
    palette = look.palette
    shown = [s for s in steps if s.amount]
    first, texts, last = printed_amounts(start, [s.amount for s in shown], end, unit, look.language)
    levels = [start]
    for step in shown:
        levels.append(levels[-1] + step.amount)
    n = len(shown) + 2
    at = list(range(n - 1, -1, -1))
    up = [s.amount > 0 for s in shown]
    low, high = _ends(levels)
    figure = bare_figure(look, n * ROW + 8)
    written = Written()
    figure.add_bar(
        orientation="h",
        width=_THICK,
        y=at,
        base=[low, *(min(a, b) for a, b in itertools.pairwise(levels)), low],
        x=[start - low, *(abs(s.amount) for s in shown), end - low],
        marker={
            "color": [palette.slate, *(palette.blue if u else palette.orange for u in up), palette.ink],
            "line": {"width": 0},
            "pattern": {"shape": ["", *("" if u else "/" for u in up), ""], "size": 5, "solidity": 0.45, "fillmode": "replace"},
        },
        customdata=[first, *(f"{plain(s.name)}<br><b>{t}</b>" for s, t in zip(shown, texts, strict=True)), last],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    names = [f"<b>{plain(start_label, 40)}</b>", *(plain(s.name, 40) for s in shown), f"<b>{plain(end_label, 40)}</b>"]
    ends = [start, *(max(a, b) for a, b in itertools.pairwise(levels)), end]
    colours = [palette.ink, *(palette.blue if u else palette.orange_text for u in up), palette.ink]
    for y, name, x, text, colour in zip(at, names, ends, [first, *texts, last], colours, strict=True):
        written.beside(x, y, _THICK / 2, name, low, text, colour, palette.page)
    for i, level in enumerate(levels):
        line = {"color": palette.zero, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=level, x1=level, y0=at[i] - _THICK / 2, y1=at[i + 1] + _THICK / 2, layer="below", line=line)
    written.into(figure)
    figure.update_xaxes(visible=False, range=[low, low + (high - low) * 1.24])
    figure.update_yaxes(visible=False, range=[-0.6, n - 0.2])
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 0})
    notes = (look.say(Text(_("The bars start at {start}, not at zero."), start=look.show(low, unit))),) if low > 0 else ()
    return Chart(figure, _flows_alt(shown, texts, first, last, start_label, end_label, look), notes)


def _ends(levels: Sequence[float]) -> tuple[float, float]:
    """Where the axis starts and ends: at zero, unless the steps could not be seen beside so long a bar."""
    low, high = min(levels), max(levels)
    if low <= 0 or high <= 0 or high - low > 0.25 * high:
        return min(0.0, low), max(high, 1e-9)
    ticks = value_ticks(max(0.0, low - 0.6 * max(high - low, 0.02 * high)), high)
    return max(0.0, ticks[0]), high


def _flows_alt(steps: Sequence[Flow], texts: Sequence[str], first: str, last: str, start_label: str, end_label: str, look: Look) -> str:
    told = "; ".join(f"{s.name} {t}" for s, t in zip(steps, texts, strict=True)) or "—"
    return look.say(
        Text(
            _("Waterfall from {start_label}, {start}, to {end_label}, {end}: {steps}."),
            start_label=start_label, start=first, end_label=end_label, end=last, steps=told,
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Side:
    """What comes or goes in each period: its name, its values (all at least 0), and whether it goes."""

    name: str
    values: tuple[float, ...]
    goes: bool = False


def sides(
    times: Sequence[datetime.date],
    shown: Sequence[Side],
    *,
    unit: str,
    look: Look,
    time: str = "month",
    provisional: int = 0,
    net_name: str = "",
    events: Sequence[Event] = (),
    height: int = 300,
) -> Chart:
    """Columns over time: what comes stands above zero, what goes below, the net as a line. At most two sides come, two go.

    The last ``provisional`` columns are hatched; events are numbered as on a trend.
    """
    palette = look.palette
    figure = bare_figure(look, height)
    comes = iter((palette.blue, palette.sky))
    goes = iter((palette.orange, palette.gold))
    signs = [-1.0 if s.goes else 1.0 for s in shown]
    colours = [next(goes) if s.goes else next(comes) for s in shown]
    settled = len(times) - provisional
    pattern = {"shape": ["" if i < settled else "/" for i in range(len(times))], "size": 6, "solidity": 0.45, "fillmode": "replace"}
    for s, sign, colour in zip(shown, signs, colours, strict=True):
        figure.add_bar(
            x=list(times),
            y=[sign * v for v in s.values],
            marker={"color": colour, "pattern": pattern, "cornerradius": 0},
            name=plain(s.name),
            customdata=[look.show(v, unit) for v in s.values],
            hovertemplate=f"{plain(s.name)} %{{customdata}}<extra></extra>",
        )
    net = [sum(sign * s.values[i] for s, sign in zip(shown, signs, strict=True)) for i in range(len(times))]
    figure.add_scatter(
        x=list(times),
        y=net,
        mode="lines+markers",
        line={"color": palette.ink, "width": 2},
        marker={"size": 5, "color": palette.ink},
        name=plain(net_name),
        customdata=[look.show(v, unit) for v in net],
        hovertemplate=f"{plain(net_name)} %{{customdata}}<extra></extra>",
    )
    tops = [sum(s.values[i] for s in shown if not s.goes) for i in range(len(times))]
    bottoms = [-sum(s.values[i] for s in shown if s.goes) for i in range(len(times))]
    ticks = value_ticks(min([0.0, *bottoms, *net]), max([0.0, *tops, *net]))
    if len(ticks) < 2:
        ticks = [0.0, 1.0]
    _side_labels(figure, times, shown, colours, net, net_name, ticks, height - 50, look)
    marks = time_ticks(times, time)
    hover = "%Y" if time == "year" else "%Y年%-m月" if look.language == "zh" else "%b %Y"
    figure.update_xaxes(tickvals=marks, ticktext=axis_text(marks, time, look.language), type="date", hoverformat=hover)
    figure.update_yaxes(
        tickvals=ticks,
        ticktext=tick_text(ticks, unit, look.language),
        range=[ticks[0], ticks[-1]],
        zeroline=True,
        zerolinecolor=palette.zero,
    )
    notes = marked(figure, events, times, look)
    figure.update_layout(barmode="relative", bargap=0.3, margin={"r": 76} | ({"t": 28} if notes else {}))
    return Chart(figure, _sides_alt(times, net, net_name, unit, time, look), tuple(notes))


def _side_labels(
    figure: go.Figure,
    times: Sequence[datetime.date],
    shown: Sequence[Side],
    colours: Sequence[str],
    net: Sequence[float],
    net_name: str,
    ticks: Sequence[float],
    pixels: int,
    look: Look,
) -> None:
    """The name of each side at the middle of its last column, the net at its last point, pushed apart."""
    if not times:
        return
    labels: list[tuple[float, str, str]] = [(net[-1], net_name, look.palette.ink)]
    up = down = 0.0
    for s, colour in zip(shown, colours, strict=True):
        value = s.values[-1]
        at = -(down + value / 2) if s.goes else up + value / 2
        up, down = (up, down + value) if s.goes else (up + value, down)
        labels.append((at, s.name, colour))
    labels.sort(key=lambda label: label[0])
    wanted = [(at - ticks[0]) / (ticks[-1] - ticks[0]) * pixels for at, _name, _colour in labels]
    for (at, name, colour), height, shift in zip(labels, wanted, apart(wanted, pixels, 16), strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=at, yshift=round(shift - height), xshift=6, xanchor="left", showarrow=False, text=plain(name, 12),
            font={"color": look.palette.orange_text if colour == look.palette.orange else colour, "size": 11},
        )  # fmt: skip


def _sides_alt(times: Sequence[datetime.date], net: Sequence[float], net_name: str, unit: str, time: str, look: Look) -> str:
    if not times:
        return look.say(_("Column chart without values."))
    best, worst = max(range(len(net)), key=net.__getitem__), min(range(len(net)), key=net.__getitem__)
    written = [time_text(times[i], time, look.language, lines=False) for i in (best, worst)]
    return look.say(
        Text(
            _("Column chart of {what}: highest {high} in {best}, lowest {low} in {worst}."),
            what=net_name, high=look.show(net[best], unit), best=written[0], low=look.show(net[worst], unit), worst=written[1],
        )
    )  # fmt: skip
