"""The register of improvements: measures of chapters 4, 5 and 10.2, each change a version. Sources: METHODS A1 10.2, A2 (source 000)."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from churn_dash.errors import BadInput, NotFound
from churn_dash.evaluation.actions.watched import WATCHED, watch
from churn_dash.marks import _
from churn_dash.store import Records
from churn_dash.words import nearest
from churn_dash.words.typed import number

KIND = "improvement_action"
_MARKED = "improvement"
"""Under which improvements followed by questionnaires were kept before there was one register; read on."""
LONGEST_NAME = 80

AREAS = {
    "channels": _("4.1 Channels and contact"),
    "care": _("4.2 Care and satisfaction"),
    "loyalty": _("4.3 Loyalty and feedback"),
    "innovation": _("5.1 New products and services"),
    "process": _("5.2 Simpler processes, open prices"),
    "technology": _("5.3 Technology"),
    "service": _("10.2.1 Service process"),
    "crm": _("10.2.2 Customer relations"),
    "product": _("10.2.3 Competitive products"),
    "warning": _("10.2.4 Early warning"),
}
"""The chapters of the plan to which a measure may belong."""


@dataclass(frozen=True)
class Action:
    """One measure. ``watch`` is a key of ``WATCHED``; ``date`` the day it began (None: not yet); ``lessons`` names of lessons.

    ``example``: one of the four measures of source 000 that nobody has taken over; ``version`` is then 0.
    """

    name: str
    what: str
    area: str
    owner: str = ""
    date: datetime.date | None = None
    expected: str = ""
    expected_change: float | None = None
    """By how much the figure is to move, in its unit (a share 0–1)."""
    watch: str = "retention_rate"
    lessons: tuple[str, ...] = ()
    example: bool = False
    who: str | None = None
    made: str | None = None
    version: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {"date": self.date and self.date.isoformat(), "lessons": list(self.lessons)}


EXAMPLES = tuple(
    replace(a, example=True)
    for a in (
        Action(
            _("Better service at the counter"),
            _("Shorten queues, steer simple business to self-service, and train the staff in dealing with customers."),
            "service",
            expected=_("Customers wait less and are more satisfied"),
            watch="waiting_minutes",
        ),
        Action(
            _("Products that compete"),
            _("Offer products made for young customers and for companies, and compare them with those of other banks."),
            "product",
            expected=_("More customers take up a further product"),
            watch="product_adoption",
        ),
        Action(
            _("Better rates for long deposits"),
            _("Pay a preferential rate on long deposits, announced before earlier ones fall due."),
            "product",
            expected=_("Less of the balances leaves at maturity"),
            watch="aum_churn_rate",
        ),
        Action(
            _("Customer relations kept up"),
            _("Keep one record of each customer, call regularly, and follow up every complaint."),
            "crm",
            expected=_("More customers stay, fewer complain"),
            watch="complaints",
        ),
    )
)
"""The four measures of source 000: service, product, rate, customer relations."""


def register(records: Records) -> list[Action]:
    """What is recorded, by date and name, then the examples that nobody has taken over or put away."""
    kept = records.all(KIND)
    taken = {r.name for r in kept}
    own = [_of(r.name, r.body, r.who, r.made, r.version) for r in kept if not r.body.get("dropped")]
    before = [(r, {**r.body, "area": "care", "watch": r.body["score"]}) for r in records.all(_MARKED) if r.name not in taken]
    own += [_of(r.name, body, r.who, r.made, r.version) for r, body in before]
    own.sort(key=lambda a: (a.date is None, a.date or datetime.date.max, a.name))
    return [*own, *(e for e in EXAMPLES if e.name not in taken)]


def found(records: Records, name: str) -> Action:
    """One measure of the register; ``NotFound`` with the nearest name."""
    every = {a.name: a for a in register(records)}
    if name not in every:
        near = nearest(name, every) or ", ".join(every)
        raise NotFound(_("There is no improvement called {name}; the nearest is {near}."), name=name, near=near)
    return every[name]


def put(
    records: Records,
    name: str,
    what: str = "",
    area: str = "service",
    owner: str = "",
    date: datetime.date | None = None,
    expected: str = "",
    watched: str = "retention_rate",
    lessons: Sequence[str] = (),
    who: str | None = None,
    expected_change: float | None = None,
) -> Action:
    """Add a measure, or a new version of one; what is as it was is not recorded again.

    Raises ``BadInput`` without a name or with an unknown area, ``NotFound`` for an unknown figure.
    """
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME:
        raise BadInput(_("Give the improvement a name of at most {n} letters."), n=LONGEST_NAME)
    if area not in AREAS:
        near = nearest(area, AREAS) or ", ".join(AREAS)
        raise BadInput(_("There is no area {name}; the nearest is {near}."), name=area, near=near)
    watch(watched)
    body: dict[str, Any] = {
        "what": what.strip(),
        "area": area,
        "owner": " ".join(owner.split()),
        "date": date and date.isoformat(),
        "expected": expected.strip(),
        "watch": watched,
        "lessons": [*dict.fromkeys(x.strip() for x in lessons if x.strip())],
    }
    if expected_change is not None:
        body["expected_change"] = _moving(expected_change, WATCHED[watched.partition(":")[0]].unit)
    before = records.latest(KIND, called)
    if before is None or dict(before.body) != body:
        records.add(KIND, called, body, who)
    return found(records, called)


def changed(records: Records, name: str, who: str | None = None, **given: Any) -> Action:
    """A new version of a measure with what is ``given`` by field of ``Action``; the rest stays, an expectation only with its figure."""
    called = " ".join(name.split())
    now = next((a for a in register(records) if a.name == called), Action(called, "", "service"))
    if given.get("watch", now.watch) != now.watch:
        given = {"expected_change": None} | given
    one = replace(now, **given)
    return put(records, called, one.what, one.area, one.owner, one.date, one.expected, one.watch, one.lessons, who, one.expected_change)


def change_of(text: str, watched: str) -> float | None:
    """An expected change as people write it, in the unit of the figure: -1.5, or of a share 2pp, 2% or 0.02. None where it is empty.

    >>> change_of("2 pp", "churn_rate"), change_of("-1.5", "waiting_minutes"), change_of(" ", "nps")
    (0.02, -1.5, None)

    Raises ``BadInput`` for what is no number.
    """
    unit = watch(watched).unit
    if not text.strip():
        return None
    refusal = _("{text} is no change of the figure; write it as -1.5, or of a share as 2pp.")
    return number(text, "points" if unit == "ratio" else unit, refusal)


def _moving(change: float, unit: str) -> float:
    if not math.isfinite(change) or change == 0 or (unit == "ratio" and abs(change) > 1):
        raise BadInput(_("An expected change is a number other than 0, of a share at most 100 percentage points."))
    return change


def drop(records: Records, name: str, who: str | None = None) -> None:
    """Put a measure or an example away; its versions stay on record. ``NotFound`` for an unknown one."""
    found(records, name)
    records.add(KIND, name, {"dropped": True}, who)


def _of(name: str, body: Any, who: str, made: str, version: int) -> Action:
    date = body.get("date")
    return Action(
        name,
        body.get("what", ""),
        body.get("area", "service"),
        body.get("owner", ""),
        datetime.date.fromisoformat(date) if date else None,
        body.get("expected", ""),
        body.get("expected_change"),
        body.get("watch", "retention_rate"),
        tuple(body.get("lessons", ())),
        who=who,
        made=made,
        version=version,
    )
