"""How long a customer is still expected to stay at the risk that a model gives. How it is worked out: ``measures.tenure.remaining``."""

import math
from collections.abc import Sequence

from churn_dash.contract.calendar import month_end, shifted
from churn_dash.measures.tenure.current import pace_by_tenure, tenure_now
from churn_dash.measures.tenure.hazard import Pace
from churn_dash.measures.tenure.remaining import Remaining, Risk, remaining
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.trials.accuracy import Bin
from churn_dash.store import Dataset


def time_to_leave(
    ds: Dataset, model: Model | None, customer_id: str, probability: float | None, pace: Sequence[Pace] | None = None
) -> Remaining | None:
    """The time still expected for the customer, at ``probability`` as the model's ``explain`` gives it.

    Without a model or a probability by tenure alone. ``pace``: as ``pace_by_tenure`` by the model's definition of churn, where it is known
    already. None for data without months, for who has left, where the first day is not known, and where nobody ever left.
    """
    definition = model.card.definition if model is not None else None
    tenure = tenure_now(ds, customer_id, definition)
    if tenure is None:
        return None
    risk = risk_ahead(ds, model, probability) if model is not None and probability is not None else None
    return remaining(pace if pace is not None else pace_by_tenure(ds, definition), tenure, risk)


def risk_ahead(ds: Dataset, model: Model, probability: float) -> Risk | None:
    """The probability with the days it is about, and the error of its log-odds as seen on held-out customers of like risk."""
    frame = model.card.windows
    if not frame or ds.data_end is None:
        return None
    start, end = (month_end(shifted(ds.data_end, m)) for m in (frame["gap"], frame["gap"] + frame["horizon"]))
    return Risk(probability, (start - ds.data_end).days, (end - start).days, log_odds_error(model.card.reliability, probability))


def log_odds_error(bins: Sequence[Bin], probability: float) -> float:
    """The standard error of the log-odds of what was observed in the bin of nearest prediction, half a departure added on either side.

    >>> round(log_odds_error([Bin(0.1, 0.1, 0.0, 1.0, 100)], 0.2), 3)
    0.326
    """
    if not bins:
        return 0.0
    one = min(bins, key=lambda b: abs(b.predicted - probability))
    share = (one.observed * one.n + 0.5) / (one.n + 1)
    return 1 / math.sqrt((one.n + 1) * share * (1 - share))
