"""What a bank may change of this room, each change a record: the reason map, loyalty weights and classes, the days to settle a
complaint."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from churn_dash.contract.causes import CAUSES, CLASSES, COMPLAINT_DEFICITS, DECIDED, DEFICITS, Cause
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Dataset, Record, Records
from churn_dash.store.official import REASON_MAP
from churn_dash.words import nearest


@dataclass(frozen=True)
class ReasonMap:
    """Reason code → cause, complaint category → deficit. ``version`` counts the changes; 0 is the usual map."""

    reasons: Mapping[str, Cause] = field(default_factory=lambda: CAUSES)
    complaints: Mapping[str, str] = field(default_factory=lambda: COMPLAINT_DEFICITS)
    version: int = 0

    def cause(self, code: str) -> Cause:
        """What a code stands for; an empty one has no reason recorded, an unknown one is outside the map."""
        if not code:
            return Cause("none", decided="unknown")
        return self.reasons.get(code, Cause("other", decided="unknown"))

    @property
    def about(self) -> str:
        """The map in one text, for the key of what is remembered."""
        return f"{self.version}"


def reason_map(ds: Dataset) -> ReasonMap:
    """The reason map in force: the usual one with what was recorded over it."""
    found = Records(ds.root).latest(*REASON_MAP)
    if found is None:
        return ReasonMap()
    own = {code: Cause(str(c["class"]), str(c["deficit"]), str(c["decided"])) for code, c in found.body["reasons"].items()}
    return ReasonMap({**CAUSES, **own}, {**COMPLAINT_DEFICITS, **found.body["complaints"]}, found.version)


def set_reason(ds: Dataset, code: str, cause_class: str, deficit: str = "", decided: str = "voluntary", who: str | None = None) -> Record:
    """Record what a reason code stands for. Raises ``BadInput`` for a class, deficit or decider that is not in its closed list."""
    known = {name for name, c in CLASSES.items() if c.name not in ("other", "none")}
    _listed(cause_class, known, _("class of causes"))
    _listed(deficit, {"", *DEFICITS}, _("deficit"))
    _listed(decided, set(DECIDED), _("way of deciding"))
    if not code.strip():
        raise BadInput(_("Name the reason code."))
    now = _recorded(ds)
    reasons = {**now["reasons"], code.strip().lower(): {"class": cause_class, "deficit": deficit, "decided": decided}}
    return Records(ds.root).add(*REASON_MAP, {"reasons": reasons, "complaints": now["complaints"]}, who)


def set_complaint(ds: Dataset, category: str, deficit: str, who: str | None = None) -> Record:
    """Record which deficit a category of complaints points to. Raises ``BadInput`` for an unknown deficit."""
    _listed(deficit, {"", *DEFICITS}, _("deficit"))
    if not category.strip():
        raise BadInput(_("Name the category of complaints."))
    now = _recorded(ds)
    return Records(ds.root).add(
        *REASON_MAP, {"reasons": now["reasons"], "complaints": {**now["complaints"], category.strip().lower(): deficit}}, who
    )


def _recorded(ds: Dataset) -> Mapping[str, Mapping[str, object]]:
    found = Records(ds.root).latest(*REASON_MAP)
    return {"reasons": {}, "complaints": {}} if found is None else found.body


def _listed(value: str, known: set[str], what: str) -> None:
    if value not in known:
        names = ", ".join(sorted(k for k in known if k))
        raise BadInput(_("{value} is no {what}; the nearest is {near}."), value=value, what=what, near=nearest(value, known) or names)
