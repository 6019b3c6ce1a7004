"""The customers behind the groups of the Segments page, as a list to look at and to download."""

from collections.abc import Sequence
from functools import partial

import polars as pl

from churn_dash.measures import Filters
from churn_dash.segments import Clause, Rule, members
from churn_dash.segments.lists.members import WHOLE_LIST
from churn_dash.ui import cache, session
from churn_dash.ui.kinds.segments import Grid, chosen_groups
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.words import Count, Text, _

_MOST = 1_000
Groups = tuple[tuple[str | None, str | None], ...]


def listed(found: Grid, picked: Sequence[int]) -> tuple[str, Table, int]:
    """The customers of the picked groups, or of all: words for the title, the list (its first thousand), and how many there are."""
    groups = tuple(g for g in chosen_groups(found, picked) if g[0] is not None and g[1] is not None)
    question, known = found.question, found.question.groupings
    spoken = {n: {v: value_words(d, v) for v in d.values} for n, d in known.items()}
    asked = (found.row, found.column, groups, question.filters.where, str(question.period), question.definition, session.language())
    rows = cache.worked_out(question.ds, question.scope, lambda *_asked: _listed(found, groups, spoken, _MOST), *asked, name="people")
    counted = found.rows if not groups else found.rows.join(_pairs(found, groups), on=[found.row, found.column], how="semi")
    labels = {
        "customer_id": _("Customer"),
        "balance": _("Balances, ¥"),
        "left": _("Left"),
        "left_on": _("Left on"),
        **{n: dimension_words(d) for n, d in known.items()},
    }
    units = {"customer_id": "id", "balance": "money", "left_on": "date"}
    title = " + ".join(found.label(*g) for g in groups) if groups else session.say(_("All customers counted here"))
    everybody = partial(_listed, found, groups, spoken, 0)
    total = int(counted["churn_rate_n"].sum() or 0)
    return title, Table(rows, f"customers-{question.ds.version}", labels, units, is_list=True, only=True, whole=everybody), total


def rule(found: Grid, picked: Sequence[int]) -> Rule | None:
    """The picked groups, under the filters, as a rule to save; None where it would be everybody."""
    groups = [g for g in chosen_groups(found, picked) if g[0] is not None and g[1] is not None]
    parts: list[Clause | Rule] = [Clause(name, values) for name, values in found.question.filters.where]
    cells = [Rule((Clause(found.row, (str(r),)), Clause(found.column, (str(c),)))) for r, c in groups]
    if cells:
        parts += list(cells[0].parts) if len(cells) == 1 else [Rule(tuple(cells), any_of=True)]
    return Rule(tuple(parts)) if parts else None


def numbers(found: Grid, picked: Sequence[int]) -> list[str]:
    """The customer numbers of the picked groups, or of all."""
    groups = tuple(g for g in chosen_groups(found, picked) if g[0] is not None and g[1] is not None)
    return _listed(found, groups, {}, 0)["customer_id"].to_list()


def caption(total: int) -> Text:
    """Under the title of the list: how many there are, and that a download holds them all."""
    if total <= _MOST:
        return Text(_("{n} customers at the start of the period · the list downloads as CSV or Excel"), n=Count(total))
    return Text(
        _("{n} customers at the start of the period · the first {shown} here, all in the download"),
        n=Count(total),
        shown=Count(_MOST),
    )


def _pairs(found: Grid, groups: Groups) -> pl.DataFrame:
    kinds = {found.row: found.rows[found.row].dtype, found.column: found.rows[found.column].dtype}
    return pl.DataFrame(list(groups), schema=kinds, orient="row")


def _listed(found: Grid, groups: Groups, spoken: dict[str, dict[str, str]], most: int) -> pl.DataFrame:
    """The customers of the groups with levels in words; at most ``most`` (0: all)."""
    q = found.question
    chosen = [(found.row, tuple({str(r) for r, _c in groups})), (found.column, tuple({str(c) for _r, c in groups}))] if groups else []
    # Several cells are not the product of their rows and columns: then all are read and the cells picked out.
    limit = most if most and len(groups) < 2 else WHOLE_LIST
    saved = [n for n in dict.fromkeys((found.row, found.column)) if n not in q.dimensions]
    rows = members(q.of(Filters((*q.filters.where, *chosen))), limit, by=saved)
    if len(groups) > 1:
        wanted = pl.DataFrame(list(groups), schema={found.row: pl.String, found.column: pl.String}, orient="row")
        rows = rows.join(wanted, on=[found.row, found.column], how="semi")
    rows = rows.head(most) if most else rows
    columns = [
        "customer_id",
        found.row,
        found.column,
        "balance",
        "left",
        "left_on",
        *(n for n in spoken if n not in (found.row, found.column)),
    ]
    rows = rows.select(c for c in columns if c in rows.columns and (rows[c].is_not_null().any() or c == "customer_id"))
    return rows.with_columns(pl.col(n).replace(words) for n, words in spoken.items() if n in rows.columns)
