"""The cells of the splits in words."""

from collections.abc import Mapping

from churn_dash.causes.loyalty import CLASSES as LOYALTY
from churn_dash.contract.causes import CLASSES, COMPLAINT_LABELS, DEFICITS, REASON_LABELS
from churn_dash.contract.lifecycle import LABELS as STAGES
from churn_dash.marks import _
from churn_dash.segments.groups import orientation, rfm, service_tiers
from churn_dash.segments.groups.lifecycle import OTHERS
from churn_dash.words import Text

_GROWTH = {
    "start": _("Customers at the start"),
    "new": _("New customers"),
    "returned": _("Came back"),
    "moved_in": _("Moved into this group"),
    "lost": _("Lost"),
    "lost_voluntary": _("Lost by their own decision"),
    "lost_involuntary": _("Lost by the bank or by life"),
    "lost_unexplained": _("Lost without a reason known"),
    "left_otherwise": _("Left in another way"),
    "moved_out": _("Moved out of this group"),
    "end": _("Customers at the end"),
}
_DEFINITIONS = {
    "close": _("closure"),
    "absent": _("absence"),
    "dormant": _("dormancy"),
    "asset_out": _("decline"),
    "tier_down": _("downgrade"),
    "flag": _("flag"),
}
_TIERS = {
    "mass": _("Mass"),
    "affluent": _("Affluent"),
    "gold": _("Gold"),
    "platinum": _("Platinum"),
    "private": _("Private banking"),
    "lost": _("Lost"),
    "unknown": _("Unknown"),
}
_SAID = {
    "low": _("dissatisfied (1–2)"),
    "middle": _("in between (3)"),
    "high": _("satisfied (4–5)"),
    "detractor": _("detractors (0–6)"),
    "passive": _("passives (7–8)"),
    "promoter": _("promoters (9–10)"),
    "answered": _("answered"),
    "silent": _("did not answer"),
}
WORDS: dict[str, Mapping[str, str]] = {
    "growth": _GROWTH,
    "left": {"left": _("in the months chosen")},
    "overlap": _DEFINITIONS,
    "tier_move": _TIERS,
    "stage_move": STAGES["plan"] | OTHERS,
    "cause": {name: c.label for name, c in CLASSES.items()},
    "reason": REASON_LABELS,
    "deficit": DEFICITS,
    "band": _SAID,
    "nps": _SAID,
    "answering": _SAID,
    "complaint": COMPLAINT_LABELS,
    "loyalty": LOYALTY,
    "rfm_kind": rfm.LABELS,
    "orientation": orientation.LABELS,
    "service": service_tiers.LABELS,
}
"""Words of the parts of cells, by split; what stands in none is the bank's own and shown as it is written."""
_BETWEEN = {"overlap": "+", "tier_move": ">", "stage_move": ">"}


def cell_words(split: str, cell: str) -> Text | str:
    """A cell as people read it.

    >>> str(cell_words("tier_move", "gold>mass")), str(cell_words("tenth", "3")), str(cell_words("destination", "CMB"))
    ('Gold → Mass', 'Tenth 3', 'CMB')
    """
    words = WORDS.get(split, {})
    if split == "tenth":
        return Text(_("Tenth {n}"), n=cell)
    if split == "rfm":
        return Text(_("scores {words}"), words=cell)
    if split in _BETWEEN:
        parts = [words.get(p, p) for p in cell.split(_BETWEEN[split])]
        first = parts[0]
        found: Text | str = first
        for part in parts[1:]:
            template = _("{first} + {second}") if split == "overlap" else _("{first} → {second}")
            found = Text(template, first=found, second=part)
        return found
    return words.get(cell, cell) or _("Unknown")
