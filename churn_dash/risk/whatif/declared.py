"""What a bank can change of a customer, which way, and what a unit of it costs: declared, and edited by people. Source: METHODS D5.

A lever is recognised, or an analyst marks it. Nobody's age, gender, education or time with the bank is a lever, marked or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.sheet import action
from churn_dash.store.records import Records
from churn_dash.words import nearest

Sort = Literal["complaints", "products", "contacts", "digital", "payments", "rate", "marked"]

KIND = "lever"
"""Under which what people said of a lever is kept in the records of the workspace."""


@dataclass(frozen=True)
class Declared:
    """Which way a bank moves such a lever (1 up, −1 down, 0 either way), and what one unit for one customer costs (CNY, an assumption)."""

    way: int
    cost: float


DECLARED: Mapping[Sort, Declared] = {
    "complaints": Declared(-1, 200.0),
    "products": Declared(1, 150.0),
    "contacts": Declared(1, 30.0),
    "digital": Declared(1, 20.0),
    "payments": Declared(1, 20.0),
    "rate": Declared(-1, 400.0),
    "marked": Declared(0, 100.0),
}
_PANEL: Mapping[str, Sort] = {
    "complaints_open": "complaints",
    "product_count": "products",
    "contacts_3m": "contacts",
    "login_mean_3m": "digital",
    "digital_active_3m": "digital",
    "card_mean_3m": "payments",
    "autopay_mean_3m": "payments",
    "rate_gap": "rate",
}
ORDER = ("complaints", "products", "digital", "payments", "contacts", "rate", "marked")
"""In which levers are offered."""


@dataclass(frozen=True)
class Said:
    """What people said of one lever: whether it is one, what a unit costs (CNY), which campaign measures it; None: nothing said."""

    marked: bool | None = None
    cost: float | None = None
    campaign: str | None = None
    who: str | None = None
    made: str | None = None


@dataclass(frozen=True)
class Settings:
    """Everything said of levers, by feature."""

    said: Mapping[str, Said] = field(default_factory=dict)

    def of(self, name: str) -> Said:
        """What was said of the feature."""
        return self.said.get(name, Said())

    def cost(self, feature: Feature) -> float:
        """What a unit of change costs for one customer, in CNY."""
        given = self.of(feature.name).cost
        return DECLARED[sort(feature)].cost if given is None else given

    def levers(self, features: tuple[Feature, ...] | list[Feature]) -> list[Feature]:
        """The levers among the features: those recognised and not taken out, and those marked; in the order to offer them."""
        found = [f for f in features if not barred(f) and (self.of(f.name).marked if self.of(f.name).marked is not None else known(f))]
        return sorted(found, key=lambda f: (ORDER.index(sort(f)), f.name not in _PANEL))


def settings(records: Records) -> Settings:
    """What people said of levers."""
    found = {}
    for record in records.all(KIND):
        b = record.body
        found[record.name] = Said(b.get("marked"), b.get("cost"), b.get("campaign"), record.who, record.made)
    return Settings(found)


def put(
    records: Records,
    features: tuple[Feature, ...],
    name: str,
    *,
    marked: bool | None = None,
    cost: float | None = None,
    campaign: str | None = None,
    who: str | None = None,
) -> None:
    """Say something of a lever; what is not given stays, and what is as it was is not recorded again. An empty ``campaign`` takes it back.

    Raises ``NotFound`` for what the model does not look at, ``BadInput`` for what can be no lever, or a cost below nothing.
    """
    feature = next((f for f in features if f.name == name), None)
    if feature is None:
        near = nearest(name, [f.name for f in features]) or "—"
        raise NotFound(_("The model does not look at {name}; the nearest is {near}."), name=name, near=near)
    if marked and barred(feature):
        raise BadInput(_("{label} can be no lever: no bank can change it, or it must not be a reason to act."), label=feature.label)
    if cost is not None and not 0 <= cost < float("inf"):
        raise BadInput(_("What a lever costs cannot be less than nothing."))
    was = settings(records).of(name)
    body = {
        "marked": was.marked if marked is None else marked,
        "cost": was.cost if cost is None else cost,
        "campaign": was.campaign if campaign is None else campaign or None,
    }
    if body != {"marked": was.marked, "cost": was.cost, "campaign": was.campaign}:
        records.add(KIND, name, body, who)


def barred(feature: Feature) -> bool:
    """Whether nobody can make it a lever: no number, sensitive, or beyond anybody's reach. The market's rate gap is half the bank's own."""
    return feature.kind == "category" or feature.sensitive or (feature.immutable and feature.name not in _PANEL)


def known(feature: Feature) -> bool:
    """Whether it is recognised as a lever: declared for a panel, by the name of its column for one row a customer."""
    return feature.name in _PANEL if feature.source.measure != "column" else bool(action(feature.label) or action(feature.source.column))


def sort(feature: Feature) -> Sort:
    """What sort of lever it is."""
    if feature.source.measure != "column":
        return _PANEL.get(feature.name, "marked")
    found = action(feature.label) or action(feature.source.column)
    return next((s for s in DECLARED if s == found), "marked")


def way(feature: Feature) -> int:
    """Which way a bank would move it: 1 up, −1 down, 0 either way."""
    return DECLARED[sort(feature)].way
