"""Dots with their 95 % ranges about a line of no difference, one a row: what goes with leaving, and which way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, Written, bare_figure, plain
from churn_dash.words import Text, _

_ROW = 46
_FOOT = 44


@dataclass(frozen=True)
class Mark:
    """One row: its words, a number with its range, and how the number is written."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    written: str = ""
    note: str = ""
    clear: bool | None = None
    """Whether it is told from no difference, where that is decided otherwise than by its own range."""

    def sure(self, none: float) -> bool:
        """Whether it is told from no difference: by ``clear``, else by its range.

        >>> Mark("age", 0.85, 0.8, 0.9).sure(1.0)
        True
        """
        if self.clear is not None:
            return self.clear
        return self.low is not None and self.high is not None and not self.low <= none <= self.high


def forest(
    rows: Sequence[Mark], *, look: Look, what: str, less: str, more: str, none: float = 0.0, log: bool = False, worse: str = "more"
) -> Chart:
    """A dot and its range a row, in the given order, name above and figure at the right; ``less`` and ``more`` name the two sides.

    A row whose range lies wholly on the ``worse`` side (more, less, or empty for neither) is orange, on the other blue; one that
    includes ``none`` is grey. ``log``: ratios on a logarithmic axis, ``none`` is 1.
    """
    palette = look.palette
    figure = bare_figure(look, max(len(rows), 1) * _ROW + _FOOT)
    written = Written()

    def at(value: float) -> float:
        return math.log(max(value, 1e-6)) if log else value

    known = [at(v) for r in rows for v in (r.value, r.low, r.high) if v is not None]
    zero = at(none)
    reach = max([abs(v - zero) for v in known] or [1.0]) or 1.0
    for y, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        written.add(
            x=0, xref="paper", y=y, yshift=16, xanchor="left", showarrow=False, bgcolor=palette.page, borderpad=0, text=plain(row.label, 44)
        )
        written.add(
            x=1, xref="paper", y=y, yshift=16, xanchor="right", showarrow=False, bgcolor=palette.page, borderpad=0,
            text=f"<b>{row.written}</b>" if row.value is not None else f"<span style='color:{palette.muted}'>—</span>",
        )  # fmt: skip
        if row.value is None:
            continue
        side = "more" if row.value > none else "less"
        colour = palette.rest if not row.sure(none) or not worse else palette.orange if side == worse else palette.blue
        if row.sure(none) and not worse:
            colour = palette.blue
        if row.low is not None and row.high is not None:
            figure.add_scatter(
                x=[at(row.low), at(row.high)], y=[y, y], mode="lines", line={"color": colour, "width": 6}, opacity=0.42, hoverinfo="skip"
            )
        figure.add_scatter(
            x=[at(row.value)],
            y=[y],
            mode="markers",
            marker={"size": 11, "color": colour if row.sure(none) else palette.page, "line": {"color": colour, "width": 2}},
            customdata=[f"{plain(row.label)} <b>{row.written}</b>" + (f"<br>{plain(row.note)}" if row.note else "")],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_shape(type="line", x0=zero, x1=zero, y0=-0.55, y1=len(rows) - 0.35, line={"color": palette.zero, "width": 1})
    for words, x, anchor in ((f"← {less}", 0, "left"), (f"{more} →", 1, "right")):
        written.add(
            x=x, xref="paper", y=-0.62, yanchor="top", xanchor=anchor, showarrow=False, text=plain(words, 30),
            font={"size": 11, "color": palette.muted},
        )  # fmt: skip
    written.into(figure)
    figure.update_xaxes(range=[zero - reach * 1.06, zero + reach * 1.06], visible=False)
    figure.update_yaxes(range=[-1.0, len(rows) - 0.25], visible=False)
    figure.update_layout(hovermode="closest", margin={"l": 0, "r": 0, "t": 0, "b": 0})
    sure = [r for r in rows if r.sure(none)]
    alt = Text(_("{what}: {sure} of {n} rows clearly differ."), what=what, sure=len(sure), n=len(rows))
    return Chart(figure, look.say(alt))
