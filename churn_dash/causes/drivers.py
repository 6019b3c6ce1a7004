"""What goes with satisfaction: how closely each survey item moves with it, alone and beside the others. Source: METHODS A1 4.2.2."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import special

from churn_dash.causes.satisfaction import sent_rows
from churn_dash.contract.causes import EXPECTATIONS
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question

FEWEST = 30
"""Answers below which no driver is looked for."""


@dataclass(frozen=True)
class Driver:
    """One item: Spearman's rank correlation with the outcome (``rank``, −1…1) and the points of outcome that go with one point of it,
    the other items held equal (``points``), each with its 95 % range. ``name`` is a survey item, or open_complaint (yes against no)."""

    name: str
    label: str
    rank: float | None
    rank_low: float | None
    rank_high: float | None
    points: float | None
    points_low: float | None
    points_high: float | None
    n: int


@dataclass(frozen=True)
class Drivers:
    """The drivers, strongest first; ``explained``: share of the outcome's variance that the items together explain."""

    outcome: str
    rows: tuple[Driver, ...]
    n: int
    explained: float | None


def drivers(question: Question, outcome: str = "csat") -> Drivers:
    """What goes with ``outcome`` (csat or nps) among the answers of the period. An association: people rate alike what they like.

    A linear model with ranges that count a customer's answers together. Raises ``NotPossible`` below 30 answers with every item.
    """
    if outcome not in ("csat", "nps"):
        raise BadInput(_("{option} has no {value}; there are: {known}."), option="--outcome", value=outcome, known="csat, nps")
    sent, _base, _outside = sent_rows(question)
    items = [c for c in EXPECTATIONS if sent[c].drop_nulls().n_unique() > 1]
    known = sent.filter("answered").drop_nulls([outcome, *items])
    if not items or len(known) < FEWEST or known[outcome].n_unique() < 2:
        raise NotPossible(
            _(
                "Drivers need at least {needed} answers with satisfaction and the survey items q_personal, q_convenient, "
                "q_efficient, q_secure; there are {n}."
            ),
            needed=FEWEST,
            n=len(known) if items else 0,
        )
    known = known.with_columns(open_complaint=(pl.col("open_complaint") == "yes").cast(pl.Float64))
    names = [*items, *(["open_complaint"] if known["open_complaint"].n_unique() > 1 else [])]
    from statsmodels.regression.linear_model import OLS

    x = known.select(names).to_numpy().astype(np.float64)
    y = known[outcome].to_numpy().astype(np.float64)
    groups = known["customer_id"].rank("dense").to_numpy().astype(np.int64)
    fitted = OLS(y, np.column_stack([np.ones(len(x)), x])).fit(cov_type="cluster", cov_kwds={"groups": groups})
    ends = np.asarray(fitted.conf_int())
    found = []
    for i, name in enumerate(names):
        rank, low, high = spearman(known[name], known[outcome])
        label = EXPECTATIONS.get(name) or _("An open complaint")
        found.append(
            Driver(name, label, rank, low, high, float(fitted.params[i + 1]), float(ends[i + 1][0]), float(ends[i + 1][1]), len(known))
        )
    found.sort(key=lambda d: -abs(d.rank or 0.0))
    return Drivers(outcome, tuple(found), len(known), float(fitted.rsquared))


def spearman(a: pl.Series, b: pl.Series) -> tuple[float | None, float | None, float | None]:
    """Rank correlation with the interval of Bonett and Wright (2000); None where nothing varies, or below four pairs.

    >>> [round(v, 3) for v in spearman(pl.Series(range(10)), pl.Series([0, 2, 1, 3, 5, 4, 6, 8, 7, 9]))]
    [0.964, 0.8, 0.994]
    """
    n = len(a)
    if n < 4 or a.n_unique() < 2 or b.n_unique() < 2:
        return None, None, None
    value = float(np.corrcoef(a.rank("average").to_numpy(), b.rank("average").to_numpy())[0, 1])
    if abs(value) >= 1 - 1e-12:
        return value, None, None
    half = float(special.ndtri(0.975)) * math.sqrt((1 + value**2 / 2) / (n - 3))
    return value, math.tanh(math.atanh(value) - half), math.tanh(math.atanh(value) + half)
