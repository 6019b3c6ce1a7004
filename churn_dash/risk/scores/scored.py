"""Rows of features scored, with reasons."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.explained.contributions import Contributions
from churn_dash.risk.explained.parts import ROWS, in_parts, processes
from churn_dash.risk.explained.reasons import MOST_TOLD, picked, themes, told
from churn_dash.risk.explained.refits import Refit, importances, stability
from churn_dash.risk.explained.sampled import sample, sampled_rows
from churn_dash.risk.features.peers import PEER_FEATURE, Peers
from churn_dash.risk.models.calibration import Calibration, score_of
from churn_dash.risk.models.kinds import Fitted
from churn_dash.risk.models.matrix import Design

LOOKED_AT = 20_000
"""Of so many customers, the riskiest, the stability of the reasons is worked out beforehand."""
IMPORTANCE_OF = 500
"""Customers from whom the refits' importance is told."""
_SCHEMA = {"customer_id": pl.String, "probability": pl.Float64, "output": pl.Float64, "reasons": pl.String}


@dataclass(frozen=True)
class Scored:
    """``scores``: customer_id, probability (calibrated, 0–1), output (in the unit of the model), reasons (JSON, at most four).
    ``importance``: mean size of each feature's contributions, in the unit of the model. ``sample``: see ``explained.sampled``."""

    scores: pl.DataFrame
    importance: dict[str, float]
    sample: pl.DataFrame


def scored(
    frame: pl.DataFrame,
    design: Design,
    model: Fitted,
    calibration: Calibration,
    peers: Peers,
    means: Values,
    again: Sequence[Refit] = (),
    seed: int = 0,
) -> Scored:
    """Every row scored and explained. With refits, the reasons of the riskiest have their stability."""
    starts = range(0, frame.height, ROWS)
    looked_at = _looked_at(frame, design, model) if again else np.zeros(frame.height, dtype=bool)
    chosen = np.zeros(frame.height, dtype=bool)
    chosen[sampled_rows(frame.height, seed)] = True
    sizes = np.zeros(len(design.features))
    parts, samples = [], []
    matrices = (design.matrix(frame.slice(start, ROWS)) for start in starts)
    for start, found in zip(starts, in_parts(model, design, matrices, means, processes(frame.height)), strict=True):
        rows, here = frame.slice(start, ROWS), slice(start, start + ROWS)
        sizes += np.abs(found.values).sum(axis=0)
        p = calibration(score_of(model.kind, found.output))
        safer = peers.safer_side(rows, design.features)
        why = _reasons(design, rows, found.values, peers, safer, _steady(again, design, rows, safer, looked_at[here]))
        parts.append(pl.DataFrame({"customer_id": rows["customer_id"], "probability": p, "output": found.output, "reasons": why}))
        at = chosen[here]
        kept = Contributions(found.base, found.values[at], found.output[at])
        samples.append(sample(rows.filter(pl.Series(at)), design, kept, model.kind, calibration))
    if not samples:
        nothing = Contributions(0.0, np.zeros((0, len(design.features))), np.zeros(0))
        samples.append(sample(frame, design, nothing, model.kind, calibration))
    importance = dict(zip(design.names, (sizes / max(1, frame.height)).tolist(), strict=True))
    return Scored(pl.concat([pl.DataFrame(schema=_SCHEMA), *parts]), importance, pl.concat(samples, how="vertical_relaxed"))


def refits_card(again: Sequence[Refit], design: Design, frame: pl.DataFrame, seed: int) -> dict[str, Any]:
    """What the card says of the refits: their means, and each one's importance of every feature for the same customers."""
    rows = frame[sampled_rows(frame.height, seed, IMPORTANCE_OF)]
    return {"means": [r.means.tolist() for r in again], "importance": importances(again, design, design.matrix(rows)).tolist()}


def _looked_at(frame: pl.DataFrame, design: Design, model: Fitted) -> NDArray[np.bool_]:
    """The riskiest rows."""
    found = [model.output(design.matrix(frame.slice(start, ROWS))) for start in range(0, frame.height, ROWS)]
    output = np.concatenate(found) if found else np.zeros(0)
    riskiest = np.zeros(frame.height, dtype=bool)
    riskiest[np.argsort(-output, kind="stable")[:LOOKED_AT]] = True
    return riskiest


def _steady(
    again: Sequence[Refit], design: Design, rows: pl.DataFrame, safer: NDArray[np.bool_], looked_at: NDArray[np.bool_]
) -> dict[int, dict[str, float]]:
    """By row that is looked at: theme → stability."""
    if not looked_at.any():
        return {}
    matrix = design.matrix(rows.filter(pl.Series(looked_at)))
    names, found = themes(design.features), stability(again, design, matrix, safer[looked_at])
    at = np.flatnonzero(looked_at).tolist()
    return {row: dict(zip(names, one, strict=True)) for row, one in zip(at, found.tolist(), strict=True)}


def _reasons(
    design: Design, rows: pl.DataFrame, values: Values, peers: Peers, safer: NDArray[np.bool_], steady: dict[int, dict[str, float]]
) -> list[str]:
    """The reasons of every row as JSON, in the form of ``Reason.as_json``."""
    columns = {f.name: rows[f.name].to_list() for f in design.features}
    groups = columns.get(PEER_FEATURE, [None] * rows.height)
    typical = {g: peers.of({PEER_FEATURE: g}) for g in set(groups)}
    out = []
    for at, found in enumerate(picked(design.features, values, safer)):
        row = {name: columns[name][at] for name in (design.features[i].name for i, _total, _share in found)}
        said = told(design.features, found, row, typical[groups[at]], MOST_TOLD, steady.get(at))
        out.append(json.dumps([r.as_json() for r in said], ensure_ascii=False))
    return out
