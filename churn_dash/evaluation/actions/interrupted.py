"""An interrupted series: how far a monthly figure jumped at a day, its own line before that day taken for granted. Source: METHODS C1.

value = a + b·month + level·after + slope·after·(months since), by least squares with errors that allow for months that hang together
(Newey and West, three months). Without a comparison group it remains a description.
"""

import datetime
import warnings
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.contract.calendar import ordinal
from churn_dash.measures.statistics.estimates import Estimate

LEAST = 8
"""Months with a figure that each side must have."""
LAGS = 3


@dataclass(frozen=True)
class Interrupted:
    """``level``: the jump in the first month after; ``slope``: how much steeper the figure went from then on, a month."""

    level: Estimate
    slope: Estimate
    n_before: int
    n_after: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {"level": asdict(self.level), "slope": asdict(self.slope), "months_before": self.n_before, "months_after": self.n_after}


def interrupted(months: pl.DataFrame, last_before: datetime.date, start: datetime.date) -> Interrupted | None:
    """The jump of ``value`` (with ``month``) between the month ``last_before`` and the month ``start``; None where a side has too few.

    >>> d = [datetime.date(2023 + i // 12, i % 12 + 1, 1) for i in range(20)]
    >>> rows = pl.DataFrame({"month": d, "value": [float(i) + (5.0 if i >= 10 else 0.0) for i in range(20)]})
    >>> round(interrupted(rows, d[9], d[10]).level.value, 6)
    5.0
    """
    import statsmodels.api as sm

    known = months.drop_nulls("value").filter((pl.col("month") <= last_before) | (pl.col("month") >= start)).sort("month")
    at = np.array([ordinal(m) for m in known["month"].to_list()], dtype=float)
    after = np.array([m >= start for m in known["month"].to_list()], dtype=float)
    n_after, n_before = int(after.sum()), int(len(after) - after.sum())
    if min(n_after, n_before) < LEAST:
        return None
    since = after * (at - ordinal(start))
    design = np.column_stack([np.ones_like(at), at - at[0], after, since])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.OLS(known["value"].to_numpy(), design).fit(cov_type="HAC", cov_kwds={"maxlags": LAGS, "use_correction": True}, use_t=True)
        ends = fit.conf_int()
    level, slope = (Estimate(float(fit.params[i]), float(ends[i][0]), float(ends[i][1]), len(at)) for i in (2, 3))
    return Interrupted(level, slope, n_before, n_after)
