"""Stop, go on, or widen a campaign: never more than its evidence allows. Source: METHODS A1 7.3.3, C2, C11."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from churn_dash.campaigns.judged.money import Money
from churn_dash.campaigns.judged.register import Entry
from churn_dash.errors import ChurnDashError
from churn_dash.words import Ratio, Text, _

Step = Literal["scale", "continue", "pause", "stop", "cannot_say"]

STEPS: Mapping[Step, str] = {
    "scale": _("Widen it"),
    "continue": _("Go on, with a hold-out"),
    "pause": _("Pause it, or hold some out"),
    "stop": _("Stop it"),
    "cannot_say": _("Cannot say"),
}
"""What each step is called."""


@dataclass(frozen=True)
class Advice:
    """What to do with a campaign, and why."""

    step: Step
    why: Text

    @property
    def label(self) -> str:
        """The step as a table shows it; a marked word."""
        return STEPS[self.step]


def advice(entry: Entry, kind: str | None = None) -> Advice:
    """The step for a campaign or group. It is widened only with evidence A, a clear effect, and a return whose whole range
    lies above zero.

    Evidence B and C may lead to going on with a hold-out at most, or to a pause where it looks harmful, D to nothing.
    """
    if entry.evaluation is None or entry.finding is None:
        return Advice("cannot_say", Text(_("It could not be judged.")) if entry.problem is None else problem_words(entry.problem))
    money = entry.evaluation.money.get(entry.arm or "")
    if kind == "test":
        return Advice("cannot_say", Text(_("It tested how groups are drawn and offered nothing, so there is nothing to widen or to stop.")))
    if entry.status == "not_due":
        return Advice("cannot_say", Text(_("Its evaluation date has not come.")))
    grade = str(entry.grade)
    if grade in ("B", "C"):
        return _weaker(entry)
    if entry.status == "unidentified":
        return Advice("cannot_say", entry.evaluation.evidence.why)
    if grade != "A":
        return Advice("cannot_say", Text(_DESCRIBED))
    if entry.status == "worse":
        return Advice("stop", Text(_("It made things worse, and that is more than chance.")))
    if entry.status == "worked":
        return _worked(money)
    if entry.status == "unconfirmed":
        return _unconfirmed(money)
    return Advice("cannot_say", Text(_("There are too few cases, or the groups do not fit the plan.")))


def problem_words(problem: ChurnDashError) -> Text:
    """Why a campaign could not be judged."""
    return Text(problem.template, **problem.params)


def _weaker(entry: Entry) -> Advice:
    if entry.effect is not None and entry.effect.clear:
        better = (entry.effect.gain or 0) > 0
        return Advice("continue", Text(_LOOKS)) if better else Advice("pause", Text(_LOOKS_HARMFUL))
    return Advice("cannot_say", Text(_("No clear effect, and the groups were not drawn at random.")))


_DESCRIBED = _("Its evidence is D: whatever was different about these customers may have made the difference.")
_LOOKS = _("It looks as if it worked, but the groups were not drawn at random: draw a hold-out before it is widened.")
_LOOKS_HARMFUL = _(
    "It looks harmful, but the groups were not drawn at random: pause it, or hold some out at random to learn whether it is the cause."
)


def _worked(money: Money | None) -> Advice:
    if money is None or money.roi is None or money.roi_low is None or money.roi_high is None:
        return Advice("continue", Text(_("It worked, but without a cost and a value its return is not known.")))
    words = {"roi": Ratio(money.roi), "low": Ratio(money.roi_low), "high": Ratio(money.roi_high)}
    if money.roi_low > 0:
        return Advice("scale", Text(_("It worked, and it paid: return {roi} ({low} to {high}), all of the range above zero."), **words))
    if money.roi_high < 0:
        return Advice("stop", Text(_("It worked, but it costs more than it brings: return {roi} ({low} to {high})."), **words))
    return Advice("continue", Text(_("It worked, but whether it paid is not sure: return {roi} ({low} to {high})."), **words))


def _unconfirmed(money: Money | None) -> Advice:
    if money is not None and money.roi_high is not None and money.roi_high < 0:
        best = Text(_("Even at the best end of its range it would not pay: return {high}."), high=Ratio(money.roi_high))
        return Advice("stop", best)
    return Advice("continue", Text(_("The difference may be chance. Run it again as it is, with a larger hold-out; do not widen it.")))
