"""A chart card: the finding as its title, a caption, a menu with table, download and how it is worked out, and the picture."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl
import streamlit as st

from churn_dash.charts import CONFIG, Chart
from churn_dash.report import exported, files
from churn_dash.store import Records
from churn_dash.ui import footer, session
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text, _

_GRADES = {"A": "blue", "B": "blue", "C": "gray", "D": "orange"}
_PERCENT = {"ratio": "percent", "per_month": "percent"}


@dataclass(frozen=True)
class Table:
    """The rows behind a picture: as a table on the page, as CSV, and where they are a list of customers as a workbook.

    ``labels`` are the headers; ``units`` the units of number columns; ``ids`` the columns that stay text.
    """

    rows: pl.DataFrame
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    is_list: bool = False
    how: str = ""
    only: bool = False
    """The card itself is this table: there is no picture to switch from."""
    whole: Callable[[], pl.DataFrame] | None = None
    """Where ``rows`` are only the first ones: all of them, asked for when somebody downloads."""
    taken: Callable[[str], object] | None = None
    """Where every copy is on record: called with the kind of file (csv, xlsx) when somebody downloads."""

    def every_row(self) -> pl.DataFrame:
        """What a download holds: never only the part on the page."""
        return self.rows if self.whole is None else self.whole()

    def recorded(self, kind: str, made: bytes) -> bytes:
        """The file itself, once it is on record."""
        if self.taken is not None:
            self.taken(kind)
        return made


@contextmanager
def card(title: str | Text, caption: str | Text = "", table: Table | None = None, key: str = "", tall: bool = True) -> Iterator[bool]:
    """A bordered card, as tall as its neighbour while ``tall``. Yields whether the reader asked for the table instead of the picture.

    ``title`` and ``caption`` are plain words, said in the reader's language.
    """
    with st.container(border=True, height="stretch" if tall else "content", gap="xsmall", key=f"card-{key}" if key else None):
        as_table = False
        with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
            with st.container(gap=None):
                st.markdown(f"#### {safe(session.say(title))}")
                if caption:
                    st.caption(safe(session.say(caption)))
            if table is not None:
                as_table = menu(table, key or table.name)
        yield as_table
        if table is not None and as_table:
            shown(table)


def menu(table: Table, key: str) -> bool:
    """The card's menu; True while the reader wants the table."""
    hint = session.say(_("Table, download, how it is worked out"))
    with st.popover("", icon=":material/more_horiz:", type="tertiary", key=f"menu-{key}", help=hint):
        as_table = not table.only and st.toggle(session.say(_("Show as table")), key=f"table-{key}", persist_state="session")
        # A download is made outside the page's run, where nobody knows the language: what it says is gathered here.
        spoken = _spoken(table.labels)
        given = _leaving(table)
        stem = f"{file_stem(table.name)}-v{footer.data_version() or 0}"
        st.download_button(
            session.say(_("Download CSV")),
            lambda: given("csv", lambda rows: files.csv(rows, spoken)),
            file_name=f"{stem}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv-{key}",
            type="tertiary",
        )
        if table.is_list:
            about, sheets = footer.about(), (session.say(_("List")), session.say(_("About")))
            st.download_button(
                session.say(_("Download Excel")),
                lambda: given("xlsx", lambda rows: _workbook(table, rows, spoken, about, sheets)),
                file_name=f"{stem}.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                icon=":material/table_view:",
                on_click="ignore",
                key=f"xlsx-{key}",
                type="tertiary",
            )
        if table.how:
            st.markdown(f"**{session.say(_('How it is worked out'))}**")
            st.caption(table.how)
    return bool(as_table)


def _leaving(table: Table) -> Callable[[str, Callable[[pl.DataFrame], bytes]], bytes]:
    """How the table becomes a file (kind, rows → bytes): a list of customers goes on record, small cells of any other table are blank."""
    place, version = session.workspace(), footer.data_version() or 0
    records = Records(place.root) if place is not None else None

    def given(kind: str, made: Callable[[pl.DataFrame], bytes]) -> bytes:
        rows = table.every_row()
        named = "customer_id" in rows.columns
        if records is None or table.taken is not None:
            return table.recorded(kind, made(rows))
        if named:
            exported.note(records, table.name, rows["customer_id"].drop_nulls().cast(pl.String), version, kind)
            return made(rows)
        return made(rows if table.is_list else exported.hidden(rows, exported.fewest(records)))

    return given


def _workbook(
    table: Table, rows: pl.DataFrame, labels: Mapping[str, str], about: Sequence[tuple[str, str]], sheets: tuple[str, str]
) -> bytes:
    percent = [c for c, unit in table.units.items() if unit in (*_PERCENT, "bar")]
    return files.xlsx(rows, labels, [*about, ("n", f"{len(rows):,}")], percent, sheets)


def picture(chart: Chart, as_table: bool = False, notes: Sequence[str] = (), key: str | None = None) -> None:
    """The figure with its sentence for those who cannot see it, and its notes beneath; nothing while the table is shown."""
    if as_table:
        return
    st.plotly_chart(chart.figure, theme=None, config=CONFIG, alt=chart.alt, key=key)
    lines = [*chart.notes, *notes]
    if lines:
        st.caption(" · ".join(safe(line) for line in lines))


def shown(table: Table, height: int | Literal["auto"] = "auto") -> None:
    """The rows as a table: rates in percent, whole yuan, ids pinned as text, a dash where undefined; a sentence where there is no row."""
    if table.rows.is_empty():
        st.caption(session.say(_("Nothing to show here")))
        return
    st.dataframe(displayed(table), hide_index=True, column_config=columns(table), placeholder="—", height=height)


def worded(table: Table, names: Sequence[str]) -> None:
    """Columns of words, whole in every cell: lines wrap where a grid would cut them."""
    labels = _spoken(table.labels)
    rows = [tuple(safe(cell) for cell in row) for row in table.rows.select(names).iter_rows()]
    heads = [labels.get(name, name) for name in names]
    st.table(pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row"), border="horizontal", hide_index=True)


def displayed(table: Table) -> pl.DataFrame:
    """The rows as they are shown: rates times 100 under a header that says so."""
    percent = [c for c, unit in table.units.items() if unit in (*_PERCENT, "bar") and c in table.rows.columns]
    whole = [c for c, unit in table.units.items() if unit == "money" and c in table.rows.columns]
    return table.rows.with_columns(*(pl.col(c) * 100 for c in percent), *(pl.col(c).round(0) for c in whole))


def columns(table: Table) -> dict[str, Any]:
    """Column settings: the header in the reader's language and the format of its unit."""
    found: dict[str, Any] = {}
    labels = _spoken(table.labels)
    # Bars beside one another can be compared only on one scale.
    barred = [n for n in table.rows.columns if table.units.get(n) == "bar"]
    top, width = max((_largest(table.rows, n) for n in barred), default=1.0) * 100, _bar_width(labels.get(n, n) for n in barred)
    for name in table.rows.columns:
        label, unit = labels.get(name, name), table.units.get(name, "")
        if unit in _PERCENT:
            found[name] = st.column_config.NumberColumn(session.say(Text(_("{label}, %"), label=label)), format="%.2f")
        elif unit in ("money", "count"):
            found[name] = st.column_config.NumberColumn(label, format="localized")
        elif unit == "id":
            found[name] = st.column_config.TextColumn(label, pinned=True)
        elif unit == "bar":
            found[name] = st.column_config.ProgressColumn(label, format="%.1f%%", min_value=0.0, max_value=top, width=width)
        elif unit == "line":
            found[name] = st.column_config.AreaChartColumn(label, y_min=0, width="small")
        elif unit == "grade":
            found[name] = st.column_config.MultiselectColumn(label, options=list(_GRADES), color=list(_GRADES.values()), width="small")
        elif unit == "percent":
            found[name] = st.column_config.NumberColumn(label, format="%.2f")
        elif unit == "score":
            found[name] = st.column_config.NumberColumn(label, format="%.3f")
        elif unit == "decimal":
            found[name] = st.column_config.NumberColumn(label, format="%.1f")
        elif unit == "month":
            found[name] = st.column_config.DateColumn(label, format="YYYY-MM")
        elif unit == "date":
            found[name] = st.column_config.DateColumn(label, format="YYYY-MM-DD", width=110)
        else:
            found[name] = st.column_config.Column(label)
    return found


def _bar_width(headers: Iterable[str]) -> int:
    """Pixels of every column of bars: a bar, and the longest header whole; Chinese characters are twice as wide."""
    return max([100, *(18 + 7 * sum(2 if ord(c) > 0x2E7F else 1 for c in header) for header in headers)])


def _largest(rows: pl.DataFrame, name: str) -> float:
    """The largest value of a column of bars, so that the longest bar fills its cell."""
    top = rows[name].max()
    return float(top) if isinstance(top, int | float) and top > 0 else 1.0


def _spoken(labels: Mapping[str, str]) -> dict[str, str]:
    return {column: session.say(label) for column, label in labels.items()}


def file_stem(name: str) -> str:
    """A name for a file: letters, digits and hyphens.

    >>> file_stem("Churn by Geography!")
    'churn-by-geography'
    """
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") or "churn-dash"


def empty(icon: str, why: str, needed: str) -> None:
    """A centred card for a page that has nothing to show: why, and what is needed. Draw buttons under it inside the same block."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f":gray[:material/{icon}:]", width="content")
        st.markdown(f"#### {why}", width="content", text_alignment="center")
        st.caption(needed, width="content", text_alignment="center")
        next_steps()
        st.space("small")


def next_steps() -> None:
    """Buttons to the two ways on: the sample bank, and loading a file."""
    from churn_dash.ui import frame

    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        frame.sample_button()
        frame.load_link()


def needs_time(sentence: str | Text) -> None:
    """What a cross-section cannot show, in one sentence."""
    note(sentence, "calendar_month")


def note(sentence: str | Text, icon: str = "info") -> None:
    """A sentence in a card of its own."""
    with st.container(border=True):
        st.markdown(f":gray[:material/{icon}:] {safe(session.say(sentence))}")


def sentences(said: Sequence[str | Text]) -> None:
    """Sentences below a picture or a table, each on a line of its own."""
    for sentence in said:
        st.caption(safe(session.say(sentence)))
