"""Where customers went: a matrix of start and end groups, coloured by whether they rose or fell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from churn_dash.charts.grids.heat import wrapped
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.contract.few import TOO_FEW
from churn_dash.words import Text, _

Move = Literal["down", "lost", "stay", "up"]
_ROW = 44
_SIGNS = {"down": 1.0, "lost": 1.0, "stay": 0.0, "up": -1.0}


@dataclass(frozen=True)
class Stream:
    """From one group to another: its share of the start group, how many customers, and what kind of move it is."""

    start: str
    end: str
    share: float | None
    n: int
    move: Move


def migration(flows: Sequence[Stream], rows: Sequence[str], columns: Sequence[str], *, look: Look, what: str) -> Chart:
    """A grid of start groups × end groups (labels, in order): orange where customers fell or left, blue where they rose, neutral
    where they stayed; the customers of a row beside its name, its share in every cell, counts where it has fewer than ``TOO_FEW``."""
    palette = look.palette
    by = {(f.start, f.end): f for f in flows}
    totals = {row: sum(f.n for f in flows if f.start == row) for row in rows}
    # The square root keeps a move of 3 % visible beside one of 30 %.
    z = [[_SIGNS[f.move] * (f.share or 0.0) ** 0.5 if (f := by.get((r, c))) and f.n else None for c in columns] for r in rows]
    reach = max([abs(v) for line in z for v in line if v is not None] + [1e-12])
    across, down = list(range(len(columns))), list(range(len(rows)))
    figure = bare_figure(look, len(rows) * _ROW + 64)
    figure.add_heatmap(
        z=z,
        x=across,
        y=down,
        zmin=-reach,
        zmax=reach,
        colorscale=[[i / 4, colour] for i, colour in enumerate(palette.heat)],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[[_hover(by.get((r, c)), look) for c in columns] for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            flow = by.get((row, column))
            if flow is None or not flow.n:
                continue
            few = totals[row] < TOO_FEW or flow.share is None
            text = f"n={flow.n:,}" if few else f"{100 * (flow.share or 0):.1f}"
            size, colour = (11, palette.muted) if few else (12, palette.ink)
            figure.add_annotation(x=j, y=i, text=text, showarrow=False, font={"size": size, "color": colour})
    labels = {"color": palette.ink, "size": 11}
    figure.update_xaxes(side="top", tickvals=across, ticktext=[wrapped(c, 9) for c in columns], tickangle=0, tickfont=labels)
    figure.update_yaxes(
        autorange="reversed", showgrid=False, tickvals=down, ticktext=[f"{wrapped(r, 10)}<br>{totals[r]:,}" for r in rows], tickfont=labels
    )
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 4})
    told = [f for f in flows if f.n and f.share is not None and totals[f.start] >= TOO_FEW]
    parts = [f"{f.start} → {f.end} {look.show(f.share, 'ratio')}" for f in told]
    return Chart(figure, look.say(Text(_("{what}: {words}"), what=what, words="; ".join(parts))))


def _hover(flow: Stream | None, look: Look) -> str:
    if flow is None or not flow.n:
        return look.say(_("no customers"))
    share = look.show(flow.share, "ratio")
    head = f"{plain(flow.start)} → {plain(flow.end)}<br><b>{share}</b><br>"
    return head + look.say(Text(_("{n} customers"), n=f"{flow.n:,}"))
