"""What a look at the rows found: nothing is changed by it, somebody should know."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.words import Text

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One finding: how bad, what, where, how often, for example where, and what to do.

    ``code`` names the check. ``count`` is rows (columns, months) concerned, ``share`` of those looked at, 0–1; None where neither
    has a meaning. ``examples`` are values or places as they stand in the files.
    """

    code: str
    severity: Severity
    sentence: Text
    advice: Text | None = None
    table: str = ""
    column: str = ""
    count: int | None = None
    share: float | None = None
    examples: tuple[str, ...] = ()
