"""How many members a comparison needs, and the smallest effect it could see. Source: METHODS C9. Power after the fact is never printed."""

import math

from scipy import optimize, special

from churn_dash.measures.statistics.intervals import welch_error


def smallest_difference_of_rates(
    n_treated: float, n_control: float, base: float, *, better: str = "down", power: float = 0.8, level: float = 0.95
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


def members_needed(base: float, other: float, control_share: float = 0.5, *, power: float = 0.8, level: float = 0.95) -> float | None:
    """Members in both groups together, so that the rates ``base`` (hold-out) and ``other`` are told apart with chance ``power``.

    None where the rates are the same, or a group would be empty. Half of it a group where the groups are alike.

    >>> [math.ceil(members_needed(p, q) / 2) for p, q in ((0.05, 0.04), (0.10, 0.08), (0.03, 0.025))]
    [6745, 3213, 16792]
    """
    if base == other or not 0 < control_share < 1:
        return None
    treated_share = 1 - control_share
    pooled = treated_share * other + control_share * base
    same = math.sqrt(pooled * (1 - pooled) * (1 / treated_share + 1 / control_share))
    apart = math.sqrt(other * (1 - other) / treated_share + base * (1 - base) / control_share)
    return ((float(special.ndtri(0.5 + level / 2)) * same + float(special.ndtri(power)) * apart) / (other - base)) ** 2


def chance_of_finding(n_treated: float, n_control: float, base: float, other: float, *, level: float = 0.95) -> float | None:
    """The chance that a comparison planned so finds the difference of two rates, on its own side (power); None where it is undefined.

    >>> round(chance_of_finding(50, 50, 0.5, 0.75), 3), round(chance_of_finding(9000, 1000, 0.05, 0.04), 3)
    (0.74, 0.341)
    """
    if min(n_treated, n_control) <= 0:
        return None
    pooled = (n_treated * other + n_control * base) / (n_treated + n_control)
    same = math.sqrt(pooled * (1 - pooled) * (1 / n_treated + 1 / n_control))
    apart = math.sqrt(other * (1 - other) / n_treated + base * (1 - base) / n_control)
    if apart == 0:
        return None
    return float(special.ndtr((abs(other - base) - float(special.ndtri(0.5 + level / 2)) * same) / apart))


def design_effect(cluster_size: float, icc: float) -> float:
    """How many times more members are needed where whole clusters of ``cluster_size`` are drawn; ``icc``: how alike members of one are.

    >>> round(design_effect(21, 0.05), 6), design_effect(1, 0.3)
    (2.0, 1.0)
    """
    return 1 + (cluster_size - 1) * icc
