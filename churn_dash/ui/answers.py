"""Answers of the rooms below to the reader's question, remembered until the data, the question or the settings change."""

from collections.abc import Callable
from typing import TypeVar

from churn_dash.contract.few import TOO_FEW
from churn_dash.ui import cache, session
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

T = TypeVar("T")


def answered(question: PageQuestion, work: Callable[..., T], *more: object) -> T:
    """``work(question, *more)``. Raises what it raises; a refusal is not remembered."""
    q = question
    period = None if q.period is None else (str(q.period.start), str(q.period.end))
    name = f"{work.__module__}.{work.__qualname__}"
    return cache.worked_out(
        q.ds,
        q.scope,
        lambda *_asked: work(q, *more),
        q.filters.where,
        period,
        q.definition,
        *more,
        name=name,
    )


def shown(value: float | None, n: int, unit: str = "ratio") -> str:
    """A figure as words; where it rests on fewer than 30, how many only."""
    if n < TOO_FEW and value is not None:
        return session.say(Text(_("{n} only"), n=Count(n)))
    return session.look().show(value, unit)
