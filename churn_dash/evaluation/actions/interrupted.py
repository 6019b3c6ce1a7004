"""An interrupted series: how far a monthly figure jumped at a day, its own line before that day taken for granted. Source: METHODS C1.

value = a + b·month + level·after + slope·after·(months since), by least squares. Each range is the wider one of two: with errors that
allow for months that hang together (Newey and West, three months), which on so few months leave out a jump of none in a sixth of the
cases and more, and with plain ones. Without a comparison group it remains a description.
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
    """``level``: the jump in the first month after; ``slope``: how much steeper the figure went from then on, a month; ``apart``: how far
    the months after lay from the line of the months before, on average: what neither a jump nor a bend alone tells.
    """

    level: Estimate
    slope: Estimate
    apart: Estimate
    n_before: int
    n_after: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        parts = {"level": asdict(self.level), "slope": asdict(self.slope), "apart": asdict(self.apart)}
        return parts | {"months_before": self.n_before, "months_after": self.n_after}


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
    asked = np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, float(since.sum()) / n_after]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = sm.OLS(known["value"].to_numpy(), design).fit()
        hanging = plain.get_robustcov_results("HAC", maxlags=LAGS, use_correction=True, use_t=True)
        ends = np.stack([fit.t_test(asked).conf_int() for fit in (plain, hanging)])
    found = zip(asked @ plain.params, ends[:, :, 0].min(axis=0), ends[:, :, 1].max(axis=0), strict=True)
    level, slope, apart = (Estimate(float(v), float(low), float(high), len(at)) for v, low, high in found)
    return Interrupted(level, slope, apart, n_before, n_after)
