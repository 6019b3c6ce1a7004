"""Which campaigns somebody declared to be drawn at random, for good: a record each, never changed, taken back by a newer one."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from churn_dash.store.records import Record, Records, hash_of

KIND = "draw"


@dataclass(frozen=True)
class Draw:
    """A declaration, or that one was taken back (``drawn`` False). ``declared``: the campaign as it then stood; ``digest``: its hash.

    ``in_time``: the data then ended before the campaign's first day, so nobody could know what came of it. ``made`` is ISO 8601 in UTC.
    """

    campaign_id: str
    drawn: bool
    declared: Mapping[str, Any]
    digest: str
    in_time: bool
    who: str
    made: str
    version: int

    @property
    def intact(self) -> bool:
        """Whether what is declared is what was hashed; a declaration that was changed in the records is not believed."""
        return self.digest == hash_of(self.declared)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "drawn": self.drawn,
            "hash": self.digest,
            "intact": self.intact,
            "in_time": self.in_time,
            "who": self.who,
            "made": self.made,
            "version": self.version,
        }


def draws(root: pathlib.Path) -> dict[str, Draw]:
    """The declarations in force, by campaign: the newest of each, where it was not taken back and is as it was written."""
    return {r.name: d for r in Records(root).all(KIND) if (d := _read(r)) is not None and d.drawn and d.intact}


def draws_mark(found: Mapping[str, Draw]) -> str:
    """What the declarations in force add to the key of whatever is remembered of the data.

    >>> draws_mark({})
    ''
    """
    return "".join(f"-{name}:{one.version}" for name, one in sorted(found.items()))


def history(root: pathlib.Path, campaign_id: str) -> list[Draw]:
    """Everything declared of a campaign, newest first."""
    return [d for r in Records(root).history(KIND, campaign_id) if (d := _read(r)) is not None]


def record(root: pathlib.Path, campaign_id: str, declared: Mapping[str, Any], *, drawn: bool, in_time: bool, who: str | None) -> Draw:
    """Write a declaration, or that it is taken back."""
    body = {"drawn": drawn, "declared": dict(declared), "hash": hash_of(declared), "in_time": in_time}
    found = _read(Records(root).add(KIND, campaign_id, body, who))
    assert found is not None
    return found


def _read(found: Record) -> Draw | None:
    body = found.body
    if not isinstance(body, Mapping) or not isinstance(body.get("declared"), Mapping):
        return None
    known = (bool(body.get("drawn")), body["declared"], str(body.get("hash", "")), bool(body.get("in_time")))
    return Draw(found.name, *known, found.who, found.made, found.version)
