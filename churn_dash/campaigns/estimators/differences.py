"""Difference-in-differences: what changed for the treated beyond what changed for the others. Source: METHODS C4.

One start: two-way fixed effects. Staggered starts: two stages (Gardner 2022), because plain two-way fixed effects then takes treated
units for controls. Both by pyfixest. Errors by cluster of assignment; with few clusters by drawing the assignment anew.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from churn_dash.campaigns.estimators.panel import NEVER, Panel, Table, cells

Floats = NDArray[np.float64]

FEWEST_TREATED, FEWEST_CLUSTERS = 5, 20
"""With fewer clusters the usual error is not to be trusted."""
DRAWS = 1_999


@dataclass(frozen=True)
class Change:
    """The change of the treated beyond that of the others; undefined numbers are None.

    ``way``: two-way, two-stage, or drawn (interval and p by drawing the assignment anew); ``clusters``: treated, and in all.
    """

    difference: float
    error: float | None
    low: float | None
    high: float | None
    p_value: float | None
    way: str
    clusters: tuple[int, int] | None = None


def change(panel: Panel) -> Change | None:
    """The effect on the treated by the panel's clusters; without them rows count as independent.

    None where nothing is left to compare: nobody treated, nobody untreated, or no period before.
    """
    panel = panel.kept((panel.start == NEVER) | (panel.start > panel.time.min()))
    if len(panel.starts) == 0 or not (~panel.treated).any() or ((panel.start != NEVER).all() and len(panel.starts) == 1):
        return None
    frame = pd.DataFrame({"unit": panel.unit, "time": panel.time, "y": panel.y, "g": panel.start, "d": panel.treated.astype(float)})
    if panel.cluster is not None:
        frame["cluster"] = panel.cluster
    counted = None
    if panel.cluster is not None:
        counted = (len(np.unique(panel.cluster[panel.start != NEVER])), len(np.unique(panel.cluster)))
    spare = len(frame) - frame["unit"].nunique() - frame["time"].nunique()
    if spare < 1:
        return _of_cells(panel, counted)
    value, error = _two_stage(frame) if len(panel.starts) > 1 and panel.cluster is not None else _two_way(frame)
    way = "two-stage" if len(panel.starts) > 1 else "two-way"
    if not math.isfinite(value):
        return None
    if counted is not None and (counted[0] < 2 or counted[1] - counted[0] < 1):
        return Change(value, None, None, None, None, way, counted)
    if not math.isfinite(error) or error <= 0:
        return Change(value, None, None, None, None, way, counted)
    freedom = counted[1] - 1 if counted is not None else len(frame) - 4
    half = float(special.stdtrit(freedom, 0.975)) * error
    p = float(2 * special.stdtr(freedom, -abs(value) / error))
    return Change(value, error, value - half, value + half, p, way, counted)


def _of_cells(panel: Panel, counted: tuple[int, int] | None) -> Change | None:
    """From four means, which leave nothing to reckon an error from."""
    means = cells(panel)
    now, past, others, others_past = (means[k] for k in ("treated_after", "treated_before", "control_after", "control_before"))
    if now is None or past is None or others is None or others_past is None:
        return None
    return Change(now - past - (others - others_past), None, None, None, None, "two-way", counted)


def placebo(panel: Panel) -> Change | None:
    """The change at a date halfway through the periods before the first start, at which nothing began; None below four periods."""
    if panel.before < 4:
        return None
    first = int(panel.starts.min())
    early = panel.kept(panel.time < first)
    middle = 1 + first // 2
    return change(early.moved(np.where(early.start == NEVER, NEVER, middle)))


def break_even(difference: float, largest_step: float | None) -> float | None:
    """How many times the largest step between two periods before the start a departure from parallel ways must be to explain it all.

    The crude bound on relative magnitudes (Rambachan and Roth 2023); None where nothing moved.

    >>> break_even(-0.03, 0.01)
    3.0
    """
    return abs(difference) / largest_step if largest_step else None


def few(clusters: tuple[int, int] | None) -> bool:
    """Whether there are too few clusters for the usual error."""
    return clusters is not None and (clusters[0] < FEWEST_TREATED or clusters[1] < FEWEST_CLUSTERS)


def _two_way(frame: pd.DataFrame) -> tuple[float, float]:
    import pyfixest

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = pyfixest.feols("y ~ d | unit + time", frame, vcov={"CRV1": "cluster"} if "cluster" in frame else "iid")
    return float(fit.coef()["d"]), float(fit.se()["d"])


def _two_stage(frame: pd.DataFrame) -> tuple[float, float]:
    import pyfixest

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = pyfixest.event_study(frame, "y", "unit", "time", "g", cluster="cluster", estimator="did2s")
    return float(fit.coef().iloc[0]), float(fit.se().iloc[0])


def redrawn(table: Table, seed: int = 0) -> tuple[float, float | None, float | None, float] | None:
    """Randomisation inference: difference, interval, and p from giving the same starts to other clusters.

    The interval holds the effects that the drawn assignments do not refute; an end is None where no effect is refuted on that side.
    None with a single treated cluster, where nothing can be said of chance.
    """
    treated, clusters = table.counts
    if treated < 2 or clusters - treated < 1:
        return None
    drawn = _assignments(table.start, np.random.default_rng(seed))
    own = (table.start[:, None] != NEVER) & (np.arange(1, table.y.shape[1] + 1) >= table.start[:, None])
    real = table.start[None, :]
    effect = float(_compared(table.y, real, table.start)[0])
    others, shift = _compared(table.y, drawn, table.start), _compared(own.astype(float), drawn, table.start)

    def p(tau: float) -> float:
        return float((np.abs(others - tau * shift) >= abs(effect - tau) - 1e-12).mean())

    reach = 50 * (abs(effect) + float(np.abs(others).max()) + 1e-12)
    return effect, _end(p, effect, -reach), _end(p, effect, reach), p(0.0)


def _assignments(start: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Every way to give the starts to the clusters where they are few, else some drawn; the real one is among them."""
    kinds = np.unique(start[start != NEVER])
    n, k = len(start), int((start != NEVER).sum())
    if len(kinds) == 1 and math.comb(n, k) <= DRAWS + 1:
        found = np.zeros((math.comb(n, k), n), dtype=np.int64)
        for i, chosen in enumerate(combinations(range(n), k)):
            found[i, list(chosen)] = kinds[0]
        return found
    return np.vstack([start, *(rng.permutation(start) for _ in range(DRAWS))])


def _compared(y: Floats, drawn: NDArray[np.int64], start: NDArray[np.int64]) -> Floats:
    """For each assignment the cohorts' mean change against that of the never treated, weighted by clusters."""
    kinds, counts = np.unique(start[start != NEVER], return_counts=True)
    total = np.zeros(len(drawn))
    control = drawn == NEVER
    for g, share in zip(kinds, counts / counts.sum(), strict=True):
        moved = y[:, g - 1 :].mean(axis=1) - y[:, : g - 1].mean(axis=1)
        chosen = drawn == g
        total += share * (chosen @ moved / chosen.sum(axis=1) - control @ moved / control.sum(axis=1))
    return total


def _end(p: Callable[[float], float], inside: float, outside: float) -> float | None:
    if p(outside) > 0.05:
        return None
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p(middle) > 0.05 else (inside, middle)
    return inside
