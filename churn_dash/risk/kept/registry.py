"""Model files: one folder a model, never pickled, refused when touched. Source: PLATFORM 3.4, 0.10.

``models/<id>/`` holds ``model.skops``, ``refits.skops`` (the model learnt again), ``card.json``, ``scores.parquet``, ``held.parquet``
(the rows it was tested on), ``sample.parquet`` (what moves the risk of some customers) and ``features.parquet`` (what it looked at of
every customer scored). The card holds the hashes of the others, ``register`` that of the card.
"""

import datetime
import functools
import getpass
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

from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _
from churn_dash.risk.explained.readable import restored, weight_ranges
from churn_dash.risk.explained.refits import Importance, Refit, importance
from churn_dash.risk.features.peers import Peers
from churn_dash.risk.kept.card import Card
from churn_dash.risk.models.calibration import Calibration
from churn_dash.risk.models.kinds import KINDS, Fitted, Kind, Values
from churn_dash.risk.models.matrix import Design

_MODEL, _CARD, _SCORES, _HELD, _OLDER = "model.skops", "card.json", "scores.parquet", "held.parquet", "latest.json"
_REFITS, _SAMPLE, _FEATURES = "refits.skops", "sample.parquet", "features.parquet"
_ROWS_TOGETHER = 20_000
RECIPE = 14
"""Raised when the card or what a feature means changes, so that older models are trained anew."""


@dataclass(frozen=True)
class Model:
    """A trained model as kept: the estimator, and the card that says everything about it."""

    id: str
    folder: pathlib.Path
    card: Card
    fitted: Fitted
    design: Design
    calibration: Calibration
    peers: Peers
    means: Values

    @property
    def name(self) -> str:
        """The kind, by its name in ``KINDS``."""
        return self.fitted.kind.name

    @property
    def version(self) -> int:
        """The data version it was trained on: the load, also where an undo serves it again."""
        return int(self.card.version)

    @property
    def importance(self) -> dict[str, float]:
        """Mean size of each feature's contribution, in the unit of the model."""
        return dict(self.card.importance)

    @property
    def ranking(self) -> tuple[Importance, ...]:
        """Every feature by importance, with how far value and rank moved over the refits."""
        names = self.design.names
        over = np.array(self.card.data["refits"]["importance"], dtype=np.float64).reshape(-1, len(names))
        return importance(self.design.features, np.array([self.importance[n] for n in names]), over)

    @functools.cached_property
    def refits(self) -> tuple[Refit, ...]:
        """The model learnt again from other customers like these. Read when first asked for, checked as the model itself."""
        path = self.folder / _REFITS
        _untouched(path, self.card.data["sha256"][_REFITS])
        means = self.card.data["refits"]["means"]
        pipelines = _loaded(path, self.fitted.kind)
        return tuple(Refit(Fitted(self.fitted.kind, p), np.array(m, dtype=np.float64)) for p, m in zip(pipelines, means, strict=True))

    def read(self) -> dict[str, Any]:
        """What can be read of the kinds (``explained.readable``), sentences as ``Text``; the weights of the model itself with ``low`` and
        ``high``: moved as far as those of its refits lie from their mean, as importance is."""
        found: dict[str, Any] = restored(self.card.readable)
        mine = found.get(self.name, {})
        if mine.get("as") == "weights":
            over = weight_ranges([r.model for r in self.refits], self.design)
            for line in mine["weights"]:
                below, above = over.get((line["feature"], str(line["column"])), (None, None))
                line["low"], line["high"] = (None, None) if below is None else (line["weight"] + below, line["weight"] + (above or 0.0))
        return found

    def reasons_of(self, customer_id: str) -> str | None:
        """The reasons kept with the scores for one customer (JSON); None for a customer without. Checked as ``scores``."""
        found = self._row(_SCORES, customer_id)
        return None if found is None else str(found["reasons"])

    def features_of(self, customer_id: str) -> dict[str, Any] | None:
        """What the model looked at of one customer when it scored everybody, by name; None for a customer not scored then, and for a
        model that an earlier Churn Dash kept without. Checked as ``scores``."""
        if _FEATURES not in self.card.data["sha256"]:
            return None
        found = self._row(_FEATURES, customer_id)
        return None if found is None else {name: found[name] for name in self.design.names}

    def sample(self) -> pl.DataFrame:
        """The sample of customers with what moves their risk (``explained.sampled``). Raises as ``scores``."""
        return self._rows(_SAMPLE)

    def scores(self) -> pl.DataFrame:
        """The scores given when it was trained: customer_id, probability, output, reasons. Raises ``WorkspaceProblem`` if touched."""
        return self._rows(_SCORES)

    def held(self) -> pl.DataFrame:
        """The rows it was tested on: customer_id, score_date (panels), y (1: left), score (log-odds), p. Raises as ``scores``."""
        return self._rows(_HELD)

    def _rows(self, name: str) -> pl.DataFrame:
        path = self.folder / name
        _untouched(path, self.card.data["sha256"][name])
        return pl.read_parquet(path)

    def _row(self, name: str, customer_id: str) -> dict[str, Any] | None:
        path = self.folder / name
        _untouched(path, self.card.data["sha256"][name])
        found = pl.scan_parquet(path).filter(pl.col("customer_id") == customer_id).collect()
        return found.row(0, named=True) if found.height else None


def saved(
    models_dir: pathlib.Path,
    card: dict[str, Any],
    model: Fitted,
    scores: pl.DataFrame,
    held: pl.DataFrame,
    refits: Sequence[Refit],
    sample: pl.DataFrame,
    features: pl.DataFrame,
) -> tuple[Model, str]:
    """The model written to a folder of its own, whole or not at all, and the hash of its card."""
    created = datetime.datetime.now(datetime.UTC)
    name = f"{created:%Y%m%d-%H%M%S}-{model.kind.name}-{uuid.uuid4().hex[:6]}"
    staged = models_dir / f".{name}.part"
    try:
        staged.mkdir(parents=True)
        skops.io.dump(model.pipeline, staged / _MODEL)
        scores.write_parquet(staged / _SCORES)
        held.write_parquet(staged / _HELD)
        skops.io.dump([r.model.pipeline for r in refits], staged / _REFITS)
        sample.write_parquet(staged / _SAMPLE)
        # In order, so that one customer is found without reading the others.
        features.sort("customer_id").write_parquet(staged / _FEATURES, row_group_size=_ROWS_TOGETHER)
        card = card | {
            "recipe": RECIPE,
            "id": name,
            "name": model.kind.name,
            "created": created.isoformat(timespec="seconds"),
            "who": card.get("who") or getpass.getuser(),
            "libraries": {
                "scikit-learn": sklearn.__version__,
                "skops": skops.__version__,
                "numpy": np.__version__,
                "polars": pl.__version__,
            },
            "sha256": {f: _hash(staged / f) for f in (_MODEL, _REFITS, _SCORES, _HELD, _SAMPLE, _FEATURES)},
        }
        (staged / _CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")
        digest = _hash(staged / _CARD)
        os.replace(staged, models_dir / name)
    except OSError as problem:
        raise WorkspaceProblem(_("The folder {path} cannot be written to, so the model was not kept."), path=models_dir) from problem
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return opened(models_dir, name, digest), digest


def none_older(models_dir: pathlib.Path, version: int) -> None:
    """Raise where an earlier Churn Dash, which kept no register, left a model of the data version: it is trained anew."""
    path = models_dir / _OLDER
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get(str(version)) if path.exists() else None
    except (OSError, ValueError, AttributeError) as problem:
        raise _touched(path) from problem
    if found is not None:
        raise _foreign(str(found.get("id", "")) if isinstance(found, dict) else "")


def opened(models_dir: pathlib.Path, name: str, digest: str) -> Model:
    """The model of that id. Its file is checked before anything in it is made: hashes, library version, allowed types."""
    folder = models_dir / name
    _untouched(folder / _CARD, digest)
    card: dict[str, Any] = json.loads((folder / _CARD).read_text(encoding="utf-8"))
    if card.get("recipe") != RECIPE:
        raise _foreign(name)
    made_with = card["libraries"]["scikit-learn"]
    if made_with != sklearn.__version__:
        raise WorkspaceProblem(
            _(
                "The model {name} was made with scikit-learn {made}, and {here} is installed; train it again on the page Risk or with "
                "churn-dash train."
            ),
            name=name,
            made=made_with,
            here=sklearn.__version__,
        )
    _untouched(folder / _MODEL, card["sha256"][_MODEL])
    kind = KINDS[card["name"]]
    return Model(
        name,
        folder,
        Card.of_json(card),
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


@functools.lru_cache(maxsize=64)
def _hash_of(path: pathlib.Path, size: int, changed: int, place: int) -> str:
    """The hash of a file as it stands now, worked out once: reading all scores anew for every customer opened would take longer."""
    return _hash(path)


def _untouched(path: pathlib.Path, digest: str) -> None:
    try:
        stands = path.stat()
        found = _hash_of(path, stands.st_size, stands.st_mtime_ns, stands.st_ino)
    except OSError as problem:
        raise WorkspaceProblem(
            _("The model file {path} is missing; train it again on the page Risk or with churn-dash train."), path=path
        ) from problem
    if found != digest:
        raise _touched(path)


def _foreign(name: str) -> WorkspaceProblem:
    return WorkspaceProblem(
        _("The model {name} was made by another version of Churn Dash; train it again on the page Risk or with churn-dash train."),
        name=name,
    )


def _touched(path: pathlib.Path) -> WorkspaceProblem:
    return WorkspaceProblem(
        _(
            "The model file {path} is not the one that was written, so it is not opened; train it again on the page Risk or with "
            "churn-dash train."
        ),
        path=path,
    )
