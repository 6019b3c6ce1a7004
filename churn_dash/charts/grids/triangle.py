"""The retention triangle as colours: each cohort beside all cohorts of the same age, a number in every finished cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

_ROW = 30
_HEAD = 34
_LEAST_REACH = 0.03
"""Deviations below three points are never drawn in the strongest colour."""


@dataclass(frozen=True)
class Square:
    """One finished cell: its cohort and age (as codes), the value and its 95 % range, its counts in words, and how sure it is.

    ``few``: too few customers for a rate, then ``counted`` stands in it.
    """

    cohort: str
    age: int
    value: float | None
    low: float | None
    high: float | None
    counted: str
    few: bool = False
    provisional: bool = False


def triangle(
    squares: Sequence[Square],
    cohorts: Sequence[tuple[str, str]],
    pooled: dict[int, float | None],
    ages: Sequence[int],
    *,
    look: Look,
    what: str,
    all_label: str,
    chosen: tuple[str, int] | None = None,
) -> Chart:
    """A grid of ``cohorts`` (code, label; in order) × ``ages``; orange where a cell lies below the pooled value of its age, blue above.

    What has not come stays blank. Provisional cells have a dotted edge, those whose range excludes the pooled value are bold, the
    ``chosen`` one has a frame. Under the grid stand the pooled values. Each cell is a point whose ``customdata`` is its cohort and age.
    """
    palette = look.palette
    by = {(s.cohort, s.age): s for s in squares if s.age in ages}
    gaps = {k: s.value - pooled[s.age] for k, s in by.items() if s.value is not None and pooled.get(s.age) is not None and not s.few}  # type: ignore[operator]
    reach = max([_LEAST_REACH, *(abs(g) for g in gaps.values())])
    values = [s.value for s in by.values() if s.value is not None and not s.few]
    digits = 0 if not values or (len(ages) > 9 and max(values) - min(values) > 0.05) or len(ages) > 13 else 1
    rows = {code: i for i, (code, _label) in enumerate(cohorts)}
    columns = {age: j for j, age in enumerate(ages)}
    n = len(cohorts)
    figure = bare_figure(look, (n + 1) * _ROW + _HEAD + 6)
    z: list[list[float | None]] = [[None] * len(ages) for _row in cohorts]
    for (code, age), square in by.items():
        gap = gaps.get((code, age))
        z[rows[code]][columns[age]] = None if square.value is None else 0.0 if gap is None else -gap / reach
    figure.add_heatmap(
        z=z,
        x=list(range(len(ages))),
        y=list(range(n)),
        zmin=-1,
        zmax=1,
        colorscale=[[i / 4, colour] for i, colour in enumerate(palette.heat)],
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    keys = list(by)
    figure.add_scatter(
        x=[columns[age] for _code, age in keys],
        y=[rows[code] for code, _age in keys],
        mode="markers",
        marker={"symbol": "square", "size": 24, "color": "rgba(0,0,0,0)", "line": {"width": 0}},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[[code, age] for code, age in keys],
        text=[_hover(by[k], dict(cohorts)[k[0]], pooled.get(k[1]), look) for k in keys],
        hovertemplate="%{text}<extra></extra>",
        cliponaxis=False,
    )
    words: list[dict[str, object]] = []
    for (code, age), square in by.items():
        text, quiet = _text(square, pooled.get(age), digits)
        words.append(_word(columns[age], rows[code], text, palette.muted if quiet else palette.ink))
    for j, age in enumerate(ages):
        total = pooled.get(age)
        words.append(_word(j, n + 0.1, "" if total is None else f"<b>{100 * total:.{digits}f}</b>", palette.ink))
    line = {"color": palette.line, "width": 1}
    edges: list[dict[str, object]] = [{"type": "line", "x0": -0.5, "x1": len(ages) - 0.5, "y0": n - 0.42, "y1": n - 0.42, "line": line}]
    for (code, age), square in by.items():
        edge = {"color": palette.ink, "width": 2} if (code, age) == chosen else {"color": palette.muted, "width": 1, "dash": "dot"}
        if square.provisional or (code, age) == chosen:
            x, y = columns[age], rows[code]
            edges.append({"type": "rect", "x0": x - 0.46, "x1": x + 0.46, "y0": y - 0.42, "y1": y + 0.42, "line": edge})
    # All at once: added one by one, hundreds of them take seconds.
    figure.update_layout(annotations=words, shapes=edges)
    ticks = {"tickangle": 0, "tickfont": {"color": palette.ink, "size": 11}, "showgrid": False}
    figure.update_xaxes(
        side="top",
        tickvals=list(range(len(ages))),
        ticktext=[str(a) for a in ages],
        range=[-0.5, len(ages) - 0.5],
        fixedrange=True,
        **ticks,
    )
    labels = [*(plain(label, 22) for _code, label in cohorts), f"<b>{plain(all_label, 22)}</b>"]
    figure.update_yaxes(range=[n + 0.6, -0.5], tickvals=[*range(n), n + 0.1], ticktext=labels, fixedrange=True, **ticks)
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 4})
    return Chart(figure, _alt(squares, pooled, dict(cohorts), what, look))


def _word(x: float, y: float, text: str, colour: str) -> dict[str, object]:
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 11, "color": colour}}


def _text(square: Square, total: float | None, digits: int) -> tuple[str, bool]:
    """What stands in a cell, and whether quietly."""
    if square.few:
        return plain(square.counted), True
    if square.value is None:
        return "—", True
    number = f"{100 * square.value:.{digits}f}"
    sure = total is not None and square.low is not None and square.high is not None and not square.low <= total <= square.high
    return (f"<b>{number}</b>" if sure else number), False


def _hover(square: Square, label: str, total: float | None, look: Look) -> str:
    lines = [look.say(Text(_("{cohort}, after {n} months"), cohort=label, n=square.age)), plain(square.counted)]
    if square.value is not None and not square.few:
        lines[1] = f"<b>{look.show(square.value, 'ratio')}</b> · {lines[1]}"
        if square.low is not None and square.high is not None:
            ends = {"low": look.show(square.low, "ratio"), "high": look.show(square.high, "ratio")}
            lines.append(look.say(Text(_("95% range {low} to {high}"), **ends)))
        if total is not None:
            lines.append(look.say(Text(_("all cohorts {value}"), value=look.show(total, "ratio"))))
    if square.provisional:
        lines.append(look.say(_("may still change")))
    return "<br>".join(lines)


def _alt(squares: Sequence[Square], pooled: dict[int, float | None], labels: dict[str, str], what: str, look: Look) -> str:
    known = [(s, s.value) for s in squares if s.value is not None and not s.few and s.age > 0]
    if not known:
        return look.say(_("Retention triangle: no cell has enough customers for a rate."))
    low = min(known, key=lambda pair: pair[1])
    return look.say(
        Text(
            _("Retention triangle of {what}, {n} cohorts: lowest {cohort} after {age} months at {low}; all cohorts then {all}."),
            what=what,
            n=len(labels),
            cohort=labels.get(low[0].cohort, low[0].cohort),
            age=low[0].age,
            low=look.show(low[1], "ratio"),
            all=look.show(pooled.get(low[0].age), "ratio"),
        )
    )
