"""The stage of one customer, rule by rule: the second way to what the store derives. METHODS A3."""

from collections.abc import Sequence

from churn_dash.contract.lifecycle import StageRule
from churn_dash.segments.groups.lifecycle import CHURNED

_SIX = 6


def stage(
    tenure: float | None,
    balances: Sequence[float | None],
    transactions: Sequence[float | None],
    products: float | None = None,
    products_before: float | None = None,
    churned: bool = False,
    rule: StageRule = StageRule(),  # noqa: B008
) -> str | None:
    """The stage of one customer at the end of a month, the first rule that fits. METHODS A3.

    ``tenure`` in months; ``balances`` (month averages) and ``transactions`` of the last six months, oldest first, None where unknown;
    ``products`` now and six months before. A ratio without a denominator is undefined and its rule false. None where the tenure is
    unknown, or where the data do not reach back six months for a customer who no longer explores.

    >>> stage(24, [100, 100, 100, 50, 50, 50], [5] * 6), stage(24, [0, 0, 0, 50, 50, 50], [5] * 6)
    ('declining', 'mature')
    >>> stage(4, [10, 10, 10, 10], []), stage(24, [100] * 6, [5] * 6, 4, 3)
    ('exploring', 'growing')
    """
    if churned:
        return CHURNED
    if tenure is None:
        return None
    of_balances, of_transactions = ratio(balances), ratio(transactions)
    if tenure >= rule.least_tenure and any(r is not None and r < rule.declining for r in (of_balances, of_transactions)):
        return "declining"
    if tenure <= rule.exploring_months:
        return "exploring"
    if max(len(balances), len(transactions)) < _SIX:
        return None
    more = products is not None and products_before is not None and products > products_before
    return "growing" if more or (of_balances is not None and of_balances >= rule.growing) else "mature"


def ratio(values: Sequence[float | None]) -> float | None:
    """The sum of the last three months over that of the three before; None where one is unknown or the denominator is 0.

    >>> ratio([100, 100, 100, 70, 70, 70]), ratio([0, 0, 0, 1, 1, 1]), ratio([1, 1])
    (0.7, None, None)
    """
    last = list(values)[-_SIX:]
    known = [v for v in last if v is not None]
    if len(known) < _SIX:
        return None
    before = sum(known[:3])
    return sum(known[3:]) / before if before else None
