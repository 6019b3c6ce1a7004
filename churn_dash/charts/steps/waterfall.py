"""From the average customer to this one, step by step; the steps add up exactly, also as printed. Source: METHODS D5."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from churn_dash.charts.ground.chart import Chart, Look, Written, bare_figure, plain
from churn_dash.charts.groups.bars import ROW
from churn_dash.words import Text, _
from churn_dash.words.printed import printed_steps

_THICK = 0.34
_MINUS = "−"


@dataclass(frozen=True)
class Step:
    """One reason: its name, the customer's value in words, and its contribution (0.01 is one percentage point)."""

    name: str
    contribution: float
    value: str = ""


def grouped_steps(steps: Sequence[Step], most: int, rest_name: str) -> list[Step]:
    """The ``most`` largest steps by size, those that raise first; the others as one. The sum is unchanged.

    >>> [s.name for s in grouped_steps([Step("a", .1), Step("b", -.3), Step("c", .01)], 2, "others")]
    ['a', 'b', 'others']
    """
    by_size = sorted(steps, key=lambda s: -abs(s.contribution))
    shown = sorted(by_size[:most], key=lambda s: -s.contribution)
    rest = by_size[most:]
    return [*shown, Step(rest_name, sum(s.contribution for s in rest))] if rest else shown


def waterfall(
    steps: Sequence[Step],
    *,
    start: float,
    end: float,
    start_label: str,
    end_label: str,
    look: Look,
    most: int = 6,
    tolerance: float = 1e-6,
    unit: Literal["ratio", "score"] = "ratio",
) -> Chart:
    """Bars from ``start`` to ``end`` (0–1, or in log-odds where ``unit`` is "score"). Up is solid orange, down hatched blue.

    Raises ``ValueError`` when start + contributions and end differ by more than ``tolerance``: such a picture would lie.
    """
    total = start + sum(s.contribution for s in steps)
    if abs(total - end) > tolerance:
        raise ValueError(f"the steps end at {total}, not at {end}")
    palette = look.palette
    shown = grouped_steps(steps, most, look.say(_("all other reasons")))
    ratio = unit == "ratio"
    scale = 1.0 if ratio else 0.01
    first, points, last = printed_steps(scale * start, [scale * s.contribution for s in shown], scale * end, 1 if ratio else 2)
    written = (_percent(first), [_signed(p) for p in points], _percent(last)) if ratio else _plain_ends(first, points, last)
    levels = [start]
    for step in shown:
        levels.append(levels[-1] + step.contribution)
    # Log-odds have no zero that means nothing, so their ends begin a little below the lowest step.
    floor = 0.0 if ratio else min(levels) - 0.15 * (max(levels) - min(levels) or 1.0)
    n = len(shown) + 2
    at = list(range(n - 1, -1, -1))
    up = [s.contribution >= 0 for s in shown]
    figure = bare_figure(look, n * ROW + 8)
    figure.add_bar(
        orientation="h",
        width=_THICK,
        y=at,
        base=[floor, *(min(a, b) for a, b in itertools.pairwise(levels)), floor],
        x=[start - floor, *(abs(s.contribution) for s in shown), end - floor],
        marker={
            "color": [palette.slate, *(palette.orange if u else palette.blue for u in up), palette.ink],
            "line": {"width": 0},
            "pattern": {
                "shape": ["", *("" if u else "/" for u in up), ""],
                "size": 5,
                "solidity": 0.45,
                "fillmode": "replace",
            },
        },
        customdata=[
            written[0],
            *(f"{plain(s.name)} {s.value}<br><b>{p}</b>" for s, p in zip(shown, written[1], strict=True)),
            written[2],
        ],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    low, high = min(floor, *levels), max(*levels, end)
    names = [f"<b>{plain(start_label, 30)}</b>", *(_name(s, look) for s in shown), f"<b>{plain(end_label, 30)}</b>"]
    ends = [start, *(max(a, b) for a, b in itertools.pairwise(levels)), end]
    colours = [palette.ink, *(palette.orange_text if u else palette.blue for u in up), palette.ink]
    words = Written()
    for y, name, x, text, colour in zip(at, names, ends, [written[0], *written[1], written[2]], colours, strict=True):
        words.beside(x, y, _THICK / 2, name, low, text, colour, palette.page)
    words.into(figure)
    line = {"type": "line", "layer": "below", "line": {"color": palette.zero, "width": 1, "dash": "dot"}}
    figure.update_layout(
        shapes=[
            {**line, "x0": level, "x1": level, "y0": at[i] - _THICK / 2, "y1": at[i + 1] + _THICK / 2} for i, level in enumerate(levels)
        ]
    )
    figure.update_xaxes(visible=False, range=[low, low + (high - low) * 1.2])
    figure.update_yaxes(visible=False, range=[-0.6, n - 0.2])
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 0})
    return Chart(figure, _alt(shown, points, written, start_label, end_label, look))


def _percent(value: float) -> str:
    return f"{value:.1f}%"


def _plain_ends(first: float, steps: Sequence[float], last: float) -> tuple[str, list[str], str]:
    """Log-odds with two decimals."""
    return f"{first:.2f}".replace("-", _MINUS), [f"{s:+.2f}".replace("-", _MINUS) for s in steps], f"{last:.2f}".replace("-", _MINUS)


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", _MINUS)


def _name(step: Step, look: Look) -> str:
    value = f"  <span style='color:{look.palette.muted}'>{plain(step.value, 18)}</span>" if step.value else ""
    return plain(step.name, 30) + value


def _alt(
    steps: Sequence[Step], points: Sequence[float], written: tuple[str, list[str], str], start_label: str, end_label: str, look: Look
) -> str:
    largest = max(range(len(points)), key=lambda i: abs(points[i]), default=None)
    return look.say(
        Text(
            _("Waterfall from {start_label} at {start} to {end_label} at {end} in {n} steps; the largest is {step} with {points} points."),
            start_label=start_label,
            start=written[0],
            end_label=end_label,
            end=written[2],
            n=len(steps),
            step=steps[largest].name if largest is not None else "—",
            points=written[1][largest] if largest is not None else "—",
        )
    )
