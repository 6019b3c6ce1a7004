"""The lists frozen here: what stands in them, how far they are, and whom each manager calls."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns import campaign_ids
from churn_dash.campaigns.groups.extract import visible
from churn_dash.campaigns.groups.members import Campaign, campaign, roster
from churn_dash.campaigns.outcomes.member_outcomes import last_day_counted
from churn_dash.campaigns.registration import Registration, registration
from churn_dash.contract.hold_outs import hold_out
from churn_dash.errors import ChurnDashError, NotFound
from churn_dash.marks import _
from churn_dash.risk import model_of, score
from churn_dash.store import Dataset, Records, Workspace
from churn_dash.store.reading import full_table
from churn_dash.words import nearest

State = Literal["waiting", "running", "due"]
STATES: Mapping[State, str] = {"waiting": _("Has not begun"), "running": _("Runs"), "due": _("Due: can be judged")}
ENTERED = ("result", "contacted_at", "channel", "accepted", "cost", "incentive_cost", "note")
"""What a manager enters: columns of the table of assignments."""


@dataclass(frozen=True)
class FrozenList:
    """One list of which the viewer may see ``called`` + ``held_out`` members; ``followed``: of those called, of how many something
    was entered. ``kind``: the type of the campaign; ``due_on``: the day on which it can be judged."""

    settings: Campaign
    kind: str | None
    state: State
    due_on: datetime.date
    called: int
    held_out: int
    followed: int
    registration: Registration | None

    @property
    def list_id(self) -> str:
        """The number of its campaign."""
        return self.settings.campaign_id

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "list_id": self.list_id,
            "name": self.settings.name,
            "type": self.kind,
            "state": self.state,
            "start": self.settings.start.isoformat(),
            "due_on": self.due_on.isoformat(),
            "called": self.called,
            "held_out": self.held_out,
            "followed": self.followed,
            "registration": self.registration and self.registration.as_json(language),
        }


def list_ids(ds: Dataset) -> tuple[str, ...]:
    """The campaigns that are lists frozen here: their members have a stratum. By start."""
    members = full_table(ds, "campaign_assignments")
    if members is None:
        return ()
    frozen = set(members.filter(pl.col("stratum").is_not_null())["campaign_id"].unique())
    return tuple(c for c in campaign_ids(ds) if c in frozen)


def known(ds: Dataset, list_id: str) -> str:
    """The number itself, if it is a list of these data; ``NotFound`` with what there is."""
    there = list_ids(ds)
    if list_id not in there:
        raise NotFound(
            _("There is no list {name} in these data: it was undone, or frozen in another workspace. There is {known}."),
            name=list_id,
            known=nearest(list_id, there) or ", ".join(there[-5:]) or "—",
        )
    return list_id


def lists(ds: Dataset, records: Records, scope: Scope) -> list[FrozenList]:
    """The lists of which the viewer may see somebody, newest last."""
    members = full_table(ds, "campaign_assignments")
    assert members is not None or not list_ids(ds)
    found = []
    for number in list_ids(ds):
        assert members is not None
        own = visible(ds, members.filter(pl.col("campaign_id") == number), scope)
        if own.height:
            found.append(_list(ds, number, own, records, scope))
    return found


def _list(ds: Dataset, number: str, own: pl.DataFrame, records: Records, scope: Scope) -> FrozenList:
    settings, table = campaign(ds, number), full_table(ds, "campaigns")
    assert table is not None and ds.data_end is not None
    due_on = last_day_counted(settings) + datetime.timedelta(days=1)
    begun = ds.data_end >= settings.start
    state: State = "due" if due_on <= ds.data_end + datetime.timedelta(days=1) else "running" if begun else "waiting"
    called = own.filter(~out(own))
    followed = called.filter(entered())
    kind = table.filter(pl.col("campaign_id") == number)["type"][0]
    held = own.height - called.height
    kept = registration(ds, number, records=records, scope=scope)
    return FrozenList(settings, kind, state, due_on, called.height, held, followed.height, kept)


def out(rows: pl.DataFrame) -> pl.Expr:
    """Whether a row is of the hold-out."""
    return pl.col("arm").is_in([a for a in rows["arm"].unique().to_list() if hold_out(a)])


def entered() -> pl.Expr:
    """Whether something was entered of a member."""
    return pl.any_horizontal(pl.col(c).is_not_null() for c in ENTERED)


def calls(ds: Dataset, list_id: str, scope: Scope) -> pl.DataFrame:
    """Whom the managers call: the members of the list that the viewer may see without the hold-out, by manager; columns of the table."""
    rows = roster(ds, known(ds, list_id), scope)
    return rows.filter(~out(rows)).sort("rm_id", "customer_id", nulls_last=True)


def reasons(workspace: Workspace, ds: Dataset, list_id: str, scope: Scope) -> dict[str, str]:
    """Customer → the reasons of the model that the list was drawn with; empty where it, or the version, is not there any more."""
    found = registration(ds, list_id, scope=scope)
    if found is None or "model" not in found.more:
        return {}
    try:
        model = model_of(workspace.models, found.more["model"])
        rows = score(workspace.dataset(int(found.more["drawn_from"])), model, scope=scope)
    except ChurnDashError:
        return {}
    return dict(rows.select("customer_id", "reasons").iter_rows())
