"""The closed list of the bank's own columns, as loads add to it."""

import dataclasses
from collections.abc import Mapping, Sequence

import polars as pl

from churn_dash.contract.attributes import Attribute, Kind
from churn_dash.intake import Extract
from churn_dash.store.catalogue import Version


def attributes(current: Version | None, extract: Extract, schemas: Mapping[str, pl.Schema]) -> tuple[Attribute, ...]:
    """The own columns known before and those of this extract, each of the kind that its column now holds."""
    found: dict[tuple[str, str], Attribute] = {}
    for a in (*(current.attributes if current else ()), *extract.attributes):
        kinds = [found[a.table, a.column].kind] if (a.table, a.column) in found else []
        dtype = schemas[a.table].get(a.column) if a.table in schemas else None
        found[a.table, a.column] = dataclasses.replace(a, kind=_kind(dtype, [a.kind, *kinds]))
    return tuple(found.values())


def _kind(dtype: pl.DataType | None, told: Sequence[Kind]) -> Kind:
    """What kind of values a column of this type holds; among texts what the files told, the newest first."""
    if dtype is None:
        return told[0]
    if dtype == pl.Boolean:
        return "flag"
    if dtype.is_numeric():
        return "number"
    if dtype.is_temporal():
        return "date"
    return next((k for k in told if k in ("category", "text")), "category")
