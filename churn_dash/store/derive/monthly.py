"""The dimensions of a panel as they stood at the start of each month: codes and the levels that they stand for."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.contract.lifecycle import STAGES
from churn_dash.store.derive.activity import Floats, Ints
from churn_dash.store.derive.dimensions import (
    BANDS,
    LABELS,
    MOST_KNOWN_LEVELS,
    MOST_LEVELS,
    STATIC,
    Dimension,
    attribute_levels,
    dimension,
    join_years,
)
from churn_dash.store.derive.panel import Panel, encoded

Codes = npt.NDArray[np.integer[Any]]
Levels = list[tuple[Dimension, pl.Series]]


def dimensions_of(
    panel: Panel,
    customer_month: pl.DataFrame,
    customers: pl.DataFrame | None,
    attributes: tuple[Attribute, ...],
    row: Ints,
    column: Ints,
    first_days: Ints,
    aum_start: Floats,
    aum_end: Floats,
    stage: Codes,
    tier: Codes | None,
    tiers: tuple[str, ...],
    came: Floats,
) -> Levels:
    """The dimensions in the order of the month table, each with its values at (``row``, ``column``) as an Enum of its levels.

    ``stage`` is the code of the lifecycle stage there. ``tier``: the rank of the tier in force among ``tiers``, month × customer; None
    where no month-average balance tells it, and then the tier is the one that the extract states. ``came``: the day each customer came,
    NaN unknown: so is then the tenure.
    """
    monthly = {a.column for a in attributes if a.table == "customer_month"}
    place = column * len(panel.customers) + row
    found: Levels = []

    def add(
        name: str, column_name: str, codes: Codes, texts: Iterable[str], attribute: Attribute | None = None, label: str | None = None
    ) -> None:
        counts = np.bincount(codes.astype(np.int64) + 1, minlength=1)
        known = [t for t, n in zip(texts, counts[1:], strict=False) if n]
        if known:
            made = dimension(name, column_name, pl.Series(known, dtype=pl.String), attribute, label)
            ranks = {t: i for i, t in enumerate(made.values)}
            new = np.array([-1, *(ranks.get(t, -1) for t in texts)], dtype=np.int16)
            found.append((made, as_levels(new[codes + 1], made.values)))

    def as_it_stood(codes: Codes, texts: Iterable[str]) -> tuple[Codes, Iterable[str]]:
        own = np.full((len(panel.months) + 1, len(panel.customers)), -1, dtype=np.int16)
        own.ravel()[panel.place] = codes
        return _at_start(own, _carried(own)).ravel()[place], texts

    def lasting(values: pl.Series) -> tuple[Codes, list[str]]:
        codes, texts = encoded(values)
        return codes[row], texts

    if tier is not None:
        in_force = np.full((len(panel.months) + 1, len(panel.customers)), -1, dtype=np.int8)
        in_force[:-1] = tier
        add("tier", "d_tier", _at_start(in_force, in_force).ravel()[place], tiers)
    if "tier" in customer_month.columns and customer_month["tier"].n_unique() <= MOST_LEVELS:
        name = "tier" if tier is None else "tier_stated"
        add(name, f"d_{name}", *as_it_stood(*encoded(customer_month["tier"])), label=LABELS["tier_stated"])
    static = (
        customers.join(panel.customers.to_frame("customer_id"), on="customer_id", how="right", maintain_order="right")
        if customers is not None
        else None
    )
    for name in STATIC:
        if name in customer_month.columns and customer_month[name].n_unique() <= MOST_KNOWN_LEVELS:
            add(name, f"d_{name}", *as_it_stood(*encoded(_texts(customer_month[name]))))
        elif static is not None and name in static.columns and static[name].n_unique() <= MOST_KNOWN_LEVELS:
            add(name, f"d_{name}", *lasting(_texts(static[name])))
    if static is not None and "birth_date" in static.columns:
        born = _days(static["birth_date"])[row]
        add("age_band", "d_age_band", banded((first_days[column] - born) / 365.25, "age_band"), BANDS["age_band"][1])
    if static is not None and "income_monthly" in static.columns:
        # Only the income of today is known, as only one date of birth is.
        add("income_band", "d_income_band", banded(_amounts(static), "income_band")[row], BANDS["income_band"][1])
    tenure = np.maximum((first_days[column] - came[row]) / 30.4375, 0)
    add("tenure_band", "d_tenure_band", banded(tenure, "tenure_band"), BANDS["tenure_band"][1])
    joined, years = join_years(came, int(panel.months.last[-1]))
    add("join_year", "d_join_year", joined[row], years)
    if not np.isnan(aum_start).all():
        balances = np.where(np.isnan(aum_start), aum_end, aum_start)
        add("aum_band", "d_aum_band", banded(balances, "aum_band"), BANDS["aum_band"][1])
    add("lifecycle", "d_lifecycle", stage, STAGES)
    if "product_count" in customer_month.columns:
        names = BANDS["product_band"][1]
        counts = customer_month["product_count"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        add("product_band", "d_product_band", *as_it_stood(banded(counts, "product_band"), names))
    for attribute in attributes:
        frame = customer_month if attribute.column in monthly else static
        if frame is None or attribute.column not in frame.columns or attribute.table not in ("customers", "customer_month"):
            continue
        if attribute.table == "customers" and attribute.column in monthly:
            continue
        values = attribute_levels(frame[attribute.column], attribute.kind)
        if values is not None:
            codes, texts = as_it_stood(*encoded(values)) if attribute.column in monthly else lasting(values)
            add(attribute.label, f"d_{attribute.column}", codes, texts, attribute)
    return found


def banded(values: Floats, name: str) -> Codes:
    """The band of each number, by ``BANDS``; −1 where it is unknown.

    >>> banded(np.array([24.9, 25.0, np.nan]), "age_band").tolist()
    [0, 1, -1]
    """
    codes = np.searchsorted(np.array(BANDS[name][0], dtype=np.float64), values, side="right").astype(np.int8)
    codes[np.isnan(values)] = -1
    return codes


def as_levels(codes: Codes, levels: Iterable[str]) -> pl.Series:
    """Codes as an Enum of their levels; −1 is null.

    >>> as_levels(np.array([1, -1, 0]), ["a", "b"]).to_list()
    ['b', None, 'a']
    """
    enum = pl.Enum(list(levels))
    size = pl.UInt8 if len(enum.categories) <= 255 else pl.UInt16
    physical = pl.Series("v", codes).to_frame().select(pl.when(pl.col("v") >= 0).then(pl.col("v")).cast(size))["v"]
    return physical.cat.to(enum)


def income_levels(people: pl.DataFrame) -> pl.Series:
    """The band of each customer's income, a row a customer; null where it is not known."""
    return as_levels(banded(_amounts(people), "income_band"), BANDS["income_band"][1])


def _amounts(people: pl.DataFrame) -> Floats:
    return people["income_monthly"].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _days(dates: pl.Series) -> Floats:
    return dates.cast(pl.Int32).cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _texts(values: pl.Series) -> pl.Series:
    levels = attribute_levels(values, "flag") if values.dtype == pl.Boolean else None
    return levels if levels is not None else values.cast(pl.String)


def _at_start(own: npt.NDArray[Any], known: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The code at the start of each month: the ``known`` one of the month before, in a customer's first month its ``own``."""
    start = np.full_like(own, -1)
    start[1:] = known[:-1]
    return np.where(start >= 0, start, own)


def _carried(codes: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Each customer's last known code, month by month, carried forward over months without a row."""
    filled = codes.copy()
    for t in range(1, len(filled)):
        filled[t] = np.where(filled[t] < 0, filled[t - 1], filled[t])
    return filled
