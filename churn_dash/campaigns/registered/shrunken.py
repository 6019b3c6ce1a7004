"""The winner's curse: of several campaigns the one that looks best is partly lucky. Source: METHODS C8; DerSimonian and Laird 1986."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.words import _

FEWEST = 3
"""Below so many effects their spread says nothing."""
NOTE = _(
    "The campaign that looks best has been lucky in part, the more so the wider its range: expect less of it the next time. "
    "This is the winner's curse."
)
FORMULA = "θᵢ = (τ²·dᵢ + sᵢ²·μ) / (τ² + sᵢ²)"
"""``d`` the effect, ``s`` its standard error, ``μ`` the mean of all, ``τ²`` what varies between them beyond chance."""


@dataclass(frozen=True)
class Shrunken:
    """Effects drawn towards their common mean: ``effects`` in the order given, the mean, and how they truly differ (a variance)."""

    effects: tuple[Estimate, ...]
    mean: Estimate
    tau2: float


def shrunken(effects: Sequence[Estimate]) -> Shrunken | None:
    """Empirical Bayes over effects with intervals; None below three of them.

    τ² by the moments of DerSimonian and Laird, never below 0; the interval of each carries the uncertainty of the mean.
    """
    known = [(e.value, (e.high - e.low) / (2 * normal_quantile())) for e in effects if None not in (e.value, e.low, e.high)]  # type: ignore[operator]
    if len(known) < FEWEST or len(known) < len(effects) or any(s <= 0 for _d, s in known):
        return None
    fixed = [1 / s**2 for _d, s in known]
    total = sum(fixed)
    middle = sum(w * (d or 0.0) for w, (d, _s) in zip(fixed, known, strict=True)) / total
    q = sum(w * ((d or 0.0) - middle) ** 2 for w, (d, _s) in zip(fixed, known, strict=True))
    tau2 = max(0.0, (q - (len(known) - 1)) / (total - sum(w**2 for w in fixed) / total))
    weights = [1 / (s**2 + tau2) for _d, s in known]
    mu = sum(w * (d or 0.0) for w, (d, _s) in zip(weights, known, strict=True)) / sum(weights)
    z, out = normal_quantile(), []
    for d, s in known:
        share = s**2 / (s**2 + tau2)
        value = (1 - share) * (d or 0.0) + share * mu
        spread = math.sqrt((1 - share) * s**2 + share**2 / sum(weights))
        out.append(Estimate(value, value - z * spread, value + z * spread, len(known)))
    half = z / math.sqrt(sum(weights))
    return Shrunken(tuple(out), Estimate(mu, mu - half, mu + half, len(known)), tau2)
