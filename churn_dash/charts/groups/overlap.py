"""How groups lie over one another: a square of counts, darker where more of the row's group is in the column's."""

from collections.abc import Sequence

from churn_dash.charts.grids.heat import wrapped
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _
from churn_dash.words.numbers import ratio

_ROW = 48


def overlap(names: Sequence[str], both: Sequence[Sequence[int]], *, look: Look) -> Chart:
    """A square of ``names`` × ``names``: ``both[i][j]`` customers are in i and in j; on the diagonal stands each group's size.

    Off the diagonal the share of the row's group stands under the count, and shades the cell. Rows are numbered and named, columns
    numbered, so that long names do not collide.
    """
    palette, n = look.palette, len(names)
    figure = bare_figure(look, n * _ROW + 34)
    share = [[both[i][j] / both[i][i] if both[i][i] and i != j else None for j in range(n)] for i in range(n)]
    figure.add_heatmap(
        z=share,
        x=list(range(n)),
        y=list(range(n)),
        zmin=0,
        zmax=1,
        colorscale=[[0, palette.heat[2]], [1, palette.heat[0]]],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[[_hover(names, both, i, j, look) for j in range(n)] for i in range(n)],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=True,
    )
    for i in range(n):
        for j in range(n):
            number, part = look.show(both[i][j], "count"), share[i][j]
            text = f"<b>{number}</b>" if i == j else number if part is None else f"{number}<br>{_share(part)}"
            figure.add_annotation(x=j, y=i, text=text, showarrow=False, font={"size": 11, "color": palette.ink})
    font = {"color": palette.ink, "size": 11}
    figure.update_xaxes(side="top", tickvals=list(range(n)), ticktext=[f"{i + 1}" for i in range(n)], tickangle=0, tickfont=font)
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        tickvals=list(range(n)),
        ticktext=[wrapped(f"{i + 1} {s}", 16) for i, s in enumerate(names)],
        tickfont=font,
    )
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 4})
    return Chart(figure, _alt(names, both, look))


def _share(part: float) -> str:
    """A share in whole percent; what is not nothing is not shown as nothing.

    >>> _share(0.3678), _share(0.001), _share(0.0)
    ('37%', '&lt;1%', '0%')
    """
    return "&lt;1%" if 0 < part < 0.005 else ratio(part, 0)


def _hover(names: Sequence[str], both: Sequence[Sequence[int]], i: int, j: int, look: Look) -> str:
    if i == j:
        return f"{plain(names[i])} <b>{look.show(both[i][i], 'count')}</b>"
    return f"{plain(names[i])} · {plain(names[j])}<br><b>{look.show(both[i][j], 'count')}</b>"


def _alt(names: Sequence[str], both: Sequence[Sequence[int]], look: Look) -> str:
    pairs = [(both[i][j], names[i], names[j]) for i in range(len(names)) for j in range(i)]
    if not pairs:
        return look.say(_("Overlap of fewer than two segments."))
    most = max(pairs, key=lambda pair: pair[0])
    named = {"n": len(names), "first": most[1], "second": most[2], "both": look.show(most[0], "count")}
    return look.say(Text(_("Overlap of {n} segments: most customers are in both {first} and {second}, {both}."), **named))
