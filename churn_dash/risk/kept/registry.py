"""Model files: one folder a model, never pickled, refused when touched. Source: PLATFORM 3.4, 0.10.

``models/<id>/`` holds ``model.skops``, ``refits.skops``, ``card.json``, ``scores.parquet`` and ``sample.parquet``;
``models/latest.json`` names the newest for each data
version, with the hash of its card; the card holds the hashes of the other two.
"""

import datetime
import functools
import hashlib
import json
import os
import pathlib
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import sklearn
import skops.io

from churn_dash.errors import NotPossible, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.risk.explained.refits import Importance, Refit, importance
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.risk.features.peers import Peers
from churn_dash.risk.models.calibration import Calibration
from churn_dash.risk.models.kinds import KINDS, Fitted, Kind, Values
from churn_dash.risk.models.matrix import Design
from churn_dash.words import Text
from churn_dash.words.stored import read

_MODEL, _CARD, _SCORES, _LATEST = "model.skops", "card.json", "scores.parquet", "latest.json"
_REFITS, _SAMPLE = "refits.skops", "sample.parquet"
RECIPE = 5
"""Raised when the card changes, so that older models are trained anew."""


@dataclass(frozen=True)
class Model:
    """A trained model as kept: the estimator, and the card that says everything about it."""

    id: str
    folder: pathlib.Path
    card: dict[str, Any]
    fitted: Fitted
    design: Design
    calibration: Calibration
    peers: Peers
    means: Values

    @property
    def name(self) -> str:
        """logistic, tree, forest or boosting."""
        return self.fitted.kind.name

    @property
    def version(self) -> int:
        """The data version it was trained on: the load, also where an undo serves it again."""
        return int(self.card["version"])

    @property
    def importance(self) -> dict[str, float]:
        """Mean size of each feature's contribution, in the unit of the model."""
        return dict(self.card["importance"])

    @property
    def ranking(self) -> tuple[Importance, ...]:
        """Every feature by importance, with how far value and rank moved over the refits."""
        names = self.design.names
        over = np.array(self.card["refits"]["importance"], dtype=np.float64).reshape(-1, len(names))
        return importance(self.design.features, np.array([self.importance[n] for n in names]), over)

    @functools.cached_property
    def refits(self) -> tuple[Refit, ...]:
        """The model learnt again from other customers like these. Read when first asked for, checked as the model itself."""
        path = self.folder / _REFITS
        _untouched(path, self.card["sha256"][_REFITS])
        means = self.card["refits"]["means"]
        pipelines = _loaded(path, self.fitted.kind)
        return tuple(Refit(Fitted(self.fitted.kind, p), np.array(m, dtype=np.float64)) for p, m in zip(pipelines, means, strict=True))

    def reasons_of(self, customer_id: str) -> str | None:
        """The reasons kept with the scores for one customer (JSON); None for a customer without. Checked as ``scores``."""
        path = self.folder / _SCORES
        _untouched(path, self.card["sha256"][_SCORES])
        found = pl.scan_parquet(path).filter(pl.col("customer_id") == customer_id).select("reasons").collect()
        return str(found.item()) if found.height else None

    def sample(self) -> pl.DataFrame:
        """The sample of customers with what moves their risk (``explained.sampled``). Raises ``WorkspaceProblem`` if touched."""
        path = self.folder / _SAMPLE
        _untouched(path, self.card["sha256"][_SAMPLE])
        return pl.read_parquet(path)

    @property
    def result(self) -> dict[str, Any]:
        """The result of its training, as ``TrainingResult.as_json``."""
        return dict(self.card["training"])

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The columns that it does not see, with the reason in words."""
        return tuple(LeftOut(x["column"], read(x["text"])) for x in self.card["left_out"])

    @property
    def why(self) -> Text:
        """Why this model was chosen."""
        return read(self.card["why"])

    @property
    def tested(self) -> Text:
        """How it was tested."""
        return read(self.card["tested"])

    def scores(self) -> pl.DataFrame:
        """The scores given when it was trained: customer_id, probability, output, reasons. Raises ``WorkspaceProblem`` if touched."""
        path = self.folder / _SCORES
        _untouched(path, self.card["sha256"][_SCORES])
        return pl.read_parquet(path)


def saved(
    models_dir: pathlib.Path,
    card: dict[str, Any],
    model: Fitted,
    scores: pl.DataFrame,
    refits: Sequence[Refit],
    sample: pl.DataFrame,
) -> Model:
    """The model written to a folder of its own and made the newest of its data version; whole or not at all."""
    created = datetime.datetime.now(datetime.UTC)
    name = f"{created:%Y%m%d-%H%M%S}-{model.kind.name}-{uuid.uuid4().hex[:6]}"
    staged = models_dir / f".{name}.part"
    try:
        staged.mkdir(parents=True)
        skops.io.dump(model.pipeline, staged / _MODEL)
        skops.io.dump([r.model.pipeline for r in refits], staged / _REFITS)
        scores.write_parquet(staged / _SCORES)
        sample.write_parquet(staged / _SAMPLE)
        card = card | {
            "recipe": RECIPE,
            "id": name,
            "name": model.kind.name,
            "created": created.isoformat(timespec="seconds"),
            "libraries": {
                "scikit-learn": sklearn.__version__,
                "skops": skops.__version__,
                "numpy": np.__version__,
                "polars": pl.__version__,
            },
            "sha256": {f: _hash(staged / f) for f in (_MODEL, _REFITS, _SCORES, _SAMPLE)},
        }
        (staged / _CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")
        digest = _hash(staged / _CARD)
        os.replace(staged, models_dir / name)
        _point(models_dir, int(card["version"]), name, digest)
    except OSError as problem:
        raise WorkspaceProblem(_("The folder {path} cannot be written to, so the model was not kept."), path=models_dir) from problem
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return opened(models_dir, name, digest)


def _point(models_dir: pathlib.Path, version: int, name: str, digest: str) -> None:
    pointer = _pointer(models_dir) | {str(version): {"id": name, "card_sha256": digest}}
    part = models_dir / f".{_LATEST}.{uuid.uuid4().hex[:6]}"
    part.write_text(json.dumps(pointer), encoding="utf-8")
    os.replace(part, models_dir / _LATEST)


def _pointer(models_dir: pathlib.Path) -> dict[str, dict[str, str]]:
    path = models_dir / _LATEST
    if not path.exists():
        return {}
    try:
        found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise _touched(path) from problem
    return found


def latest(models_dir: pathlib.Path, version: int) -> Model | None:
    """The newest model of a data version; None where none was trained. Raises ``WorkspaceProblem`` for one that was touched."""
    entry = _pointer(models_dir).get(str(version))
    return opened(models_dir, entry["id"], entry["card_sha256"]) if entry else None


def trained(models_dir: pathlib.Path, version: int) -> Model:
    """``latest``, or ``NotPossible`` saying how to train one."""
    found = latest(models_dir, version)
    if found is None:
        raise NotPossible(_("No risk model has been trained on data version {version} yet; run churn-dash train."), version=version)
    return found


def opened(models_dir: pathlib.Path, name: str, digest: str) -> Model:
    """The model of that id. Its file is checked before anything in it is made: hashes, library version, allowed types."""
    folder = models_dir / name
    _untouched(folder / _CARD, digest)
    card: dict[str, Any] = json.loads((folder / _CARD).read_text(encoding="utf-8"))
    made_with = card["libraries"]["scikit-learn"]
    if card["recipe"] != RECIPE:
        raise WorkspaceProblem(
            _("The model {name} was made by another version of Churn Dash; train it again with churn-dash train."), name=name
        )
    if made_with != sklearn.__version__:
        raise WorkspaceProblem(
            _("The model {name} was made with scikit-learn {made}, and {here} is installed; train it again with churn-dash train."),
            name=name,
            made=made_with,
            here=sklearn.__version__,
        )
    _untouched(folder / _MODEL, card["sha256"][_MODEL])
    kind = KINDS[card["name"]]
    return Model(
        name,
        folder,
        card,
        Fitted(kind, _loaded(folder / _MODEL, kind)),
        Design.of_json(card["design"]),
        Calibration.of_json(card["calibration"]),
        Peers.of_json(card["peers"]),
        np.array(card["means"], dtype=np.float64),
    )


def _loaded(path: pathlib.Path, kind: Kind) -> Any:
    if set(skops.io.get_untrusted_types(file=path)) - set(kind.trusted):
        raise _touched(path)
    return skops.io.load(path, trusted=list(kind.trusted))


def _hash(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _untouched(path: pathlib.Path, digest: str) -> None:
    try:
        found = _hash(path)
    except OSError as problem:
        raise WorkspaceProblem(_("The model file {path} is missing; train the model again with churn-dash train."), path=path) from problem
    if found != digest:
        raise _touched(path)


def _touched(path: pathlib.Path) -> WorkspaceProblem:
    return WorkspaceProblem(
        _("The model file {path} is not the one that was written, so it is not opened; train the model again with churn-dash train."),
        path=path,
    )
