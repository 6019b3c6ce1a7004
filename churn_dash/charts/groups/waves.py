"""Survey figures wave by wave: a dot with its 95 % range, and beside it the figure weighted for who answered."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import axis_text, tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.charts.ground.events import Event, numbered, numbers_by_month
from churn_dash.contract.few import TOO_FEW
from churn_dash.words import Text, _

HEIGHT = 260


@dataclass(frozen=True)
class WavePoint:
    """One wave: its month, the figure with its range and answers, and the weighted figure."""

    at: datetime.date
    value: float | None
    low: float | None
    high: float | None
    n: int
    weighted: float | None = None


def waves(points: Sequence[WavePoint], *, unit: str, look: Look, what: str, events: Sequence[Event] = ()) -> Chart:
    """Dots over time with whiskers, hollow ones for the weighted figure, grey ones for a figure of too few; the first and the last are
    written out, of enough."""
    palette = look.palette
    figure = bare_figure(look, HEIGHT)
    known = [p for p in points if p.value is not None]
    ends = [v for p in known for v in (p.value, p.low, p.high, p.weighted) if v is not None]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    ticks = value_ticks(low, high if high > low else low + 1)
    times = [p.at for p in known]
    figure.add_scatter(
        x=times,
        y=[p.value for p in known],
        mode="lines+markers",
        line={"color": palette.blue, "width": 1.5},
        marker={"size": 10, "color": [palette.rest if p.n < TOO_FEW else palette.blue for p in known]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(p.high or p.value or 0) - (p.value or 0) for p in known],
            "arrayminus": [(p.value or 0) - (p.low if p.low is not None else p.value or 0) for p in known],
            "color": palette.blue,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[_hover(p, unit, look) for p in known],
        hovertemplate="%{customdata}<extra></extra>",
    )
    weighted = [p for p in known if p.weighted is not None]
    if weighted:
        figure.add_scatter(
            x=[p.at for p in weighted],
            y=[p.weighted for p in weighted],
            mode="markers",
            marker={"size": 9, "symbol": "diamond", "color": palette.page, "line": {"color": palette.slate, "width": 2}},
            hoverinfo="skip",
        )
    for p in {id(p): p for p in (*known[:1], *known[-1:]) if p.n >= TOO_FEW}.values():
        figure.add_annotation(
            x=p.at, y=p.high if p.high is not None else p.value, yshift=10, showarrow=False, text=f"<b>{look.show(p.value, unit)}</b>",
            bgcolor=palette.page, borderpad=0,
        )  # fmt: skip
    inside = numbered(events, times)
    for _number, e in inside:
        line = {"color": palette.muted, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=e.date, x1=e.date, y0=0, y1=1, yref="paper", line=line)
    for day, numbers in numbers_by_month(inside).items():
        figure.add_annotation(x=day, y=1, yref="paper", yanchor="bottom", showarrow=False, text=numbers, font={"color": palette.muted})
    figure.update_xaxes(tickvals=times, ticktext=_thinned(axis_text(times, "month", look.language)), type="date")
    figure.update_yaxes(
        tickvals=ticks, ticktext=tick_text(ticks, unit, look.language), range=[ticks[0], ticks[-1] + (ticks[-1] - ticks[0]) * 0.08]
    )
    figure.update_layout(hovermode="closest", margin={"r": 12, "t": 24 if inside else 12})
    notes = []
    if small := sum(p.n < TOO_FEW for p in known):
        notes.append(look.say(Text(_("grey: fewer than {fewest} ({n})"), fewest=TOO_FEW, n=small)))
    if weighted:
        notes.append(look.say(_("◇ weighted to the tiers and ages of all customers")))
    notes += [f"{number} {e.label}" for number, e in inside]
    last = known[-1] if known else None
    alt = Text(_("{what} over {n} waves, last {value}."), what=what, n=len(known), value=look.show(last.value, unit) if last else "—")
    return Chart(figure, look.say(alt), tuple(notes))


def _thinned(texts: list[str]) -> list[str]:
    """Every other tick where many waves would collide on a phone, the last one kept."""
    step = 1 if len(texts) <= 6 else 2 if len(texts) <= 12 else 3
    return [t if (len(texts) - 1 - i) % step == 0 else "" for i, t in enumerate(texts)]


def _hover(p: WavePoint, unit: str, look: Look) -> str:
    text = f"<b>{look.show(p.value, unit)}</b>"
    if p.low is not None and p.high is not None:
        text += "<br>" + look.say(Text(_("95% range {low} to {high}"), low=look.show(p.low, unit), high=look.show(p.high, unit)))
    if p.weighted is not None:
        text += "<br>" + look.say(Text(_("weighted {value}"), value=look.show(p.weighted, unit)))
    return f"{text}<br>n={look.show(p.n, 'count')}"
