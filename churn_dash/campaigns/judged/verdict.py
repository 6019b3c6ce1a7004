"""The verdict in words, limited by the evidence, and what to do next. Source: METHODS C2, C3, C8."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from churn_dash.campaigns.estimators.effects import FEWEST, Effect, Outcome, Unit
from churn_dash.campaigns.estimators.regression import FEWEST_CLUSTERS, FEWEST_CLUSTERS_IN_ALL
from churn_dash.campaigns.groups.design import Evidence
from churn_dash.words import Count, Money, Number, Points, Ratio, Text, _

Status = Literal[
    "worked", "worse", "unconfirmed", "adjusted", "beside", "unidentified", "description", "no_holdout", "doubtful", "too_few", "not_due"
]

STATUSES: Mapping[Status, str] = {
    "worked": _("It worked"),
    "worse": _("It made things worse"),
    "unconfirmed": _("Cannot be confirmed"),
    "adjusted": _("Adjusted, not proven"),
    "beside": _("A look, no verdict"),
    "unidentified": _("Cannot be identified"),
    "description": _("Cannot be attributed"),
    "no_holdout": _("Nothing to compare with"),
    "doubtful": _("Randomisation is doubtful"),
    "too_few": _("Too few cases"),
    "not_due": _("Not yet due"),
}
"""What each verdict is called in a table."""

_NEXT = {
    "worked": _("Go on with it, and keep a random hold-out so that the effect stays known."),
    "worse": _("Stop it, and look for the customers whom it put off."),
    "unconfirmed": _("Run it again with more customers or a larger hold-out before deciding."),
    "adjusted": _("Next time, hold some out at random: adjusting cannot remove what nobody measured."),
    "beside": _("Judge it by the outcome that was declared for it; what was looked at after the fact is a question for the next campaign."),
    "unidentified": _("Next time, leave some customers of the same kind without it, at random, so that there is somebody to compare with."),
    "description": _("Next time, draw a random hold-out before the start and record it."),
    "no_holdout": _("Next time, hold out a random part of the customers."),
    "doubtful": _("Find out how the groups were drawn and who dropped out before using any figure."),
    "too_few": _("Wait for more cases, or run it with more customers."),
    "not_due": _("Wait for the evaluation date; looking early makes chance look like success."),
}

DEAR = _("It costs more than it brings: make it cheaper, or keep it for those who gain most from it.")
"""The next step of what worked and does not pay."""
HARMFUL = _("Pause it, or hold some out at random to learn whether it is the cause.")
"""The next step of what looks harmful where the groups were not drawn at random."""


@dataclass(frozen=True)
class Finding:
    """What may be said of one comparison."""

    status: Status
    verdict: Text

    @property
    def label(self) -> str:
        """The status as a table shows it; a marked word."""
        return STATUSES[self.status]

    @property
    def next_step(self) -> str:
        """What to do next; a marked sentence."""
        return _NEXT[self.status]


def value(number: float | None, unit: Unit) -> Ratio | Money | Number:
    """A figure of the outcome inside a sentence."""
    return Ratio(number) if unit == "ratio" else Money(number) if unit == "money" else Number(number)


def change(number: float | None, unit: Unit) -> Points | Money | Number:
    """A difference of the outcome inside a sentence."""
    return Points(number) if unit == "ratio" else Money(number) if unit == "money" else Number(number)


def not_due(on: datetime.date) -> Finding:
    """Before the evaluation date only counts are shown."""
    return Finding(
        "not_due", Text(_("Not yet due: the campaign is judged on {date}. Until then only counts are shown."), date=on.isoformat())
    )


def no_holdout(outcome: Outcome, after: float | None) -> Finding:
    """Everybody was treated: the group's own figure, and that it proves nothing."""
    return Finding(
        "no_holdout",
        Text(
            _(
                "Whether it worked cannot be known: nobody was held out. "
                "{outcome} was {after} in the target group, and there is nothing to compare it with."
            ),
            outcome=outcome.label,
            after=value(after, outcome.unit),
        ),
    )


def finding(effect: Effect, evidence: Evidence, *, doubt: bool = False, compared: int = 1) -> Finding:
    """The verdict on one group against the hold-out. ``compared`` is how many groups are judged at once.

    ``doubt``: a check of the declared draw failed, for the reason that the evidence gives.
    """
    unit = effect.outcome.unit
    words = _words(effect)
    if evidence.grade != "A":
        if doubt:
            return Finding("doubtful", Text(_DOUBTFUL, why=evidence.why))
        return Finding("description", Text(_DESCRIPTION, **words, why=evidence.why))
    if effect.few_clusters:
        return Finding("too_few", Text(_FEW_CLUSTERS, **words, least=FEWEST_CLUSTERS, in_all=FEWEST_CLUSTERS_IN_ALL))
    if effect.too_few:
        return Finding("too_few", _too_few(effect, words))
    if effect.clear:
        worked = (effect.gain or 0) > 0
        return Finding("worked", Text(_WORKED, **words)) if worked else Finding("worse", Text(_WORSE, **words))
    if effect.off_zero:
        return Finding("unconfirmed", Text(_ONE_OF_MANY, **words, compared=compared))
    if effect.smallest is None:
        return Finding("unconfirmed", Text(_TOO_SMALL, **words))
    return Finding("unconfirmed", Text(_UNCONFIRMED, **words, smallest=_size(effect.smallest, unit)))


def could_show(effect: Effect) -> Text | None:
    """From what size on an effect could be expected to show with this many members; None where that is not known."""
    if effect.smallest is None:
        return None
    return Text(_COULD_SHOW, arm=effect.treated.label, smallest=_size(effect.smallest, effect.outcome.unit))


def looked(effect: Effect, found: Finding) -> Finding:
    """The same by an outcome that was not declared: told with its range, and no verdict, because of many looks one is lucky."""
    if found.status not in ("worked", "worse", "unconfirmed", "adjusted"):
        return found
    words = _words(effect)
    return Finding("beside", Text(_LOOKED if effect.low is not None else _LOOKED_WITHOUT_RANGE, **words))


def _too_few(effect: Effect, words: dict[str, object]) -> Text:
    sides = (effect.treated, effect.base)
    cases = [k for g in sides for k in (g.cases, g.known - g.cases)] if effect.outcome.counts else [g.known for g in sides]
    if min(cases) < FEWEST:
        return Text(_TOO_FEW, **words, fewest=Count(min(cases)), least=FEWEST)
    if effect.outcome.counts or any(g.sd for g in sides):
        return Text(_SAME_WITHIN, **words)
    return Text(_NOTHING_VARIES, **words)


def _words(effect: Effect) -> dict[str, object]:
    unit = effect.outcome.unit
    return {
        "outcome": effect.outcome.label,
        "arm": effect.treated.label,
        "control": effect.base.label,
        "treated": value(effect.treated.mean, unit),
        "base": value(effect.base.mean, unit),
        "difference": change(effect.difference, unit),
        "low": change(effect.low, unit),
        "high": change(effect.high, unit),
    }


def _size(number: float, unit: Unit) -> object:
    return Text(_("{n} percentage points"), n=Number(100 * number)) if unit == "ratio" else change(number, unit)


_COULD_SHOW = _("With this many members an effect on {arm} of {smallest} or more could be expected to show.")
_WORKED = _("It worked. {outcome} was {treated} in {arm} and {base} in {control}, a difference of {difference} ({low} to {high}).")
_WORSE = _(
    "It made things worse. {outcome} was {treated} in {arm} and {base} in {control}, a difference of {difference} ({low} to {high})."
)
_UNCONFIRMED = _(
    "It cannot be confirmed that it worked. {outcome} was {treated} in {arm} and {base} in {control}, and the difference of {difference} "
    "({low} to {high}) may be chance. With this many customers only an effect of {smallest} or more could be expected to show."
)
_TOO_SMALL = _(
    "It cannot be confirmed that it worked. {outcome} was {treated} in {arm} and {base} in {control}, and the difference of {difference} "
    "({low} to {high}) may be chance. With so few customers no effect could be expected to show."
)
_ONE_OF_MANY = _(
    "It cannot be confirmed that it worked. {outcome} was {treated} in {arm} and {base} in {control}. The difference of {difference} "
    "({low} to {high}) would stand alone, but when {compared} groups are compared at once one such difference may be chance."
)
_TOO_FEW = _(
    "Too few cases for a verdict. {outcome} was {treated} in {arm} and {base} in {control}, "
    "and one of the counts is only {fewest} where at least {least} are needed."
)
_SAME_WITHIN = _(
    "No verdict: {outcome} was {treated} in {arm} and {base} in {control}, "
    "and within the strata or clusters it does not vary enough to tell chance from an effect."
)
_NOTHING_VARIES = _(
    "No verdict: {outcome} was {treated} for everybody in {arm} and {base} for everybody in {control}. "
    "Where nothing varies, chance cannot be told from an effect."
)
_LOOKED = _(
    "A look, no verdict: this is not the outcome that was declared. {outcome} was {treated} in {arm} and {base} in {control}, "
    "a difference of {difference} ({low} to {high})."
)
_LOOKED_WITHOUT_RANGE = _(
    "A look, no verdict: this is not the outcome that was declared. {outcome} was {treated} in {arm} and {base} in {control}, "
    "a difference of {difference}."
)
_DESCRIPTION = _(
    "{outcome} was {treated} in {arm} and {base} in {control}. The difference of {difference} cannot be attributed to the campaign. {why}"
)
_DOUBTFUL = _("Randomisation is doubtful. {why} No verdict is given until the reason is found.")
_FEW_CLUSTERS = _(
    "Too few clusters for a verdict. {outcome} was {treated} in {arm} and {base} in {control}, but whole clusters were drawn, "
    "and each group needs at least {least} of them, both together {in_all}."
)
