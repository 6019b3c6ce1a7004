"""What is known of a customer that decides which product fits: appetite for risk, orientation, stage, and whether money falls due."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.calendar import month_end
from churn_dash.errors import ChurnDashError
from churn_dash.segments.groups import lifecycle, orientation
from churn_dash.store import Dataset

SOON_DAYS = 90


@dataclass(frozen=True)
class Facts:
    """Appetite (low, medium, high), orientation and stage by their codes; ``falls_due``: something held here or elsewhere falls due
    within ninety days. None: not known."""

    appetite: str | None = None
    orientation: str | None = None
    stage: str | None = None
    falls_due: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)


def facts(ds: Dataset, customer_id: str, groups: tuple[dict[str, str], dict[str, str]] | None = None) -> Facts:
    """The facts of one customer as the data end. ``groups``: what ``groupings`` gives, where it is at hand."""
    return facts_of(ds, (customer_id,), groups)[customer_id]


def facts_of(ds: Dataset, customer_ids: Iterable[str], groups: tuple[dict[str, str], dict[str, str]] | None = None) -> dict[str, Facts]:
    """The facts of each of the customers, as ``facts`` tells those of one."""
    wanted = list(customer_ids)
    customers = ds.table("customers")
    appetites: dict[str, str] = {}
    if customers is not None and "risk_appetite" in customers.columns:
        own = customers.filter(pl.col("customer_id").is_in(wanted)).select("customer_id", "risk_appetite").drop_nulls()
        appetites = dict(own.iter_rows())
    oriented, staged = groups if groups is not None else groupings(ds)
    due = _due(ds, wanted)
    return {c: Facts(appetites.get(c), oriented.get(c), staged.get(c), None if due is None else c in due) for c in wanted}


def groupings(ds: Dataset) -> tuple[dict[str, str], dict[str, str]]:
    """Customer → orientation, and customer → stage; empty where these data do not tell them."""
    return _by_customer(ds, orientation.assigned), _by_customer(ds, lifecycle.assigned)


def _by_customer(ds: Dataset, assigned: Callable[[Dataset, None, None, Scope], pl.DataFrame]) -> dict[str, str]:
    if ds.shape != "panel":
        return {}
    try:
        rows = assigned(ds, None, None, Scope.everything())
    except ChurnDashError:
        # Not enough columns or months: then nothing is known, and the product is chosen without.
        return {}
    return dict(rows.select("customer_id", "group").drop_nulls().iter_rows())


def _due(ds: Dataset, wanted: list[str]) -> set[str] | None:
    """Those of whom something falls due soon; None where the data do not tell it."""
    held = ds.table("product_holdings")
    if held is None or not {"customer_id", "maturity_date"} <= set(held.columns) or not ds.months:
        return None
    own = held.filter(pl.col("customer_id").is_in(wanted))
    if "closed_date" in own.columns:
        own = own.filter(pl.col("closed_date").is_null())
    days = (pl.col("maturity_date") - pl.lit(month_end(ds.months[-1]))).dt.total_days()
    return set(own.filter(days.is_between(0, SOON_DAYS))["customer_id"])
