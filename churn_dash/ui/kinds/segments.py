"""What the Segments page shows: churn by two characteristics at once, the groups ranked, and the customers in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from churn_dash.charts import Cell, Chart, clickable_heat
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import METRICS
from churn_dash.measures.conditions.saved_segments import PREFIX
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import limits
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table, columns, displayed
from churn_dash.ui.parts.choices import COUNT_BY
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tables import RANGE_LABELS, how
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

_ROWS = ("tenure_band", "age_band", "branch_id")
_COLUMNS = ("tier", "customer_type", "product_band")
CHART = "heat"
_MOST_ROWS, _MOST_COLUMNS = 12, 7


@dataclass(frozen=True)
class Grid:
    """Churn by rows × columns: two dimensions, the metric, the measured rows, and the bank's own figure."""

    question: PageQuestion
    row: str
    column: str
    metric: str
    rows: pl.DataFrame
    bank: float | None

    @property
    def fewest(self) -> int:
        """Below this many customers a cell shows only its count."""
        return TOO_FEW

    def words(self, dimension: str, level: str | None) -> str:
        """A level in words."""
        return value_words(self.question.groupings[dimension], level)

    def label(self, row: str | None, column: str | None) -> str:
        """A cell in words; the bank's own columns with their names, since a bare level says little."""
        sides = [(self.question.groupings[d], v) for d, v in ((self.row, row), (self.column, column))]
        named = [d.own_words and not d.name.startswith(PREFIX) for d, _v in sides]
        return " · ".join(
            f"{d.label} {value_words(d, v)}" if also else value_words(d, v) for (d, v), also in zip(sides, named, strict=True)
        )

    @property
    def height(self) -> int:
        """How tall the heat map is, in pixels."""
        return int(chart(self).figure.layout.height)


def dimension_controls(question: PageQuestion) -> tuple[str, str, str]:
    """Choose rows, columns, and whether customers or balances are counted."""
    names = [*telling(question), *(n for n in question.groupings if n not in question.dimensions)]
    first = next((n for n in _ROWS if n in names), names[0])
    row = _dimension(_("Rows"), "rows", _offered(names, _ROWS, first), first, question)
    rest = [n for n in names if n != row]
    second = next((n for n in _COLUMNS if n in rest), rest[0])
    column = _dimension(_("Columns"), "columns", _offered(rest, _COLUMNS, second), second, question)
    if question.timeless:
        return row, column, "churn_rate"
    metric = controls.choice(
        session.say(_("Count by")), list(COUNT_BY), key="count", words=lambda name: session.say(COUNT_BY[name]), kind="segments"
    )
    return row, column, metric


def telling(question: PageQuestion) -> list[str]:
    """The dimensions; those of the bank's own columns with the one that tells leavers apart best first."""
    known = question.dimensions
    own = [n for n, d in known.items() if d.own_words]
    if len(own) < len(known) / 2:
        return list(known)
    spread = {}
    for name in own:
        rows = question.rows(["churn_rate"], [name]).drop_nulls()
        bank = float((rows["churn_rate"] * rows["churn_rate_n"]).sum()) / max(1, int(rows["churn_rate_n"].sum()))
        spread[name] = float(((rows["churn_rate"] - bank) ** 2 * rows["churn_rate_n"]).sum())
    return [*sorted(own, key=lambda n: -spread[n]), *(n for n in known if n not in own)]


def _offered(names: Sequence[str], first: Sequence[str], chosen: str) -> list[str]:
    return list(dict.fromkeys([chosen, *(n for n in first if n in names), *names]))


def _dimension(label: str, key: str, names: list[str], default: str, question: PageQuestion) -> str:
    known = question.groupings
    return controls.choice(session.say(label), names, key=key, words=lambda name: dimension_words(known[name]), default=default, width=200)


def grid(question: PageQuestion, row: str, column: str, metric: str) -> Grid:
    """Measure the cells."""
    names = list(dict.fromkeys(["churn_rate", metric, "customers_lost"]))
    rows = question.rows(names, [row, column])
    whole = question.rows([metric])
    return Grid(question, row, column, metric, rows, whole[metric][0] if len(whole) else None)


def _levels(found: Grid, name: str, most: int) -> list[str]:
    """The most frequent levels of a dimension, in their own order."""
    sizes = found.rows.group_by(name).agg(pl.col("churn_rate_n").sum().alias("n")).sort("n", name, descending=[True, False])
    largest = set(sizes[name].drop_nulls().cast(pl.String).to_list()[:most])
    return [v for v in found.question.groupings[name].values if v in largest]


def cells(found: Grid) -> list[Cell]:
    """The cells in words; those of levels that are not known are left out."""
    m = found.metric
    return [
        Cell(found.words(found.row, r), found.words(found.column, c), value, int(n or 0), low, high)
        for r, c, value, n, low, high in found.rows.select(found.row, found.column, m, "churn_rate_n", f"{m}_low", f"{m}_high").iter_rows()
        if r is not None and c is not None
    ]


def chart(found: Grid) -> Chart:
    """The heat map."""
    downs, acrosses = _levels(found, found.row, _MOST_ROWS), _levels(found, found.column, _MOST_COLUMNS)
    rows, columns = [found.words(found.row, v) for v in downs], [found.words(found.column, v) for v in acrosses]
    now = limits.clicked(CHART, found.question.ds)
    down, across = now.get(found.row), now.get(found.column)
    chosen = (downs.index(down), acrosses.index(across)) if down in downs and across in acrosses else None
    shown = [c for c in cells(found) if c.row in rows and c.column in columns]
    what = session.say(METRICS[found.metric].label)
    named = {
        "unit": "ratio",
        "look": session.look(),
        "what": what,
        "bank": found.bank,
        "line": found.question.whole.line,
        "fewest": found.fewest,
    }
    return cache.chart(clickable_heat, shown, rows, columns, chosen=chosen, **named)


def cells_shown(found: Grid) -> None:
    """Draw the cells as lines that wrap, for a screen too narrow for the heat map: group, rate and range, how many; small ones gray."""
    look = session.look()
    rows = []
    for c in sorted(cells(found), key=lambda c: (c.n < found.fewest, -(c.value or 0.0))):
        few = c.n < found.fewest or c.value is None or c.low is None or c.high is None
        rate = "—" if few else f"**{look.show(c.value, 'ratio')}** {look.show(c.low, 'ratio')} – {look.show(c.high, 'ratio')}"
        line = (safe(f"{c.row} · {c.column}"), rate, f"{c.n:,}")
        rows += [tuple(f":gray[{text}]" for text in line) if few else line] if c.n else []
    ends = session.say(Text(_("{metric}, 95% range"), metric=METRICS[found.metric].label))
    heads = [session.say(_("Group")), ends, "n"]
    st.table(pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row"), border="horizontal", hide_index=True)


def levels(found: Grid) -> list[dict[str, str] | None]:
    """What a click on each cell of the heat map means, row by row; None where nobody is."""
    full = {(r, c) for r, c, n in found.rows.select(found.row, found.column, "churn_rate_n").iter_rows() if n}
    return [
        {found.row: r, found.column: c} if (r, c) in full else None
        for r in _levels(found, found.row, _MOST_ROWS)
        for c in _levels(found, found.column, _MOST_COLUMNS)
    ]


def clicked(found: Grid) -> list[int]:
    """The line of the ranking that is the clicked cell; none where none is."""
    now = limits.clicked(CHART, found.question.ds)
    rows = found.rows.sort(["customers_lost", "churn_rate_n"], descending=True, nulls_last=True)
    pairs = rows.select(found.row, found.column).rows()
    return [i for i, pair in enumerate(pairs) if pair == (now.get(found.row), now.get(found.column))]


def caption(found: Grid) -> str:
    """Under the title: the unit, the colours, and what is not shown."""
    named = {"n": Count(found.fewest), "metric": METRICS[found.metric].label}
    if session.on_phone():
        return session.say(Text(_("{metric} with its 95% range, highest first · under {n} customers only the count"), **named))
    told = _("{metric}, % · small: 95% range, n · orange above, blue below {whole} · grey: under {n} customers, only the count")
    words = session.say(Text(told, whole=found.question.whole.words, **named))
    words = f"{words} · {session.say(_('click a cell to look at its customers'))}"
    if len(found.question.groupings[found.row].values) > _MOST_ROWS or len(found.question.groupings[found.column].values) > _MOST_COLUMNS:
        words = f"{words} · {session.say(_('largest groups shown, all in the table'))}"
    return words


def answer(found: Grid) -> str:
    """The page's sentence: how much of the churn the worst cell holds, of those that are surely above the whole."""
    known = found.rows.drop_nulls([found.row, found.column, found.metric]).filter(pl.col("churn_rate_n") >= found.fewest)
    lost = float(found.rows["customers_lost"].sum() or 0)
    if known.is_empty() or not lost:
        return session.say(_("No group here is large enough for a rate."))
    sure = known.filter(pl.col(f"{found.metric}_low") > found.bank)
    if sure.is_empty():
        words = _("No group leaves clearly faster than {whole}: {bank} left.")
        return session.say(Text(words, whole=found.question.whole.words, bank=Ratio(found.bank)))
    worst = sure.sort(found.metric, descending=True).row(0, named=True)
    named = {
        "group": found.label(worst[found.row], worst[found.column]),
        "rate": Ratio(worst[found.metric]),
        "bank": Ratio(found.bank),
        "whole": found.question.whole.within,
        "share": Ratio(worst["customers_lost"] / lost),
        "size": Ratio(worst["churn_rate_n"] / float(found.rows["churn_rate_n"].sum())),
    }
    return session.say(Text(_("{group}: {rate} left, {bank} {whole}; {size} of customers, {share} of those lost."), **named))


def finding(found: Grid) -> str:
    """Title of the heat map: how many cells are surely above the bank."""
    large = [c for c in cells(found) if c.n >= found.fewest]
    above = [c for c in large if c.low is not None and found.bank is not None and c.low > found.bank]
    if not above:
        return session.say(Text(_("No cell is clearly above {whole}"), whole=found.question.whole.words))
    named = {"n": len(above), "all": len(large), "whole": found.question.whole.words}
    return session.say(Text(_("{n} of {all} groups leave clearly faster than {whole}"), **named))


def ranking(found: Grid) -> Table:
    """The groups by customers lost, most first; on the page no rate of too few."""
    m = found.metric
    rows = found.rows.sort(["customers_lost", "churn_rate_n"], descending=True, nulls_last=True)
    shown = pl.DataFrame(
        [
            (found.label(r[found.row], r[found.column]), r["churn_rate_n"], r["customers_lost"], r[m], r[f"{m}_low"], r[f"{m}_high"])
            for r in rows.iter_rows(named=True)
        ],
        schema={"group": pl.String, "n": pl.Int64, "lost": pl.Int64, "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64},
        orient="row",
    )
    rates = [pl.when(pl.col("n") >= found.fewest).then(pl.col(name)).alias(name) for name in ("rate", "low", "high")]
    labels = {
        "group": _("Group"),
        "n": _("Customers"),
        "lost": _("Lost"),
        "rate": METRICS[m].label,
        "low": RANGE_LABELS["low"],
        "high": RANGE_LABELS["high"],
    }
    units = {"n": "count", "lost": "count", "rate": "bar", "low": "ratio", "high": "ratio"}
    name = f"churn-by-{found.row}-and-{found.column}"
    return Table(shown.with_columns(rates), name, labels, units, how=how(m), only=True, whole=lambda: shown)


def chosen_groups(found: Grid, picked: Sequence[int]) -> list[tuple[str | None, str | None]]:
    """Row and column levels of the picked lines of the ranking."""
    rows = found.rows.sort(["customers_lost", "churn_rate_n"], descending=True, nulls_last=True)
    return [(rows[found.row][i], rows[found.column][i]) for i in picked if i < rows.height]


def ranking_caption(found: Grid) -> Text:
    """Under the title of the ranking: its order, and what has no rate."""
    return Text(_("Most customers lost first · no rate of fewer than {n} · tick groups for their customers"), n=found.fewest)


def ranking_shown(table: Table, height: int) -> list[int]:
    """Draw the ranking; the indices of the lines that the reader picked."""
    event = st.dataframe(
        displayed(table),
        hide_index=True,
        column_config=columns(table),
        column_order=["group", "rate", "lost", "n"],
        on_select="rerun",
        selection_mode="multi-row",
        height=height,
        placeholder="—",
        key=f"pick-{table.name}",
    )
    return list(event.selection.rows)
