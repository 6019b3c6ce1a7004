"""Which customers of a model the viewer may see, and what is said of a number that is none of theirs."""

import bisect
from collections.abc import Sequence

import polars as pl

from churn_dash.access import Scope
from churn_dash.care.standing import standing
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.store import Dataset


def seen(ds: Dataset, definition: str | None, rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The rows (with customer_id) of whom the viewer may see: a branch is the customer's at the end of the data; without branches
    nobody."""
    if scope.branches is None:
        return rows
    if ds.shape == "panel":
        people = standing(Question(ds, scope, definition=definition), None).people
    else:
        listed = ds.listing()
        if listed is None or "branch_id" not in listed.columns:
            return rows.clear()
        people = listed.filter(pl.col("branch_id").is_in(list(scope.branches)))
    return rows.join(people, on="customer_id", how="semi", maintain_order="left")


def unknown(customer_id: str, known: Sequence[str]) -> NotFound:
    """What is said of a number that is not among those the viewer may see (``known``, sorted), with the nearest of them."""
    if not known:
        return NotFound(_("There is no customer {name} with this bank at the end of these data."), name=customer_id)
    at = bisect.bisect_left(known, customer_id)
    near = max(known[max(0, at - 20) : at + 20], key=lambda k: (_shared(k, customer_id), -abs(len(k) - len(customer_id))))
    return NotFound(
        _("There is no customer {name} with this bank at the end of these data; the nearest number is {near}."), name=customer_id, near=near
    )


def _shared(a: str, b: str) -> int:
    """Characters that both begin with."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
