"""Which products a customer holds, and when, for as long as he stays. Source: METHODS E1 (accounts, about 2.4 a customer)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churn_dash.sample.months import Months
from churn_dash.sample.people import People

KINDS = ("current", "term", "wealth", "fund", "loan", "card")
NEVER = 10**6
"""Day number of what does not happen."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_CHANCE = np.array(
    [  # product, consumption, service, mixed
        [1.0, 1.0, 1.0, 1.0],
        [0.5, 0.3, 0.45, 0.4],
        [0.5, 0.22, 0.36, 0.36],
        [0.42, 0.15, 0.22, 0.26],
        [0.12, 0.25, 0.14, 0.17],
        [0.45, 0.82, 0.55, 0.6],
    ]
)
"""Share that holds each kind sooner or later, by orientation."""


@dataclass(frozen=True)
class Holdings:
    """Arrays (kinds, n) of day numbers, and (n,) for the rest."""

    opens: Ints
    closes: Ints
    extras: Ints  # products without an account: mobile banking, insurance
    term_months: Ints  # 6 or 12: a term deposit matures every so many months
    loan: Floats
    loan_months: Ints

    def held(self, day: int) -> Flags:
        """Open at the end of that day, (kinds, n), for a customer who has not left."""
        return (self.opens <= day) & (self.closes > day)


def holdings(rng: np.random.Generator, of: People, months: Months) -> Holdings:
    """Every customer opens a current account on joining; the others by orientation, at once or on average 14 months later."""
    n = len(of)
    shape = (len(KINDS), n)
    breadth = rng.uniform(0.1, 1.9, n)  # some hold much, some little
    has = rng.random(shape) < _CHANCE[:, of.orientation] * breadth
    has[0] = True
    later = np.where(rng.random(shape) < 0.55, 0.0, rng.exponential(14 * 30.4, shape)).astype(np.int64)
    opens = np.where(has, of.open_day + later, NEVER)
    opens[0] = of.open_day
    lasts = (360 + rng.exponential(250 * 30.4, shape)).astype(np.int64)
    closes = np.where(has & (opens + lasts < months.start[-1]), opens + lasts, NEVER)
    closes[0] = NEVER
    # What had been closed before the first month is not in the extract.
    opens = np.where(closes < months.all_starts[0], NEVER, opens)
    closes = np.where(opens == NEVER, NEVER, closes)
    return Holdings(
        opens=opens,
        closes=closes,
        extras=(~of.silent_digital).astype(np.int64) * (rng.random(n) < 0.7) + rng.binomial(3, 0.13, n),
        term_months=np.where(rng.random(n) < 0.4, 6, 12),
        loan=np.exp(11.3 + 0.7 * rng.normal(size=n) + 0.3 * of.z_income),
        loan_months=rng.integers(36, 241, n),
    )
