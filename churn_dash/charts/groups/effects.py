"""What a campaign did: the effect with its range beside the naive before/after, and whether the groups were alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.axes import value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _
from churn_dash.words.numbers import points as in_points

ALIKE = 0.1
"""Standardised difference below which two groups count as alike. METHODS C5."""
_ROW = 66
_BALANCE_ROW = 38


@dataclass(frozen=True)
class Effect:
    """A difference with its 95 % range; ``naive`` is the before/after that cannot tell the campaign from chance."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    naive: bool = False


@dataclass(frozen=True)
class Gap:
    """How far two groups lay apart beforehand, in standard deviations."""

    label: str
    value: float | None


def written(value: float | None, unit: str, look: Look) -> str:
    """An effect with its sign: in percentage points for rates, else in its unit.

    >>> written(-0.018, "ratio", Look()), written(0.77, "number", Look())
    ('−1.80 pp', '+0.77')
    """
    if unit == "ratio":
        return in_points(value, look.language)
    if unit == "bare points":
        return in_points(value, "en").removesuffix(" pp")
    text = look.show(value, unit)
    return f"+{text}" if value is not None and value > 0 else text


def effects(rows: Sequence[Effect], *, unit: str, look: Look, what: str, better: str = "down") -> Chart:
    """A dot and a thick bar a row with the words under it; the naive figure a hollow grey dot; a line at zero, no effect.

    The dot is blue unless its whole range lies on the worse side, then orange.
    """
    palette = look.palette
    figure = bare_figure(look, len(rows) * _ROW + 40)
    known = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    pad = (high - low or 1.0) * 0.16
    for y, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        colour = palette.slate if row.naive else palette.orange if _harmful(row, better) else palette.blue
        figure.add_annotation(
            x=0,
            xref="paper",
            y=y,
            yshift=18,
            xanchor="left",
            showarrow=False,
            bgcolor=palette.page,
            text=plain(row.label, 40) if row.naive else f"<b>{plain(row.label, 40)}</b>",
        )
        if row.value is None:
            continue
        if row.low is not None and row.high is not None:
            figure.add_scatter(
                x=[row.low, row.high], y=[y, y], mode="lines", line={"color": colour, "width": 7}, opacity=0.38, hoverinfo="skip"
            )
        figure.add_scatter(
            x=[row.value],
            y=[y],
            mode="markers",
            marker={"size": 14, "color": palette.page if row.naive else colour, "line": {"color": colour, "width": 2}},
            name=plain(row.label),
            customdata=[_words(row, unit, look)],
            hovertemplate="%{customdata}<extra></extra>",
        )
        figure.add_annotation(
            x=row.value,
            y=y,
            yshift=-19,
            showarrow=False,
            text=_words(row, unit, look),
            bgcolor=palette.page,
            xanchor=_side((row.value - low + pad) / (high - low + 2 * pad or 1.0)),
            font={"color": palette.muted if row.naive else colour},
        )
    figure.add_shape(type="line", x0=0, x1=0, y0=-0.62, y1=len(rows) - 0.35, line={"color": palette.ink, "width": 1})
    figure.add_annotation(
        x=0,
        y=-0.62,
        yshift=-2,
        yanchor="top",
        showarrow=False,
        text=look.say(_("0 = no effect")),
        font={"size": 11, "color": palette.muted},
        xanchor="right" if high <= 0.25 * (high - low) else "left" if low >= -0.25 * (high - low) else "center",
    )
    figure.update_xaxes(visible=False, range=[low - pad, high + pad])
    figure.update_yaxes(visible=False, range=[-0.95, len(rows) - 0.3])
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 0})
    first = next((r for r in rows if not r.naive and r.value is not None), None)
    return Chart(
        figure, look.say(Text(_("Effect on {what}: {effect}."), what=what, effect=_words(first, unit, look, bold=False) if first else "—"))
    )


def _side(share: float) -> str:
    """On which side of a dot its words begin, so that none is cut at the picture's edge."""
    return "left" if share < 0.25 else "right" if share > 0.75 else "center"


def _harmful(row: Effect, better: str) -> bool:
    if row.low is None or row.high is None:
        return False
    return row.low > 0 if better == "down" else row.high < 0 if better == "up" else False


def _words(row: Effect, unit: str, look: Look, bold: bool = True) -> str:
    value = written(row.value, unit, look)
    value = f"<b>{value}</b>" if bold else value
    if row.low is None or row.high is None:
        return value
    bare = "bare points" if unit == "ratio" else unit
    return look.say(Text(_("{value} ({low} to {high})"), value=value, low=written(row.low, bare, look), high=written(row.high, bare, look)))


def balance(gaps: Sequence[Gap], *, look: Look) -> Chart:
    """A dot a characteristic in a band of ±0.1 standard deviations; outside it an orange diamond."""
    palette = look.palette
    known = [abs(g.value) for g in gaps if g.value is not None]
    reach = max(0.22, *known) * 1.12 if known else 0.22
    figure = bare_figure(look, len(gaps) * _BALANCE_ROW + 56)
    down = list(range(len(gaps)))
    figure.add_shape(
        type="rect", x0=-ALIKE, x1=ALIKE, y0=-0.5, y1=len(gaps) - 0.5, fillcolor=palette.soft, line={"width": 0}, layer="below"
    )
    figure.add_shape(type="line", x0=0, x1=0, y0=-0.5, y1=len(gaps) - 0.5, line={"color": palette.zero, "width": 1})
    outside = [g.value is not None and abs(g.value) > ALIKE for g in gaps]
    figure.add_scatter(
        x=[g.value for g in gaps],
        y=down,
        mode="markers",
        marker={
            "size": [12 if o else 10 for o in outside],
            "symbol": ["diamond" if o else "circle" for o in outside],
            "color": [palette.orange if o else palette.blue for o in outside],
        },
        customdata=[f"{plain(g.label)}  <b>{g.value:+.3f}</b>".replace("-", "−") if g.value is not None else "—" for g in gaps],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_annotation(
        x=0, y=-0.5, yanchor="bottom", text=look.say(_("alike enough")), showarrow=False, font={"size": 11, "color": palette.blue}
    )
    ticks = [t for t in value_ticks(-reach, reach, 5) if abs(t) <= reach]
    figure.update_xaxes(range=[-reach, reach], tickvals=ticks, ticktext=[f"{t:g}".replace("-", "−") for t in ticks])
    figure.update_yaxes(
        autorange=False,
        range=[len(gaps) - 0.5, -1.1],
        tickvals=down,
        ticktext=[plain(g.label, 20) for g in gaps],
        showgrid=False,
        tickfont={"color": palette.ink, "size": 11},
    )
    figure.update_layout(hovermode="closest", margin={"t": 0})
    alt = Text(
        _("Balance of {n} characteristics before the campaign: {outside} outside the band of ±0.1."), n=len(gaps), outside=sum(outside)
    )
    return Chart(figure, look.say(alt))
