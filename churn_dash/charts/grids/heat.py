"""A table of rates as colours: orange above the whole, blue below, a number in every cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.words import Text, _

FEWEST = 200
"""Below this many customers a cell shows its count, not a rate."""
_ROW, _SIGNED_ROW = 58, 76
_FEW_COLUMNS = 4
"""Up to so many columns a cell has room for a range of short numbers and its n on one line."""


@dataclass(frozen=True)
class Cell:
    """One cell: where it is, its value, how many customers it rests on, and its 95 % range."""

    row: str
    column: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


def heat(
    cells: Sequence[Cell],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    unit: str,
    look: Look,
    what: str,
    bank: float | None,
    line: str = "",
    fewest: int = FEWEST,
    row_height: int | None = None,
) -> Chart:
    """A grid of ``rows`` × ``columns`` (labels, in order) coloured by distance from ``bank``, the neutral middle; ``line`` names it.

    Every cell prints its 95 % range and its n under the rate; with fewer than ``fewest`` customers it is grey and prints ``n=…`` alone.
    Cells whose range lies above the bank are bold.
    Each cell's row and column label is its ``customdata``, for a selection.
    """
    palette = look.palette
    by = {(c.row, c.column): c for c in cells}
    known = [c.value for c in cells if c.value is not None and c.n >= fewest]
    middle = bank if bank is not None else (sum(known) / len(known) if known else 0.0)
    reach = max([abs(v - middle) for v in known] + [1e-12])
    few_columns = len(columns) <= _FEW_COLUMNS
    signed = any(c.low is not None and c.low < 0 for c in cells)
    one_line = few_columns and not signed
    row_height = row_height or (_SIGNED_ROW if signed else _ROW)
    z: list[list[float | None]] = []
    texts: list[list[str]] = []
    for row in rows:
        across_it = [by.get((row, column)) for column in columns]
        z.append([(c.value - middle) / reach if c and c.value is not None and c.n >= fewest else None for c in across_it])
        texts.append([_cell_text(c, fewest, middle, unit, look, one_line) for c in across_it])
    figure = bare_figure(look, len(rows) * row_height + 44)
    across = list(range(len(columns)))
    down = list(range(len(rows)))
    figure.add_heatmap(
        z=z,
        x=across,
        y=down,
        zmin=-1,
        zmax=1,
        colorscale=[[i / 4, colour] for i, colour in enumerate(palette.heat)],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[[_hover(by.get((row, column)), row, column, unit, look) for column in columns] for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=True,
    )
    for i in down:
        for j in across:
            quiet = z[i][j] is None
            if quiet and texts[i][j]:
                figure.add_shape(
                    type="rect", x0=j - 0.49, x1=j + 0.49, y0=i - 0.48, y1=i + 0.48, line_width=0, fillcolor=palette.grid, layer="below"
                )
            figure.add_annotation(
                x=j,
                y=i,
                text=texts[i][j],
                showarrow=False,
                font={"size": 11 if quiet else 12, "color": palette.muted if quiet else palette.ink},
            )
    figure.update_xaxes(
        side="top",
        tickvals=across,
        ticktext=[wrapped(c, 12 if few_columns else 9) for c in columns],
        tickangle=0,
        tickfont={"color": palette.ink, "size": 11},
    )
    figure.update_yaxes(
        autorange="reversed",
        showgrid=False,
        tickvals=down,
        ticktext=[wrapped(r, 14) for r in rows],
        tickfont={"color": palette.ink, "size": 11},
    )
    figure.update_layout(hovermode="closest", margin={"r": 0, "t": 4})
    return Chart(figure, _alt(cells, what, unit, bank, line or look.say(_("all")), fewest, look))


def _cell_text(cell: Cell | None, fewest: int, middle: float, unit: str, look: Look, one_line: bool) -> str:
    if cell is None or not cell.n:
        return ""
    if cell.n < fewest or cell.value is None:
        return f"n={cell.n:,}"
    number = _figure(cell.value, unit, look)
    shown = f"<b>{number}</b>" if cell.low is not None and cell.low > middle else number
    small = [f"n={cell.n:,}"]
    if cell.low is not None and cell.high is not None:
        low, high = _figure(cell.low, unit, look), _figure(cell.high, unit, look)
        # Signs make a range too long for a cell of a phone: its ends stand one above the other.
        signed = look.say(Text(_("{low} to {high}"), low=low, high=high)).removesuffix(high).strip() + f"<br>{high}"
        small.insert(0, f"{low}–{high}" if cell.low >= 0 else signed)
    under = (" · " if one_line else "<br>").join(small)
    return f"{shown}<br><span style='font-size:10px;color:{look.palette.ink}'>{under}</span>"


def _figure(value: float, unit: str, look: Look) -> str:
    """A number of a cell, without its unit, which the caption says: percent to a tenth, below ten percent to a hundredth."""
    return (
        f"{100 * value:.{1 if abs(value) >= 0.0995 else 2}f}".replace("-", "−")
        if unit in ("ratio", "per_month")
        else look.show(value, unit)
    )


def _hover(cell: Cell | None, row: str, column: str, unit: str, look: Look) -> str:
    head = f"{plain(row)} · {plain(column)}"
    if cell is None or not cell.n:
        return f"{head}<br>{look.say(_('no customers'))}"
    text = f"{head}<br><b>{look.show(cell.value, unit)}</b>"
    if cell.low is not None and cell.high is not None:
        text += "<br>" + look.say(Text(_("95% range {low} to {high}"), low=look.show(cell.low, unit), high=look.show(cell.high, unit)))
    return f"{text}<br>n={cell.n:,}"


def wrapped(label: str, width: int) -> str:
    """A label on at most two lines of about ``width`` characters, so that neighbours do not collide on a phone."""
    words = " ".join(str(label).split())
    if len(words) <= width:
        return plain(words)
    cut = words.rfind(" ", 0, width + 1)
    cut = cut if cut > 0 else width
    return f"{plain(words[:cut].strip())}<br>{plain(words[cut:].strip(), width)}"


def _alt(cells: Sequence[Cell], what: str, unit: str, bank: float | None, line: str, fewest: int, look: Look) -> str:
    known = [(c, c.value) for c in cells if c.value is not None and c.n >= fewest]
    if not known:
        return look.say(_("Heat map: no cell has enough customers for a rate."))
    top = max(known, key=lambda pair: pair[1])
    return look.say(
        Text(
            _("Heat map of {what} in {n} cells: highest {row} with {column} at {high}; {whole} {bank}."),
            what=what,
            n=len(cells),
            row=top[0].row,
            column=top[0].column,
            high=look.show(top[1], unit),
            whole=line,
            bank=look.show(bank, unit),
        )
    )
