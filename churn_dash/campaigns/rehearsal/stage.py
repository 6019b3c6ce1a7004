"""The customers of a rehearsal: who they were, what became of them, what was known of them before. A copy in memory."""

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.campaigns.groups import extract
from churn_dash.campaigns.groups.balance import with_known
from churn_dash.campaigns.groups.members import standing as became
from churn_dash.campaigns.planner.base import eve
from churn_dash.care.standing import standing
from churn_dash.errors import NotPossible
from churn_dash.measures.question import Question
from churn_dash.store import month_end
from churn_dash.words import _

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """``left``: 1 where the member left within the horizon after ``day``; ``branch``: a number a branch; ``known``: what was known before.
    ``left_before`` and ``branch_before`` are those of everybody who was a customer one horizon earlier."""

    day: datetime.date
    left: Floats
    branch: NDArray[np.int64]
    known: Floats
    left_before: Floats
    branch_before: NDArray[np.int64]


def stage(question: Question, horizon_days: int) -> Stage:
    """The customers within filters and scope on the latest day after which a horizon is over, and those of one horizon before.

    Raises ``NotPossible`` where the data do not reach so far back.
    """
    ds, chosen = question.ds, question.chosen
    day = eve(ds, horizon_days, ds.rules[chosen].unsettled_months) if ds.shape == "panel" else None
    earlier = None if day is None else day - datetime.timedelta(days=horizon_days)
    ends = [month_end(m) for m in ds.months] if ds.shape == "panel" else []
    before = max((e for e in ends if earlier is not None and e <= earlier), default=None)
    if day is None or before is None:
        raise NotPossible(_("A rehearsal needs months for two horizons of {n} days, one after the other."), n=horizon_days)
    spells = extract.spells(ds, chosen, question.scope)

    def cohort(eve_: datetime.date) -> pl.DataFrame:
        people = standing(question, eve_).people.select("customer_id", "branch_id")
        mine = spells.join(people, on="customer_id", how="semi")
        after = became(mine, eve_ + datetime.timedelta(days=1), eve_ + datetime.timedelta(days=horizon_days))
        after = after.sort("customer_id")  # a draw goes by their places
        return after.select("customer_id", pl.col("left").cast(pl.Float64)).join(people, on="customer_id", maintain_order="left")

    now, past = cohort(day), cohort(before)
    branches = {b: i for i, b in enumerate(sorted({*now["branch_id"].drop_nulls(), *past["branch_id"].drop_nulls()}))}
    told = with_known(ds, now.select("customer_id"), day + datetime.timedelta(days=1))
    known = told.select(pl.col(c).cast(pl.Float64) for c in told.columns if c != "customer_id")
    filled = known.select(pl.col(c).fill_null(pl.col(c).median()) for c in known.columns if known[c].null_count() < known.height)
    return Stage(
        day,
        now["left"].to_numpy(),
        _codes(now["branch_id"], branches),
        filled.to_numpy().astype(np.float64),
        past["left"].to_numpy(),
        _codes(past["branch_id"], branches),
    )


def _codes(values: pl.Series, branches: dict[str, int]) -> NDArray[np.int64]:
    return values.replace_strict(branches, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()
