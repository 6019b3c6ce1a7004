"""What the list of some customers says of each: how they stood, what they held, whether they left."""

from collections.abc import Sequence

import polars as pl

from churn_dash.access import Scope
from churn_dash.behind.splits import people
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures import Filters, Period
from churn_dash.segments.lists.seen import seen
from churn_dash.store import Dataset
from churn_dash.words import nearest


def customers(
    ds: Dataset,
    name: str,
    cell: str,
    how: str = "",
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """The customers of one cell, a row each, with the columns of ``described``. Raises what ``people`` raises, and ``NotFound`` for a
    cell in which nobody is, with the nearest."""
    rows = people(ds, name, how, filters, period, definition, scope)
    mine = rows.filter(pl.col("cell") == cell)["customer_id"]
    if mine.is_empty():
        known = [c for c in rows["cell"].unique().sort() if c]
        near = nearest(cell, known)
        if near:
            raise NotFound(_("Nobody is in {cell} of {split}; the nearest is {near}."), cell=cell, split=name, near=near)
        listed = ", ".join(known[:12]) or "—"
        raise NotFound(_("Nobody is in {cell} of {split}; there are: {known}."), cell=cell, split=name, known=listed)
    return described(ds, mine.to_list(), period, definition, scope)


def described(
    ds: Dataset,
    ids: Sequence[str],
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """These customers, those lost first, then by balances: customer_id, the dimensions, balance, left, left_on, as they stood when the
    period began or when they first came into it. Whoever lies outside the viewer's scope is left out."""
    rows = seen(ds, ids, period, definition, scope)
    return rows.sort("left", "balance", "customer_id", descending=[True, True, False], nulls_last=True)
