"""Parquet files to rows; their columns keep their types."""

import pathlib

import polars as pl
import pyarrow.parquet as pq

from churn_dash.errors import BadInput
from churn_dash.intake.files.parts import SAMPLE, Hints, Part, Rows, named
from churn_dash.words import Text, _

_MOST_CELLS = 2_000_000_000
_MOST_BYTES = 16 << 30


def columnar(name: str, path: pathlib.Path) -> Part:
    """A Parquet file as a part. Raises BadInput for a damaged file, or one without rows."""
    try:
        about = pq.read_metadata(path)
        size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if about.num_rows * about.num_columns > _MOST_CELLS or size > _MOST_BYTES:
            raise BadInput(_("{name} is too large to load at once. Split it by month."), name=name)
        head = pl.read_parquet(path, n_rows=SAMPLE, glob=False, hive_partitioning=False)
    except (OSError, ValueError, pl.exceptions.PolarsError) as problem:
        raise BadInput(_("{name} is a damaged Parquet file, or cut off. Export it again."), name=name) from problem
    if not head.height:
        raise BadInput(_("{name} has a header but no rows under it."), name=name)
    nested = [c for c, t in head.schema.items() if t.is_nested() or t in (pl.Binary, pl.Object)]
    kept = [c for c in head.columns if c not in nested]
    header, nameless = named(name, kept)
    warnings = tuple(Text(_("Column {column} holds lists or raw bytes and is left out."), column=c) for c in nested)

    def rows(_hints: Hints) -> Rows:
        try:
            frame = _plain(pl.read_parquet(path, columns=kept, glob=False, hive_partitioning=False))
        except (OSError, pl.exceptions.PolarsError) as problem:
            raise BadInput(_("{name} is a damaged Parquet file, or cut off. Export it again."), name=name) from problem
        frame.columns = list(header)
        return Rows(frame, warnings=warnings).without_nameless_columns(nameless)

    sample = _plain(head.select(kept)).cast(pl.String)
    sample.columns = list(header)
    return Part(name, header, sample, rows, "parquet", n_rows=about.num_rows)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Only text, numbers, flags and dates."""
    casts = []
    for column, dtype in frame.schema.items():
        if dtype in (pl.Categorical, pl.Enum, pl.Time, pl.Duration, pl.Null):
            casts.append(pl.col(column).cast(pl.String))
        elif isinstance(dtype, pl.Decimal) or dtype == pl.Float32:
            casts.append(pl.col(column).cast(pl.Float64))
        elif isinstance(dtype, pl.Datetime):
            casts.append(pl.col(column).dt.replace_time_zone(None))
    return frame.with_columns(casts)
