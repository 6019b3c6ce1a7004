"""The month table: one row a customer a month, with everything a measure needs worked out beforehand.

A row of month m holds the values at the end of m, the dimensions as they stood at its start (for a joiner: at its end), and by
definition d ``s_d``, the code of the customer's state (``states``). One more month after the last holds the state in which the
data end. A cross-section has one row a customer, month null. Customers are numbers (``c``, into ``people``).
"""

import datetime
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.contract.tiers import FLOORS
from churn_dash.store.derive.dimensions import MOST_KNOWN_LEVELS, MOST_LEVELS, STATIC, Dimension, attribute_levels, dimension
from churn_dash.store.derive.listing import stock
from churn_dash.store.derive.monthly import dimensions_of, income_levels
from churn_dash.store.derive.panel import Panel
from churn_dash.store.derive.rolling import Rolled
from churn_dash.store.derive.states import STATES, states
from churn_dash.store.derive.tier_path import UNKNOWN

_NOT_KEPT = ("customer_id", "month", "available_ts")


@dataclass(frozen=True)
class MonthTable:
    """The month table in two parts: the rows of the list, and the months in which a customer counts without being in it."""

    people: pl.DataFrame
    listed: pl.DataFrame
    unlisted: pl.DataFrame | None
    """Lacks the columns of the list and, but for the tiers in force, what follows from them; they are null."""
    meaning: pl.DataFrame
    """What each code of each definition stands for: the columns of ``STATES``."""
    dimensions: list[Dimension]


def cross_section(frame: pl.DataFrame, attributes: tuple[Attribute, ...], tiers: Mapping[str, float] = FLOORS) -> MonthTable:
    """The month table of a cross-section: everybody active, the flag the only event. ``tiers``: the bank's, and their thresholds."""
    dims: list[Dimension] = []
    columns = [pl.Series("c", np.arange(len(frame), dtype=np.int32)), pl.Series("month", [None] * len(frame), dtype=pl.Date)]
    columns += [frame[c] for c in frame.columns if c not in ("customer_id", "month")]
    for name, label, kind, attribute in _candidates(frame, attributes):
        values = attribute_levels(frame[name], kind, MOST_LEVELS if attribute is not None else MOST_KNOWN_LEVELS)
        if values is not None:
            dims.append(dimension(label, f"d_{name}", values, attribute))
            columns.append(values.cast(pl.Enum(dims[-1].values)).alias(f"d_{name}"))
    if "income_monthly" in frame.columns and frame["income_monthly"].count():
        incomes = income_levels(frame).cast(pl.String)
        dims.append(dimension("income_band", "d_income_band", incomes))
        columns.append(incomes.cast(pl.Enum(dims[-1].values)).alias("d_income_band"))
    flag = frame["churned"] if "churned" in frame.columns else pl.Series("churned", [None] * len(frame), dtype=pl.Boolean)
    known = flag.null_count() < len(flag)
    day = datetime.date(1970, 1, 1)
    meaning = pl.DataFrame(
        {
            "definition": "flag",
            "code": [0, 1, 2],
            "active": [not known, True, True],
            "end_day": [None, None, day],
            "why": [None, None, "unknown"],
        }
    )
    meaning = meaning.select(pl.col(c).cast(t) if c in meaning.columns else pl.lit(None, dtype=t).alias(c) for c, t in STATES.items())
    state = flag.to_frame("f").select(
        pl.col("f").cast(pl.Int32).add(1).fill_null(0).alias("s_flag"),
        pl.lit(value=True).alias("listed"),
        pl.lit(None, dtype=pl.Boolean).alias("joined"),
    )
    out = pl.DataFrame(columns).hstack(state).hstack(stock(frame, attributes, tiers))
    out = out if "aum_end" in out.columns else out.with_columns(pl.lit(None, dtype=pl.Float64).alias("aum_end"))
    return MonthTable(out.select("c").with_columns(frame["customer_id"]), out, None, meaning, dims)


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
    definitions: Iterable[str],
    past: Rolled,
) -> MonthTable:
    """The month table of a panel. The rows of ``customer_month`` stay as they are; what is worked out stands beside them."""
    n, m = len(panel.customers), len(panel.months)
    names = sorted(definitions)
    parts = [spells.filter(pl.col("definition") == name) for name in names]
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(names, pool.map(lambda part: states(part, panel), parts), strict=True))
    listed = panel.place
    keep = np.logical_or.reduce([state.matters for state in found.values()]).ravel()
    keep[listed] = False
    at = np.r_[listed, np.flatnonzero(keep)]
    column, row = np.divmod(at, n)
    first_days = np.r_[panel.months.first, panel.months.last[-1] + 1]
    aum = np.full((m + 2, n), np.nan)
    if "aum_end" in customer_month.columns:
        aum[1:-1] = panel.dense(customer_month["aum_end"]).T
    aum_start = aum[:-1].ravel()[at]
    stage = past.stage.ravel()[at]
    levels = dimensions_of(
        panel,
        customer_month,
        customers,
        attributes,
        row,
        column,
        first_days,
        aum_start,
        aum[1:].ravel()[at],
        stage,
        past.tier,
        past.tiers,
        past.came,
    )
    out = {
        "c": pl.Series(row.astype(np.int32)),
        "month": pl.Series(first_days.astype(np.int32)[column]).cast(pl.Date),
        "aum_start": pl.Series(aum_start).fill_nan(None),
        **{d.column: values for d, values in levels},
        "listed": pl.Series(np.arange(len(at)) < len(listed)),
        "joined": pl.Series(next(iter(found.values())).joined.ravel()[at]),
        **{name: pl.Series(_padded(values).ravel()[at]) for name, values in past.columns.items() if name.startswith("tier_")},
        **{f"s_{name}": pl.Series(state.codes.ravel()[at]) for name, state in found.items()},
    }
    worked_out = pl.DataFrame([s.alias(name) for name, s in out.items()])
    kept = customer_month.select(c for c in customer_month.columns if c not in _NOT_KEPT)
    if "aum_end" not in kept.columns:
        nothing = pl.Series("aum_end", [None] * len(customer_month), dtype=pl.Float64)
        kept = kept.hstack([nothing]) if kept.width else nothing.to_frame()
    meaning = pl.concat(state.meaning.select(pl.lit(name).alias("definition"), pl.all()) for name, state in found.items())
    rest = {name: values for name, values in past.columns.items() if name not in out}
    kept = kept.with_columns(pl.Series(name, values.ravel()[listed]).fill_nan(None) for name, values in rest.items())
    return MonthTable(
        pl.DataFrame({"c": np.arange(n, dtype=np.int32), "customer_id": panel.customers}),
        worked_out.head(len(listed)).hstack(kept),
        worked_out.slice(len(listed)),
        meaning,
        [d for d, _values in levels],
    )


def _padded(tiers: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """With the month after the last, whose tier is not known yet."""
    return np.vstack([tiers, np.full((1, tiers.shape[1]), UNKNOWN, dtype=np.int8)])
