"""Whether what was kept with a model still holds for some data, and what was worked out for other data in this process."""

from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from churn_dash.risk.kept.registry import Model
from churn_dash.risk.rows.basis import basis
from churn_dash.store import Dataset

MOST_HELD = 200_000
"""Customers of whom what a model looked at is held in memory, about a kilobyte each; of more, each is read when asked for."""
_HELD: WeakKeyDictionary[Dataset, dict[str, pl.DataFrame]] = WeakKeyDictionary()


def still_true(ds: Dataset, model: Model) -> bool:
    """Whether these data say the same of everybody as those which the model learnt from, in all that it looks at.

    So it is after a list was frozen: a new data version, in which nothing that the model reads is other.
    """
    return bool(basis(ds, model.design.features, model.card.definition) == model.card.data["basis"])


def held(ds: Dataset, model: Model, frame: pl.DataFrame) -> None:
    """Hold the features of everybody, so that a customer who is opened next is not read anew."""
    if frame.height <= MOST_HELD:
        _HELD.setdefault(ds, {})[model.id] = frame


def held_of(ds: Dataset, model: Model, customer_id: str) -> dict[str, Any] | None:
    """One customer's features by name, where they are held."""
    frame = _HELD.get(ds, {}).get(model.id)
    found = None if frame is None else frame.filter(pl.col("customer_id") == customer_id)
    return found.drop("customer_id").row(0, named=True) if found is not None and found.height else None
