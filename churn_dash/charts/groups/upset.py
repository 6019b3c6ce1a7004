"""Which ways of counting meet in the same customers: a row a combination, dots for what it is made of, a bar for how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_ROW = 34
_HEAD = 74
_DOTS = 0.46


@dataclass(frozen=True)
class Together:
    """One combination: the names of the sets that hold it, and how many."""

    names: tuple[str, ...]
    n: int


def upset(sets: Sequence[str], rows: Sequence[Together], *, look: Look, what: str) -> Chart:
    """A dot a set and row, filled where the combination holds it; combinations of one set are blue, of several slate.

    ``sets`` are the names of the columns in order, ``rows`` the combinations in order, ``what`` is counted.
    """
    palette = look.palette
    figure = bare_figure(look, len(rows) * _ROW + _HEAD)
    down, across = list(range(len(rows))), list(range(len(sets)))
    filled = [(j, i) for i in down for j in across if sets[j] in rows[i].names]
    empty = [(j, i) for i in down for j in across if sets[j] not in rows[i].names]
    for i in down:
        held = [j for j in across if sets[j] in rows[i].names]
        if len(held) > 1:
            line = {"color": palette.slate, "width": 2}
            figure.add_shape(type="line", x0=held[0], x1=held[-1], y0=i, y1=i, xref="x", yref="y", line=line, layer="below")
    for points, colour, size in ((empty, palette.grid, 8), (filled, palette.ink, 11)):
        figure.add_scatter(
            x=[j for j, _i in points], y=[i for _j, i in points], mode="markers", marker={"color": colour, "size": size}, hoverinfo="skip"
        )
    figure.add_bar(
        orientation="h",
        x=[r.n for r in rows],
        y=down,
        xaxis="x2",
        width=0.52,
        marker={"color": [palette.blue if len(r.names) == 1 else palette.rest for r in rows]},
        text=[f"<b>{look.show(r.n, 'count')}</b>" for r in rows],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": palette.ink, "size": 12},
        customdata=[f"{' + '.join(plain(n) for n in r.names)} <b>{look.show(r.n, 'count')}</b>" for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    top = max([r.n for r in rows], default=1)
    figure.update_layout(
        hovermode="closest",
        margin={"r": 0, "t": 4},
        xaxis={
            "domain": [0, _DOTS],
            "range": [-0.6, len(sets) - 0.4],
            "side": "top",
            "tickvals": across,
            "ticktext": [plain(s, 16) for s in sets],
            "tickangle": -38,
            "tickfont": {"size": 11, "color": palette.ink},
            "automargin": True,
        },
        xaxis2={"domain": [_DOTS + 0.03, 1], "range": [0, top * 1.25], "visible": False, "anchor": "y"},
        yaxis={"range": [len(rows) - 0.4, -0.6], "visible": False},
    )
    return Chart(figure, _alt(rows, what, look))


def _alt(rows: Sequence[Together], what: str, look: Look) -> str:
    if not rows:
        return look.say(_("No combination holds anybody."))
    first = rows[0]
    named = {"what": what, "n": len(rows), "first": " + ".join(first.names), "count": look.show(first.n, "count")}
    return look.say(Text(_("{what} in {n} combinations: most in {first}, {count}."), **named))
