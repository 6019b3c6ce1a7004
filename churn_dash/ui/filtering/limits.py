"""One limit on the customers shown, wherever it came from: the filter bar, a click in a chart, a saved segment. Held in the address."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from churn_dash.behind import SPLITS
from churn_dash.behind.words import cell_words
from churn_dash.errors import ChurnDashError
from churn_dash.measures import Dimension, dimensions, month_of
from churn_dash.measures.conditions.groupings import groupings as worked_out
from churn_dash.measures.conditions.saved_segments import IN, OUT, PREFIX, Segment, saved
from churn_dash.store import GRAINS, Dataset
from churn_dash.store.derive.grains import spans
from churn_dash.ui import address, session
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.words import Month, Text, _

ALL = "all"
INSIDE, OUTSIDE = "inside", "outside"
"""Keys of the address: names of segments in which, and out of which, the customers shown are."""
WHEN = "moment"
"""Key of the address: the month, quarter or year that was clicked, as its first and last month."""
PICKED = "pick"
"""Key of the address: which chart a limit was clicked in, as ``chart.dimension``; that chart goes on showing everything."""
CELL = "cell"
"""Key of the address: cells of splits that are no dimension, as ``split|how|cell``; at most one of each split."""
CHARTS = (
    "worst", "heat", "time", "groups", "losses", "funnel", "curves", "stages", "types", "compared", "leaving",
    "products", "holders",
)  # fmt: skip
"""Charts in which a click limits the others by dimensions or time. Charts of a split of ``behind`` are called as it is."""
BESIDE = {"losses": ("left",), "leaving": ("left",), "products": ("product",), "holders": ("product",)}
"""Charts of those who left, or who lost a product: a click limits the others to a group or a time, and lists only those of it."""
_PREFIX = "where."


@dataclass(frozen=True)
class Limit:
    """A value of a dimension, or of a segment, that the customers shown have; ``key`` and ``code`` are its place in the address."""

    dimension: str
    value: str
    key: str
    code: str


@dataclass(frozen=True)
class Cell:
    """One cell of a split of ``behind``, as its page drew it with ``how``."""

    split: str
    how: str
    cell: str

    @property
    def code(self) -> str:
        """As the address holds it."""
        return f"{self.split}|{self.how}|{self.cell}"

    @property
    def level(self) -> dict[str, str]:
        """What a click on it means."""
        return {CELL: self.code}

    @property
    def here(self) -> bool:
        """Whether it means anything on the page that is open."""
        return SPLITS[self.split].everywhere or st.session_state.get(PAGE) in (None, *SPLITS[self.split].pages)

    @property
    def words(self) -> str:
        """As people read it: Reason: Rates."""
        named = {"what": SPLITS[self.split].label, "words": cell_words(self.split, self.cell)}
        return session.say(Text(_("{what}: {words}"), **named))


PAGE = "_page"
"""Where the frame says which page is open."""


def cell_of(code: str) -> Cell | None:
    """The cell that a code of the address stands for; None for what is none.

    >>> cell_of("reason||rate"), cell_of("nothing||here")
    (Cell(split='reason', how='', cell='rate'), None)
    """
    parts = code.split("|", 2)
    return Cell(*parts) if len(parts) == 3 and parts[0] in SPLITS else None


def cells() -> list[Cell]:
    """The cells that are clicked and mean something on this page, one of each split."""
    found = {one.split: one for code in address.held(CELL) if (one := cell_of(code)) is not None and one.here}
    return list(found.values())


def codes() -> tuple[str, ...]:
    """What is clicked now, as the address holds it: part of the key of what follows from it."""
    return (*address.held(PICKED), *address.held(WHEN), *(one.code for one in cells()))


def drop_cell(cell: Cell) -> None:
    """Take a clicked cell away."""
    put(CELL, tuple(c for c in address.held(CELL) if c != cell.code))


def take_over_cells() -> None:
    """Accept the cells of the address; those of another page are forgotten."""
    codes = [*st.query_params.get_all(CELL), *address.held(CELL)]
    address.share(CELL, [c for c in codes if (one := cell_of(c)) is not None and one.here])
    address.hold(CELL, tuple(one.code for one in cells()), shared=True)


def key(name: str) -> str:
    """The address key of a dimension's filter."""
    return f"{_PREFIX}{name}"


def of(dimension: str, value: str) -> Limit:
    """The limit to a level of a dimension, or to those in or out of a segment.

    >>> of("tier", "gold").key, of("segment:VIP", "out").key, of("segment:VIP", "out").code
    ('where.tier', 'outside', 'VIP')
    """
    if dimension.startswith(PREFIX):
        return Limit(dimension, value, INSIDE if value == IN else OUTSIDE, dimension.removeprefix(PREFIX))
    return Limit(dimension, value, key(dimension), value)


def segments(ds: Dataset) -> dict[str, Segment]:
    """The saved segments; none where the records cannot be read, which the page of the segments says."""
    try:
        return saved(ds)
    except ChurnDashError:
        return {}


def filterable(ds: Dataset) -> dict[str, Dimension]:
    """Every dimension and every grouping that is worked out (RFM and the like), by name."""
    return dimensions(ds) | {name: one.dimension for name, one in worked_out(ds).items()}


def groupings(ds: Dataset) -> dict[str, Dimension]:
    """Every dimension, every grouping and every saved segment, by name."""
    return filterable(ds) | {PREFIX + name: one.dimension for name, one in segments(ds).items()}


def held(ds: Dataset) -> list[Limit]:
    """The limits that hold now; only those that these data know."""
    found = []
    for name, dimension in filterable(ds).items():
        found += [of(name, v) for v in address.held(key(name)) if v in dimension.values]
    known = segments(ds)
    for at, side in ((INSIDE, IN), (OUTSIDE, OUT)):
        found += [of(PREFIX + name, side) for name in address.held(at) if name in known]
    return found


def words(limit: Limit, known: Mapping[str, Dimension]) -> str:
    """A limit as people read it: Tier: Gold; in VIP."""
    dimension = known[limit.dimension]
    spoken = value_words(dimension, limit.value)
    if limit.dimension.startswith(PREFIX):
        return spoken
    return session.say(Text(_("{what}: {words}"), what=dimension_words(dimension), words=spoken))


def put(at: str, codes: tuple[str, ...]) -> None:
    """Set an address key and let its control follow; no codes take the filter away."""
    address.forget([at])
    address.hold(at, codes, shared=True)


def drop(limit: Limit) -> None:
    """Take one limit away, and what is remembered of where it was clicked."""
    put(limit.key, tuple(c for c in address.held(limit.key) if c != limit.code))
    put(PICKED, tuple(p for p in address.held(PICKED) if p.partition(".")[2] != limit.dimension))


def drop_moment() -> None:
    """Take the clicked time away."""
    put(WHEN, ())
    put(PICKED, tuple(p for p in address.held(PICKED) if p.partition(".")[2] != WHEN))


def picks(*charts: str) -> tuple[str, ...]:
    """The dimensions that were clicked in charts and still limit the others; ``moment`` for a time."""
    return tuple(p.partition(".")[2] for p in address.held(PICKED) if p.partition(".")[0] in charts)


def clicked(chart: str, ds: Dataset) -> dict[str, str]:
    """What is clicked in a chart now: dimension → level; ``moment`` → its code; ``cell`` → its code."""
    cell = next((one for one in cells() if one.split == chart), None)
    if cell is not None:
        return cell.level
    names = set(picks(chart))
    found = {limit.dimension: limit.value for limit in held(ds) if limit.dimension in names}
    if WHEN in names and address.held(WHEN):
        found[WHEN] = address.held(WHEN)[0]
    beside = next((one for one in cells() if one.split in BESIDE.get(chart, ())), None)
    return found | beside.level if found and beside is not None else found


def click(chart: str, wanted: Mapping[str, str], ds: Dataset) -> None:
    """A click in a chart: limit the others to ``wanted`` (dimension → level) in place of what was clicked there before; the same again
    takes it away."""
    again = clicked(chart, ds) == dict(wanted)
    if CELL in wanted:
        cell = cell_of(wanted[CELL])
        others = tuple(c for c in address.held(CELL) if (o := cell_of(c)) is not None and cell is not None and o.split != cell.split)
        put(CELL, others if again else (*others, wanted[CELL]))
        wanted = {name: value for name, value in wanted.items() if name != CELL}
        if not wanted:
            return
    for limit in held(ds):
        if limit.dimension in (*picks(chart), *wanted):
            drop(limit)
    if WHEN in (*picks(chart), *wanted):
        put(WHEN, ())
    kept = [p for p in address.held(PICKED) if p.partition(".")[0] != chart and p.partition(".")[2] not in wanted]
    if not again:
        for name, value in wanted.items():
            if name == WHEN:
                put(WHEN, (value,))
            else:
                limit = of(name, value)
                put(limit.key, (*address.held(limit.key), limit.code) if limit.key in (INSIDE, OUTSIDE) else (limit.code,))
        kept += [f"{chart}.{name}" for name in wanted]
    put(PICKED, tuple(kept))


def time_words(code: str) -> Text:
    """A clicked month, or months, as people read them."""
    first, _dots, last = code.partition("..")
    if last and last != first:
        return Text(_("{start} to {end}"), start=Month(month_of(first)), end=Month(month_of(last)))
    return Text(_("{month}"), month=Month(month_of(first)))


def moment(ds: Dataset) -> tuple[datetime.date, datetime.date] | None:
    """The first and last month that were clicked; None where none was, or the data do not measure them."""
    codes = address.held(WHEN)
    if not codes or codes[0] not in moments(ds):
        return None
    first, _dots, last = codes[0].partition("..")
    return month_of(first), month_of(last or first)


def moments(ds: Dataset) -> list[str]:
    """Every code that a click on a time may leave in the address: whole months, quarters and years that the data measure."""
    return [moment_code(s.start, s.last_month) for grain in GRAINS if grain != "trailing" for s in spans(grain, ds.measurable)]


def moment_code(first: datetime.date, last: datetime.date) -> str:
    """The months of a period as a code of the address.

    >>> moment_code(datetime.date(2026, 1, 1), datetime.date(2026, 3, 1)), moment_code(datetime.date(2026, 1, 1), datetime.date(2026, 1, 1))
    ('2026-01..2026-03', '2026-01')
    """
    ends = [d.isoformat()[:7] for d in (first, last)]
    return ends[0] if ends[0] == ends[1] else "..".join(ends)
