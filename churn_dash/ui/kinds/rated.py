"""Groups with their churn: as bars beside the bank, as a table, and as a sentence. For any split into groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Bar, Cell, Chart, bars, heat
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import METRICS
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS, how
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Count, Ratio, Text, _


@dataclass(frozen=True)
class Rated:
    """Rows of ``starters.rates`` by ``group``, the words for each group in the order to show them, and the rate
    of everybody asked about (``bank``, named by ``whole``)."""

    rows: pl.DataFrame
    words: Mapping[str, str]
    bank: float | None
    whole: Whole
    name: str

    def word(self, group: str | None) -> str:
        """A group in words."""
        return self.words.get(group, group) if group is not None else session.say(_("Unknown"))

    @property
    def ranked(self) -> list[dict[str, float | str | None]]:
        """The groups with enough customers for a rate, the fastest to leave first."""
        known = self.rows.filter((pl.col("churn_rate_n") >= TOO_FEW) & pl.col("churn_rate").is_not_null())
        return known.sort(["churn_rate", "group"], descending=[True, False]).to_dicts()


NOBODY = _("No customer matches these filters.")


def nobody(question: PageQuestion, ever: bool = False) -> bool:
    """Whether the filters leave no customer at all at the start of the period; ``ever``: in no month of it, nor among who joined."""
    if not ever or question.timeless:
        rows = question.rows(["customers"])
        return rows.is_empty() or not rows["customers"][0]
    rows = question.rows(["customers", "customers_new"], ["month"])
    return not (rows["customers"].sum() or rows["customers_new"].sum())


def rated_chart(found: Rated, longest_name: int = 34) -> Chart:
    """A bar a group in the order given; without enough customers only their number."""
    shown = []
    for r in found.rows.iter_rows(named=True):
        enough = r["churn_rate_n"] >= TOO_FEW
        value, low, high = (r[c] if enough else None for c in ("churn_rate", "churn_rate_low", "churn_rate_high"))
        shown.append(Bar(found.word(r["group"]), value, r["churn_rate_n"], low, high))
    return cache.chart(
        bars,
        shown,
        unit="ratio",
        look=session.look(),
        what=session.say(METRICS["churn_rate"].label),
        bank=found.bank,
        line=found.whole.line,
        longest_name=longest_name,
    )


def clickable(question: PageQuestion, split: str, found: Rated, as_table: bool, key: str, how: str = "", notes: Sequence[str] = ()) -> None:
    """``rated_chart`` on the page: a click on a group of the split limits the other charts to its customers."""
    levels = clicks.of_split(split, found.rows["group"].to_list(), how)
    clicks.rows(question.ds, split, rated_chart(found, 44 if split == "cluster" else 34), levels, as_table, key, notes)


def rated_table(found: Rated, more: Mapping[str, tuple[str, str]] | None = None) -> Table:
    """The groups as rows with counts, rate and range, balances; ``more``: further columns of the rows, with header and unit."""
    more = more or {}
    columns = ["customers", "customers_lost", "churn_rate", "churn_rate_low", "churn_rate_high", "aum_start", "aum_lost"]
    rows = found.rows.select(pl.Series("group", [found.word(g) for g in found.rows["group"]], dtype=pl.String), *more, *columns)
    labels = {
        "group": _("Group"),
        **{c: header for c, (header, _unit) in more.items()},
        "customers": METRICS["customers"].label,
        "customers_lost": METRICS["customers_lost"].label,
        "churn_rate": METRICS["churn_rate"].label,
        "churn_rate_low": RANGE_LABELS["low"],
        "churn_rate_high": RANGE_LABELS["high"],
        "aum_start": _("Balances, ¥"),
        "aum_lost": _("Balances lost, ¥"),
    }
    units = {
        **{c: unit for c, (_header, unit) in more.items()},
        "customers": "count",
        "customers_lost": "count",
        "churn_rate": "ratio",
        "churn_rate_low": "ratio",
        "churn_rate_high": "ratio",
        "aum_start": "money",
        "aum_lost": "money",
    }
    return Table(rows, found.name, labels, units, how=how("churn_rate"))


def spread_finding(found: Rated) -> str:
    """Title of the bars: the fastest and the slowest group to leave."""
    ranked = found.ranked
    if len(ranked) < 2:
        return session.say(_("Too few customers to compare groups"))
    first, last = ranked[0], ranked[-1]
    named = {
        "high": found.word(str(first["group"])),
        "high_rate": Ratio(first["churn_rate"]),  # type: ignore[arg-type]
        "low": found.word(str(last["group"])),
        "low_rate": Ratio(last["churn_rate"]),  # type: ignore[arg-type]
    }
    return session.say(Text(_("{high}: {high_rate} left; {low}: {low_rate}"), **named))


def grid_chart(
    rows: pl.DataFrame,
    row: str,
    column: str,
    words: tuple[Mapping[int, str], Mapping[int, str]],
    bank: float | None,
    whole: Whole,
    row_height: int = 46,
) -> Chart:
    """Two scores crossed; the words of each give the order."""
    of_rows, of_columns = words
    shown = [
        Cell(of_rows[r], of_columns[c], value, int(n), low, high)
        for r, c, value, n, low, high in rows.drop_nulls([row, column])
        .select(row, column, "churn_rate", "churn_rate_n", "churn_rate_low", "churn_rate_high")
        .iter_rows()
    ]
    return cache.chart(
        heat,
        shown,
        list(of_rows.values()),
        list(of_columns.values()),
        unit="ratio",
        look=session.look(),
        what=session.say(METRICS["churn_rate"].label),
        bank=bank,
        line=whole.line,
        fewest=TOO_FEW,
        row_height=row_height,
    )


def grid_finding(rows: pl.DataFrame, bank: float | None, whole: Whole) -> str:
    """Title of a grid: how many cells are surely above everybody asked about."""
    large = rows.filter((pl.col("churn_rate_n") >= TOO_FEW) & pl.col("churn_rate").is_not_null())
    above = large.filter(pl.col("churn_rate_low") > bank) if bank is not None else large.clear()
    if above.is_empty():
        return session.say(Text(_("No cell is clearly above {whole}"), whole=whole.words))
    return session.say(Text(_("{n} of {all} groups leave clearly faster than {whole}"), n=len(above), all=len(large), whole=whole.words))


def grid_caption(how_made: str, whole: Whole) -> str:
    """Under the title of a grid: how it is made, its colours, and what is not shown."""
    named = {"how": how_made, "n": Count(TOO_FEW), "whole": whole.words}
    return session.say(Text(_("{how} · churn, %; orange above, blue below {whole} · under {n} customers only the count"), **named))
