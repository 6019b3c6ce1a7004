"""How saved segments and tags lie over one another, and which tags a customer carries."""

from collections.abc import Sequence

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import Filters, Period, definition_of, last_12
from churn_dash.measures.condition import condition, virtual
from churn_dash.measures.filters import covered, dimension
from churn_dash.measures.saved import IN, PREFIX, Segment, saved
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import month_rows

MOST = 12
"""So many segments are laid over one another at most; a picture of more says nothing."""


def tags(ds: Dataset) -> list[Segment]:
    """The saved rules that are marked as tags, by name."""
    return [s for s in saved(ds).values() if s.tag]


def overlap(
    ds: Dataset,
    names: Sequence[str],
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """How many customers active at the start of the period are in both of two segments, for every pair of ``names`` in their order.

    Columns: segment, other, both (customers in both; of a segment with itself, its size), size (customers in ``segment``), share
    (``both`` of ``size``, 0–1; null where it is empty), customers (all who were asked about). Raises what ``measure`` raises.
    """
    asked = list(dict.fromkeys(n.removeprefix(PREFIX) for n in names))
    if len(asked) > MOST:
        raise NotPossible(_("At most {most} segments are laid over one another; these are {n}."), most=MOST, n=len(asked))
    chosen = definition_of(ds, definition)
    where = condition(ds, filters, scope)
    limits = ["s.active", *([where.sql] if where.sql else [])]
    if ds.shape == "panel":
        limits.append(f"m.month = DATE '{(covered(ds, period) if period is not None else last_12(ds)).start}'")
    dims = [dimension(ds, PREFIX + name) for name in asked]
    laid_over, first = virtual(ds, dims)
    keys = "".join(f"m.{d.column}, " for d in dims)
    grouped = f" group by {keys.removesuffix(', ')}" if keys else ""
    sql = f"{laid_over}select {keys}count(*) as n from {month_rows(chosen)} where {' and '.join(limits)}{grouped}"
    rows = [([v == IN for v in r[:-1]], int(r[-1])) for r in ds.cursor().execute(sql, [*first, *where.bound]).fetchall()]
    everybody = sum(n for _in, n in rows)

    def counted(i: int, j: int) -> int:
        return sum(n for inside, n in rows if inside[i] and inside[j])

    sizes = [counted(i, i) for i in range(len(asked))]
    found = [
        (a, b, both, sizes[i], both / sizes[i] if sizes[i] else None, everybody)
        for i, a in enumerate(asked)
        for j, b in enumerate(asked)
        for both in [counted(i, j)]
    ]
    kinds = {"segment": pl.String, "other": pl.String, "both": pl.Int64, "size": pl.Int64, "share": pl.Float64, "customers": pl.Int64}
    return pl.DataFrame(found, schema=kinds, orient="row")


def tags_of(ds: Dataset, customer_id: str) -> list[str]:
    """The tags that a customer carries: by the newest row that these data hold of the customer, active or not."""
    marks = tags(ds)
    if not marks:
        return []
    dims = [one.dimension for one in marks]
    laid_over, first = virtual(ds, dims)
    sql = (
        f"{laid_over}select {', '.join(f'm.{d.column}' for d in dims)} from month_rows m join people p on p.c = m.c "
        "where p.customer_id = ? order by m.month desc nulls last limit 1"
    )
    row = ds.cursor().execute(sql, [*first, customer_id]).fetchone()
    return [one.name for one, where in zip(marks, row, strict=True) if where == IN] if row else []
