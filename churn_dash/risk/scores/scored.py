"""Rows of features scored, with reasons."""

import json

import numpy as np
import polars as pl

from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.explained.contributions import contributions
from churn_dash.risk.explained.reasons import picked, told
from churn_dash.risk.features.peers import PEER_FEATURE, Peers
from churn_dash.risk.models.calibration import Calibration, score_of
from churn_dash.risk.models.kinds import Fitted
from churn_dash.risk.models.matrix import Design

EXPLAINED = 20_000
"""Rows explained at a time."""


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
