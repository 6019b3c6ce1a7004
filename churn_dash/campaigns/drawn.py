"""That a campaign's groups were drawn at random, declared for good where its table does not say so: by whom, when, and of which members.

A declaration is a record that nothing changes; it holds for everybody until a newer record takes it back. It lends no grade by itself:
a draw that the sizes or the balance of the groups contradict is doubtful all the same. Sources: METHODS C, C3.
"""

from dataclasses import dataclass
from typing import Any

from churn_dash.campaigns.groups.design import declared_design
from churn_dash.campaigns.groups.members import campaign
from churn_dash.campaigns.registration import facts
from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.store import Dataset, Records
from churn_dash.store.draws import Draw, history, record

_COMPARED = ("start", "horizon_days", "population")


@dataclass(frozen=True)
class Declared:
    """What was declared of a campaign, newest first. ``moved``: what of it is not as it then was."""

    campaign_id: str
    history: tuple[Draw, ...]
    moved: tuple[str, ...] = ()

    @property
    def in_force(self) -> Draw | None:
        """The declaration that holds; None where there is none, or it was taken back."""
        newest = next(iter(self.history), None)
        return newest if newest is not None and newest.drawn else None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        held = self.in_force
        return {"in_force": held and held.as_json(), "changed_after": list(self.moved), "history": [d.as_json() for d in self.history]}


def declared(ds: Dataset, campaign_id: str) -> Declared:
    """What was declared of a campaign of the tables. Raises as ``campaign``, and ``WorkspaceProblem`` where its hash does not fit."""
    known = campaign(ds, campaign_id).campaign_id
    found = Declared(known, tuple(history(ds.root, known)))
    held = found.in_force
    if held is None:
        return found
    if not held.intact:
        raise WorkspaceProblem(
            _("The declared draw of {name} was changed in the records: its hash does not fit. Put {path} back from a copy."),
            name=known,
            path=Records(ds.root).path,
        )
    now = facts(ds, known)
    return Declared(known, found.history, tuple(f for f in _COMPARED if held.declared.get(f) != now.get(f)))


def declare(ds: Dataset, campaign_id: str, who: str | None = None) -> Draw:
    """Declare that the groups were drawn at random. Raises ``BadInput`` where the table or an earlier declaration says so already."""
    settings = campaign(ds, campaign_id)
    if declared_design(settings.design) == "randomised":
        raise BadInput(_("That the groups of {name} were drawn at random is known already."), name=campaign_id)
    body = facts(ds, campaign_id) | {"design": "randomised"}
    in_time = ds.data_end is not None and ds.data_end.isoformat() < body["start"]
    return record(ds.root, campaign_id, body, drawn=True, in_time=in_time, who=who)


def take_back(ds: Dataset, campaign_id: str, who: str | None = None) -> Draw:
    """Take the declaration back: the table's own word holds again. Raises ``BadInput`` where nothing was declared here."""
    held = Declared(campaign_id, tuple(history(ds.root, campaign(ds, campaign_id).campaign_id))).in_force
    if held is None:
        raise BadInput(
            _("Nobody declared here that the groups of {name} were drawn at random, so nothing can be taken back."), name=campaign_id
        )
    return record(ds.root, campaign_id, held.declared, drawn=False, in_time=held.in_time, who=who)
