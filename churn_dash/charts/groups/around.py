"""How far treated and untreated lay apart in each period around the start: an event study as dots with ranges."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.charts.groups.effects import written
from churn_dash.words import Text, _

_HEIGHT = 280


@dataclass(frozen=True)
class Period:
    """The difference ``k`` periods after the start, against the last period before it."""

    k: int
    value: float
    low: float | None = None
    high: float | None = None


def around(periods: Sequence[Period], *, unit: str, look: Look) -> Chart:
    """Grey dots before the start, where they should lie on the line; blue ones from the start on; bars are 95 % ranges."""
    palette, figure = look.palette, bare_figure(look, _HEIGHT)
    for late, colour in ((False, palette.slate), (True, palette.blue)):
        own = [p for p in periods if (p.k >= 0) == late]
        xs: list[float | None] = []
        ys: list[float | None] = []
        for p in own:
            xs += [p.k, p.k, None] if p.low is not None else []
            ys += [p.low, p.high, None] if p.low is not None else []
        figure.add_scatter(x=xs, y=ys, mode="lines", line={"color": colour, "width": 5}, opacity=0.38, hoverinfo="skip")
        figure.add_scatter(
            x=[p.k for p in own],
            y=[p.value for p in own],
            mode="markers",
            marker={"size": 9, "color": colour},
            customdata=[_words(p, unit, look) for p in own],
            hovertemplate="%{customdata}<extra></extra>",
        )
    known = [v for p in periods for v in (p.value, p.low, p.high) if v is not None]
    ticks = value_ticks(min(0.0, *known), max(0.0, *known)) if known else []
    ks = [p.k for p in periods]
    figure.add_shape(type="line", x0=min(ks) - 0.5, x1=max(ks) + 0.5, y0=0, y1=0, line={"color": palette.ink, "width": 1})
    figure.add_shape(type="line", x0=-0.5, x1=-0.5, y0=0, y1=1, yref="paper", line={"color": palette.zero, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=-0.5, y=1, yref="paper", xanchor="left", showarrow=False, text=look.say(_("start")), font={"size": 11, "color": palette.muted}
    )
    step = max(1, len(ks) // 8)
    shown = [k for k in ks if k % step == 0]
    figure.update_xaxes(tickvals=shown, ticktext=[f"{k:+d}".replace("-", "−") if k else "0" for k in shown])
    figure.update_yaxes(tickvals=ticks, ticktext=tick_text(ticks, unit, look.language))
    figure.update_layout(showlegend=False, hovermode="closest")
    after = [p.value for p in periods if p.k >= 0]
    mean = written(sum(after) / len(after), unit, look) if after else "—"
    return Chart(figure, look.say(Text(_("Difference by period around the start; since then {mean} on average."), mean=mean)))


def _words(p: Period, unit: str, look: Look) -> str:
    value = written(p.value, unit, look)
    if p.low is None or p.high is None:
        return look.say(Text(_("period {k}: {value}"), k=f"{p.k:+d}", value=value))
    low, high = (written(v, "bare points" if unit == "ratio" else unit, look) for v in (p.low, p.high))
    return look.say(Text(_("period {k}: {value} ({low} to {high})"), k=f"{p.k:+d}", value=value, low=low, high=high))
