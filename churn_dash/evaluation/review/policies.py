"""The versions of the threshold policy: from which risk on one acts, who changed it, when and why. Source: METHODS A1 10.3.2."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.retention.threshold.policy import KIND, NAME
from churn_dash.store import Record, Records


@dataclass(frozen=True)
class PolicyVersion:
    """One version. ``high`` and ``medium`` are risks 0–1, None where the usual cuts were put back; ``by`` how they were found."""

    version: int
    high: float | None
    medium: float | None
    by: str
    why: str
    who: str
    made: str
    model: str | None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def policies(records: Records) -> list[PolicyVersion]:
    """Every version, newest first; empty while the usual cuts were never changed."""
    return [_of(r) for r in records.history(KIND, NAME)]


def _of(r: Record) -> PolicyVersion:
    b = r.body
    cuts = (b.get("high"), b.get("medium"))
    return PolicyVersion(r.version, *cuts, b.get("by", "usual"), b.get("why", ""), r.who, r.made, b.get("model"))
