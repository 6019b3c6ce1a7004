"""New rows meet published ones: which are new, repeated, changed, or in conflict."""

from dataclasses import dataclass

import polars as pl

from churn_dash.contract import Table

MODES = ("append", "replace-months", "replace-all")


@dataclass(frozen=True)
class Merge:
    """What comes of a load into one table.

    ``rows`` is what the table holds afterwards, or, where ``write`` is "append" or "months", only what is to be written.
    """

    rows: pl.DataFrame
    write: str
    """overwrite, append, months, or none."""
    n_new: int
    n_updated: int
    n_repeated: int
    conflicts: pl.DataFrame
    """Rows whose key is already published with other values."""


def merge(table: Table, old: pl.DataFrame | None, new: pl.DataFrame, mode: str) -> Merge:
    """Bring ``new`` into ``old`` by the rule of ``mode``.

    Tables with a month: append adds keys, an identical row counts as repeated, other values are a conflict; replace-months
    replaces the months of the file. Tables without: new keys are added, known keys take the new values.

    Of a table with a month, ``old`` may be cut to the months of ``new``, unless ``may_widen`` says that a column may change its type.
    """
    nothing = new.clear()
    if old is None or mode == "replace-all":
        return Merge(new, "overwrite", len(new), 0, 0, nothing)
    published = old.schema
    old, new = agreed(old, new)
    nothing = new.clear()
    widened = old.schema != published
    if mode == "replace-months" and table.has_month:
        inside = pl.col("month").is_in(new["month"].unique().implode())
        if same_rows(old.filter(inside), new, table.key):
            return Merge(new, "none", 0, 0, len(new), nothing)
        if widened:
            return Merge(pl.concat([old.filter(~inside), new], how="diagonal"), "overwrite", len(new), 0, 0, nothing)
        return Merge(new, "months", len(new), 0, 0, nothing)
    key = list(table.key)
    status = statuses(old, new, key)
    fresh, changed = new.filter(status == "new"), new.filter(status == "changed")
    n_repeated = int((status == "repeated").sum())
    if table.has_month:
        if widened and len(fresh):
            return Merge(pl.concat([old, fresh], how="diagonal"), "overwrite", len(fresh), 0, n_repeated, changed)
        return Merge(fresh, "append" if len(fresh) else "none", len(fresh), 0, n_repeated, changed)
    if not len(fresh) and not len(changed):
        return Merge(old, "none", 0, 0, n_repeated, nothing)
    kept = old.join(changed.select(key), on=key, how="anti", maintain_order="left")
    updated = changed.join(old, on=key, how="left", suffix="_old", maintain_order="left").select(
        changed.columns + [c for c in old.columns if c not in changed.columns]
    )
    return Merge(pl.concat([kept, updated, fresh], how="diagonal_relaxed"), "overwrite", len(fresh), len(changed), n_repeated, nothing)


def statuses(old: pl.DataFrame, new: pl.DataFrame, key: list[str]) -> pl.Series:
    """Of each row of ``new``: new, repeated (all its values are published), or changed. Both frames agree in their types.

    >>> old = pl.DataFrame({"k": [1, 2], "v": [5, 5]})
    >>> statuses(old, pl.DataFrame({"k": [1, 2, 3], "v": [5, 6, 7]}), ["k"]).to_list()
    ['repeated', 'changed', 'new']
    """
    both = new.with_row_index("_i").join(
        old.with_columns(pl.lit(True).alias("_known")), on=key, how="left", suffix="_old", maintain_order="left"
    )
    columns = [c for c in new.columns if c not in key]
    same = pl.all_horizontal(
        [pl.lit(True)] + [pl.col(c).eq_missing(pl.col(f"{c}_old")) if c in old.columns else pl.col(c).is_null() for c in columns]
    )
    status = pl.when(pl.col("_known").is_null()).then(pl.lit("new")).when(same).then(pl.lit("repeated")).otherwise(pl.lit("changed"))
    return both.select("_i", status.alias("status")).unique("_i", maintain_order=True)["status"]


def may_widen(published: pl.Schema, new: pl.DataFrame) -> bool:
    """Whether a column of ``new`` has values of another type than the published ones: then the whole table may be written anew.

    >>> may_widen(pl.Schema({"a": pl.Int64}), pl.DataFrame({"a": [0.5]}))
    True
    >>> may_widen(pl.Schema({"a": pl.Int64}), pl.DataFrame({"a": [None], "b": [1]}))
    False
    """
    return any(c in published and published[c] != t and new[c].null_count() < len(new) for c, t in new.schema.items())


def agreed(old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with one type a column: a column of the bank's own may hold whole numbers in one file and words in the next.

    Nothing is rounded or lost: numbers widen, and what else differs is kept as text.

    >>> old, new = agreed(pl.DataFrame({"x_a": [1], "x_b": [2]}), pl.DataFrame({"x_a": [0.5], "x_b": ["high"]}))
    >>> old.to_dicts(), new.to_dicts()
    ([{'x_a': 1.0, 'x_b': '2'}], [{'x_a': 0.5, 'x_b': 'high'}])
    """
    types = {c: _common(old[c], new[c]) for c in new.columns if c in old.columns and old.schema[c] != new.schema[c]}
    both = [frame.with_columns(_as(frame[c], t) for c, t in types.items()) for frame in (old, new)]
    return both[0], both[1]


def _common(a: pl.Series, b: pl.Series) -> pl.DataType:
    """The type that holds the values of both; a column without values has none of its own."""
    if b.null_count() == len(b):
        return a.dtype
    if a.null_count() == len(a):
        return b.dtype
    if all(s.dtype.is_numeric() or s.dtype == pl.Boolean for s in (a, b)):
        return pl.Float64() if a.dtype.is_float() or b.dtype.is_float() else pl.Int64()
    return pl.String()


def _as(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    if values.null_count() == len(values):
        return pl.repeat(None, len(values), dtype=dtype, eager=True).alias(values.name)
    if values.dtype == pl.Boolean and dtype == pl.String:
        return values.replace_strict([True, False], ["yes", "no"], return_dtype=pl.String)
    return values.cast(dtype)


def same_rows(a: pl.DataFrame, b: pl.DataFrame, key: tuple[str, ...]) -> bool:
    """Whether both hold the same rows in the same columns, in any order."""
    columns = sorted(a.columns)
    if columns != sorted(b.columns) or len(a) != len(b):
        return False
    return a.select(columns).sort(list(key)).equals(b.select(columns).sort(list(key)))
