"""What a row of the month table says of the months behind it: a slider of a definition is then a scan. Source: METHODS A3, B0, B3."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churn_dash.contract.definitions import EXEMPT, WINDOWS, Settings
from churn_dash.contract.tiers import TierRule
from churn_dash.store.derive.activity import BASELINE_MONTHS, Floats, Ints
from churn_dash.store.derive.lifecycle import stages
from churn_dash.store.derive.panel import Columns
from churn_dash.store.derive.tier_path import UNKNOWN, counted, tier_path

Array = npt.NDArray[Any]
_LAID_OUT = ("txn_count", "aum_end", "aum_avg", "product_count")
RESTED_ON = (*_LAID_OUT, "churned", *EXEMPT)
"""Columns of the list from which spells and what is rolled follow."""


@dataclass(frozen=True)
class Rolled:
    """Month × customer.

    ``columns``: ``idle_months`` (consecutive complete months without a transaction), ``decline_6`` and ``decline_12`` (the higher
    month-average balance of this month and the one before as a share of the baseline that began so many months ago),
    ``tier_<rule>`` (rank of the tier in force, −1 unknown) and ``watch_<rule>`` (months on watch, 0 where not). ``stage`` has one
    month more: the code of the lifecycle stage at the start of each month, in a customer's first month at its end; −1 unknown.
    ``rule``: the tier rule in force. ``came``: the day
    each customer came, NaN where nothing tells.
    """

    columns: Mapping[str, Array]
    stage: npt.NDArray[np.int8]
    rule: str
    came: Floats
    tiers: tuple[str, ...]
    """What the ranks stand for."""

    @property
    def tier(self) -> npt.NDArray[np.int8] | None:
        """The rank of the tier in force by the rule in force, −1 unknown; None where no month-average balance tells it."""
        return self.columns.get(f"tier_{self.rule}")

    def part(self, some: Ints, since: int) -> "Rolled":
        """Of some customers, from a month on."""
        columns = {name: values[since:, some] for name, values in self.columns.items()}
        return Rolled(columns, self.stage[since:, some], self.rule, self.came[some], self.tiers)


def rolled(columns: Columns, came: Floats, settings: Settings) -> Rolled:
    """All of it, from the columns of ``RESTED_ON`` that there are; ``came`` is the day of each customer, NaN unknown."""
    work: dict[str, Callable[[], dict[str, Array]]] = {}
    if "txn_count" in columns:
        work["idle"] = lambda: {"idle_months": idle_months(columns["txn_count"], columns.panel.months.complete).T}
    if "aum_avg" in columns:
        work |= {f"decline_{w}": lambda w=w: {f"decline_{w}": decline(columns["aum_avg"], w).T} for w in WINDOWS}  # type: ignore[misc]
        work |= {name: lambda name=name, r=r: _tiers(columns, name, r) for name, r in settings.tier_rules.items()}  # type: ignore[misc]
    for name in _LAID_OUT:
        if name in columns:
            columns[name]
    with ThreadPoolExecutor(2) as pool:
        stage = pool.submit(stages, columns, came, settings.stages)
        found = list(pool.map(lambda task: task(), work.values()))
    known = {name: values for part in found for name, values in part.items()}
    return Rolled(known, _at_start(stage.result().T, columns), settings.tier_down.rule, came, tuple(settings.tiers))


def _at_start(at_end: npt.NDArray[np.int8], columns: Columns) -> npt.NDArray[np.int8]:
    present = columns.panel.present.T
    known = np.where(present, at_end, np.int8(-1))
    start = np.concatenate([np.full((1, known.shape[1]), -1, dtype=np.int8), known])
    someone = np.flatnonzero(present.any(axis=0))
    first = present[:, someone].argmax(axis=0)
    start[first, someone] = known[first, someone]
    return start


def _tiers(columns: Columns, name: str, rule: TierRule) -> dict[str, Array]:
    path = tier_path(counted(columns["aum_avg"], columns.panel.months, rule), rule, columns.panel.first_tier)
    seen = np.logical_or.accumulate(columns.panel.present.T)
    return {f"tier_{name}": np.where(seen, path.tier.T, np.int8(UNKNOWN)), f"watch_{name}": path.watch.T}


def idle_months(txn: Floats, complete: npt.NDArray[np.bool_]) -> npt.NDArray[np.int16]:
    """Consecutive complete months without a transaction up to each month, customer × month; an incomplete month changes nothing.

    >>> idle_months(np.array([[0.0, 0.0, 3.0, 0.0]]), np.array([True, True, True, True])).tolist()
    [[1, 2, 0, 1]]
    """
    n, m = txn.shape
    runs = np.zeros((m, n), dtype=np.int16)
    run = np.zeros(n, dtype=np.int16)
    for t in range(m):
        if complete[t]:
            run = np.where(txn[:, t] == 0, run + 1, 0).astype(np.int16)
        runs[t] = run
    return runs.T


def decline(aum: Floats, window: int) -> npt.NDArray[np.float32]:
    """The higher balance of each month and the one before as a share of the baseline, customer × month; NaN where it is not known.

    >>> decline(np.array([[100.0, 100.0, 100.0, 90.0, 50.0, 20.0, 10.0]]), 6)[0, -1].round(3)
    np.float32(0.2)
    """
    n, m = aum.shape
    found = np.full((m, n), np.nan, dtype=np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        for t in range(window, m):
            start = t - window
            baseline = aum[:, start : start + BASELINE_MONTHS].mean(axis=1)
            found[t] = np.where(baseline > 0, np.maximum(aum[:, t - 1], aum[:, t]) / baseline, np.nan)
    return found.T
