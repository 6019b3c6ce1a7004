"""How saved segments and tags lie over one another, and which tags a customer carries."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition, virtual
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.conditions.saved_segments import IN, PREFIX, Segment, saved
from churn_dash.measures.filters import dimension
from churn_dash.measures.question import Question
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import month_rows

MOST = 12
"""So many segments are laid over one another at most; a picture of more says nothing."""


def tags(ds: Dataset) -> list[Segment]:
    """The saved rules that are marked as tags, by name."""
    return [s for s in saved(ds).values() if s.tag]


@dataclass(frozen=True)
class Layers:
    """Customers by which of several segments they are in: ``rows`` has a pattern (in or not, in the order of ``names``) and its count."""

    names: tuple[str, ...]
    rows: tuple[tuple[tuple[bool, ...], int], ...]

    @property
    def customers(self) -> int:
        """All who were asked about."""
        return sum(n for _inside, n in self.rows)

    def both(self, i: int, j: int) -> int:
        """How many are in both; of a segment with itself, its size."""
        return sum(n for inside, n in self.rows if inside[i] and inside[j])

    def also(self, i: int) -> int:
        """How many of a segment are in any other of them."""
        return sum(n for inside, n in self.rows if inside[i] and sum(inside) > 1)


def layers(question: Question, names: Sequence[str]) -> Layers:
    """Customers active at the start of the period by which of the segments they are in. Raises what ``measure`` raises."""
    ds = question.ds
    asked = list(dict.fromkeys(n.removeprefix(PREFIX) for n in names))
    chosen = question.chosen
    start = question.months.start if ds.shape == "panel" else None
    view = at_starts(chosen, question.scope, [start] if start is not None else [])
    where = condition(question, view)
    limits = ["s.active", *([where.sql] if where.sql else [])]
    if start is not None:
        limits.append(f"m.month = DATE '{start}'")
    dims = [dimension(ds, PREFIX + name) for name in asked]
    laid_over, first = virtual(ds, dims, view)
    keys = "".join(f"m.{d.column}, " for d in dims)
    grouped = f" group by {keys.removesuffix(', ')}" if keys else ""
    sql = f"{laid_over}select {keys}count(*) as n from {month_rows(chosen)} where {' and '.join(limits)}{grouped}"
    rows = ds.cursor().execute(sql, [*first, *where.bound]).fetchall()
    return Layers(tuple(asked), tuple((tuple(v == IN for v in r[:-1]), int(r[-1])) for r in rows))


def overlap(question: Question, names: Sequence[str]) -> pl.DataFrame:
    """How many customers active at the start of the period are in both of two segments, for every pair of ``names`` in their order.

    Columns: segment, other, both (customers in both; of a segment with itself, its size), size (customers in ``segment``), share
    (``both`` of ``size``, 0–1; null where it is empty), also (customers of ``segment`` in any other of them), customers (all who were
    asked about). Raises ``NotPossible`` for more than ``MOST`` names, and what ``measure`` raises.
    """
    if len(set(names)) > MOST:
        raise NotPossible(_("At most {most} segments are laid over one another; these are {n}."), most=MOST, n=len(set(names)))
    found = layers(question, names)
    rows = []
    for i, a in enumerate(found.names):
        size = found.both(i, i)
        for j, b in enumerate(found.names):
            both = found.both(i, j)
            rows.append((a, b, both, size, both / size if size else None, found.also(i), found.customers))
    kinds = {"segment": pl.String, "other": pl.String, "both": pl.Int64, "size": pl.Int64, "share": pl.Float64}
    return pl.DataFrame(rows, schema=kinds | {"also": pl.Int64, "customers": pl.Int64}, orient="row")


def tags_of(ds: Dataset, customer_id: str) -> list[str]:
    """The tags that a customer carries: by the newest row that these data hold of the customer, active or not."""
    marks = tags(ds)
    if not marks:
        return []
    dims = [one.dimension for one in marks]
    newest = "select max(m.month) from month_rows m join people p on p.c = m.c where p.customer_id = ?"
    last = ds.cursor().execute(newest, [customer_id]).fetchall()[0][0]
    view = at_starts(ds.default_definition, Scope.everything(), [last] if last is not None and ds.shape == "panel" else [])
    laid_over, first = virtual(ds, dims, view)
    sql = (
        f"{laid_over}select {', '.join(f'm.{d.column}' for d in dims)} from month_rows m join people p on p.c = m.c "
        "where p.customer_id = ? order by m.month desc nulls last limit 1"
    )
    row = ds.cursor().execute(sql, [*first, customer_id]).fetchone()
    return [one.name for one, where in zip(marks, row, strict=True) if where == IN] if row else []
