"""A flat file over time: in which period each row lies, and from when on its unit is treated. Source: METHODS C4."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.campaigns.estimators.panel import NEVER, Panel
from churn_dash.campaigns.groups.columns import column, group_names, same_group
from churn_dash.errors import BadInput, NotFound
from churn_dash.words import Count, Text, _, nearest

MOST_PERIODS = 600
TIME, START, CLUSTER, UNIT = "_time", "_start", "_cluster", "_unit"
_KINDS: Sequence[type[pl.DataType]] = (pl.Float64, pl.Date)


@dataclass(frozen=True)
class Followed:
    """The group of each row's unit, and what ``panel_of`` reads besides."""

    names: pl.Series
    columns: tuple[pl.Series, ...]
    notes: tuple[Text, ...]


def followed(
    rows: pl.DataFrame, names: pl.Series, control: str, time: str, unit: str | None, cluster: str | None, start: str | None
) -> Followed:
    """Read the columns over time. ``names`` holds each row's group; ``start`` names a column, or is a value of ``time``.

    Without it the start is where a unit's group turns from ``control`` to another, else the later of two periods.
    Raises NotFound and BadInput.
    """
    periods = _periods(column(rows, time))
    order = periods.drop_nulls().unique().sort()
    if not 2 <= len(order) <= MOST_PERIODS:
        raise BadInput(
            _("The column {name} must hold 2 to {most} different periods; it holds {n}."),
            name=time,
            most=MOST_PERIODS,
            n=Count(len(order)),
        )
    units = group_names(column(rows, unit)) if unit else None
    frame = pl.DataFrame({"arm": names, "time": periods.rank("dense").cast(pl.Int64), "unit": names if units is None else units})
    notes: list[Text] = []
    if units is not None and _turns(frame, control):
        frame, notes = _turned(frame, control)
    else:
        first = _first(rows, periods, order, start)
        frame = frame.with_columns(start=pl.when(pl.col("arm") != control).then(first).otherwise(NEVER))
    by = group_names(column(rows, cluster)) if cluster else units
    found = [frame["time"].alias(TIME), frame["start"].alias(START), frame["unit"].rank("dense").cast(pl.Int64).alias(UNIT)]
    if by is not None:
        found.append(by.rank("dense").cast(pl.Int64).alias(CLUSTER))
    return Followed(frame["arm"], tuple(found), tuple(notes))


def panel_of(data: pl.DataFrame) -> Panel:
    """The panel of the rows whose outcome and period are known."""
    own = data.drop_nulls(["y", TIME, START, UNIT])
    return Panel(
        own[UNIT].to_numpy(),
        own[TIME].to_numpy(),
        own["y"].cast(pl.Float64).to_numpy(),
        own[START].to_numpy().astype(np.int64),
        own[CLUSTER].fill_null(0).to_numpy() if CLUSTER in own.columns else None,
    )


def _turns(frame: pl.DataFrame, control: str) -> bool:
    """Whether a unit is in the control first and treated later, so that the group's column tells when."""
    own = frame.drop_nulls().group_by("unit").agg(pl.col("arm").n_unique().alias("n"), (pl.col("arm") == control).any().alias("c"))
    return not own.filter((pl.col("n") == 2) & pl.col("c")).is_empty()


def _turned(frame: pl.DataFrame, control: str) -> tuple[pl.DataFrame, list[Text]]:
    treated = pl.col("arm") != control
    begun = pl.when(treated).then(pl.col("time")).min().over("unit")
    back = frame.filter(~treated & (pl.col("time") > begun)).height
    ever = pl.when(treated).then(pl.col("arm")).drop_nulls().first().over("unit")
    found = frame.with_columns(start=begun.fill_null(NEVER), arm=ever.fill_null(pl.col("arm")))
    if not back:
        return found, []
    words = _("{n} rows lie after their unit's start and name the control again; they count as treated.")
    return found, [Text(words, n=Count(back))]


def _first(rows: pl.DataFrame, periods: pl.Series, order: pl.Series, start: str | None) -> pl.Expr | pl.Series:
    """The first treated period of a treated row."""
    if start is None:
        if len(order) == 2:
            return pl.lit(2, dtype=pl.Int64)
        raise BadInput(
            _("There are {n} periods; say from which on the treated were treated, with --start VALUE, or name a column that holds it."),
            n=Count(len(order)),
        )
    if start in rows.columns:
        begun = _periods(column(rows, start), like=periods)
        if begun.null_count() == len(begun):
            raise BadInput(_("The column {name} holds no period of the time column."), name=start)
        places = pl.Series(order.search_sorted(begun.fill_null(order[0]))).cast(pl.Int64) + 1
        return pl.select(pl.when(begun.is_not_null()).then(places).otherwise(NEVER)).to_series()
    known = group_names(column(rows, periods.name)).drop_nulls().unique(maintain_order=True).to_list()
    try:
        named = same_group(start, known, periods.name)
    except NotFound as problem:
        words = _("The column {where} holds no period {name}; the nearest is {nearest}.")
        raise NotFound(words, where=periods.name, name=start, nearest=nearest(start, known) or known[0]) from problem
    wanted = _periods(pl.Series(periods.name, [named]), like=periods)
    return pl.lit(int(order.search_sorted(wanted[0])) + 1, dtype=pl.Int64)


def _periods(values: pl.Series, like: pl.Series | None = None) -> pl.Series:
    """Periods in their order: as numbers or dates where all are such, else as text; of the same kind as ``like``."""
    if values.dtype.is_temporal() and like is None:
        return values
    text = group_names(values)
    for wanted in _KINDS if like is None else (type(like.dtype),):
        read = text.str.to_date("%Y-%m-%d", strict=False) if wanted is pl.Date else text.cast(wanted, strict=False)
        if read.null_count() == text.null_count() or like is not None:
            return read.alias(values.name)
    return text.alias(values.name)
