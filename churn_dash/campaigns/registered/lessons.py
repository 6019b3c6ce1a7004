"""What was learned from each campaign: written down, never changed; a better insight is a further line. Source: METHODS A1 8.3.2."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.errors import BadInput, NotFound
from churn_dash.store import Records
from churn_dash.words import Count, _, nearest

KIND = "campaign_lesson"
"""Under which they are kept in the records of the workspace."""
LONGEST = 500


@dataclass(frozen=True)
class Lesson:
    """One lesson of a campaign; ``made`` is ISO 8601, UTC."""

    campaign_id: str
    text: str
    who: str
    made: str
    n: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def lessons(records: Records) -> dict[str, list[Lesson]]:
    """Every lesson by campaign, newest first."""
    return {
        one.name: [Lesson(r.name, str(r.body["text"]), r.who, r.made, r.version) for r in records.history(KIND, one.name)]
        for one in records.all(KIND)
    }


def learn(records: Records, known: tuple[str, ...], campaign_id: str, text: str, who: str | None = None) -> Lesson:
    """Write down a lesson of one of the campaigns ``known``.

    Raises ``NotFound`` for another campaign, ``BadInput`` for an empty lesson or one too long.
    """
    if campaign_id not in known:
        near = nearest(campaign_id, known) or "—"
        raise NotFound(_("There is no campaign {name}; the nearest is {nearest}."), name=campaign_id, nearest=near)
    words = " ".join(text.split())
    if not words:
        raise BadInput(_("Write what was learned; an empty lesson teaches nobody."))
    if len(words) > LONGEST:
        raise BadInput(_("A lesson has at most {most} characters; this one has {n}."), most=Count(LONGEST), n=Count(len(words)))
    made = records.add(KIND, campaign_id, {"text": words}, who)
    return Lesson(campaign_id, words, made.who, made.made, made.version)
