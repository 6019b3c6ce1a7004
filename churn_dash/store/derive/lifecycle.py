"""The lifecycle stage of each customer at the end of each month. Source: METHODS A3."""

import numpy as np
import numpy.typing as npt

from churn_dash.contract.lifecycle import Stage, StageRule
from churn_dash.store.derive.activity import Floats
from churn_dash.store.derive.panel import Columns

_DAYS_A_MONTH = 30.4375
_SIX = 6


def stages(columns: Columns, came: Floats, rule: StageRule = StageRule()) -> npt.NDArray[np.int8]:  # noqa: B008
    """The code of the stage (place in ``Stage``), customer × month; −1 where the data do not reach back six months.

    A ratio whose denominator is missing or 0 is undefined, and its rule false. First match wins, in the order declining, exploring,
    growing, mature. Whoever ``came`` (a day, NaN unknown) at most ``rule.exploring_months`` ago needs no months behind to be known as
    exploring; of whom it is not known when they came, they were there before the first month.
    """
    months = columns.panel.months
    n, m = len(columns.panel.customers), len(months)
    found = np.full((m, n), -1, dtype=np.int8)
    aum, txn, products = (columns.known(name) for name in ("aum_avg", "txn_count", "product_count"))
    for t in range(m):
        tenure = np.where(np.isnan(came), np.inf, (months.last[t] + 1 - came) / _DAYS_A_MONTH)
        exploring = (tenure > 0) & (tenure <= rule.exploring_months)
        if t < _SIX - 1:
            found[t] = np.where(exploring, Stage.EXPLORING, -1)
            continue
        balance, use = ratio(aum, t), ratio(txn, t)
        declining = ((balance < rule.declining) | (use < rule.declining)) & (tenure >= rule.least_tenure)
        more = products[:, t] > products[:, t - _SIX] if t >= _SIX else np.zeros(n, dtype=bool)
        growing = (balance >= rule.growing) | more
        stage = np.where(growing, Stage.GROWING, Stage.MATURE)
        stage = np.where(exploring, Stage.EXPLORING, stage)
        found[t] = np.where(declining, Stage.DECLINING, stage)
    return found.T


def ratio(values: Floats, t: int) -> Floats:
    """Three months to month ``t`` as a share of the three before, a customer; NaN where either is not known, or the latter is 0.

    >>> ratio(np.array([[10.0, 10.0, 10.0, 5.0, 5.0, 5.0], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]]), 5).tolist()
    [0.5, nan]
    """
    now, before = values[:, t - 2 : t + 1].sum(axis=1), values[:, t - 5 : t - 2].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, now / before, np.nan)
