"""Campaigns of whole branches drawn directly, for simulations: a panel of branches by month, and the truth. Source: METHODS E3."""

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.errors import NotFound
from churn_dash.words import _, nearest

MONTHS = 24
WAVES = ((10, 9), (13, 9), (16, 10))
"""First treated month and number of branches of each wave."""
NEVER = 12
"""Branches that are never treated."""
_LEVEL, _MONTH, _NOISE, _LASTS = 0.3, 0.02, 0.02, 0.5


@dataclass(frozen=True)
class BranchPreset:
    """What the redesign does to the logarithm of a branch's balances, and how fast treated branches grew anyway, a month."""

    effect: float
    trend: float = 0.0


PRESETS = {"C04": BranchPreset(0.03), "C05": BranchPreset(0.0, trend=0.01)}


def branch_campaign(id: str, seed: int) -> tuple[pl.DataFrame, float]:
    """A row a branch and month, and the true effect; the same for the same seed.

    Columns: branch, month, arm (``redesigned`` or ``as before``), began (the branch's first treated month; null for never),
    log_aum (the mean of log assets: a level of the branch, a common way of the months, and shocks of the branch that last a while).

    >>> rows, truth = branch_campaign("C04", seed=1)
    >>> rows.height, rows.filter(rows["began"].is_null())["branch"].n_unique(), truth
    (960, 12, 0.03)
    """
    if id not in PRESETS:
        raise NotFound(_("There is no sample campaign {id}. Did you mean {nearest}?"), id=id, nearest=nearest(id, PRESETS) or "C04")
    preset, rng = PRESETS[id], np.random.default_rng([seed, *id.encode()])
    start = np.array([first for first, n in WAVES for _branch in range(n)] + [0] * NEVER)
    time = np.arange(1, MONTHS + 1)
    shocks = rng.normal(size=(len(start), MONTHS)) * _NOISE
    for t in range(1, MONTHS):
        shocks[:, t] = _LASTS * shocks[:, t - 1] + np.sqrt(1 - _LASTS**2) * shocks[:, t]
    y = 11.0 + rng.normal(size=(len(start), 1)) * _LEVEL + np.cumsum(rng.normal(size=MONTHS)) * _MONTH + shocks
    treated = start[:, None] > 0
    y = y + preset.effect * (treated & (time >= start[:, None])) + preset.trend * time * treated
    calendar = [datetime.date(2024 + m // 12, m % 12 + 1, 1) for m in range(MONTHS)]
    began = [calendar[g - 1] if g else None for g in start]
    n = len(start)
    rows = pl.DataFrame(
        [
            pl.Series("branch", [f"B{b:02d}" for b in range(n) for _month in calendar]),
            pl.Series("month", calendar * n, dtype=pl.Date),
            pl.Series("arm", ["redesigned" if g else "as before" for g in start for _month in calendar]),
            pl.Series("began", [b for b in began for _month in calendar], dtype=pl.Date),
            pl.Series("log_aum", y.ravel()),
        ]
    )
    return rows, preset.effect
