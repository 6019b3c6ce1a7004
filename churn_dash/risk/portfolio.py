"""Every customer who can still leave, scored with reasons."""

import json
from collections.abc import Iterator

import numpy as np
import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.risk import sheets, source
from churn_dash.risk.accuracy import Values
from churn_dash.risk.calibration import Calibration, score_of
from churn_dash.risk.design import Design
from churn_dash.risk.explanation import contributions
from churn_dash.risk.features import Feature
from churn_dash.risk.models import Fitted
from churn_dash.risk.peers import PEER_FEATURE, Peers
from churn_dash.risk.reasons import picked, told
from churn_dash.risk.snapshots import snapshot
from churn_dash.store import Dataset

CHUNK = 100_000
"""Customers whose months are read at a time."""
EXPLAINED = 20_000
"""Rows explained at a time."""


def portfolio(ds: Dataset, design: Design, definition: str | None, customers: pl.Series | None = None) -> pl.DataFrame:
    """customer_id and the features of the design: of the customers of a cross-section, or of those active at a panel's end.

    ``customers`` restricts it. Raises ``NotPossible`` where these data lack a feature of the model.
    """
    if ds.shape != "panel":
        frame = sheets.columns_of(ds, customers)
        _complete(design, [f.name for f in design.features if f.source.column in frame.columns])
        return frame.select("customer_id", *(_as_learnt(f, frame.schema[f.source.column]) for f in design.features))
    parts = [_panel_part(ds, design, definition, part) for part in _chunks(ds, customers)]
    return pl.concat(parts, how="vertical_relaxed")


def _panel_part(ds: Dataset, design: Design, definition: str | None, customers: pl.Series | None) -> pl.DataFrame:
    panel, _name = source.panel(ds, definition, customers, training=False)
    columns = {*panel.months.columns, *(panel.customers.columns if panel.customers is not None else [])}
    absent = [
        f
        for f in design.features
        if f.source.measure in source.FROM_COLUMNS and f.source.column not in columns and f"d_{f.source.column}" not in columns
    ]
    _complete(design, [f.name for f in design.features if f not in absent])
    rows = snapshot(panel, design.features, panel.windows.today, training=False)
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


def _chunks(ds: Dataset, customers: pl.Series | None) -> Iterator[pl.Series | None]:
    if customers is not None:
        yield customers
        return
    everyone = source.customers(ds)
    if len(everyone) <= CHUNK:
        yield None
        return
    for start in range(0, len(everyone), CHUNK):
        yield everyone.slice(start, CHUNK)


def _complete(design: Design, present: list[str]) -> None:
    missing = [n for n in design.names if n not in present]
    if missing:
        raise NotPossible(
            _("The model needs {columns}, which these data lack; train it again with churn-dash train."), columns=", ".join(missing)
        )


def scored(
    frame: pl.DataFrame, design: Design, model: Fitted, calibration: Calibration, peers: Peers, means: Values
) -> tuple[pl.DataFrame, dict[str, float]]:
    """Scores and the importance of each feature (mean size of its contributions, in the unit of the model).

    Scores: customer_id, probability (calibrated, 0–1), output (in the unit of the model), reasons (JSON, at most three).
    """
    parts = []
    sizes = np.zeros(len(design.features))
    for start in range(0, frame.height, EXPLAINED):
        rows = frame.slice(start, EXPLAINED)
        found = contributions(model, design, design.matrix(rows), means)
        sizes += np.abs(found.values).sum(axis=0)
        p = calibration(score_of(model.kind, found.output))
        why = _reasons(design, rows, found.values, peers)
        parts.append(pl.DataFrame({"customer_id": rows["customer_id"], "probability": p, "output": found.output, "reasons": why}))
    empty = pl.DataFrame(schema={"customer_id": pl.String, "probability": pl.Float64, "output": pl.Float64, "reasons": pl.String})
    importance = dict(zip(design.names, (sizes / max(1, frame.height)).tolist(), strict=True))
    return pl.concat([empty, *parts]), importance


def _reasons(design: Design, rows: pl.DataFrame, values: Values, peers: Peers) -> list[str]:
    """The reasons of every row as JSON, in the form of ``Reason.as_json``."""
    columns = {f.name: rows[f.name].to_list() for f in design.features}
    groups = columns.get(PEER_FEATURE, [None] * rows.height)
    typical = {g: peers.of({PEER_FEATURE: g}) for g in set(groups)}
    out = []
    for at, found in enumerate(picked(design.features, values)):
        row = {name: columns[name][at] for name in (design.features[i].name for i, _total, _share in found)}
        said = told(design.features, found, row, typical[groups[at]])
        out.append(json.dumps([r.as_json() for r in said], ensure_ascii=False))
    return out
