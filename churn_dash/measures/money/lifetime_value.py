"""What a customer is worth: margin, retention and discount to one amount. Source: METHODS B9.

Conventions. Margin, retention and discount are of one and the same unit of time (a year, where nothing else is said); the margin is
constant, and a customer who is lost earns nothing afterwards. The first margin comes at the end of the first unit, if the customer is
still there: the sum runs over t = 1, 2, …, without the margin of today. ``immediate`` adds that margin at t = 0. ``horizon`` counts units;
without one the sum has no end. Which of them an amount follows must stand beside it. Amounts have the unit of the margin (CNY).
"""

import math
from collections.abc import Iterable


def lifetime_value(
    margin: float | None, retention: float | None, discount: float, horizon: float | None = None, immediate: bool = False
) -> float | None:
    """Σ margin · retentionᵗ / (1 + discount)ᵗ over t = 1 … ``horizon``, in the unit of the margin.

    ``retention`` is 0–1, ``discount`` above −1. None where margin or retention is not known, and where the endless sum does not end
    (retention at least 1 + discount). A retention that cannot be raises ``ValueError``. METHODS B9.

    >>> round(lifetime_value(100, 0.9, 0.1), 2), round(lifetime_value(100, 0.9, 0.1, immediate=True), 2)
    (450.0, 550.0)
    >>> round(lifetime_value(100, 0.9, 0.1, horizon=3), 2)
    203.53
    """
    if margin is None or retention is None or not math.isfinite(margin) or not math.isfinite(retention):
        return None
    found = multiple(retention, discount, horizon, immediate)
    return None if found is None else margin * found


def multiple(retention: float, discount: float, horizon: float | None = None, immediate: bool = False) -> float | None:
    """How many margins a customer is worth; None where the endless sum does not end. METHODS B9.

    >>> round(multiple(0.9, 0.1), 4), multiple(1.0, 0.0), multiple(1.0, 0.0, horizon=5)
    (4.5, None, 5.0)
    """
    if not 0 <= retention <= 1 or discount <= -1 or (horizon is not None and horizon < 0):
        raise ValueError(f"retention {retention}, discount {discount}, horizon {horizon}")
    ratio = retention / (1 + discount)
    now = 1.0 if immediate else 0.0
    if horizon is None:
        return None if ratio >= 1 else now + retention / (1 + discount - retention)
    if ratio == 1:
        return now + horizon
    return now + float(ratio * (1 - ratio**horizon) / (1 - ratio))


def value_at_risk(risks: Iterable[float], values: Iterable[float]) -> float:
    """Σ pᵢ · valueᵢ: the value that leaves with the customers, as expected. What could be saved of it is less. METHODS B9.

    >>> round(value_at_risk([0.1, 0.5, 0.8], [1000, 400, 200]), 2)
    460.0
    """
    return math.fsum(p * v for p, v in zip(risks, values, strict=True))


def over_a_year(monthly: float | None) -> float | None:
    """A monthly rate 0–1 as the rate of a year: 1 − (1 − m)¹². METHODS B0.

    >>> round(over_a_year(0.02), 4)
    0.2153
    """
    return None if monthly is None else 1 - (1 - monthly) ** 12
