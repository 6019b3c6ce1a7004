"""Asking a kept model: scores, one customer's explanation, levers and what-if, and whom to call first."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.access import Scope
from churn_dash.errors import NotFound
from churn_dash.risk.explained.contributions import bars, contributions
from churn_dash.risk.explained.reasons import MOST_TOLD, NOTE, Reason, on_a_card, reason_of, reasons, themes
from churn_dash.risk.explained.refits import stability
from churn_dash.risk.features.feature import GROUPS, Feature
from churn_dash.risk.features.peers import Value
from churn_dash.risk.features.spoken import spoken
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.models.calibration import score_of
from churn_dash.risk.scores.current import portfolio
from churn_dash.risk.scores.scored import scored
from churn_dash.risk.scores.seen import seen, unknown
from churn_dash.risk.scores.still_true import held, held_of, still_true
from churn_dash.store import Dataset
from churn_dash.words import Text, say


@dataclass(frozen=True)
class Contribution:
    """One feature's part: its value, the contribution in the unit of the model, and in probability (0.01 is one point)."""

    feature: str
    label: str
    group: str
    unit: str
    value: Value
    contribution: float
    points: float

    @property
    def spoken(self) -> Any:
        """The value in the format of its unit, to be put into a ``Text`` or said."""
        return spoken(self.value, self.unit)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The contribution by name, label in the language."""
        return asdict(self) | {"label": say(self.label, language), "text": say(Text("{value}", value=self.spoken), language)}


@dataclass(frozen=True)
class Explanation:
    """Why the model gives this risk. ``base`` + contributions = ``output``, in ``unit``; ``probability`` is the calibrated one.

    ``base_probability`` + the points of all contributions = ``probability``. ``row`` holds the customer's features.
    """

    customer_id: str
    model: str
    probability: float
    base_probability: float
    unit: str
    base: float
    output: float
    contributions: tuple[Contribution, ...]
    reasons: tuple[Reason, ...]
    row: dict[str, Any]

    @property
    def card(self) -> tuple[Reason, ...]:
        """The reasons for a manager: steady ones, at most three. ``reasons`` are the analyst's, at most four."""
        return on_a_card(self.reasons)

    @property
    def steadiness_known(self) -> bool:
        """Whether it is known how far each reason can be relied on."""
        return all(r.stability is not None for r in self.reasons)

    @property
    def bars(self) -> tuple[Contribution, ...]:
        """The contributions, largest first by size."""
        return tuple(sorted(self.contributions, key=lambda c: -abs(c.points)))

    @property
    def groups(self) -> dict[str, float]:
        """Contributions summed by the plan's four groups, in probability."""
        return {g: sum(c.points for c in self.contributions if c.group == g) for g in GROUPS}

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "customer_id": self.customer_id,
            "model": self.model,
            "probability": self.probability,
            "base_probability": self.base_probability,
            "unit": self.unit,
            "base": self.base,
            "output": self.output,
            "contributions": [{"feature": c.feature, "value": c.value, "contribution": c.contribution} for c in self.contributions],
            "reasons": [say(r.text, language) for r in self.reasons],
            "reasons_told": [r.told(language) for r in self.reasons],
            "bars": [c.as_json(language) for c in self.bars],
            "groups": self.groups,
            "note": say(NOTE, language),
        }


def probabilities(model: Model, frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Calibrated probabilities of leaving, for rows of features."""
    output = model.fitted.output(model.design.matrix(frame))
    return model.calibration(score_of(model.fitted.kind, output))


def probabilities_again(model: Model, frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What the refits of the model say, refits × rows: their scores on the model's own calibration."""
    matrix = model.design.matrix(frame)
    return np.array([model.calibration(score_of(r.model.kind, r.model.output(matrix))) for r in model.refits])


def score(ds: Dataset, model: Model, *, scope: Scope) -> pl.DataFrame:
    """Every customer who can still leave and whom the viewer may see, with his risk: customer_id, probability (0–1), output, reasons
    (JSON).

    The scores kept with the model where the data are the same in all that it looks at; else worked out anew. A scope by branch goes by
    the customer's branch at the end of the data; on data without branches it shows nobody.
    """
    return seen(ds, model.card.definition, _scores(ds, model), scope)


def _scores(ds: Dataset, model: Model) -> pl.DataFrame:
    if still_true(ds, model):
        return model.scores()
    frame = portfolio(ds, model.design, model.card.definition)
    held(ds, model, frame)
    return scored(frame, model.design, model.fitted, model.calibration, model.peers, model.means, model.refits).scores


def features_of(ds: Dataset, model: Model, customer_id: str, *, scope: Scope) -> dict[str, Any]:
    """One customer's features by name: as kept with the model, or of these data where they are other ones.

    ``NotFound`` for a number that the viewer may not see or nobody has, with the nearest of those whom he may.
    """
    if not seen(ds, model.card.definition, pl.DataFrame({"customer_id": [customer_id]}), scope).height:
        raise _unknown(ds, model, customer_id, scope)
    kept = model.features_of(customer_id) if still_true(ds, model) else held_of(ds, model, customer_id)
    if kept is not None:
        return kept
    frame = portfolio(ds, model.design, model.card.definition, pl.Series([customer_id]))
    if not frame.height:
        raise _unknown(ds, model, customer_id, scope)
    return frame.drop("customer_id").row(0, named=True)


def _unknown(ds: Dataset, model: Model, customer_id: str, scope: Scope) -> NotFound:
    return unknown(customer_id, score(ds, model, scope=scope)["customer_id"].sort().to_list())


def explain(ds: Dataset, model: Model, customer_id: str, *, scope: Scope, at_once: bool = False) -> Explanation:
    """Why this customer: METHODS D5. Raises ``NotFound`` for whom the viewer may not see, ``ArithmeticError`` where nothing adds up.

    ``at_once``: where nobody worked out beforehand how steady the reasons are, they come without it; see ``steadied``.
    """
    row = features_of(ds, model, customer_id, scope=scope)
    return explained(model, customer_id, row, _kept_steadiness(ds, model, customer_id), at_once)


def steadied(model: Model, why: Explanation) -> Explanation:
    """The explanation with the stability of its reasons, worked out where it is not known yet."""
    return why if why.steadiness_known else explained(model, why.customer_id, why.row)


def explained(
    model: Model, customer_id: str, row: Mapping[str, Any], steady: Mapping[str, float] | None = None, at_once: bool = False
) -> Explanation:
    """The explanation of a row of features. ``steady``: theme → stability of its reasons, where it is known already."""
    frame = row_frame(model, row)
    found = contributions(model.fitted, model.design, model.design.matrix(frame), model.means)
    phi, output = found.values[0], float(found.output[0])
    base_probability, probability, points = bars(model.fitted.kind, model.calibration, found.base, phi, output)
    parts = tuple(
        Contribution(f.name, f.label, f.group, f.unit, _said(f, row[f.name]), float(c), float(p))
        for f, c, p in zip(model.design.features, phi, points, strict=True)
    )
    safer = model.peers.safer_side(frame, model.design.features)
    known = steady or (None if at_once else _steadiness(model, frame, safer))
    why = reasons(model.design.features, phi.tolist(), row, model.peers.of(dict(row)), MOST_TOLD, known, safer)
    return Explanation(
        customer_id,
        model.name,
        probability,
        base_probability,
        model.fitted.kind.unit,
        found.base,
        output,
        parts,
        why,
        dict(row),
    )


def _kept_steadiness(ds: Dataset, model: Model, customer_id: str) -> dict[str, float] | None:
    """Theme → stability as it was worked out when the model was trained; None where it was not, or where the data are other ones.

    The refits give the same, but take seconds to be read.
    """
    kept = model.reasons_of(customer_id) if still_true(ds, model) else None
    found = [reason_of(r, model.design.features) for r in json.loads(kept or "[]")]
    return {r.feature.theme: r.stability for r in found if r.stability is not None} or None


def _steadiness(model: Model, frame: pl.DataFrame, safer: NDArray[np.bool_]) -> dict[str, float]:
    """Theme → the share of the refits in which it is among the customer's first three reasons."""
    found = stability(model.refits, model.design, model.design.matrix(frame), safer)[0]
    return dict(zip(themes(model.design.features), found.tolist(), strict=True))


def _said(feature: Feature, value: Value) -> Value:
    return bool(value) if feature.kind == "flag" and value is not None else value


def row_frame(model: Model, row: Mapping[str, Any]) -> pl.DataFrame:
    """One row of features as a frame, typed as the model learnt them."""
    kinds = {f.name: pl.String if f.kind == "category" else pl.Float64 for f in model.design.features}
    return pl.DataFrame({n: pl.Series([row[n]], dtype=k, strict=False) for n, k in kinds.items()})
