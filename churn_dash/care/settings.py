"""What a bank may set of the care lists: one recorded body, each change of it a new version with its reason. Source: METHODS A3."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Record, Records
from churn_dash.words import Text, nearest

KIND, NAME = "care", "settings"


@dataclass(frozen=True)
class Setting:
    """How one number of ``CareSettings`` is called, between what it must lie, and whether it counts whole days."""

    label: str
    least: float
    most: float
    whole: bool = True


SETTINGS = {
    "uncontacted_days": Setting(_("Core customers: days without contact"), 1, 3_660),
    "care_days": Setting(_("In need of care: days without contact"), 1, 3_660),
    "ahead_days": Setting(_("Falling due, bookings, birthdays, holidays: days ahead"), 0, 92),
    "waits_days": Setting(_("Complaints: working days to settle"), 0, 366),
    "answer_days": Setting(_("Satisfaction: days an answer is asked about"), 1, 3_660),
    "drop_csat": Setting(_("Satisfaction: least drop, of 5 points"), 1, 4),
    "drop_nps": Setting(_("Recommendation: least drop, of 10 points"), 1, 10),
    "silent_months": Setting(_("Silence: whole months without a transaction or login"), 1, 24),
    "booked_amount": Setting(_("Large bookings: least amount, CNY"), 0, 1e9, whole=False),
    "booked_share": Setting(_("Large bookings: least share of balances, 0–1"), 0, 1, whole=False),
    "fall": Setting(_("Balances falling fast: least share lost in a month, 0–1"), 0.01, 1, whole=False),
}
"""What may be set, by the name of the field."""


@dataclass(frozen=True)
class CareSettings:
    """From when a customer is on a list.

    ``uncontacted_days``, ``care_days``: core customers, and those in need of care, whom nobody has contacted for more days than these.
    ``ahead_days``: how far ahead a list looks. ``waits_days``: working days after which a complaint is late.
    ``answer_days``, ``drop_csat``, ``drop_nps``: how long an answer is asked about that fell by so many points of 1–5, else of 0–10.
    ``silent_months``: whole months of silence. ``booked_amount`` (CNY) and ``booked_share``: a booking is large from the larger of
    the two on. ``fall``: least fall of balances from one month to the next.

    Raises ``BadInput`` for a number outside the range of its ``Setting``.
    """

    uncontacted_days: int = 90
    care_days: int = 30
    ahead_days: int = 7
    waits_days: int = 3
    answer_days: int = 90
    drop_csat: int = 1
    drop_nps: int = 2
    silent_months: int = 2
    booked_amount: float = 50_000.0
    booked_share: float = 0.3
    fall: float = 0.3

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            known = isinstance(value, int | float) and setting.least <= value <= setting.most
            if not known or (setting.whole and value != int(value)):
                raise BadInput(
                    _("{setting} must be {kind} from {least} to {most}, not {value}."),
                    setting=setting.label,
                    kind=_("a whole number") if setting.whole else _("a number"),
                    least=f"{setting.least:,g}",
                    most=f"{setting.most:,.0f}",
                    value=value,
                )

    @property
    def values(self) -> dict[str, str]:
        """What the sentence of a trigger leaves open.

        >>> CareSettings().values["booked_share"], CareSettings(booked_amount=1e5).values["booked_amount"]
        ('30%', '100,000')
        """
        shares = {name: f"{100 * getattr(self, name):g}%" for name in ("booked_share", "fall")}
        return {f.name: shares.get(f.name) or f"{getattr(self, f.name):,.0f}" for f in fields(self)}

    def said(self, template: str, **more: Any) -> Text:
        """The sentence with these settings."""
        return Text(template, **{name: value for name, value in self.values.items() if f"{{{name}}}" in template}, **more)

    def written(self) -> dict[str, float]:
        """As JSON can hold it."""
        return asdict(self)

    def given(self, asked: Iterable[str]) -> "CareSettings":
        """These settings with what is asked as ``name=value``; raises ``BadInput`` for what cannot be.

        >>> CareSettings().given(["uncontacted_days=60"]).uncontacted_days
        60
        """
        found: dict[str, float] = {}
        for text in asked:
            name, _equals, value = (part.strip() for part in text.partition("="))
            if name not in SETTINGS:
                near = nearest(name, SETTINGS) or ", ".join(SETTINGS)
                raise BadInput(_("There is no setting {name} of the care lists; the nearest is {near}."), name=name, near=near)
            try:
                found[name] = int(value) if SETTINGS[name].whole else float(value)
            except ValueError as problem:
                raise BadInput(_("{text} does not say a number; write {name}=30."), text=text, name=name) from problem
        return replace(self, **found)  # type: ignore[arg-type]


@dataclass(frozen=True)
class InForce:
    """The settings that hold, and who recorded them when and why; version 0 while nobody has."""

    settings: CareSettings = field(default_factory=CareSettings)
    version: int = 0
    who: str | None = None
    made: str | None = None
    why: str = ""


def in_force(records: Records) -> InForce:
    """The settings last recorded, else those of METHODS. Raises ``WorkspaceProblem`` where the record was changed by hand."""
    found = records.latest(KIND, NAME)
    if found is None:
        return InForce()
    with records.understood(found):
        body: Mapping[str, Any] = found.body
        settings = CareSettings(**body["settings"])
        return InForce(settings, found.version, found.who, found.made, str(body["why"]))


def put(records: Records, settings: CareSettings, why: str, who: str | None = None) -> Record:
    """Record settings for everybody. Raises ``BadInput`` without a reason."""
    if not why.strip():
        raise BadInput(_("Say why the settings of the care lists are changed; the reason is kept with your name and the day."))
    return records.add(KIND, NAME, {"settings": settings.written(), "why": why.strip()}, who)
