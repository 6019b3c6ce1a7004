"""From which risk a customer counts as high or medium: one answer for pages, lists and the command line, with who set it, when and why."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.risk import Model
from churn_dash.risk.scores.grades import Grades, usual_grades
from churn_dash.store import Records
from churn_dash.words import Ratio

KIND, NAME = "risk_policy", "cuts"
WAYS = {"money": _("By money"), "capacity": _("By capacity"), "recall": _("By leavers reached"), "hand": _("By hand")}


@dataclass(frozen=True)
class Cuts(Grades):
    """Grades, and who set them. ``by``: one of ``WAYS``, or ``usual`` while nobody has set any; ``asked`` the capacity or share asked for;
    ``model`` the id of the model for which they were set."""

    by: str = "usual"
    asked: float | None = None
    model: str | None = None
    who: str | None = None
    made: str | None = None
    why: str = ""
    version: int = 0

    def outdated(self, kept: Model) -> bool:
        """Whether they were set for another model than this one."""
        return self.model is not None and self.model != kept.id

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def usual(kept: Model) -> Cuts:
    """The cuts while nobody has set any."""
    found = usual_grades(kept)
    return Cuts(found.high, found.medium, model=kept.id)


def in_force(kept: Model, records: Records) -> Cuts:
    """The cuts last set, else the usual ones of the model."""
    found = records.latest(KIND, NAME)
    if found is None or found.body.get("high") is None:
        return usual(kept)
    b = found.body
    return Cuts(b["high"], b["medium"], b["by"], b["asked"], b["model"], found.who, found.made, b["why"], found.version)


def put(
    records: Records,
    kept: Model,
    high: float,
    medium: float | None = None,
    by: str = "hand",
    asked: float | None = None,
    why: str = "",
    who: str | None = None,
) -> Cuts:
    """Set the cuts; a new version of the record. Without ``medium`` it stays as it is, but never above ``high``.

    Raises ``BadInput`` for cuts that cannot be, and where no reason is given.
    """
    now = in_force(kept, records)
    middle = min(now.medium, high) if medium is None else medium
    if not (0 < middle <= high <= 1):
        raise BadInput(
            _("Medium risk ({medium}) must begin above 0 and not above high risk ({high}), which is at most 100%."),
            medium=Ratio(middle),
            high=Ratio(high),
        )
    if not why.strip():
        raise BadInput(_("Say why the cuts are changed; the reason is kept with your name and the day."))
    body = {"high": high, "medium": middle, "by": by, "asked": asked, "model": kept.id, "why": why.strip()}
    records.add(KIND, NAME, body, who)
    return in_force(kept, records)


def reset(records: Records, why: str, who: str | None = None) -> None:
    """Back to the usual cuts: also a version, with a reason."""
    if not why.strip():
        raise BadInput(_("Say why the cuts are changed; the reason is kept with your name and the day."))
    records.add(KIND, NAME, {"high": None, "why": why.strip()}, who)
