"""How customers moved between stages: where they began down the side, where they ended across, a share in every cell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.contract.few import TOO_FEW
from churn_dash.words import Text, _

_ROW = 50


@dataclass(frozen=True)
class Move:
    """One pair: its codes, the share of those who began there (0–1, with its 95 % range), how many moved, and of how many."""

    before: str
    after: str
    share: float
    n: int
    n_before: int
    low: float | None = None
    high: float | None = None


def moves(
    rows: Sequence[Move],
    befores: Sequence[str],
    afters: Sequence[str],
    *,
    words: dict[str, str],
    worse: Collection[str],
    look: Look,
    counted: str = _("{n} of {all} customers"),
) -> Chart:
    """A grid of shares; orange where customers moved to one of the ``worse`` ends, blue where to another stage, grey where they stayed.

    The deeper the colour the larger the share. A row of fewer than 30 customers has counts alone.
    ``counted`` says of what the counts are.
    """
    palette = look.palette
    by = {(m.before, m.after): m for m in rows}
    figure = bare_figure(look, len(befores) * _ROW + 44)
    across, down = list(range(len(afters))), list(range(len(befores)))
    hovers = [[_hover(by.get((b, a)), b, a, words, counted, look) for a in afters] for b in befores]
    figure.add_heatmap(
        z=[[0] * len(afters)] * len(befores),
        x=across,
        y=down,
        colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        showscale=False,
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )
    for i, before in enumerate(befores):
        for j, after in enumerate(afters):
            move = by.get((before, after))
            if move is None:
                continue
            small = move.n_before < TOO_FEW
            colour = palette.line if before == after or small else palette.orange if after in worse else palette.blue
            strength = 0.5 if before == after or small else min(0.6, 0.08 + 1.2 * move.share)
            figure.add_shape(
                type="rect",
                x0=j - 0.485,
                x1=j + 0.485,
                y0=i - 0.47,
                y1=i + 0.47,
                line_width=0,
                fillcolor=colour,
                opacity=strength if move.n or before == after else 0.04,
                layer="below",
            )
            count = f"<span style='font-size:10px;color:{palette.ink}'>{look.show(move.n, 'count')}</span>"
            figure.add_annotation(
                x=j, y=i, text=count if small else f"{_percent(move.share)}<br>{count}", showarrow=False, font={"size": 12}
            )
    figure.update_xaxes(
        side="top", tickvals=across, ticktext=[_label(words[a]) for a in afters], tickfont={"color": palette.ink, "size": 11}
    )
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        tickvals=down,
        ticktext=[_label(words[b]) for b in befores],
        tickfont={"color": palette.ink, "size": 11},
    )
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 4})
    return Chart(figure, _alt(rows, words, look))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%" if share >= 0.0995 or share == 0 else f"{100 * share:.2f}%"


def _label(text: str) -> str:
    """On at most two lines, so that neighbours do not collide on a phone."""
    cut = text.find(" ", 4)
    return plain(text) if len(text) <= 10 or cut < 0 else f"{plain(text[:cut])}<br>{plain(text[cut + 1 :], 14)}"


def _hover(move: Move | None, before: str, after: str, words: dict[str, str], counted: str, look: Look) -> str:
    head = f"{plain(words[before])} → {plain(words[after])}"
    if move is None:
        return f"{head}<br>{look.say(_('no customers'))}"
    text = f"{head}<br><b>{look.show(move.share, 'ratio')}</b>"
    if move.low is not None and move.high is not None:
        text += "<br>" + look.say(
            Text(_("95% range {low} to {high}"), low=look.show(move.low, "ratio"), high=look.show(move.high, "ratio"))
        )
    return text + "<br>" + look.say(Text(counted, n=look.show(move.n, "count"), all=look.show(move.n_before, "count")))


def _alt(rows: Sequence[Move], words: dict[str, str], look: Look) -> str:
    changed = [m for m in rows if m.before != m.after and m.n_before >= TOO_FEW]
    if not changed:
        return look.say(_("Moves between stages: too few customers for shares."))
    top = max(changed, key=lambda m: m.share)
    named = {"before": words[top.before], "after": words[top.after], "share": look.show(top.share, "ratio")}
    return look.say(Text(_("Moves between stages; the most frequent change is from {before} to {after}, {share}."), **named))
