"""The loyalty index of one customer: the second way to what the room works out for all. METHODS T8."""

from collections.abc import Sequence

from churn_dash.causes.loyalty import LEAST_OBSERVED


def loyalty_index(scores: Sequence[float | None], weights: Sequence[float]) -> float | None:
    """100·Σwₛ/Σw over the parts observed; None where less than 60 % of the weight is. METHODS T8.

    >>> round(loyalty_index([0.8, 0.5, 1, None, 0.6], [0.25, 0.25, 0.20, 0.20, 0.10]), 3)
    73.125
    """
    known = [(s, w) for s, w in zip(scores, weights, strict=True) if s is not None]
    observed = sum(w for _s, w in known)
    if observed < LEAST_OBSERVED * sum(weights) - 1e-9:
        return None
    return 100 * sum(s * w for s, w in known) / observed
