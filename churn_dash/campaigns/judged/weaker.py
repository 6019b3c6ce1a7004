"""Verdicts below a random draw: what a change beyond the others', or an adjusted difference, allows. Source: METHODS C4, C5, C10."""

from churn_dash.campaigns.estimators.effects import Effect
from churn_dash.campaigns.groups.design import Evidence
from churn_dash.campaigns.groups.likeness import Adjusted
from churn_dash.campaigns.judged.verdict import Finding, change, value
from churn_dash.words import Count, Number, Text, _


def moved(effect: Effect, evidence: Evidence, *, declared: bool = True) -> Finding:
    """The verdict on a change beyond that of the others, at grade B, C or D; ``declared``: how the groups were made."""
    unit = effect.outcome.unit
    words: dict[str, object] = {
        "outcome": effect.outcome.label,
        "arm": effect.treated.label,
        "control": effect.base.label,
        "difference": change(effect.difference, unit),
        "low": change(effect.low, unit),
        "high": change(effect.high, unit),
        "why": evidence.why,
    }
    if evidence.grade == "D":
        return Finding("unidentified" if declared else "description", Text(_NOT_TOLD, **words))
    if evidence.grade == "C":
        if effect.low is None or effect.high is None:
            return Finding("adjusted", Text(_MAY_BE_WITHOUT_RANGE, **words))
        return Finding("adjusted", Text(_MAY_BE if effect.off_zero else _MAY_BE_CHANCE, **words))
    if not effect.off_zero:
        return Finding("unconfirmed", Text(_CHANCE, **words))
    return Finding("worked", Text(_BETTER, **words)) if (effect.gain or 0) > 0 else Finding("worse", Text(_WORSE, **words))


def compared(effect: Effect, found: Adjusted) -> Finding:
    """The verdict on an adjusted difference: never more than that something else cannot be excluded."""
    unit = effect.outcome.unit
    words: dict[str, object] = {
        "outcome": effect.outcome.label,
        "arm": effect.treated.label,
        "n": Count(len(found.gaps)),
        "difference": change(effect.difference, unit),
        "low": change(effect.low, unit),
        "high": change(effect.high, unit),
        "e": Number(found.e_value),
        "limit": Number(found.e_value_limit),
    }
    if not effect.off_zero:
        return Finding("adjusted", Text(_NONE_LEFT, **words))
    return Finding("adjusted", Text(_LEFT if found.e_value is not None else _LEFT_WITHOUT_E, **words))


def unidentified(effect: Effect, why: Text) -> Finding:
    """The verdict where nobody in the other group is like those who were chosen; ``why`` also says what would change it."""
    unit = effect.outcome.unit
    words: dict[str, object] = {
        "outcome": effect.outcome.label,
        "arm": effect.treated.label,
        "control": effect.base.label,
        "treated": value(effect.treated.mean, unit),
        "base": value(effect.base.mean, unit),
        "difference": change(effect.difference, unit),
        "why": why,
    }
    return Finding("unidentified", Text(_UNIDENTIFIED, **words))


_UNIDENTIFIED = _(
    "Whether it worked cannot be identified. {outcome} was {treated} in {arm} and {base} in {control}, "
    "and the difference of {difference} cannot be attributed to the campaign. {why}"
)
_BETTER = _(
    "It worked, if {arm} would have gone on like {control}. "
    "{outcome} moved by {difference} ({low} to {high}) beyond what it moved in {control}. {why}"
)
_WORSE = _(
    "It made things worse, if {arm} would have gone on like {control}. "
    "{outcome} moved by {difference} ({low} to {high}) beyond what it moved in {control}. {why}"
)
_CHANCE = _(
    "It cannot be confirmed that it worked. {outcome} moved by {difference} ({low} to {high}) beyond what it moved in {control}, "
    "and that may be chance. {why}"
)
_MAY_BE = _(
    "{outcome} moved by {difference} ({low} to {high}) beyond what it moved in {control}. "
    "That another reason is behind it cannot be excluded. {why}"
)
_MAY_BE_CHANCE = _(
    "{outcome} moved by {difference} ({low} to {high}) beyond what it moved in {control}, which may be chance. "
    "That another reason is behind it cannot be excluded either. {why}"
)
_MAY_BE_WITHOUT_RANGE = _(
    "{outcome} moved by {difference} beyond what it moved in {control}, without a range. "
    "That chance or another reason is behind it cannot be excluded. {why}"
)
_NOT_TOLD = _("{outcome} moved by {difference} beyond what it moved in {control}, which cannot be attributed to the campaign. {why}")
_LEFT = _(
    "After adjustment for {n} characteristics known before, {outcome} differs by {difference} ({low} to {high}) from what it would be "
    "without the campaign. A reason for the choice that nobody wrote down cannot be excluded: to explain it all it would have to go with "
    "both the choice and the outcome by a ratio of {e}, and of {limit} to leave no effect within the range."
)
_LEFT_WITHOUT_E = _(
    "After adjustment for {n} characteristics known before, {outcome} differs by {difference} ({low} to {high}) from what it would be "
    "without the campaign. A reason for the choice that nobody wrote down cannot be excluded."
)
_NONE_LEFT = _(
    "After adjustment for {n} characteristics known before, {outcome} differs by {difference} ({low} to {high}) from what it would be "
    "without the campaign, which may be chance. A reason for the choice that nobody wrote down cannot be excluded either."
)
