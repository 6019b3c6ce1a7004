"""Causes as bars, the largest first: those inside the bank in colour, those outside grey, what is not known hatched."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.contract.few import TOO_FEW
from churn_dash.words import Text, _

_ROW = 52
_THICK = 0.36


@dataclass(frozen=True)
class CauseBar:
    """One cause: its name, its share of all departures with its range, how many, the side it lies on, and the share up to here."""

    name: str
    share: float | None
    n: int
    low: float | None
    high: float | None
    side: str
    cumulative: float | None = None


def pareto(rows: Sequence[CauseBar], *, look: Look, what: str) -> Chart:
    """A bar a cause in the given order, name and count above it, share at its end and in grey the share of all bars up to it."""
    palette = look.palette
    figure = bare_figure(look, max(len(rows), 1) * _ROW + 12)
    at = list(range(len(rows) - 1, -1, -1))
    colours = {"internal": palette.blue, "external": palette.rest, "unknown": palette.page}
    top = max([r.share or 0.0 for r in rows] + [1e-12])
    figure.add_bar(
        orientation="h",
        x=[r.share for r in rows],
        y=at,
        width=_THICK,
        marker={
            "color": [colours[r.side] for r in rows],
            "line": {"color": [palette.slate if r.side == "unknown" else colours[r.side] for r in rows], "width": 1},
            "pattern": {
                "shape": ["/" if r.side == "unknown" else "" for r in rows],
                "fgcolor": palette.slate,
                "fillmode": "overlay",
                "size": 6,
                "solidity": 0.22,
            },
        },
        text=[_end(r, look) for r in rows],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": palette.ink, "size": 12},
        customdata=[_hover(r, look) for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for row, y in zip(rows, at, strict=True):
        count = f"  <span style='color:{palette.muted}'>{look.show(row.n, 'count')}</span>"
        figure.add_annotation(
            x=0, y=y + _THICK / 2, yshift=8, xanchor="left", yanchor="middle", showarrow=False, bgcolor=palette.page, borderpad=0,
            text=plain(row.name, 34) + count,
        )  # fmt: skip
    figure.update_xaxes(range=[0, top * 1.62], visible=False)
    figure.update_yaxes(range=[-0.5, len(rows) - 0.2], visible=False)
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 0})
    first = rows[0] if rows else None
    named = {"what": what, "n": len(rows), "top": first.name if first else "—", "share": look.show(first.share if first else None, "ratio")}
    bare = sum(row.share is None for row in rows)
    notes = (look.say(Text(_("{n} of fewer than {fewest}: only the count"), n=bare, fewest=TOO_FEW)),) if bare else ()
    return Chart(figure, look.say(Text(_("Bar chart of {what}: {n} causes, first {top} with {share}."), **named)), notes)


def _end(row: CauseBar, look: Look) -> str:
    text = f"<b>{look.show(row.share, 'ratio')}</b>"
    if row.cumulative is None:
        return text
    return f"{text}  <span style='color:{look.palette.muted}'>Σ {look.show(row.cumulative, 'ratio')}</span>"


def _hover(row: CauseBar, look: Look) -> str:
    text = f"{plain(row.name)} <b>{look.show(row.share, 'ratio')}</b>"
    if row.low is not None and row.high is not None:
        text += "<br>" + look.say(Text(_("95% range {low} to {high}"), low=look.show(row.low, "ratio"), high=look.show(row.high, "ratio")))
    return f"{text}<br>n={look.show(row.n, 'count')}"
