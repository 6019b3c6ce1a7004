"""How far a ratio to the own past is told: tenfold either way. Source: METHODS D1, D5."""

MOST_FOLD = 10.0
"""Growth beyond it says only that the past was next to nothing: ¥0.35 before ¥8,000 tells no more than ¥35 before it, and a few yuan
would put a customer at the far end of a model. So a ratio ends at this factor, and at one over it; the levels beside it (balances,
transactions) tell what there is. Floors under both sides instead (¥100, ¥10 of fees, one of counts) ranked no better on the sample bank,
and would tell a poor customer's fall as none."""
LEAST_CHANGE, MOST_CHANGE = 1 / MOST_FOLD - 1, MOST_FOLD - 1
"""The ends as changes: −0.9 and 9."""
RELATIVE = frozenset({"change", "mean_change", "slope", "peak", "market_change"})
"""Measures that are a ratio to the own past, less 1."""


def change_of(ratio: str) -> str:
    """SQL of a ratio that is not null as a change within the ends.

    >>> change_of("a / nullif(b, 0)")
    'least(greatest(a / nullif(b, 0), CAST(0.1 AS DOUBLE)), CAST(10.0 AS DOUBLE)) - 1'
    """
    return f"least(greatest({ratio}, CAST({1 / MOST_FOLD} AS DOUBLE)), CAST({MOST_FOLD} AS DOUBLE)) - 1"
