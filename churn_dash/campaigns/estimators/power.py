"""The smallest effect that a comparison could have seen. Source: METHODS C9. Power after the fact is never printed."""

import math

from scipy import optimize, special

from churn_dash.measures.statistics.intervals import welch_error


def smallest_difference_of_rates(
    n_treated: int, n_control: int, base: float, *, better: str = "down", power: float = 0.8, level: float = 0.95
) -> float | None:
    """The improvement on the rate ``base`` that would be found with chance ``power``, as a positive difference of rates.

    None where even the largest possible improvement would be missed. METHODS C9: 9,000 and 1,000 at 5 %: 1.78 pp.

    >>> round(smallest_difference_of_rates(9000, 1000, 0.05), 4)
    0.0178
    """
    start = base if better == "down" else 1 - base
    if min(n_treated, n_control) < 1 or not 0 < start <= 1:
        return None
    alpha, beta = float(special.ndtri(0.5 + level / 2)), float(special.ndtri(power))

    def short(d: float) -> float:
        p1 = start - d
        pooled = (n_treated * p1 + n_control * start) / (n_treated + n_control)
        error = math.sqrt(pooled * (1 - pooled) * (1 / n_treated + 1 / n_control))
        return d - alpha * error - beta * math.sqrt(p1 * (1 - p1) / n_treated + start * (1 - start) / n_control)

    if short(start) <= 0:
        return None
    return float(optimize.brentq(short, 0.0, start))


def smallest_difference_of_means(
    sd_treated: float, n_treated: int, sd_control: float, n_control: int, *, power: float = 0.8, level: float = 0.95
) -> float | None:
    """The difference of means that would be found with chance ``power``, in the unit of the amount; None where nothing varies."""
    error = welch_error(sd_treated, n_treated, sd_control, n_control)
    return None if error is None else float(special.ndtri(0.5 + level / 2) + special.ndtri(power)) * error[0]
