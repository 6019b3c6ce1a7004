"""Every customer who can still leave, with what is known of him now."""

from collections.abc import Iterator

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.rows import panel_tables, sheet_tables
from churn_dash.risk.rows.snapshot import snapshot
from churn_dash.store import Dataset

CHUNK, _MOST = 100_000, 4
"""Customers whose months are read at a time; of few features up to so many times as many."""
_WIDE = 20
"""Features that are no longer few."""


def portfolio(ds: Dataset, design: Design, definition: str | None, customers: pl.Series | None = None) -> pl.DataFrame:
    """customer_id and the features of the design: of the customers of a cross-section, or of those active at a panel's end.

    ``customers`` restricts it. Raises ``NotPossible`` where these data lack a feature of the model.
    """
    if ds.shape != "panel":
        frame = sheet_tables.columns_of(ds, customers)
        _complete(design, [f.name for f in design.features if f.source.column in frame.columns])
        return frame.select("customer_id", *(_as_learnt(f, frame.schema[f.source.column]) for f in design.features))
    parts = [_panel_part(ds, design, definition, part) for part in chunks(ds, customers, len(design.features))]
    return pl.concat(parts, how="vertical_relaxed")


def _panel_part(ds: Dataset, design: Design, definition: str | None, customers: pl.Series | None) -> pl.DataFrame:
    panel, _name = panel_tables.panel(ds, definition, customers, training=False, features=design.features)
    _refused(panel.held.lacking(design.features))
    rows = snapshot(panel, design.features, panel.windows.today)
    return rows.select("customer_id", *design.names)


def _as_learnt(feature: Feature, kind: pl.DataType) -> pl.Expr:
    """A column of a cross-section as it was when the model learnt: numbers in text as numbers, days as days since 1970."""
    value = pl.col(feature.source.column)
    if kind.is_temporal():
        value = value.cast(pl.Date).cast(pl.Int32)
    if kind == pl.String:
        value = value.str.strip_chars()
    if feature.kind == "category":
        text = value.cast(pl.String)
        return pl.when(text != "").then(text).alias(feature.name)
    return value.cast(pl.Float64, strict=False).alias(feature.name)


def chunks(ds: Dataset, customers: pl.Series | None, n_features: int = _WIDE) -> Iterator[pl.Series | None]:
    """The customers who are still there in parts that are read at a time; None means everybody at once."""
    size = CHUNK * max(1, min(_MOST, _WIDE // max(1, n_features)))
    if customers is not None:
        yield customers
        return
    everyone = panel_tables.present(ds)
    if len(everyone) <= size:
        yield None
        return
    for start in range(0, len(everyone), size):
        yield everyone.slice(start, size)


def _complete(design: Design, present: list[str]) -> None:
    _refused([n for n in design.names if n not in present])


def _refused(missing: list[str]) -> None:
    if missing:
        raise NotPossible(
            _("The model needs {columns}, which these data lack; train it again on the page Risk or with churn-dash train."),
            columns=", ".join(missing),
        )
