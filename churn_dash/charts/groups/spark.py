"""The small line inside a tile."""

from collections.abc import Sequence

from churn_dash.words.numbers import undefined


def spark(values: Sequence[float | None], most: int = 12) -> list[float] | None:
    """The last ``most`` defined values for a tile's line; ``None`` when there are fewer than three to draw.

    >>> spark([None, 1.0, 2.0, 3.0]), spark([1.0])
    ([1.0, 2.0, 3.0], None)
    """
    known = [float(v) for v in values if v is not None and not undefined(v)][-most:]
    return known if len(known) >= 3 else None
