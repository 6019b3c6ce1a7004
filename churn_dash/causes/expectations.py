"""The four things customers expect of a bank, by their survey items: level, gap, and who leaves. Source: METHODS A1 2.1."""

from dataclasses import dataclass

import polars as pl

from churn_dash.causes.after_answers import with_outcome
from churn_dash.causes.reading import HORIZON
from churn_dash.causes.satisfaction import sent_rows
from churn_dash.contract.causes import EXPECTATIONS, SCALE
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, mean, rate
from churn_dash.measures.statistics.intervals import newcombe

EXPECTED = 4.0
"""What counts as met, of 5."""


@dataclass(frozen=True)
class Expectation:
    """One expectation: mean answer (1–5), its gap to what is expected (negative: falls short), share of answers below it, and churn
    within the horizon of those below and of those at or above it, with the difference."""

    name: str
    label: str
    level: Estimate
    gap: Estimate
    unmet: Estimate
    left_unmet: Estimate
    left_met: Estimate
    difference: Estimate


def expectations(question: Question, expected: float = EXPECTED, horizon: int = HORIZON) -> tuple[Expectation, ...]:
    """The four expectations in the order of the plan, those with answers. Churn is an association.

    Level and gap rest on every answer of the period; churn on the last one of each customer that can be followed. Raises
    ``NotPossible`` without the survey items.
    """
    sent, _base, _outside = sent_rows(question)
    answers = sent.filter("answered")
    items = [c for c in EXPECTATIONS if answers[c].is_not_null().any()]
    if not items:
        raise NotPossible(_("Customers' expectations need the survey items q_personal, q_convenient, q_efficient and q_secure, 1 to 5."))
    try:
        followable = with_outcome(answers, question.ds, horizon).unique("customer_id", keep="last", maintain_order=True)
    except NotPossible:
        followable = answers.clear().with_columns(left=pl.lit(value=False))
    return tuple(_expectation(name, answers[name].drop_nulls(), followable.drop_nulls(name), expected) for name in items)


def _expectation(name: str, values: pl.Series, followable: pl.DataFrame, expected: float) -> Expectation:
    level = mean(values, SCALE)
    ends = [None if v is None else v - expected for v in (level.value, level.low, level.high)]
    below, met = (followable.filter(pl.col(name) < expected), followable.filter(pl.col(name) >= expected))
    k1, k0 = int(below["left"].sum()), int(met["left"].sum())
    spread = newcombe(k1, len(below), k0, len(met))
    difference = NOTHING if spread is None else Estimate(k1 / len(below) - k0 / len(met), spread.low, spread.high, len(below) + len(met))
    return Expectation(
        name,
        EXPECTATIONS[name],
        level,
        Estimate(ends[0], ends[1], ends[2], level.n),
        rate(int((values < expected).sum()), len(values)),
        rate(k1, len(below)),
        rate(k0, len(met)),
        difference,
    )
