"""Values over time: settled and provisional, beside a comparison, with numbered events."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from churn_dash.charts.ground.axes import apart, axis_text, tick_text, time_text, time_ticks, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.charts.ground.events import Event, marked
from churn_dash.contract.few import TOO_FEW
from churn_dash.words import Count, Text, _
from churn_dash.words.numbers import undefined

HEIGHT = 300
_LABEL_ROOM = 66
_ENDS = ("_low", "_high", "_settles_low", "_settles_high")


@dataclass(frozen=True)
class Series:
    """One line: the column of the rows, its words at the line's end, and whether it is only there to compare with."""

    column: str
    label: str
    comparison: bool = False


@dataclass(frozen=True)
class Band:
    """Months (first days) that are unlike the others, shaded behind the lines and named in a note."""

    months: tuple[datetime.date, ...]
    label: str


@dataclass(frozen=True)
class Partial:
    """A month that did not come whole: what it says so far, drawn as a hatched column and never joined to the line.

    Without a value the line only breaks there; without words no note tells of it.
    """

    month: datetime.date
    value: float | None
    words: str


@dataclass(frozen=True)
class _Drawing:
    """What every stroke of a trend needs to know."""

    figure: go.Figure
    rows: pl.DataFrame
    times: list[datetime.date]
    time: str
    settled: int
    unit: str
    look: Look

    def values(self, column: str) -> list[float | None]:
        return self.rows[column].to_list() if column in self.rows.columns else [None] * len(self.times)

    def ends(self, column: str) -> tuple[list[float | None], list[float | None]]:
        """The ends of the band of what is provisional: where it settles, else the range of the figure."""
        settles = [self.values(f"{column}_settles{end}") for end in ("_low", "_high")]
        lows, highs = settles if settles[0][-1] is not None else [self.values(column + end) for end in ("_low", "_high")]
        return lows, highs

    def last(self, column: str) -> tuple[datetime.date, float] | None:
        """The last defined value and its time."""
        return next(((t, v) for t, v in zip(reversed(self.times), reversed(self.values(column)), strict=True) if v is not None), None)

    def hover(self, column: str) -> list[str]:
        """Each value in words, with its interval and count where the rows have them."""
        return [self._hover(*parts) for parts in zip(*(self.values(column + end) for end in ("", "_low", "_high", "_n")), strict=True)]

    def _hover(self, value: float | None, low: float | None, high: float | None, n: float | None) -> str:
        text = self.look.show(value, self.unit)
        if low is not None and high is not None:
            low_text, high_text = self.look.show(low, self.unit), self.look.show(high, self.unit)
            text = self.look.say(Text(_("{value} ({low} to {high})"), value=text, low=low_text, high=high_text))
        return f"{text} · n={self.look.show(n, 'count')}" if n is not None else text


def trend(
    rows: pl.DataFrame,
    series: Sequence[Series],
    *,
    unit: str,
    look: Look,
    time: str = "month",
    provisional: int = 0,
    events: Sequence[Event] = (),
    height: int = HEIGHT,
    bands: Sequence[Band] = (),
    partial: Sequence[Partial] = (),
) -> Chart:
    """Lines over time. ``rows`` has a date column ``time`` and a column for each series (at most seven), ascending.

    The last ``provisional`` rows are drawn dashed with open markers; the hatched band of the first series reaches from
    ``<column>_settles_low`` to ``_settles_high``, where these are given, else over its 95 % range, ``<column>_low`` to ``_high``.
    The value axis starts at zero unless that would flatten the line, and then a note says where it starts. Events outside the rows'
    span are left out; the others are numbered in the notes. ``bands`` shade months; ``partial`` are months that are no whole ones: the
    line breaks where one lies inside it. A value whose ``<column>_n`` is fewer than 30 is not drawn, and a note counts them.
    """
    rows, few = _of_enough(_broken(rows, time, partial), [s.column for s in series[:7]])
    palette, times = look.palette, rows[time].to_list()
    settled = max(len(times) - provisional, 1) if times else 0
    drawing = _Drawing(bare_figure(look, height), rows, times, time, settled, unit, look)
    shown = [s for s in series[:7] if s.column in rows.columns and rows[s.column].is_not_null().any()]
    colours = iter(palette.series)
    hues = {s.column: palette.slate if s.comparison else next(colours) for s in shown}
    main = next((s for s in shown if not s.comparison), None)
    values = [v for s in shown for v in drawing.values(s.column) if v is not None and not undefined(v)]
    if main and settled < len(times):
        values += [v for end in drawing.ends(main.column) for v in end[settled:] if v is not None]
    values += [p.value for p in partial if p.value is not None]
    ticks = _axis(values)
    shaded = _bands(drawing, bands)
    for s in sorted(shown, key=lambda s: (not s.comparison, s is main)):
        _line(drawing, s, hues[s.column], main=s is main)
    if main and settled < len(times):
        _provisional(drawing, main, ticks)
    _partial(drawing, partial, ticks)
    last = max([*times[-1:], *(p.month for p in partial if p.value is not None)], default=None)
    _end_labels(drawing, shown, hues, ticks, height - 60, main, last if times and last != times[-1] else None)
    notes = marked(drawing.figure, events, drawing.times, look)
    marks = time_ticks(times, time)
    hover = "%Y" if time == "year" else "%Y年%-m月" if look.language == "zh" else "%b %Y"
    drawing.figure.update_xaxes(tickvals=marks, ticktext=axis_text(marks, time, look.language), type="date", hoverformat=hover)
    drawing.figure.update_yaxes(tickvals=ticks, ticktext=tick_text(ticks, unit, look.language), range=[ticks[0], ticks[-1]])
    drawing.figure.update_layout(margin={"r": _LABEL_ROOM, "t": 28 if notes else 8})
    if few:
        notes.append(look.say(Text(_("{n} of fewer than {fewest}: not drawn"), n=Count(few), fewest=TOO_FEW)))
    if ticks[0] > 0:
        notes.append(look.say(Text(_("The axis starts at {start}."), start=tick_text(ticks[:2], unit, look.language)[0])))
    return Chart(drawing.figure, _alt(drawing, main), (*notes, *shaded, *(p.words for p in partial if p.words)))


def _broken(rows: pl.DataFrame, time: str, partial: Sequence[Partial]) -> pl.DataFrame:
    """The rows with an empty one for each partial month between them: a line drawn across it would tell what nobody knows."""
    known = rows[time].to_list()
    missing = [p.month for p in partial if known and known[0] < p.month < known[-1] and p.month not in known]
    if not missing:
        return rows
    gaps = pl.DataFrame({time: missing}, schema={time: rows.schema[time]})
    return pl.concat([rows, gaps], how="diagonal").sort(time)


def _of_enough(rows: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, int]:
    """The rows without the values, and their ranges, of fewer customers than pages tell a rate of; how many these were."""
    few = {c: (pl.col(f"{c}_n") < TOO_FEW).fill_null(False) for c in columns if {c, f"{c}_n"} <= set(rows.columns)}
    if not few:
        return rows, 0
    n = sum(rows.select((pl.col(c).is_not_null() & small).sum()).item() for c, small in few.items())
    parts = {c: [c, *(c + end for end in _ENDS if c + end in rows.columns)] for c in few}
    return rows.with_columns(pl.when(~small).then(pl.col(p)).alias(p) for c, small in few.items() for p in parts[c]), n


def _bands(drawing: _Drawing, bands: Sequence[Band]) -> list[str]:
    """Shade the months of each band that lie on the lines; what each shade is."""
    half, found = datetime.timedelta(days=15), []
    for band in bands:
        inside = [m for m in band.months if m in drawing.times]
        for month in inside:
            drawing.figure.add_shape(
                type="rect", x0=month - half, x1=month + half, y0=0, y1=1, yref="paper", layer="below",
                fillcolor=drawing.look.palette.line, opacity=0.6, line={"width": 0},
            )  # fmt: skip
        if inside:
            found.append(drawing.look.say(Text(_("Shaded: {what}"), what=band.label)))
    return found


def _partial(drawing: _Drawing, partial: Sequence[Partial], ticks: Sequence[float]) -> None:
    """Hatched columns for what the partial months say so far."""
    palette, shown = drawing.look.palette, [p for p in partial if p.value is not None]
    if not shown or not drawing.times:
        return
    word = drawing.look.say(_("incomplete"))
    drawing.figure.add_bar(
        x=[p.month for p in shown],
        base=ticks[0],
        y=[max((p.value or 0.0) - ticks[0], 0.0) for p in shown],
        width=20 * 86_400_000,
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"color": palette.slate, "width": 1},
            "pattern": {"shape": "/", "size": 6, "solidity": 0.28, "fgcolor": palette.slate},
        },
        name=word,
        customdata=[f"{drawing.look.show(p.value, drawing.unit)} · {plain(p.words)}" for p in shown],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for p in shown:
        # Upright in its column: beside it the word would lie on the lines.
        drawing.figure.add_annotation(
            x=p.month,
            y=ticks[0],
            yanchor="bottom",
            yshift=3,
            text=word,
            textangle=-90,
            showarrow=False,
            bgcolor=palette.page,
            borderpad=0,
            font={"color": palette.muted, "size": 11},
        )


def _axis(values: Sequence[float]) -> list[float]:
    if not values:
        return [0.0, 1.0]
    low, high = min(values), max(values)
    return value_ticks(low if low > 0.45 * high or low < 0 else 0.0, high)


def _line(drawing: _Drawing, s: Series, colour: str, main: bool) -> None:
    values, texts, name = drawing.values(s.column), drawing.hover(s.column), plain(s.label)
    line = {"color": colour, "width": 1.5, "dash": "dot"} if s.comparison else {"color": colour, "width": 2.5 if main else 2}
    cut = len(values) if s.comparison else drawing.settled
    hover = f"{name} %{{customdata}}<extra></extra>"
    drawing.figure.add_scatter(
        x=drawing.times[:cut], y=values[:cut], mode="lines", line=line, name=name, customdata=texts[:cut], hovertemplate=hover
    )
    if cut < len(values):
        open_ended = len(values) - cut
        word = drawing.look.say(_("provisional"))
        drawing.figure.add_scatter(
            x=drawing.times[cut - 1 :],
            y=values[cut - 1 :],
            mode="lines+markers",
            line={**line, "dash": "dot"},
            marker={
                "color": drawing.look.palette.page,
                "size": [0, *[8] * open_ended],
                "line": {"color": colour, "width": [0, *[2] * open_ended]},
            },
            name=name,
            customdata=["", *(f"{name} {text} · {word}" for text in texts[cut:])],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _provisional(drawing: _Drawing, main: Series, ticks: Sequence[float]) -> None:
    """The hatched band of what has not settled, and the word for it."""
    blue, at = drawing.look.palette.blue, drawing.settled
    value, (lows, highs) = drawing.values(main.column), drawing.ends(main.column)
    ends = [value[-1], value[-1]]
    if not any(undefined(v) for v in [value[at - 1], *lows[at:], *highs[at:]]):
        span, ends = drawing.times[at - 1 :], [lows[-1], highs[-1]]
        drawing.figure.add_scatter(
            x=[*span, *reversed(span)],
            y=[value[at - 1], *highs[at:], *reversed(lows[at:]), value[at - 1]],
            fill="toself",
            mode="lines",
            line={"width": 0},
            fillcolor="rgba(0,0,0,0)",
            fillpattern={"shape": "/", "size": 6, "solidity": 0.28, "fgopacity": 0.5, "fgcolor": blue},
            hoverinfo="skip",
        )
    if ends[0] is None:
        return
    below = ends[0] > ticks[0] + 0.06 * (ticks[-1] - ticks[0])
    drawing.figure.add_annotation(
        x=drawing.times[-1],
        y=ends[0] if below else ends[1],
        text=drawing.look.say(_("provisional")),
        showarrow=False,
        yshift=-4 if below else 4,
        xanchor="right",
        yanchor="top" if below else "bottom",
        font={"color": blue, "size": 11},
    )


def _end_labels(
    drawing: _Drawing,
    shown: Sequence[Series],
    hues: dict[str, str],
    ticks: Sequence[float],
    pixels: int,
    main: Series | None,
    beyond: datetime.date | None = None,
) -> None:
    """The value and the name at each line's end, pushed apart where they would overlap; ``beyond``: a column that stands there."""
    ends = sorted(((end, s) for s in shown if (end := drawing.last(s.column))), key=lambda pair: pair[0][1])
    wanted = [(end[1] - ticks[0]) / (ticks[-1] - ticks[0]) * pixels for end, _s in ends]
    for (end, s), height, shift in zip(ends, wanted, apart(wanted, pixels), strict=True):
        number, name = drawing.look.show(end[1], drawing.unit), plain(s.label, 12)
        drawing.figure.add_annotation(
            x=beyond or end[0],
            y=end[1],
            yshift=round(shift - height),
            xshift=16 if beyond else 8,
            xanchor="left",
            align="left",
            showarrow=False,
            text=f"<b>{number}</b><br>{name}" if s is main else f"{number}<br>{name}",
            font={"color": drawing.look.palette.muted if s.comparison else hues[s.column], "size": 11},
        )


def _alt(drawing: _Drawing, main: Series | None) -> str:
    last = drawing.last(main.column) if main else None
    if main is None or last is None:
        return drawing.look.say(_("Line chart without values."))
    known = [(t, v) for t, v in zip(drawing.times, drawing.values(main.column), strict=True) if v is not None]
    top = max(known, key=lambda pair: pair[1])
    words = [time_text(t, drawing.time, drawing.look.language, lines=False) for t in (known[0][0], last[0], top[0])]
    values = [drawing.look.show(v, drawing.unit) for v in (known[0][1], last[1], top[1])]
    return drawing.look.say(
        Text(
            _("Line chart of {what}: {first} in {start}, {last} in {end}, highest {top} in {when}."),
            what=main.label,
            first=values[0],
            start=words[0],
            last=values[1],
            end=words[1],
            top=values[2],
            when=words[2],
        )
    )
