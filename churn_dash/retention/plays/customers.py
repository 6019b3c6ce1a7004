"""What is known of a customer that decides which product fits: appetite for risk, orientation, stage, and whether money falls due."""

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

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
    customers = ds.table("customers")
    appetite = None
    if customers is not None and "risk_appetite" in customers.columns:
        own = customers.filter(pl.col("customer_id") == customer_id)["risk_appetite"]
        appetite = str(own[0]) if len(own) and own[0] is not None else None
    oriented, staged = groups if groups is not None else groupings(ds)
    return Facts(appetite, oriented.get(customer_id), staged.get(customer_id), _falls_due(ds, customer_id))


def groupings(ds: Dataset) -> tuple[dict[str, str], dict[str, str]]:
    """Customer → orientation, and customer → stage; empty where these data do not tell them."""
    return _by_customer(ds, orientation.assigned), _by_customer(ds, lifecycle.assigned)


def _by_customer(ds: Dataset, assigned: Any) -> dict[str, str]:
    if ds.shape != "panel":
        return {}
    try:
        rows = assigned(ds)
    except ChurnDashError:
        # Not enough columns or months: then nothing is known, and the product is chosen without.
        return {}
    return dict(rows.select("customer_id", "group").drop_nulls().iter_rows())


def _falls_due(ds: Dataset, customer_id: str) -> bool | None:
    held = ds.table("product_holdings")
    if held is None or not {"customer_id", "maturity_date"} <= set(held.columns) or not ds.months:
        return None
    own = held.filter(pl.col("customer_id") == customer_id)
    if "closed_date" in own.columns:
        own = own.filter(pl.col("closed_date").is_null())
    days = (pl.col("maturity_date") - pl.lit(month_end(ds.months[-1]))).dt.total_days()
    return bool(own.filter(days.is_between(0, SOON_DAYS)).height)
