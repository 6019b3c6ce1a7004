"""The looks that were taken at a campaign before its end: a record each, never changed, of all of them the latest last."""

import pathlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.store.records import Record, Records

KIND = "look"


@dataclass(frozen=True)
class Look:
    """One look. ``day``: up to where the data then reached (ISO); ``share`` of the days counted had passed; ``information``: the odds of
    having left by then, both groups together, which grow as what is known does; ``z`` of the difference, positive where better, against
    its ``bar``; ``low`` and ``high`` end the range that the bar leaves. ``who`` and ``made`` (ISO 8601, UTC) stand in the record.
    """

    number: int
    day: str
    share: float
    information: float
    leavers: int
    z: float
    bar: float
    difference: float
    low: float
    high: float
    who: str = ""
    made: str = ""

    @property
    def crossed(self) -> bool:
        """Whether it gave a verdict."""
        return abs(self.z) >= self.bar

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {"crossed": self.crossed}


def looks(root: pathlib.Path, campaign_id: str) -> tuple[Look, ...]:
    """The looks taken at a campaign, in their order."""
    return tuple(_read(r) for r in reversed(Records(root).history(KIND, campaign_id)))


def record(root: pathlib.Path, campaign_id: str, look: Look, about: Mapping[str, Any], who: str | None) -> Look:
    """Write a look down, with what it was taken of."""
    told = {k: v for k, v in asdict(look).items() if k not in ("who", "made")}
    return _read(Records(root).add(KIND, campaign_id, {"look": told, **about}, who))


def _read(found: Record) -> Look:
    return Look(**found.body["look"], who=found.who, made=found.made)
