"""How much the most valuable customers hold: the concentration curve beside the line on which all would be alike."""

from collections.abc import Sequence

from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.words import Text, _

HEIGHT = 300


def concentration(
    points: Sequence[tuple[float, float]], tops: Sequence[tuple[float, float]], *, look: Look, what: str, height: int = HEIGHT
) -> Chart:
    """``points``: share of customers, share of the value (0–1, the most valuable first). ``tops`` are marked and named on the curve."""
    palette = look.palette
    figure = bare_figure(look, height)
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": palette.slate, "width": 1.5, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(
        x=[x for x, _y in points],
        y=[y for _x, y in points],
        mode="lines",
        line={"color": palette.blue, "width": 2.5},
        fill="tozeroy",
        fillcolor=palette.soft,
        customdata=[look.say(Text(_("top {share} hold {held}"), share=_short(x), held=_short(y))) for x, y in points],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_scatter(
        x=[x for x, _y in tops],
        y=[y for _x, y in tops],
        mode="markers",
        marker={"color": palette.blue, "size": 8, "line": {"color": palette.page, "width": 1.5}},
        hoverinfo="skip",
    )
    for x, y in tops:
        figure.add_annotation(
            x=x,
            y=y,
            text=look.say(Text(_("top {share}: <b>{held}</b>"), share=_short(x), held=_short(y))),
            showarrow=False,
            xanchor="left",
            yanchor="top",
            xshift=8,
            yshift=-2,
            font={"size": 12},
        )
    figure.add_annotation(
        x=0.72,
        y=0.72,
        text=look.say(_("all alike")),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=8,
        font={"size": 11, "color": palette.muted},
    )
    ticks = [0, 0.25, 0.5, 0.75, 1]
    written = [f"{100 * t:.0f}%" for t in ticks]
    figure.update_xaxes(range=[-0.01, 1.01], tickvals=ticks, ticktext=written)
    figure.update_yaxes(range=[0, 1.04], tickvals=ticks, ticktext=written)
    figure.update_layout(hovermode="closest", margin={"r": 24})
    if not tops:
        return Chart(figure, look.say(_("Concentration curve without values.")))
    first = tops[0]
    return Chart(
        figure,
        look.say(
            Text(
                _("Concentration of {what}: the top {share} of customers hold {held}."),
                what=what,
                share=_short(first[0]),
                held=_short(first[1]),
            )
        ),
    )


def _short(share: float) -> str:
    return f"{100 * share:.1f}%".replace(".0%", "%")
