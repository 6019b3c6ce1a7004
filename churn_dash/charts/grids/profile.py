"""What tells groups apart: features down the side, groups across, the typical value in every cell and how far it lies from all."""

from collections.abc import Sequence

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_ROW = 34
_FULL = 1.5
"""Standard deviations from the mean at which a cell has its full colour."""


def profile(
    features: Sequence[str], groups: Sequence[str], typical: Sequence[Sequence[str]], distance: Sequence[Sequence[float]], *, look: Look
) -> Chart:
    """``typical`` (in words) and ``distance`` (standard deviations from the mean of all) by feature and group.

    Blue: more than most; grey: less. Neither is better or worse.
    """
    palette = look.palette
    figure = bare_figure(look, len(features) * _ROW + 30)
    across, down = list(range(len(groups))), list(range(len(features)))
    hovers = [
        [
            look.say(
                Text(
                    _("{group}<br>{feature}: <b>{value}</b><br>{distance} standard deviations from the mean"),
                    group=plain(groups[j]),
                    feature=plain(features[i]),
                    value=plain(typical[i][j]),
                    distance=f"{distance[i][j]:+.1f}".replace("-", "−"),
                )
            )
            for j in across
        ]
        for i in down
    ]
    figure.add_heatmap(
        z=[[max(-_FULL, min(_FULL, d)) for d in row] for row in distance],
        x=across,
        y=down,
        zmin=-_FULL,
        zmax=_FULL,
        colorscale=[[0, palette.line], [0.5, palette.heat[2]], [1, palette.heat[0]]],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    for i in down:
        for j in across:
            strong = abs(distance[i][j]) >= 0.5
            text = plain(typical[i][j])
            figure.add_annotation(
                x=j,
                y=i,
                text=f"<b>{text}</b>" if strong else text,
                showarrow=False,
                font={"size": 11, "color": palette.ink if strong else palette.muted},
            )
    figure.update_xaxes(side="top", tickvals=across, ticktext=[plain(g, 10) for g in groups], tickfont={"color": palette.ink, "size": 11})
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        tickvals=down,
        ticktext=[plain(f, 22) for f in features],
        tickfont={"color": palette.ink, "size": 11},
    )
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 4})
    return Chart(figure, look.say(Text(_("Typical values of {n} things in {groups} groups."), n=len(features), groups=len(groups))))
