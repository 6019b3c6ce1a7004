"""Numbers that add up also as they are printed."""

import math
from collections.abc import Sequence


def printed_steps(start: float, contributions: Sequence[float], end: float, digits: int = 1) -> tuple[float, list[float], float]:
    """Start, contributions and end in points, rounded so that what is printed adds up (largest remainders).

    >>> printed_steps(0.08, [0.00333, 0.00333, 0.00334], 0.09)
    (8.0, [0.3, 0.3, 0.4], 9.0)
    """
    scale = 10**digits * 100
    first, last = round(start * scale), round(end * scale)
    exact = [c * scale for c in contributions]
    whole = [math.floor(e) for e in exact]
    missing = last - first - sum(whole)
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: max(missing, 0)]:
        whole[i] += 1
    unit = 10**digits
    return first / unit, [w / unit for w in whole], last / unit
