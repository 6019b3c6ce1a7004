"""How many of those who leave a list reaches, by how long it is: models beside rules and calling at random."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import tick_text
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_HEIGHT = 320
_TICKS = [0.0, 0.25, 0.5, 0.75, 1.0]


@dataclass(frozen=True)
class Reached:
    """A way to rank customers: share of customers called, share of those who leave that are among them, and its precision–recall.

    ``rule``: no model, a line that a model must beat. ``kept``: the model in use.
    """

    label: str
    called: Sequence[float]
    reached: Sequence[float]
    pr_auc: float | None = None
    rule: bool = False
    kept: bool = False


def reach(ways: Sequence[Reached], *, look: Look) -> Chart:
    """A line a way: the model in use heavy, other models light, rules dashed with their names, calling at random dotted."""
    palette = look.palette
    figure = bare_figure(look, _HEIGHT)
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": palette.rest, "width": 1.5, "dash": "dot"}, hoverinfo="skip")
    quiet = {"size": 11, "color": palette.muted}
    figure.add_annotation(x=0.62, y=0.6, text=look.say(_("at random")), showarrow=False, xanchor="left", yanchor="top", font=quiet)
    for at, way in enumerate(sorted(ways, key=lambda w: w.kept)):
        colour = palette.blue if way.kept else palette.orange if way.rule else palette.slate
        words = [
            look.say(
                Text(
                    _("{name}: calling {share} reaches {reached}"),
                    name=plain(way.label),
                    share=look.show(x, "ratio"),
                    reached=look.show(y, "ratio"),
                )
            )
            for x, y in zip(way.called, way.reached, strict=True)
        ]
        figure.add_scatter(
            x=[0, *way.called],
            y=[0, *way.reached],
            mode="lines",
            line={
                "color": colour,
                "width": 3 if way.kept else 1.5,
                "dash": "dash" if way.rule else "solid",
            },
            opacity=1 if way.kept or way.rule else 0.6,
            customdata=["", *words],
            hovertemplate="%{customdata}<extra></extra>",
        )
        if way.kept or way.rule:
            place = min(len(way.called) - 1, round((0.3 + 0.22 * (at % 3)) * len(way.called)) - 1)
            ink = palette.orange_text if way.rule else palette.blue
            figure.add_annotation(
                x=way.called[place],
                y=way.reached[place],
                text=plain(way.label, 24),
                showarrow=False,
                xanchor="right" if way.kept else "left",
                yanchor="bottom" if way.kept else "top",
                font={"size": 11, "color": ink},
                bgcolor=palette.page,
                borderpad=0,
            )
    words = tick_text(_TICKS, "ratio", look.language)
    across = {"text": look.say(_("Share of customers called, riskiest first")), "font": quiet, "standoff": 12}
    figure.update_xaxes(tickvals=_TICKS, ticktext=words, range=[0, 1], title=across)
    figure.update_yaxes(tickvals=_TICKS, ticktext=words, range=[0, 1.02])
    figure.update_layout(hovermode="closest")
    return Chart(figure, look.say(_alt(ways, look)))


def _alt(ways: Sequence[Reached], look: Look) -> Text:
    kept = next((w for w in ways if w.kept), None)
    if kept is None:
        return Text(_("Share of leavers reached by share of customers called."))
    share, reached = min(zip(kept.called, kept.reached, strict=True), key=lambda p: abs(p[0] - 0.1))
    named = {"name": kept.label, "share": look.show(share, "ratio"), "reached": look.show(reached, "ratio")}
    return Text(_("{name}: calling {share} reaches {reached}"), **named)
