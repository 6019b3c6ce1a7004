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
    """
    nothing = new.clear()
    if old is None or mode == "replace-all":
        return Merge(new, "overwrite", len(new), 0, 0, nothing)
    if mode == "replace-months" and table.has_month:
        published = old.filter(pl.col("month").is_in(new["month"].unique().implode()))
        if _same(published, new, table.key):
            return Merge(new, "none", 0, 0, len(new), nothing)
        return Merge(_aligned(new, old), "months", len(new), 0, 0, nothing)
    key = list(table.key)
    both = new.with_row_index("_i").join(
        old.with_columns(pl.lit(True).alias("_known")), on=key, how="left", suffix="_old", maintain_order="left"
    )
    columns = [c for c in new.columns if c not in key]
    same = pl.all_horizontal(
        [pl.lit(True)] + [pl.col(c).eq_missing(pl.col(f"{c}_old")) if c in old.columns else pl.col(c).is_null() for c in columns]
    )
    status = both.select(
        "_i",
        pl.when(pl.col("_known").is_null())
        .then(pl.lit("new"))
        .when(same)
        .then(pl.lit("repeated"))
        .otherwise(pl.lit("changed"))
        .alias("status"),
    ).unique("_i", maintain_order=True)["status"]
    fresh, changed = new.filter(status == "new"), new.filter(status == "changed")
    n_repeated = int((status == "repeated").sum())
    if table.has_month:
        return Merge(_aligned(fresh, old), "append" if len(fresh) else "none", len(fresh), 0, n_repeated, changed)
    if not len(fresh) and not len(changed):
        return Merge(old, "none", 0, 0, n_repeated, nothing)
    kept = old.join(changed.select(key), on=key, how="anti", maintain_order="left")
    updated = changed.join(old, on=key, how="left", suffix="_old", maintain_order="left").select(
        changed.columns + [c for c in old.columns if c not in changed.columns]
    )
    return Merge(pl.concat([kept, updated, fresh], how="diagonal_relaxed"), "overwrite", len(fresh), len(changed), n_repeated, nothing)


def _aligned(new: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """``new`` with the types of ``old`` where both have the column."""
    return new.with_columns(pl.col(c).cast(t) for c, t in old.schema.items() if c in new.columns and new.schema[c] != t)


def _same(a: pl.DataFrame, b: pl.DataFrame, key: tuple[str, ...]) -> bool:
    columns = sorted(a.columns)
    if columns != sorted(b.columns) or len(a) != len(b):
        return False
    return a.select(columns).sort(list(key)).equals(b.select(columns).sort(list(key)))
