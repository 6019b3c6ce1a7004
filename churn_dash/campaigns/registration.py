"""What was to be judged, and how, written down before anybody could know: outcome, days, groups, analysis date. METHODS C.

A registration is a record that nothing changes. What the tables say later and the registration did not is told as changed after the fact.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.sequential import MOST_LOOKS
from churn_dash.campaigns.groups.measured import outcome_of
from churn_dash.campaigns.groups.members import campaign, roster
from churn_dash.campaigns.outcomes.member_outcomes import last_day_counted
from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.measures.question import definition_of
from churn_dash.store import Dataset, Records
from churn_dash.store.records import hash_of
from churn_dash.words import say

SPENDING = "lan_demets_obrien_fleming"
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
    "looks": _("Looks"),
}
"""What is registered; the hash is of these."""

_COUNTED = ("arms", "population")


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

    ``changed_after``: what differs now. ``more``: how the groups were drawn, where they were drawn here. ``sizes``: of the groups as far
    as the viewer may see them; None for who may see everybody.
    """

    campaign_id: str
    registered: Mapping[str, Any]
    digest: str
    in_time: bool
    who: str
    made: str
    more: Mapping[str, Any]
    changed_after: tuple[Changed, ...] = ()
    sizes: Mapping[str, int] | None = None

    @property
    def looks(self) -> int:
        """How often the result is looked at, the last time included."""
        return int((self.registered.get("looks") or {}).get("planned", 1))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it. Whoever may not see everybody gets no count of the whole bank."""
        told = {
            "hash": self.digest,
            "made": self.made,
            "who": self.who,
            "in_time": self.in_time,
            **self.registered,
            **self.more,
            "changed_after": [c.as_json(language) for c in self.changed_after],
        }
        if self.sizes is None:
            return told
        hidden = [{**c.as_json(language), "registered": None, "now": None} for c in self.changed_after if c.field in _COUNTED]
        shown = [c.as_json(language) for c in self.changed_after if c.field not in _COUNTED]
        return {k: v for k, v in told.items() if k != "counts"} | {"arms": dict(self.sizes), "changed_after": shown + hidden}


def facts(ds: Dataset, campaign_id: str, definition: str | None = None) -> dict[str, Any]:
    """What would be registered of a campaign as the tables are now. Raises as ``campaign`` and ``roster`` do."""
    settings = campaign(ds, campaign_id)
    members = roster(ds, campaign_id, Scope.everything()).select("customer_id", "arm").sort("customer_id", "arm")
    lines = "\n".join(f"{c}\t{a}" for c, a in members.iter_rows())
    return {
        "outcome": settings.outcome.name,
        "definition": definition_of(ds, definition) if settings.outcome.saves else None,
        "start": settings.start.isoformat(),
        "horizon_days": settings.horizon_days,
        "analysis_date": (last_day_counted(settings) + datetime.timedelta(days=1)).isoformat(),
        "design": settings.design,
        "planned_ratio": settings.planned_ratio,
        "arms": _sizes(members),
        "population": hashlib.sha256(lines.encode()).hexdigest(),
    }


def planned_looks(looks: int, outcome: str, *, in_time: bool = True) -> dict[str, Any]:
    """Looks as they are registered, with the way in which they spend the error. Raises ``BadInput`` for what cannot be planned."""
    for wrong, words in (
        (not 1 <= looks <= MOST_LOOKS, _("A result is looked at once at least and 20 times at most.")),
        (not outcome_of(outcome, outcome).saves, _("Looks before the end are for campaigns judged by who leaves or stays.")),
        (not in_time, _("Looks are planned before the first day; the data tell of it already.")),
    ):
        if wrong:
            raise BadInput(words)
    return {"planned": looks, "spending": SPENDING, "level": 0.95}


def enter(
    ds: Dataset,
    records: Records,
    campaign_id: str,
    definition: str | None = None,
    more: Mapping[str, Any] | None = None,
    who: str | None = None,
    looks: int = 1,
) -> Registration:
    """Register a campaign of the tables as it is now, and how often its result is looked at, the last time included.

    Raises ``BadInput`` where it was registered before: that stays as it is; or for looks that cannot be planned.
    """
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
    if looks != 1:
        found["looks"] = planned_looks(looks, found["outcome"], in_time=in_time)
    body: dict[str, Any] = {
        "registered": found,
        "hash": hash_of(found),
        "in_time": in_time,
        "more": dict(more or {}),
        "version": ds.version,
    }
    record = records.add(KIND, campaign_id, body, who)
    return Registration(campaign_id, found, body["hash"], in_time, record.who, record.made, body["more"])


def registration(
    ds: Dataset, campaign_id: str, definition: str | None = None, records: Records | None = None, *, scope: Scope
) -> Registration | None:
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
    now |= {"looks": was["looks"]} if "looks" in was else {}
    changed = tuple(Changed(f, was.get(f), now.get(f)) for f in FIELDS if was.get(f) != now.get(f))
    sizes = None if scope.branches is None else _sizes(roster(ds, campaign_id, scope))
    return Registration(campaign_id, was, body["hash"], body["in_time"], record.who, record.made, body["more"], changed, sizes)


def _sizes(members: pl.DataFrame) -> dict[str, int]:
    return dict(sorted(members.group_by("arm").agg(pl.len()).iter_rows()))
