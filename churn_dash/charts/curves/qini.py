"""What calling the most promising first gains over calling at random, by the share called: the Qini curve. Source: METHODS C7."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.words import Text, _
from churn_dash.words.numbers import points as in_points

_HEIGHT = 320


@dataclass(frozen=True)
class Gained:
    """With ``share`` of the members called (0–1): good outcomes more, with the 95 % range, and what calling at random brings."""

    share: float
    gain: float
    low: float
    high: float
    random: float


def gains(points: Sequence[Gained], *, unit: str, look: Look, learner: str) -> Chart:
    """The curve in its band, the straight line of a call at random dotted and named."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    x = [p.share for p in points]
    figure.add_scatter(x=x, y=[p.high for p in points], mode="lines", line={"width": 0}, hoverinfo="skip")
    figure.add_scatter(
        x=x, y=[p.low for p in points], mode="lines", line={"width": 0}, fill="tonexty", fillcolor=palette.soft, hoverinfo="skip"
    )
    figure.add_scatter(
        x=x, y=[p.random for p in points], mode="lines", line={"color": palette.slate, "width": 1.5, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=x,
        y=[p.gain for p in points],
        mode="lines",
        line={"color": palette.blue, "width": 2.5},
        customdata=[_words(p, unit, look) for p in points],
        hovertemplate="%{customdata}<extra></extra>",
    )
    quiet = {"size": 11, "color": palette.muted}
    end = points[-1]
    figure.add_annotation(
        x=0.72,
        y=end.random * 0.72,
        text=look.say(_("called at random")),
        showarrow=False,
        font=quiet,
        xanchor="left",
        yanchor="top",
        yshift=-4,
    )
    across = value_ticks(0.0, 1.0)
    ticks = value_ticks(min(0.0, *(p.low for p in points)), max(0.0, *(p.high for p in points)))
    figure.update_xaxes(
        tickvals=across,
        ticktext=tick_text(across, "ratio", look.language),
        range=[0, 1.01],
        title={"text": look.say(_("Share called, those first of whom most is expected")), "font": quiet, "standoff": 12},
    )
    figure.update_yaxes(tickvals=ticks, ticktext=["0" if t == 0 else _gain(t, unit, look) for t in ticks], range=[ticks[0], ticks[-1]])
    figure.update_layout(hovermode="x", margin={"t": 8})
    half = min(points, key=lambda p: abs(p.share - 0.5))
    named = {"gain": _gain(half.gain, unit, look), "random": _gain(half.random, unit, look), "learner": learner}
    return Chart(figure, look.say(Text(_("{learner}: with half of them called {gain}, at random {random}."), **named)))


def _gain(value: float, unit: str, look: Look) -> str:
    return in_points(value, look.language) if unit == "ratio" else look.show(value, unit)


def _words(p: Gained, unit: str, look: Look) -> str:
    words = _("{share} called: {gain} ({low} to {high}); at random {random}")
    shown = {name: _gain(getattr(p, name), unit, look) for name in ("gain", "low", "high", "random")}
    return look.say(Text(words, share=look.show(p.share, "ratio"), **shown))
