"""Columns that tell nothing: one value throughout, or a copy of another column."""

import itertools

import polars as pl

from churn_dash.intake.checks.load import Load, some
from churn_dash.intake.findings import Finding
from churn_dash.words import Text, _

_ENOUGH = 20
_LOOK = 2_000


def constant(load: Load) -> list[Finding]:
    """Columns with the same value in every row of a table of twenty or more."""
    found = []
    for table, frame in load.tables.items():
        if frame.height < _ENOUGH or table == "campaigns":
            continue
        for column in load.plain_columns(table):
            values = frame[column]
            if not _is_constant(values):
                continue
            title = load.title(table, column)
            told = Text(_("{column} of {table} holds {value} in every row."), column=title, table=load.label(table), value=str(values[0]))
            advice = Text(_("It tells nothing apart. Ask whether it was filled, or leave it out."))
            found.append(Finding("constant", "note", told, advice, table, title, frame.height, 1.0, (str(values[0]),)))
    return found


def _is_constant(values: pl.Series) -> bool:
    if values.null_count() or values.head(_LOOK).n_unique() > 1:
        return False
    return bool((values == values[0]).all())


def copies(load: Load) -> list[Finding]:
    """Pairs of equal columns that are not constant; pairs are sought on some rows and confirmed on all."""
    found = []
    for table, frame in load.tables.items():
        if frame.height < _ENOUGH:
            continue
        look = some(frame.select(load.plain_columns(table)), _LOOK)
        alike: dict[str, list[str]] = {}
        for column in look.columns:
            values = look[column]
            if values.drop_nulls().n_unique() > 1:
                alike.setdefault(f"{values.dtype.is_numeric()} {_fingerprint(values)}", []).append(column)
        for columns in alike.values():
            for a, b in itertools.combinations(columns, 2):
                if frame.select(pl.col(a).eq_missing(pl.col(b)).all()).item():
                    found.append(_copy(load, table, a, b, frame.height))
    return found


def _fingerprint(values: pl.Series) -> int:
    """Equal for columns of equal values, whole numbers or not."""
    return hash(tuple((values.cast(pl.Float64) if values.dtype.is_numeric() else values.cast(pl.String)).to_list()))


def _copy(load: Load, table: str, a: str, b: str, n: int) -> Finding:
    first, second = load.title(table, a), load.title(table, b)
    told = Text(
        _("{first} and {second} of {table} hold the same values in every row."), first=first, second=second, table=load.label(table)
    )
    advice = Text(_("If one was to hold something else, correct the extract; otherwise leave one out with --map {column}=."), column=second)
    return Finding("copied", "warning", told, advice, table, second, n, 1.0, (first, second))
