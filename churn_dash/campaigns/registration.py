"""What was to be judged, and how, written down before anybody could know: outcome, days, groups, analysis date. METHODS C, issue 6.

A registration is a record that nothing changes. What the tables say later and the registration did not is told as changed after the fact.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import chosen_definition
from churn_dash.campaigns.groups.members import campaign, roster
from churn_dash.campaigns.outcomes.member_outcomes import last_day_counted
from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.store import Dataset, Records
from churn_dash.store.records import hash_of
from churn_dash.words import say

KIND = "registration"
"""Under which registrations stand in the records of the workspace, by campaign."""
FIELDS = {
    "outcome": _("Outcome"),
    "definition": _("Definition of churn"),
    "start": _("First day"),
    "horizon_days": _("Days counted"),
    "analysis_date": _("Day of the analysis"),
    "design": _("How the groups were made"),
    "planned_ratio": _("Planned shares"),
    "arms": _("Sizes of the groups"),
    "population": _("Who is in which group"),
}
"""What is registered; the hash is of these."""


@dataclass(frozen=True)
class Changed:
    """One thing that is not as it was registered."""

    field: str
    registered: Any
    now: Any

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {"field": self.field, "label": say(FIELDS[self.field], language), "registered": self.registered, "now": self.now}


@dataclass(frozen=True)
class Registration:
    """What was registered of a campaign, by whom and when (UTC). ``in_time``: the data then ended before its first day.

    ``changed_after``: what differs now. ``more``: how the groups were drawn, where they were drawn here.
    """

    campaign_id: str
    registered: Mapping[str, Any]
    digest: str
    in_time: bool
    who: str
    made: str
    more: Mapping[str, Any]
    changed_after: tuple[Changed, ...] = ()

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "hash": self.digest,
            "made": self.made,
            "who": self.who,
            "in_time": self.in_time,
            **self.registered,
            **self.more,
            "changed_after": [c.as_json(language) for c in self.changed_after],
        }


def facts(ds: Dataset, campaign_id: str, definition: str | None = None) -> dict[str, Any]:
    """What would be registered of a campaign as the tables are now. Raises as ``campaign`` and ``roster`` do."""
    settings = campaign(ds, campaign_id)
    members = roster(ds, campaign_id, Scope.everything()).select("customer_id", "arm").sort("customer_id", "arm")
    lines = "\n".join(f"{c}\t{a}" for c, a in members.iter_rows())
    return {
        "outcome": settings.outcome.name,
        "definition": chosen_definition(ds, definition) if settings.outcome.saves else None,
        "start": settings.start.isoformat(),
        "horizon_days": settings.horizon_days,
        "analysis_date": (last_day_counted(settings) + datetime.timedelta(days=1)).isoformat(),
        "design": settings.design,
        "planned_ratio": settings.planned_ratio,
        "arms": dict(sorted(members.group_by("arm").agg(pl.len()).iter_rows())),
        "population": hashlib.sha256(lines.encode()).hexdigest(),
    }


def enter(
    ds: Dataset,
    records: Records,
    campaign_id: str,
    definition: str | None = None,
    more: Mapping[str, Any] | None = None,
    who: str | None = None,
) -> Registration:
    """Register a campaign of the tables as it is now. Raises ``BadInput`` where it was registered before: that stays as it is."""
    before = records.latest(KIND, campaign_id)
    if before is not None:
        raise BadInput(
            _("The campaign {name} was registered on {day} by {who}; what was registered stays."),
            name=campaign_id,
            day=before.made[:10],
            who=before.who,
        )
    found = facts(ds, campaign_id, definition)
    in_time = ds.data_end is not None and ds.data_end.isoformat() < found["start"]
    body: dict[str, Any] = {
        "registered": found,
        "hash": hash_of(found),
        "in_time": in_time,
        "more": dict(more or {}),
        "version": ds.version,
    }
    record = records.add(KIND, campaign_id, body, who)
    return Registration(campaign_id, found, body["hash"], in_time, record.who, record.made, body["more"])


def registration(ds: Dataset, campaign_id: str, definition: str | None = None, records: Records | None = None) -> Registration | None:
    """The registration of a campaign with what differs now; None where there is none. ``definition``: the one it is judged by now.

    Raises ``WorkspaceProblem`` where what stands in the records is not what was registered: its hash tells.
    """
    record = (records or Records(ds.root)).latest(KIND, campaign_id)
    if record is None:
        return None
    body = record.body if isinstance(record.body, dict) else {}
    was = body.get("registered")
    if not isinstance(was, dict) or hash_of(was) != body.get("hash"):
        raise WorkspaceProblem(
            _("The registration of {name} was changed in the records: its hash does not fit. Put {path} back from a copy."),
            name=campaign_id,
            path=(records or Records(ds.root)).path,
        )
    now = facts(ds, campaign_id, definition)
    changed = tuple(Changed(f, was.get(f), now.get(f)) for f in FIELDS if was.get(f) != now.get(f))
    return Registration(campaign_id, was, body["hash"], body["in_time"], record.who, record.made, body["more"], changed)
