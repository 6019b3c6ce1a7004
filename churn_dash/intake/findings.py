"""What a look at the rows found: nothing is changed by it, somebody should know."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from churn_dash.words import Text, say
from churn_dash.words.stored import read, written

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

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "code": self.code,
            "severity": self.severity,
            "table": self.table,
            "column": self.column,
            "count": self.count,
            "share": self.share,
            "examples": list(self.examples),
            "sentence": say(self.sentence, language),
            "advice": say(self.advice, language) if self.advice is not None else None,
        }

    def stored(self) -> dict[str, Any]:
        """As it is kept with a version: sentences as data, in no language."""
        kept = self.as_json()
        sentences = {"sentence": self.sentence, "advice": self.advice}
        return kept | {k: json.loads(written(t)) if t is not None else None for k, t in sentences.items()}

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> "Finding":
        """The finding that ``stored`` wrote.

        >>> found = Finding("missing", "note", Text("{n} rows", n=3), examples=("a",))
        >>> Finding.restored(found.stored()) == found
        True
        """
        sentences = {k: read(json.dumps(kept[k])) if kept[k] is not None else None for k in ("sentence", "advice")}
        return cls(**{**kept, **sentences, "examples": tuple(kept["examples"])})
