"""The official churn definition of a workspace: which one, with which settings, under what name, since when. A record, never changed.

Its settings are those of every definition in the workspace: the derived files are built with them.
"""

import hashlib
import json
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from churn_dash.contract.definitions import DEFINITIONS, REASONS, Settings
from churn_dash.store.records import Record, Records

KIND, NAME = "definition", "official"
REASON_MAP = "reason_map", "usual"
"""Kind and name of the record of what a bank's reasons stand for."""


@dataclass(frozen=True)
class Official:
    """``title`` is the bank's name for it, such as 2026-Q3; ``since`` an ISO date; ``version`` counts from 1."""

    definition: str
    title: str
    settings: Settings
    since: str
    who: str
    version: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "definition": self.definition,
            "title": self.title,
            "since": self.since,
            "who": self.who,
            "version": self.version,
            "settings": self.settings.written(),
        }


def official(root: pathlib.Path) -> Official | None:
    """The newest one; None while none was frozen."""
    return _read(Records(root).latest(KIND, NAME))


def history(root: pathlib.Path) -> list[Official]:
    """Every one, newest first."""
    return [found for record in Records(root).history(KIND, NAME) if (found := _read(record)) is not None]


def record(root: pathlib.Path, definition: str, title: str, settings: Settings, since: str, who: str | None = None) -> Official:
    """Write a new one. Building what follows from it comes first: see ``freezing``."""
    body: Mapping[str, Any] = {"definition": definition, "title": title, "settings": settings.written(), "from": since}
    found = _read(Records(root).add(KIND, NAME, body, who))
    assert found is not None
    return found


def _read(found: Record | None) -> Official | None:
    if found is None or found.body.get("definition") not in DEFINITIONS:
        return None
    body = found.body
    return Official(
        body["definition"], str(body.get("title", "")), Settings.read(body.get("settings", {})), body["from"], found.who, found.version
    )


def settings_of(root: pathlib.Path) -> Settings:
    """The settings in force: of the official definition, else those of METHODS, with the reason map of the bank."""
    found = official(root)
    return replace(found.settings if found is not None else Settings(), decided=decided(root))


def decided(root: pathlib.Path) -> tuple[tuple[str, str], ...]:
    """Reason code and who decided, by code, where the recorded reason map says otherwise than ``REASONS``."""
    found = Records(root).latest(*REASON_MAP)
    own = {code: str(c["decided"]) for code, c in found.body["reasons"].items()} if found is not None else {}
    return tuple(sorted((code, who) for code, who in own.items() if REASONS.get(code) != who))


def mark(settings: Settings) -> str:
    """What settings other than the usual add to the name of a derived file.

    >>> mark(Settings())
    ''
    """
    if settings == Settings():
        return ""
    return "-s" + hashlib.sha256(json.dumps(settings.written(), sort_keys=True).encode()).hexdigest()[:8]
