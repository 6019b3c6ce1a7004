"""Named bars beside the bank's own figure: which groups are above it, and surely so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from churn_dash.charts.ground.chart import Chart, Look, Written, bare_figure, plain
from churn_dash.contract.few import TOO_FEW
from churn_dash.words import Text, _

ROW = 46
_THICK = 0.36
_RATES = ("ratio", "per_month")


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its value, how many it rests on, and its 95 % range. An undefined value has no bar.

    ``n`` stands beside the name; where that is a part of what the value rests on, ``of`` is the whole.
    ``worse`` says whether it is surely worse, where that was judged elsewhere (a correction for many groups); None: by its range.
    """

    name: str
    value: float | None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    of: int | None = None
    worse: bool | None = None

    def few(self, unit: str) -> bool:
        """Whether it is a rate of too few to be drawn as if it were firm: only how many there are is shown.

        >>> Bar("a", 0.5, 12).few("ratio"), Bar("a", 0.5, 12, of=400).few("ratio"), Bar("a", 9e6, 12).few("money")
        (True, False, False)
        """
        rests_on = self.n if self.of is None else self.of
        return unit in _RATES and self.value is not None and rests_on is not None and rests_on < TOO_FEW

    def worse_than(self, bank: float | None, better: str) -> bool:
        """Whether the whole range lies on the worse side of the bank's figure.

        >>> Bar("a", 0.03, 100, 0.02, 0.04).worse_than(0.0158, "down")
        True
        """
        if self.worse is not None:
            return self.worse
        if bank is None or self.low is None or self.high is None:
            return False
        return self.low > bank if better == "down" else self.high < bank if better == "up" else False


def bars(
    rows: Sequence[Bar],
    *,
    unit: str,
    look: Look,
    what: str,
    bank: float | None = None,
    better: str = "down",
    all_grey: bool = False,
    longest_name: int = 34,
    line: str = "",
    ranges: bool = False,
) -> Chart:
    """A bar a row, in the given order, its name and n above it; orange only where the range excludes ``bank``.

    ``line`` names what the dotted line at ``bank`` stands for: the bank, those chosen; else all of them. ``ranges`` draws the 95 %
    ranges on the bars.
    """
    small = sum(row.few(unit) for row in rows)
    rows = [replace(row, value=None, low=None, high=None, worse=None) if row.few(unit) else row for row in rows]
    palette = look.palette
    figure = bare_figure(look, max(len(rows), 1) * ROW + 34)
    written = Written()
    at = list(range(len(rows) - 1, -1, -1))
    worse = [not all_grey and row.worse_than(bank, better) for row in rows]
    reach = [max(row.value or 0.0, row.high or 0.0) if ranges else row.value or 0.0 for row in rows]
    top = max([*reach, bank or 0.0, 1e-12])
    figure.add_bar(
        orientation="h",
        x=[row.value for row in rows],
        y=at,
        width=_THICK,
        marker={"color": [palette.orange if w else palette.rest for w in worse]},
        text=[f"<b>{look.show(row.value, unit)}</b>" for row in rows],
        textposition="none",
        customdata=[_hover(row, unit, look) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
        error_x=_whiskers(rows, palette.ink) if ranges else None,
    )
    for row, y, bold, end in zip(rows, at, worse, reach, strict=True):
        name = plain(row.name, longest_name)
        count = f"  <span style='color:{palette.muted}'>{look.show(row.n, 'count')}</span>" if row.n is not None else ""
        written.add(
            x=0,
            y=y + _THICK / 2,
            yshift=8,
            xanchor="left",
            yanchor="middle",
            showarrow=False,
            bgcolor=palette.page,
            borderpad=0,
            text=(f"<b>{name}</b>" if bold else name) + count,
            font={"size": 12},
        )
        written.add(
            x=end,
            y=y,
            xshift=3,
            xanchor="left",
            yanchor="middle",
            showarrow=False,
            bgcolor=palette.page,
            borderpad=0,
            text=f"<b>{look.show(row.value, unit)}</b>",
            font={"size": 12, "color": palette.ink},
        )
    if bank is not None:
        figure.add_shape(
            type="line", x0=bank, x1=bank, y0=-0.62, y1=len(rows) - 0.3, line={"color": palette.ink, "width": 1, "dash": "dot"}
        )
        label = f"{line or look.say(_('all'))} {look.show(bank, unit)}"
        right = bank > 0.6 * top
        written.add(
            x=bank,
            y=-0.62,
            text=label,
            showarrow=False,
            xanchor="right" if right else "left",
            xshift=-4 if right else 4,
            font={"size": 11, "color": palette.muted},
        )
    written.into(figure)
    figure.update_xaxes(range=[0, top * 1.22], visible=False)
    figure.update_yaxes(range=[-0.85, len(rows) - 0.2], visible=False)
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 0})
    notes = (look.say(Text(_("{n} of fewer than {fewest}: only the count"), n=small, fewest=TOO_FEW)),) if small else ()
    return Chart(figure, _alt(rows, what, unit, bank, line or look.say(_("all")), look), notes)


def _whiskers(rows: Sequence[Bar], color: str) -> dict[str, object]:
    """The range of every bar as a thin line; none where it is not known."""
    up = [r.high - r.value if r.high is not None and r.value is not None else 0.0 for r in rows]
    down = [r.value - r.low if r.low is not None and r.value is not None else 0.0 for r in rows]
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1, "width": 4, "color": color}


def _hover(row: Bar, unit: str, look: Look) -> str:
    text = f"{plain(row.name)} <b>{look.show(row.value, unit)}</b>"
    if row.low is not None and row.high is not None:
        text += "<br>" + look.say(Text(_("95% range {low} to {high}"), low=look.show(row.low, unit), high=look.show(row.high, unit)))
    return text + (f"<br>n={look.show(row.n, 'count')}" if row.n is not None else "")


def _alt(rows: Sequence[Bar], what: str, unit: str, bank: float | None, line: str, look: Look) -> str:
    known = [(row, row.value) for row in rows if row.value is not None]
    if not known:
        return look.say(_("Bar chart without values."))
    top, low = max(known, key=lambda pair: pair[1]), min(known, key=lambda pair: pair[1])
    return look.say(
        Text(
            _("Bar chart of {what} for {n} groups: highest {top} at {high}, lowest {bottom} at {low}; {whole} {bank}."),
            what=what,
            n=len(rows),
            top=top[0].name,
            high=look.show(top[1], unit),
            bottom=low[0].name,
            low=look.show(low[1], unit),
            whole=line,
            bank=look.show(bank, unit),
        )
    )
