"""A kept model asked what would change: levers and what-if of one customer. Source: METHODS D5."""

from collections.abc import Callable, Mapping
from typing import Any

from churn_dash.risk.kept.registry import Model
from churn_dash.risk.scores.asked import probabilities, row_frame
from churn_dash.risk.whatif import levers as bounds
from churn_dash.risk.whatif.levers import Lever, WhatIf


def levers(model: Model, row: Mapping[str, Any]) -> tuple[Lever, ...]:
    """At most three things the bank could change for the customer with these features (``Explanation.row``)."""
    return bounds.levers(model.design.features, row, model.peers.of(dict(row)), model.importance, _risk_of(model))


def _risk_of(model: Model) -> Callable[[dict[str, Any]], float]:
    return lambda row: float(probabilities(model, row_frame(model, row))[0])


def what_if(model: Model, row: Mapping[str, Any], changes: Mapping[str, float]) -> WhatIf:
    """The risk before and after the changes (feature → value): the model's response, not an effect. METHODS D5.

    Raises ``NotFound`` for what is no lever, ``BadInput`` for a value out of bounds.
    """
    return bounds.what_if(
        model.design.features,
        row,
        model.peers.of(dict(row)),
        changes,
        _risk_of(model),
    )
