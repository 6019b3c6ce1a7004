"""The model that is kept: fitted on everything up to some score date, calibrated on later ones. Source: METHODS D2, D3."""

from dataclasses import dataclass

import numpy as np

from churn_dash.marks import _
from churn_dash.risk.models.calibration import Calibration, calibration, score_of
from churn_dash.risk.models.kind import Fitted, Kind, Settings, fitted
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.risk.rows.examples import LEAST_LEAVERS, Examples
from churn_dash.risk.trials.folds import CUSTOMER_GROUPS, Rows, capped, customer_groups, undersampled
from churn_dash.risk.trials.trial import Trial
from churn_dash.words import Count, Text

_TESTED = Text(_("Calibrated on held-out customers of its tests, who are not later than its fit."))
_LATER = _("Calibrated on later months than it learnt from: {n} looks at customers that the score had not seen, {leavers} left.")


@dataclass(frozen=True)
class Last:
    """The model, its calibration, the rows that it was fitted on, and on what it was calibrated, as a sentence."""

    model: Fitted
    calibration: Calibration
    rows: Rows
    how: Text


def learnt(
    kind: Kind, plan: Design, matrix: Matrix, examples: Examples, settings: Settings, rows: Rows, seed: int, stayers: float = 1.0
) -> Fitted:
    """The model fitted on some rows of the examples, and on a share ``stayers`` of those among them who stayed."""
    rows = undersampled(rows, examples.y, stayers, seed)
    when = examples.when[rows] if kind.needs_months else None
    return fitted(kind, plan, matrix[rows], examples.y[rows], seed, settings, when)


def last_fit(tried: Trial, plan: Design, matrix: Matrix, examples: Examples, seed: int, most: int, stayers: float = 1.0) -> Last:
    """The kind that was tried, fitted once more for use.

    In a panel with enough months: fitted on the score dates before the last three, and calibrated on those. The scores for that come
    from four further fits, each without a quarter of the customers, who are scored by it alone: later data, and customers that the
    score has not seen. Else: calibrated on the held-out scores of the trial.
    """
    rows = capped(examples.final, examples.customers, seed, most) if examples.windows else examples.final
    model = learnt(tried.kind, plan, matrix, examples, tried.settings, rows, seed, stayers)
    later = examples.later
    if len(later):
        later = capped(later, examples.customers, seed, most)
    if not len(later) or not LEAST_LEAVERS <= examples.y[later].sum() <= len(later) - LEAST_LEAVERS:
        return Last(model, tried.calibration(), rows, _TESTED)
    groups = customer_groups(int(examples.customers.max()) + 1, seed)[examples.customers]
    score = np.empty(len(later))
    for g in range(CUSTOMER_GROUPS):
        inside, outside = groups[later] == g, rows[groups[rows] != g]
        if inside.any():
            other = learnt(tried.kind, plan, matrix, examples, tried.settings, outside, seed, stayers)
            score[inside] = score_of(tried.kind, other.output(matrix[later[inside]]))
    n = {"n": Count(len(later)), "leavers": Count(int(examples.y[later].sum()))}
    how = Text(_LATER, **n)
    return Last(model, calibration(score, examples.y[later]), rows, how)
