"""A look at a campaign before its end: only as it was registered, at the bar of that look, and on record. Source: METHODS C8.

Whoever looks whenever he likes and stops at the first lucky figure finds effects that are none. So looks are planned in the registration;
each spends a part of the allowed error; one that does not pass its bar gives no verdict; and no look is taken back.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from scipy import special

from churn_dash.access import Scope
from churn_dash.campaigns.groups.members import campaign
from churn_dash.campaigns.judged.bars import bar, information, leavers, widened
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.judgement import evaluate
from churn_dash.campaigns.judged.verdict import change
from churn_dash.campaigns.registration import Registration, registration
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.store import Dataset, Records
from churn_dash.store.looks import Look, looks, record
from churn_dash.words import Text

_LEAST_P = 1e-300
_GO_ON = _(
    "Look {n} of {all}, on {day}: no verdict yet. The difference of {difference} stands at z = {z}, and this look needs {bar}: "
    "go on until {due}."
)
_BETTER = _(
    "Look {n} of {all}, on {day}: it works. The difference of {difference} ({low} to {high}) stands at z = {z}, beyond the {bar} "
    "that this look needs."
)
_WORSE = _(
    "Look {n} of {all}, on {day}: it makes things worse, stop it. The difference of {difference} ({low} to {high}) stands at z = {z}, "
    "beyond the {bar} that this look needs."
)


@dataclass(frozen=True)
class Looks:
    """The looks of a campaign: how many are ``planned``, the one at the end included, and those ``taken``. ``due``: its day has come."""

    campaign_id: str
    planned: int
    taken: tuple[Look, ...]
    due_on: str
    due: bool

    @property
    def stopped(self) -> bool:
        """Whether a look passed its bar: its verdict stands."""
        return any(one.crossed for one in self.taken)

    @property
    def left(self) -> int:
        """Looks that may still be taken before the end."""
        return 0 if self.due or self.stopped else max(0, self.planned - 1 - len(self.taken))

    def words(self, one: Look) -> Text:
        """What a look said."""
        named = {
            "n": one.number, "all": self.planned, "day": one.day, "z": f"{one.z:+.2f}", "bar": f"{one.bar:.3f}", "due": self.due_on,
            "difference": change(one.difference, "ratio"), "low": change(one.low, "ratio"), "high": change(one.high, "ratio"),
        }  # fmt: skip
        return Text((_BETTER if one.z > 0 else _WORSE) if one.crossed else _GO_ON, **named)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        told = [one.as_json() | {"verdict": self.words(one).in_(language)} for one in self.taken]
        return {"planned": self.planned, "left": self.left, "stopped": self.stopped, "taken": told}


def planned(ds: Dataset, campaign_id: str, records: Records | None = None) -> Looks | None:
    """The looks that were registered; None where the campaign is judged once. Raises as ``registration``."""
    found = registration(ds, campaign_id, records=records, scope=Scope.everything())
    return None if found is None else _of(ds, found)


def _of(ds: Dataset, found: Registration) -> Looks | None:
    many = found.looks
    due_on = datetime.date.fromisoformat(found.registered["analysis_date"])
    due = ds.data_end is not None and due_on <= ds.data_end + datetime.timedelta(days=1)
    return None if many == 1 else Looks(found.campaign_id, many, looks(ds.root, found.campaign_id), due_on.isoformat(), due)


def look(ds: Dataset, campaign_id: str, who: str | None = None) -> Look:
    """Take the next look at a registered campaign, at all that the data tell by now, and write it down.

    On a day that was looked at already, that look comes back and none is spent. Raises ``BadInput`` or ``NotPossible`` where no look
    may be taken; then none is on record.
    """
    settings, found = campaign(ds, campaign_id), registration(ds, campaign_id, scope=Scope.everything())
    there = None if found is None else _of(ds, found)
    if found is None or there is None:
        raise BadInput(_("{name} was registered without looks before its end, so until its day only counts are told."), name=campaign_id)
    end = ds.data_end
    if there.due or end is None or end < settings.start:
        raise BadInput(_("A look before the end is taken while the campaign runs, from {start} to before {due}."),
                       start=settings.start.isoformat(), due=there.due_on)  # fmt: skip
    if there.taken and there.taken[-1].day == end.isoformat():
        return there.taken[-1]
    if not there.left:
        raise BadInput(_("No look is left before the end: {n} of {all} were planned there and are taken, or one gave the verdict."),
                       n=len(there.taken), all=there.planned - 1)  # fmt: skip
    if found.changed_after:
        raise BadInput(_("{name} is not as it was registered, so no look can be taken at it."), name=campaign_id)
    now = evaluate(ds, campaign_id, definition=found.registered["definition"], scope=Scope.everything(), until=end)
    one = _looked(now, there, end, ((end - settings.start).days + 1) / found.registered["horizon_days"])
    return record(ds.root, campaign_id, one, {"registration": found.digest, "version": ds.version}, who)


def _looked(now: Evaluation, there: Looks, end: datetime.date, share: float) -> Look:
    if now.grade != "A" or len(now.effects) != 1:
        raise NotPossible(_("A look needs one group and a random hold-out beside it: {why}"), why=now.evidence.why)
    (e,) = now.effects
    if e.too_few or e.p_value is None or e.difference is None:
        raise NotPossible(_("Too few have left so far for a look; it is not taken, and can be later."))
    known = information(now.groups, now.outcome)
    if there.taken and known <= there.taken[-1].information:
        raise NotPossible(_("Nobody more has left since the last look, so there is nothing new to look at."))
    z = -float(special.ndtri(max(e.p_value, _LEAST_P) / 2)) * (1 if (e.gain or 0) > 0 else -1)
    needed = bar(there.taken, share, known)
    wide = widened(e, needed)
    assert wide.low is not None and wide.high is not None
    gone = leavers(now.groups, now.outcome)
    return Look(len(there.taken) + 1, end.isoformat(), share, known, gone, z, needed, e.difference, wide.low, wide.high)
