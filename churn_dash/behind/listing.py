"""What the list of some customers says of each: how they stood, what they held, whether they left."""

from collections.abc import Sequence

import polars as pl

from churn_dash.behind.splits import people
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments.lists.seen import seen
from churn_dash.words import nearest


def customers(question: Question, name: str, cell: str, how: str = "") -> pl.DataFrame:
    """The customers of one cell, a row each, with the columns of ``described``. Raises what ``people`` raises, and ``NotFound`` for a
    cell in which nobody is, with the nearest."""
    rows = people(question, name, how)
    mine = rows.filter(pl.col("cell") == cell)["customer_id"]
    if mine.is_empty():
        known = [c for c in rows["cell"].unique().sort() if c]
        near = nearest(cell, known)
        if near:
            raise NotFound(_("Nobody is in {cell} of {split}; the nearest is {near}."), cell=cell, split=name, near=near)
        listed = ", ".join(known[:12]) or "—"
        raise NotFound(_("Nobody is in {cell} of {split}; there are: {known}."), cell=cell, split=name, known=listed)
    return described(question, mine.to_list())


def described(question: Question, ids: Sequence[str]) -> pl.DataFrame:
    """These customers, those lost first, then by balances: customer_id, the dimensions, balance, left, left_on, as they stood when the
    period began or when they first came into it. Whoever lies outside the viewer's scope is left out."""
    rows = seen(question, ids)
    return rows.sort("left", "balance", "customer_id", descending=[True, True, False], nulls_last=True)
