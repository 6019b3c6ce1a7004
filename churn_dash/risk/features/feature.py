"""What a model may look at: each feature declared once, with its group, its words, and whether anybody can change it.

Groups are those of the plan (METHODS A1, 6.1 and 8.1.1): customer, banking behaviour, market, service and loyalty.
A theme gathers features that say the same thing in several ways; reasons are ranked by theme. METHODS D5.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from churn_dash.marks import _

Group = Literal["customer", "banking", "market", "service"]
Unit = Literal["money", "count", "ratio", "change", "months", "years", "days", "score", "number", "flag", "category"]
Kind = Literal["number", "flag", "category"]

GROUPS: dict[str, str] = {
    "customer": _("Customer"),
    "banking": _("Banking behaviour"),
    "market": _("Market"),
    "service": _("Service and loyalty"),
}

Measure = Literal[
    "level", "change", "mean", "mean_change", "slope", "peak", "share", "difference", "changed", "since",
    "age", "tenure", "attribute", "months_ago", "open", "recent", "recent_change", "since_event", "last", "last_change", "sum",
    "standing", "standing_sum", "standing_share", "market_level", "market_gap", "market_gap_change", "market_change", "column",
]  # fmt: skip


@dataclass(frozen=True)
class Source:
    """How a feature comes from the tables: a measure of a column over so many months. ``other`` is the whole of a share, or what is
    taken off; ``table`` is said where the measure alone does not tell it, ``where`` names which of its rows count."""

    measure: Measure
    column: str
    months: int = 0
    other: str = ""
    table: str = ""
    where: str = ""


@dataclass(frozen=True)
class Feature:
    """One thing a model may look at.

    ``label`` is a marked word, or the bank's own header; ``what`` the noun inside sentences. ``sensitive``:
    never a reason to act (age, gender). ``logged``: heavily skewed, so taken on a log scale by models.
    """

    name: str
    label: str
    group: Group
    theme: str
    unit: Unit
    source: Source
    what: str = ""
    immutable: bool = False
    sensitive: bool = False
    integer: bool = False
    logged: bool = False
    own_words: bool = False

    @property
    def kind(self) -> Kind:
        """Whether its values are numbers, yes/no, or levels."""
        return "category" if self.unit == "category" else "flag" if self.unit == "flag" else "number"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names by which it can be dropped or kept."""
        return (self.name, self.label, self.source.column, self.source.column.removeprefix("x_"))

    def as_json(self) -> dict[str, Any]:
        """Everything, for the model's card."""
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Feature":
        """The feature as written by ``as_json``."""
        return cls(**{**data, "source": Source(**data["source"])})


def called(features: tuple[Feature, ...], names: tuple[str, ...]) -> tuple[Feature, ...]:
    """The features that any of the names means: name, label or column, in any case.

    >>> f = Feature("gender", "Gender", "customer", "gender", "category", Source("attribute", "gender"))
    >>> called((f,), ("GENDER",)) == (f,)
    True
    """
    wanted = {n.strip().casefold() for n in names}
    return tuple(f for f in features if wanted & {a.casefold() for a in f.aliases})
