"""The month table: one row a customer a month, with everything a measure needs worked out beforehand.

A row of month m holds the values at the end of m, the dimensions as they stood at its start (for a joiner: at its end),
and by definition d: ``active_d`` at the start, ``end_d`` the day on which the spell active at the start, or begun in m
by a joiner, ended by an event (null: none), ``why_d``, ``exposure_d`` (days, first to last inclusive) and ``events_d``.
One more month after the last holds the state in which the data end. A cross-section has one row a customer, month null.
"""

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.store.derive.activity import OPEN, Bools, Floats, Ints
from churn_dash.store.derive.dimensions import MOST_KNOWN_LEVELS, MOST_LEVELS, STATIC, Dimension, attribute_levels, band, dimension
from churn_dash.store.derive.listing import stock
from churn_dash.store.derive.spells import Panel, positions

_WHY = ("voluntary", "involuntary_bank", "involuntary_life", "unknown")


def cross_section(frame: pl.DataFrame, attributes: tuple[Attribute, ...]) -> tuple[pl.DataFrame, list[Dimension]]:
    """The month table of a cross-section: everybody active, the flag the only event."""
    dims: list[Dimension] = []
    columns = [frame["customer_id"], pl.Series("month", [None] * len(frame), dtype=pl.Date)]
    columns += [frame[c] for c in frame.columns if c not in ("customer_id", "month")]
    for name, label, kind, attribute in _candidates(frame, attributes):
        values = attribute_levels(frame[name], kind, MOST_LEVELS if attribute is not None else MOST_KNOWN_LEVELS)
        if values is not None:
            dims.append(dimension(label, f"d_{name}", values, attribute))
            columns.append(values.alias(f"d_{name}"))
    flag = frame["churned"] if "churned" in frame.columns else pl.Series("churned", [None] * len(frame), dtype=pl.Boolean)
    day = datetime.date(1970, 1, 1)
    state = flag.to_frame("f").select(
        (pl.col("f").is_not_null() if flag.null_count() < len(flag) else pl.lit(True)).alias("active_flag"),
        pl.when(pl.col("f")).then(pl.lit(day)).otherwise(None).alias("end_flag"),
        pl.when(pl.col("f")).then(pl.lit("unknown")).otherwise(None).alias("why_flag"),
        pl.lit(None, dtype=pl.Int16).alias("exposure_flag"),
        pl.lit(None, dtype=pl.Int16).alias("events_flag"),
        pl.lit(None, dtype=pl.Boolean).alias("joined"),
    )
    out = pl.DataFrame(columns).hstack(state).hstack(stock(frame, attributes))
    return (out if "aum_end" in out.columns else out.with_columns(pl.lit(None, dtype=pl.Float64).alias("aum_end"))), dims


def _candidates(frame: pl.DataFrame, attributes: tuple[Attribute, ...]) -> list[tuple[str, str, str, Attribute | None]]:
    """Columns that may become dimensions: column, name, kind, attribute."""
    known = [(c, c, "flag" if frame.schema[c] == pl.Boolean else "category", None) for c in STATIC if c in frame.columns]
    own = {a.column: a for a in attributes}
    return known + [(c, own[c].label, own[c].kind, own[c]) for c in frame.columns if c in own]


def month_table(
    panel: Panel,
    customer_month: pl.DataFrame,
    customers: pl.DataFrame | None,
    spells: pl.DataFrame,
    attributes: tuple[Attribute, ...],
) -> tuple[pl.DataFrame, list[Dimension]]:
    """The month table of a panel and its dimensions. Rows sorted by month, then customer."""
    n, m = panel.present.shape
    states = {str(d[0]): _State.of(part, panel) for d, part in spells.partition_by("definition", as_dict=True, include_key=False).items()}
    keep = np.zeros((n, m + 1), dtype=bool)
    keep[:, :m] = panel.present
    for state in states.values():
        keep |= state.active | (state.exposure > 0)
    column, row = np.nonzero(keep.T)
    at = (row, column)
    first_days = np.r_[panel.months.first, panel.months.last[-1] + 1]
    out: dict[str, pl.Series] = {
        "customer_id": panel.customers.gather(row),
        "month": pl.Series(first_days[column].astype(np.int32)).cast(pl.Date),
    }
    source = np.full((n, m + 1), -1, dtype=np.int64)
    source[panel.row, panel.column] = np.arange(len(customer_month))
    picked = pl.Series(source[at]).replace(-1, None).cast(pl.UInt32)
    for name in customer_month.columns:
        if name not in ("customer_id", "month", "available_ts"):
            out[name] = customer_month[name].gather(picked)
    aum = panel.dense(customer_month["aum_end"]) if "aum_end" in customer_month.columns else np.full((n, m), np.nan)
    aum_start = np.concatenate([np.full((n, 1), np.nan), aum], axis=1)
    out["aum_start"] = pl.Series(aum_start[at]).fill_nan(None)
    if "aum_end" not in out:
        out["aum_end"] = pl.Series([None] * len(row), dtype=pl.Float64)
    dims = _dimensions(panel, customer_month, customers, spells, attributes, out, at, first_days, aum_start)
    any_state = next(iter(states.values()))
    out["joined"] = pl.Series(any_state.joined[at])
    for name, state in states.items():
        out[f"active_{name}"] = pl.Series(state.active[at])
        out[f"end_{name}"] = pl.Series(state.end[at].astype(np.int32)).replace(OPEN, None).cast(pl.Date)
        out[f"why_{name}"] = _levels(state.why[at], _WHY)
        out[f"exposure_{name}"] = pl.Series(state.exposure[at])
        out[f"events_{name}"] = pl.Series(state.events[at])
    return pl.DataFrame([s.alias(k) for k, s in out.items()]), dims


class _State:
    """One definition over customer × month; the last column is the state in which the data end."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.active: Bools = np.zeros(shape, dtype=bool)
        self.end = np.full(shape, OPEN, dtype=np.int32)
        self.why = np.full(shape, -1, dtype=np.int8)
        self.exposure = np.zeros(shape, dtype=np.int16)
        self.events = np.zeros(shape, dtype=np.int16)
        self.joined: Bools = np.zeros(shape, dtype=bool)

    @classmethod
    def of(cls, spells: pl.DataFrame, panel: Panel) -> "_State":
        n, m = panel.present.shape
        state = cls((n, m + 1))
        first, last = panel.months.first, panel.months.last
        months = np.arange(m + 1)
        for (layer,), part in spells.sort("spell").partition_by("spell", as_dict=True).items():
            c = part["c"].to_numpy()
            start = part["start_date"].cast(pl.Int32).to_numpy().astype(np.int64)
            close = part["end_date"].cast(pl.Int64).fill_null(OPEN).to_numpy()
            event = np.where(part["form"].is_not_null().to_numpy(), close, OPEN).astype(np.int64)
            # An event after the last month is known from dated accounts, but no figure may rest on a month not in the data.
            event = np.where(event > last[-1], OPEN, event)
            why = positions(part["why"].fill_null("unknown"), pl.Series(_WHY)) if part["why"].dtype == pl.String else None
            begun, ended = panel.months.index(start), np.where(close == OPEN, m + 1, panel.months.index(close))
            active = (begun[:, None] < months) & (months <= ended[:, None])
            lo = np.maximum(start[:, None], first)
            hi = np.minimum(close[:, None], last)
            exposure = np.clip(hi - lo + 1, 0, None)
            joined = np.zeros((len(c), m + 1), dtype=bool)
            if layer == 1:
                inside = (begun >= 1) & (begun < m)
                joined[np.flatnonzero(inside), begun[inside]] = True
                state.joined[c] = joined
            holds = active | joined
            state.active[c] |= active
            state.end[c] = np.where(holds, event[:, None], state.end[c])
            if why is not None:
                state.why[c] = np.where(holds & (event != OPEN)[:, None], why[:, None], state.why[c])
            state.exposure[c, :m] += exposure.astype(np.int16)
            happens = (event != OPEN) & (ended >= 0) & (ended < m)
            state.events[c[happens], ended[happens]] += 1
        return state


def _dimensions(
    panel: Panel,
    customer_month: pl.DataFrame,
    customers: pl.DataFrame | None,
    spells: pl.DataFrame,
    attributes: tuple[Attribute, ...],
    out: dict[str, pl.Series],
    at: tuple[Ints, Ints],
    first_days: Ints,
    aum_start: Floats,
) -> list[Dimension]:
    """Add the ``d_`` columns to ``out``; returns the dimensions in the order of the cube."""
    row, column = at
    monthly = {a.column: a for a in attributes if a.table == "customer_month"}
    found: list[Dimension] = []

    def add(name: str, column_name: str, values: pl.Series, attribute: Attribute | None = None) -> None:
        if values.null_count() < len(values):
            found.append(dimension(name, column_name, values, attribute))
            levels = list(found[-1].values)
            out[column_name] = values.cast(pl.Enum(levels))

    def as_it_stood(values: pl.Series) -> pl.Series:
        codes, texts = panel.codes(values)
        filled = _carried(codes)
        start = np.concatenate([np.full((len(filled), 1), -1, dtype=filled.dtype), filled], axis=1)
        own = np.concatenate([codes, np.full((len(filled), 1), -1, dtype=filled.dtype)], axis=1)
        chosen = np.where(start[at] >= 0, start[at], own[at])
        return _levels(chosen, texts)

    if "tier" in customer_month.columns and customer_month["tier"].n_unique() <= MOST_LEVELS:
        add("tier", "d_tier", as_it_stood(customer_month["tier"]))
    static = (
        customers.join(panel.customers.to_frame("customer_id"), on="customer_id", how="right", maintain_order="right")
        if customers is not None
        else None
    )
    for name in STATIC:
        if name in customer_month.columns and customer_month[name].n_unique() <= MOST_KNOWN_LEVELS:
            add(name, f"d_{name}", as_it_stood(_texts(customer_month[name])))
        elif static is not None and name in static.columns and static[name].n_unique() <= MOST_KNOWN_LEVELS:
            add(name, f"d_{name}", _texts(static[name]).gather(row))
    start = pl.from_epoch(pl.Series(first_days[column].astype(np.int32)), time_unit="d")
    if static is not None and "birth_date" in static.columns:
        years = (start - static["birth_date"].gather(row)).dt.total_days() / 365.25
        add("age_band", "d_age_band", years.to_frame("v").select(band(pl.col("v"), "age_band").alias("v"))["v"])
    entry = spells.filter(pl.col("spell") == 1).group_by("c").agg(pl.min("start_date"))
    entries = (
        pl.DataFrame({"c": np.arange(len(panel.customers))})
        .join(entry, on="c", how="left", maintain_order="left")["start_date"]
        .gather(row)
    )
    tenure = ((start - entries).dt.total_days() / 30.4375).clip(0)
    add("tenure_band", "d_tenure_band", tenure.to_frame("v").select(band(pl.col("v"), "tenure_band").alias("v"))["v"])
    if not np.isnan(aum_start).all():
        own = out["aum_end"].to_numpy()
        balances = pl.Series(np.where(np.isnan(aum_start[at]), own.astype(float), aum_start[at])).fill_nan(None)
        add("aum_band", "d_aum_band", balances.to_frame("v").select(band(pl.col("v"), "aum_band").alias("v"))["v"])
    if "product_count" in customer_month.columns:
        bands = customer_month.select(band(pl.col("product_count").cast(pl.Float64), "product_band").alias("v"))["v"]
        add("product_band", "d_product_band", as_it_stood(bands))
    for attribute in attributes:
        frame = customer_month if attribute.column in monthly else static
        if frame is None or attribute.column not in frame.columns or attribute.table not in ("customers", "customer_month"):
            continue
        if attribute.table == "customers" and attribute.column in monthly:
            continue
        values = attribute_levels(frame[attribute.column], attribute.kind)
        if values is not None:
            add(
                attribute.label,
                f"d_{attribute.column}",
                as_it_stood(values) if attribute.column in monthly else values.gather(row),
                attribute,
            )
    return found


def _levels(codes: np.ndarray[Any, Any], levels: Sequence[str]) -> pl.Series:
    """Codes as an Enum of their levels; −1 is null."""
    known = pl.Series("v", codes).to_frame().select(pl.when(pl.col("v") >= 0).then(pl.col("v").cast(pl.UInt32)))["v"]
    return known.to_frame("v").select(pl.col("v").cat.to(pl.Enum(levels)))["v"]


def _texts(values: pl.Series) -> pl.Series:
    levels = attribute_levels(values, "flag") if values.dtype == pl.Boolean else None
    return levels if levels is not None else values.cast(pl.String)


def _carried(codes: Ints) -> Ints:
    """Each customer's last known code carried forward over months without a row."""
    filled = codes.copy()
    for t in range(1, filled.shape[1]):
        filled[:, t] = np.where(filled[:, t] < 0, filled[:, t - 1], filled[:, t])
    return filled
