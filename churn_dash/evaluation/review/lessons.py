"""Cases and lessons, each with what it rests on. Sources: METHODS A1 8.3.2, 9.2.4, 10.3."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.campaigns.registered.lessons import lessons as of_campaigns
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Records

KIND = "lesson"
KINDS = {"lesson": _("Lesson"), "case": _("Case")}
"""What may be recorded here; lessons of a campaign are written down with the campaign."""
CAMPAIGN = _("Lesson of a campaign")


@dataclass(frozen=True)
class Lesson:
    """One lesson or case. ``evidence`` says what it rests on: a campaign's number, a page, a file."""

    name: str
    text: str
    evidence: str = ""
    kind: str = "lesson"
    who: str | None = None
    made: str | None = None
    version: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def lessons(records: Records) -> list[Lesson]:
    """Every lesson and case, those of campaigns (kind campaign) among them, the newest first."""
    campaigns = [
        Lesson(f"{number} · {one.n}", one.text, number, "campaign", one.who, one.made, one.n)
        for number, kept in of_campaigns(records).items()
        for one in kept
    ]
    found = [
        Lesson(r.name, r.body.get("text", ""), r.body.get("evidence", ""), r.body.get("kind", "lesson"), r.who, r.made, r.version)
        for r in records.all(KIND)
    ]
    return sorted([*found, *campaigns], key=lambda one: (one.made or "", one.name), reverse=True)


def put(records: Records, name: str, text: str, evidence: str = "", kind: str = "lesson", who: str | None = None) -> Lesson:
    """Record a lesson, or a new version of it. Raises ``BadInput`` without a name or words, or for an unknown kind."""
    called = " ".join(name.split())
    if not called or not text.strip():
        raise BadInput(_("A lesson needs a name and what was learned."))
    if kind not in KINDS:
        raise BadInput(_("{option} has no {value}; there are: {known}."), option="--kind", value=kind, known=", ".join(KINDS))
    body = {"text": text.strip(), "evidence": evidence.strip(), "kind": kind}
    before = records.latest(KIND, called)
    if before is None or dict(before.body) != body:
        records.add(KIND, called, body, who)
    return next(one for one in lessons(records) if one.name == called)
