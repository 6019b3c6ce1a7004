"""What a model's answers rest on in some data, as one hash: while it is the same, scores that were kept stay true."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any
from weakref import WeakKeyDictionary

from churn_dash.risk.features.feature import Feature
from churn_dash.risk.rows import panel_tables
from churn_dash.risk.rows.campaign_tables import answers
from churn_dash.store import Dataset
from churn_dash.store.derive import derived
from churn_dash.store.records import hash_of

_KNOWN: WeakKeyDictionary[Dataset, dict[Any, str]] = WeakKeyDictionary()
"""By dataset, which is never changed: a page asks for the same one for every customer."""
_ANSWERS = "campaign_answers"
_MADE = {"months", "joined", "balances", _ANSWERS}
"""What features are read from that is no table of the bank: made of those of the month table, or of the campaigns."""


def basis(ds: Dataset, features: Sequence[Feature], definition: str | None) -> str:
    """A hash of everything that the features and the churn definition read: the versions of their tables, settings, attributes, and of
    campaigns only what they answer, so that members who were not contacted change nothing. A single list rests on its load.
    """
    if ds.shape != "panel":
        return hash_of({"state": ds.state})
    known = _KNOWN.setdefault(ds, {})
    asked = (tuple(f.name for f in features), definition)
    if asked not in known:
        known[asked] = hash_of(_told(ds, features, definition))
    return known[asked]


def _told(ds: Dataset, features: Sequence[Feature], definition: str | None) -> dict[str, Any]:
    needed = panel_tables.needed(ds, features)
    read = {*derived.BUILT_FROM, *needed} - _MADE
    return {
        "tables": {name: version for name, version in ds.info.tables.items() if name in read},
        "answers": _answered(ds) if _ANSWERS in needed else "",
        "definition": definition,
        "settings": replace(ds.settings, decided=()).written(),
        "absences": ds.absences,
        "attributes": [asdict(a) for a in ds.attributes],
        "recipe": derived.RECIPE,
    }


def _answered(ds: Dataset) -> str:
    """A hash of the members whom campaigns reached, with their answers: as features read them. Empty where nobody was reached."""
    rows = answers(ds)
    reached = None if rows is None else rows.drop_nulls("contacted_at")
    if reached is None or reached.is_empty():
        return ""
    return hashlib.sha256(reached.sort(reached.columns).write_csv().encode()).hexdigest()
