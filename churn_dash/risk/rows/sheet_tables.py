"""What the risk room reads of a cross-section. Panels: ``panel_tables``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.sheet import Column, features_of, mapped_columns, readable
from churn_dash.store import Dataset
from churn_dash.words import nearest

_YES = ("1", "yes", "y", "true", "t", "是", "left", "churn", "churned", "exited", "attrited", "attrited customer", "流失", "已流失", "违约")


@dataclass(frozen=True)
class Sheet:
    """A cross-section: customer_id and columns, who left row by row, and by which header that is known."""

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    left: NDArray[np.bool_]
    target: str


def not_empty(ds: Dataset) -> None:
    """Raise ``NotPossible`` for a workspace without data."""
    if ds.shape == "empty":
        raise NotPossible(_("There are no customers yet; load an extract first."))


def sheet(ds: Dataset, target: str | None) -> Sheet:
    """The cross-section with its outcome: the flag of the extract, or the column named ``target``.

    Rows without an outcome are left aside. Sorted by customer, so that the order of the file changes nothing. Raises ``NotFound``
    for an unknown target, ``NotPossible`` where there is no flag or the target has not two values.
    """
    frame, columns = cross_section(ds)
    name = target or "churned"
    if target is None or target.casefold() in ("churned", "flag"):
        if "churned" not in frame.columns or frame["churned"].null_count() == frame.height:
            raise NotPossible(
                _("These data have no churn flag; name the column that tells who left with --target, for example: {known}."),
                known=", ".join(c.label for c in columns[-3:]) or "—",
            )
        flag = frame["churned"]
    else:
        column = _column(columns, target)
        name = column.label
        flag = _outcome(frame[column.column], column.label)
        columns = tuple(c for c in columns if c != column)
    known = flag.is_not_null()
    return Sheet(frame.filter(known), columns, flag.filter(known).to_numpy().astype(bool), name)


def sampled(sheet: Sheet, seed: int, most: int) -> Sheet:
    """At most ``most`` customers of the sheet, drawn at random, the same for the same seed."""
    if sheet.frame.height <= most:
        return sheet
    rows = np.sort(np.random.default_rng(seed).permutation(sheet.frame.height)[:most])
    return replace(sheet, frame=sheet.frame[rows], left=sheet.left[rows])


def cross_section(ds: Dataset) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    """The rows of a cross-section, sorted by customer, and what its columns are."""
    frame = ds.table("cross_section")
    frame = ds.listing() if frame is None else frame
    assert frame is not None
    frame = frame.sort("customer_id")
    own = {a.column: a for a in ds.attributes}
    attributes = [Column(c, own[c].label, own[c].kind) for c in frame.columns if c in own]
    return frame, (*mapped_columns(frame), *attributes)


def features(frame: pl.DataFrame, columns: Sequence[Column]) -> tuple[Feature, ...]:
    """What a model may look at among the columns of a cross-section."""
    return features_of(readable(frame, columns), columns)[0]


def _column(columns: Sequence[Column], target: str) -> Column:
    wanted = target.strip().casefold()
    for c in columns:
        if wanted in (c.label.casefold(), c.column.casefold(), c.column.casefold().removeprefix("x_")):
            return c
    near = nearest(target, [c.label for c in columns]) or ", ".join(c.label for c in columns)
    raise NotFound(_("There is no column {name} to learn from; the nearest is {near}."), name=target, near=near)


def _outcome(values: pl.Series, label: str) -> pl.Series:
    """Who left, of a column with two values: the one that says yes, else the rarer one, the last by alphabet of two as rare."""
    texts = values.cast(pl.Float64).cast(pl.Int64).cast(pl.String) if values.dtype.is_float() else values.cast(pl.String).str.strip_chars()
    levels = texts.drop_nulls().value_counts().sort("count", texts.name, descending=[True, False])
    if levels.height != 2:
        raise NotPossible(
            _("The column {name} has {n} different values; the outcome must have two, for example yes and no."), name=label, n=levels.height
        )
    known = levels[levels.columns[0]].to_list()
    said = [v for v in known if v.casefold() in _YES]
    leaving = said[0] if len(said) == 1 else known[-1]
    return texts.to_frame("v").select(pl.col("v") == leaving).to_series()


def columns_of(ds: Dataset, picked: pl.Series | None = None) -> pl.DataFrame:
    """The rows of a cross-section, all or of some customers, sorted by customer."""
    frame = cross_section(ds)[0]
    return frame if picked is None else frame.join(picked.to_frame("customer_id"), on="customer_id", how="semi", maintain_order="left")
