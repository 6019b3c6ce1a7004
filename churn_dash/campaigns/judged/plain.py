"""The naive figure of a flat file: what a plain look at it would credit the campaign with. Sources: METHODS C1, C5."""

from collections.abc import Sequence

import polars as pl

from churn_dash.campaigns.estimators.effects import Outcome, effect
from churn_dash.campaigns.estimators.panel import Panel, cells
from churn_dash.campaigns.judged.spread import group
from churn_dash.campaigns.judged.verdict import change, value
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.words import Text, _


def since(outcome: Outcome, panel: Panel) -> Naive | None:
    """Before and after of the treated alone; None where one of them is not in the file."""
    means = cells(panel)
    before, after = means.get("treated_before"), means.get("treated_after")
    if before is None or after is None:
        return None
    why = Text(
        _("A plain before/after of the treated, from {before} to {after}, holds all that moved for the others as well."),
        before=value(before, outcome.unit),
        after=value(after, outcome.unit),
    )
    return Naive(before, after, int(panel.treated.sum()), why)


def by_itself(outcome: Outcome, data: pl.DataFrame, treated: Sequence[str], base: str | None, *, random: bool, named: bool) -> Naive:
    """Of one row a member: the groups as they are where they were not drawn at random, else the treated groups' own figure.

    ``data`` holds ``arm`` and ``y``; ``named`` says whether columns from before the campaign were named.
    """
    own = group("treated", "", data.filter(pl.col("arm").is_in(treated))["y"])
    if base is None or random:
        return Naive(None, own.mean, own.known, Text(_NAMED if named else _NOTHING_BEFORE, after=value(own.mean, outcome.unit)))
    others = group(base, "", data.filter(pl.col("arm") == base)["y"])
    crude = effect(outcome, own, others)
    words = {"difference": crude.difference, "low": crude.low, "high": crude.high}
    sentence = _AS_THEY_ARE if crude.low is not None else _AS_THEY_ARE_WITHOUT_RANGE
    why = Text(sentence, **{name: change(number, outcome.unit) for name, number in words.items()})
    return Naive(None, own.mean, own.known, why, crude.low, crude.high, others=others.mean)


_NOTHING_BEFORE = _(
    "The file holds nothing from before the campaign. "
    "Taken by itself, {after} would credit the campaign with all that would have happened without it."
)
_NAMED = _(
    "The columns named from before the campaign adjust the comparison; none of them is taken for the outcome itself. "
    "Taken by itself, {after} would credit the campaign with all that would have happened without it."
)
_AS_THEY_ARE = _(
    "Taken as they are, the groups differ by {difference} ({low} to {high}): "
    "that credits the campaign with all that made them differ from the start."
)
_AS_THEY_ARE_WITHOUT_RANGE = _(
    "Taken as they are, the groups differ by {difference}: that credits the campaign with all that made them differ from the start."
)
