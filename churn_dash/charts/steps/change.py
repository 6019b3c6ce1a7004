"""How a rate came from one figure to another: the steps as a waterfall, and what each group contributes."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.charts.groups.bars import ROW
from churn_dash.charts.steps.waterfall import Step
from churn_dash.words import Text, _
from churn_dash.words.printed import printed_steps

_THICK = 0.36
_DIGITS = 2
GROUPS_SHOWN = 8


@dataclass(frozen=True)
class Share:
    """One group: its name, and what it contributes by its size (``mix``) and by its rate (0.01: one point)."""

    name: str
    mix: float
    rate: float

    @property
    def change(self) -> float:
        """Both together."""
        return self.mix + self.rate


def change(steps: Sequence[Step], *, start: float, end: float, start_label: str, end_label: str, look: Look) -> Chart:
    """A waterfall of rates (0–1) in hundredths of a point; up is solid orange, down hatched blue.

    Where the steps are small beside the rates the axis does not start at 0, and a note says so. Raises ``ValueError`` where the
    steps do not lead from start to end.
    """
    levels = [start, *itertools.accumulate((s.contribution for s in steps), initial=start)][1:]
    if abs(levels[-1] - end) > 1e-9:
        raise ValueError(f"the steps end at {levels[-1]}, not at {end}")
    palette, n = look.palette, len(steps) + 2
    first, points, last = printed_steps(start, [s.contribution for s in steps], end, _DIGITS)
    lowest, highest = min(*levels, end), max(*levels, end)
    span = (highest - lowest) or highest or 1.0
    base = lowest - span if lowest > 4 * span else 0.0
    up = [s.contribution >= 0 for s in steps]
    at = list(range(n - 1, -1, -1))
    figure = bare_figure(look, n * ROW + 8)
    figure.add_bar(
        orientation="h",
        width=_THICK,
        y=at,
        base=[base, *(min(a, b) for a, b in itertools.pairwise(levels)), base],
        x=[start - base, *(abs(s.contribution) for s in steps), end - base],
        marker={
            "color": [palette.slate, *(palette.orange if u else palette.blue for u in up), palette.ink],
            "line": {"width": 0},
            "pattern": {"shape": ["", *("" if u else "/" for u in up), ""], "size": 5, "solidity": 0.45, "fillmode": "replace"},
        },
        hoverinfo="skip",
        cliponaxis=False,
    )
    names = [f"<b>{plain(start_label, 40)}</b>", *(_named(s.name, s.value, look, 60) for s in steps), f"<b>{plain(end_label, 40)}</b>"]
    ends = [start, *(max(a, b) for a, b in itertools.pairwise(levels)), end]
    told = [f"{first:.{_DIGITS}f}%", *(_points(p) for p in points), f"{last:.{_DIGITS}f}%"]
    colours = [palette.ink, *(palette.muted if not p else palette.orange_text if p > 0 else palette.blue for p in points), palette.ink]
    for y, name, x, text, colour in zip(at, names, ends, told, colours, strict=True):
        figure.add_annotation(
            x=base, y=y + _THICK / 2, yshift=9, text=name, xanchor="left", **_PLAIN, bgcolor=palette.page, font={"size": 12}
        )
        figure.add_annotation(x=x, y=y, xshift=4, text=f"<b>{text}</b>", xanchor="left", **_PLAIN, font={"color": colour, "size": 12})
    for i, level in enumerate(levels):
        line = {"color": palette.zero, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=level, x1=level, y0=at[i] - _THICK / 2, y1=at[i + 1] + _THICK / 2, layer="below", line=line)
    figure.update_xaxes(visible=False, range=[base, base + (highest - base) * 1.3])
    figure.update_yaxes(visible=False, range=[-0.6, n - 0.2])
    figure.update_layout(hovermode=False, margin={"r": 0, "t": 0})
    alt = Text(
        _("Waterfall from {start_label} at {start} to {end_label} at {end}: {steps}."),
        start_label=start_label, start=told[0], end_label=end_label, end=told[-1],
        steps="; ".join(f"{s.name} {text}" for s, text in zip(steps, told[1:-1], strict=True)),
    )  # fmt: skip
    notes = (look.say(Text(_("The bars start at {base}, not at 0"), base=f"{100 * base:.1f}%")),) if base else ()
    return Chart(figure, look.say(alt), notes)


def contributions(rows: Sequence[Share], *, look: Look, most: int = GROUPS_SHOWN) -> Chart:
    """A bar a group, the largest first: right and solid orange where it raised the rate, left and hatched blue where it lowered it.

    Mix and rate stand beside the name; what is printed adds up. Groups beyond ``most`` are one bar.
    """
    palette = look.palette
    shown = gathered(rows, most, look.say(_("all other groups")))
    values = [r.change for r in shown]
    _first, points, _last = printed_steps(0, values, sum(values), _DIGITS)
    low, high = min([0.0, *values]), max([0.0, *values])
    reach = (high - low) or 1.0
    left, right = low - reach * (0.28 if low < 0 else 0.02), high + reach * (0.28 if high > 0 else 0.02)
    at = list(range(len(shown) - 1, -1, -1))
    figure = bare_figure(look, max(len(shown), 1) * ROW + 12)
    figure.add_bar(
        orientation="h",
        width=_THICK,
        y=at,
        x=values,
        marker={
            "color": [palette.orange if v >= 0 else palette.blue for v in values],
            "line": {"width": 0},
            "pattern": {"shape": ["" if v >= 0 else "/" for v in values], "size": 5, "solidity": 0.45, "fillmode": "replace"},
        },
        hoverinfo="skip",
        cliponaxis=False,
    )
    for y, row, value, point in zip(at, shown, values, points, strict=True):
        detail = look.say(Text(_("mix {mix}, rates {rate}"), mix=_bare(row.mix), rate=_bare(row.rate)))
        text = f"<b>{_points(point)}</b>"
        colour = palette.muted if not point else palette.orange_text if value >= 0 else palette.blue
        figure.add_annotation(
            x=left,
            y=y + _THICK / 2,
            yshift=9,
            text=_named(row.name, detail, look),
            xanchor="left",
            **_PLAIN,
            bgcolor=palette.page,
            font={"size": 12},
        )
        side = {"xanchor": "left", "xshift": 4} if value >= 0 else {"xanchor": "right", "xshift": -4}
        figure.add_annotation(x=value, y=y, text=text, **side, **_PLAIN, font={"color": colour, "size": 12})
    zero = {"color": palette.zero, "width": 1 if low < 0 else 0}
    figure.add_shape(type="line", x0=0, x1=0, y0=-0.5, y1=len(shown) - 0.6, layer="below", line=zero)
    figure.update_xaxes(visible=False, range=[left, right])
    figure.update_yaxes(visible=False, range=[-0.6, len(shown) - 0.2])
    figure.update_layout(hovermode=False, margin={"r": 0, "t": 0})
    told = "; ".join(f"{r.name} {_points(p)}" for r, p in zip(shown, points, strict=True))
    return Chart(figure, look.say(Text(_("Bar chart of what each group contributes to the change: {told}."), told=told)))


def gathered(rows: Sequence[Share], most: int, rest_name: str) -> list[Share]:
    """The ``most`` largest by size, largest first; the others as one. The sum is unchanged.

    >>> [r.name for r in gathered([Share("a", .1, 0), Share("b", -.3, 0), Share("c", .01, 0), Share("d", 0, 0)], 2, "others")]
    ['b', 'a', 'others']
    """
    ordered = sorted(rows, key=lambda r: -abs(r.change))
    if len(ordered) <= most + 1:
        return ordered
    rest = ordered[most:]
    return [*ordered[:most], Share(rest_name, sum(r.mix for r in rest), sum(r.rate for r in rest))]


_PLAIN = {"yanchor": "middle", "showarrow": False, "borderpad": 0}


def _named(name: str, detail: str, look: Look, most: int = 30) -> str:
    return plain(name, most) + (f"  <span style='color:{look.palette.muted}'>{plain(detail, 44)}</span>" if detail else "")


def _points(points: float) -> str:
    """Points with their sign; what is nothing when rounded has none.

    >>> _points(0.221), _points(-0.0018)
    ('+0.22', '0.00')
    """
    return f"{points:+.{_DIGITS}f}".replace("-", "−") if round(points, _DIGITS) else f"{0:.{_DIGITS}f}"


def _bare(value: float) -> str:
    return _points(100 * value)
