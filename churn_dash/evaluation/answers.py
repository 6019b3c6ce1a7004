"""The scorecard in one sentence, for the top of the page and of the report."""

from collections.abc import Sequence

from churn_dash.evaluation.scorecard import Line, Scorecard
from churn_dash.marks import _
from churn_dash.words import Count, Ratio, Text

_MOST = 3


def answer(card: Scorecard) -> Text:
    """How many targets are met beyond chance, and which are not; without targets what the churn rate is."""
    judged, met = card.judged, card.counted("met")
    if not judged:
        return _untargeted(card)
    missed, unsure = card.counted("missed", "missed_within_chance"), card.counted("met_within_chance")
    counts = {"met": Count(len(met)), "all": Count(len(judged))}
    if missed:
        return Text(_("{met} of {all} targets are met beyond chance; not met: {names}"), **counts, names=named(missed))
    if unsure:
        return Text(_("{met} of {all} targets are met beyond chance; within chance: {names}"), **counts, names=named(unsure))
    return Text(_("Targets met beyond chance: {met} of {all}"), **counts)


def _untargeted(card: Scorecard) -> Text:
    rate, period = card.of("churn_rate").figure.estimate, card.measured.period
    if rate.value is None:
        return Text(_("The churn rate cannot be told from these data, and no target is set"))
    if period is None:
        return Text(_("{rate} of the customers have left; no target is set yet"), rate=Ratio(rate.value))
    return Text(
        _("{rate} of the customers left in {n} months; no target is set yet, so that nothing can be called met"),
        rate=Ratio(rate.value),
        n=Count(period.n_months),
    )


def named(lines: Sequence[Line]) -> Text:
    """The labels of some lines, the first three."""
    found = Text("{one}", one=lines[0].figure.indicator.label)
    for line in lines[1:_MOST]:
        found = Text(_("{one}, {two}"), one=found, two=line.figure.indicator.label)
    if len(lines) > _MOST:
        found = Text(_("{names} and {n} more"), names=found, n=Count(len(lines) - _MOST))
    return found
