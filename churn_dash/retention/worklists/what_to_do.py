"""What to do about each customer of a list: the plays for the reasons that may be told, and the own product that fits. METHODS A1 8.1.2."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from churn_dash.retention.plays.catalogue import Play
from churn_dash.retention.plays.customers import facts_of
from churn_dash.retention.plays.own_products import OwnProduct, suggested
from churn_dash.retention.plays.told import plays_for
from churn_dash.retention.worklists.calls import reasons_of
from churn_dash.risk import Model
from churn_dash.risk.explained.reasons import on_a_card
from churn_dash.store import Dataset


@dataclass(frozen=True)
class ToDo:
    """For one customer: ``plays``, that for the first reason first, and the ``product`` that fits; None where none does."""

    plays: tuple[Play, ...] = ()
    product: OwnProduct | None = None


def what_to_do(
    ds: Dataset,
    kept: Model,
    rows: pl.DataFrame,
    plays: Mapping[str, Play],
    products: Mapping[str, OwnProduct],
    groups: tuple[dict[str, str], dict[str, str]] | None = None,
) -> dict[str, ToDo]:
    """By customer of ``rows`` (customer_id, reasons as in the scores). ``groups`` as for ``facts``, where it is at hand."""
    known = facts_of(ds, rows["customer_id"], groups)
    found = {}
    for customer, reasons in rows.select("customer_id", "reasons").iter_rows():
        f = known[customer]
        product = suggested(products.values(), f.appetite, f.orientation, f.stage, f.falls_due)
        found[customer] = ToDo(plays_for(plays, on_a_card(reasons_of(reasons, kept))), product)
    return found
