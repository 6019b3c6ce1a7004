"""Plain columns: a value a calendar month with its range, or an amount a month with what lies ahead hatched."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import axis_text, tick_text, time_text, time_ticks, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure
from churn_dash.charts.groups.effects import written
from churn_dash.words import Text, _
from churn_dash.words.numbers import month as month_words


@dataclass(frozen=True)
class Column:
    """One column: its value, its 95 % range, whether it stands out, and whether it lies ahead of the data."""

    value: float
    low: float | None = None
    high: float | None = None
    marked: bool = False
    ahead: bool = False


def month_name(number: int, language: str) -> str:
    """A calendar month without its year.

    >>> month_name(3, "en"), month_name(3, "zh")
    ('Mar', '3月')
    """
    return f"{number}月" if language == "zh" else month_words(datetime.date(2000, number, 1), "en")[:3]


def year(columns: dict[int, Column], *, unit: str, look: Look, what: str, height: int = 300) -> Chart:
    """A column a calendar month (1–12) against zero, with its range; marked above zero orange, below blue, the others grey."""
    palette, months = look.palette, sorted(columns)
    figure = bare_figure(look, height)
    shown = [columns[m] for m in months]
    names = [month_name(m, look.language) for m in months]
    colours = [palette.rest if not c.marked else palette.orange if c.value > 0 else palette.blue for c in shown]
    figure.add_bar(
        x=months,
        y=[c.value for c in shown],
        marker={"color": colours},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(c.high if c.high is not None else c.value) - c.value for c in shown],
            "arrayminus": [c.value - (c.low if c.low is not None else c.value) for c in shown],
            "color": palette.muted,
            "thickness": 1,
            "width": 2,
        },
        customdata=[_range(name, c, unit, look) for name, c in zip(names, shown, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    ends = [v for c in shown for v in (c.value, c.low, c.high) if v is not None]
    ticks = value_ticks(min([0.0, *ends]), max([0.0, *ends]))
    marks = [m for m in months if m % 3 == 0] or months
    texts = tick_text(ticks, "points" if unit == "ratio" else unit, look.language)
    figure.update_xaxes(tickvals=marks, ticktext=[month_name(m, look.language) for m in marks])
    figure.update_yaxes(tickvals=ticks, ticktext=texts, range=[ticks[0], ticks[-1]], zeroline=True, zerolinecolor=palette.zero)
    figure.update_layout(hovermode="closest")
    return Chart(figure, _year_alt(names, shown, unit, look, what))


def _range(name: str, c: Column, unit: str, look: Look) -> str:
    text = f"{name} <b>{written(c.value, unit, look)}</b>"
    if c.low is None or c.high is None:
        return text
    ends = {"low": written(c.low, unit, look), "high": written(c.high, unit, look)}
    return f"{text}<br>" + look.say(Text(_("95% range {low} to {high}"), **ends))


def _year_alt(names: Sequence[str], shown: Sequence[Column], unit: str, look: Look, what: str) -> str:
    if not shown:
        return look.say(_("Column chart without values."))
    best, worst = max(range(len(shown)), key=lambda i: shown[i].value), min(range(len(shown)), key=lambda i: shown[i].value)
    return look.say(
        Text(
            _("Column chart of {what}: highest {high} in {best}, lowest {low} in {worst}."),
            what=what,
            high=written(shown[best].value, unit, look),
            best=names[best],
            low=written(shown[worst].value, unit, look),
            worst=names[worst],
        )
    )


def months(times: Sequence[datetime.date], shown: Sequence[Column], *, unit: str, look: Look, what: str, height: int = 300) -> Chart:
    """A column a month from zero; what lies ahead of the data is hatched, what stands out orange."""
    palette = look.palette
    figure = bare_figure(look, height)
    figure.add_bar(
        x=list(times),
        y=[c.value for c in shown],
        marker={
            "color": [palette.orange if c.marked else palette.blue for c in shown],
            "pattern": {"shape": ["/" if c.ahead else "" for c in shown], "size": 6, "solidity": 0.45, "fillmode": "replace"},
        },
        customdata=[look.show(c.value, unit) for c in shown],
        hovertemplate="%{customdata}<extra></extra>",
    )
    ticks = value_ticks(0.0, max([c.value for c in shown] + [0.0]))
    marks = time_ticks(times)
    hover = "%Y年%-m月" if look.language == "zh" else "%b %Y"
    figure.update_xaxes(tickvals=marks, ticktext=axis_text(marks, "month", look.language), type="date", hoverformat=hover)
    figure.update_yaxes(tickvals=ticks, ticktext=tick_text(ticks, unit, look.language), range=[0, ticks[-1]])
    names = [time_text(t, "month", look.language, lines=False) for t in times]
    best = max(range(len(shown)), key=lambda i: shown[i].value, default=None)
    worst = min(range(len(shown)), key=lambda i: shown[i].value, default=None)
    if best is None or worst is None:
        return Chart(figure, look.say(_("Column chart without values.")))
    alt = Text(
        _("Column chart of {what}: highest {high} in {best}, lowest {low} in {worst}."),
        what=what,
        high=look.show(shown[best].value, unit),
        best=names[best],
        low=look.show(shown[worst].value, unit),
        worst=names[worst],
    )
    return Chart(figure, look.say(alt))
