"""The cells of the splits in words."""

import itertools
from collections.abc import Mapping

from churn_dash.causes.loyalty import CLASSES as LOYALTY
from churn_dash.contract.causes import CLASSES, COMPLAINT_LABELS, DEFICITS, REASON_LABELS
from churn_dash.contract.definitions import DEFINITIONS
from churn_dash.contract.lifecycle import LABELS as STAGES
from churn_dash.contract.tiers import LABELS
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures import month_of
from churn_dash.measures.money.costs import TOPS as LARGEST
from churn_dash.measures.movement.product_measures import KINDS, PRODUCT_MEASURES
from churn_dash.measures.tenure.hazard import BANDS, band_name
from churn_dash.segments.groups import orientation, rfm, service_tiers
from churn_dash.segments.groups.lifecycle import OTHERS
from churn_dash.segments.groups.tenths import TOPS as MOST_VALUABLE
from churn_dash.words import Month, Text

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
THREADS = {
    "salary": _("Salary"),
    "standing": _("Standing payments"),
    "card": _("Card"),
    "transactions": _("Transactions"),
    "balances": _("Balances"),
}
QUIET = {
    "active": _("A transaction last month"),
    "silent": _("Silent: 1 or 2 months"),
    "sleeping": _("Asleep: 3 months and more"),
}
_TIERS = {
    **LABELS,
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
    "lost_by": {name: d.label for name, d in DEFINITIONS.items()},
    "lost_before": {name: d.label for name, d in DEFINITIONS.items()},
    "product": {name: m.label for name, m in PRODUCT_MEASURES.items()},
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
    "thread": THREADS,
    "quiet": QUIET,
}
"""Words of the parts of cells, by split; what stands in none is the bank's own and shown as it is written."""
_BETWEEN = {"overlap": "+", "tier_move": ">", "stage_move": ">"}


_SHARES = {str(top) for top in (*LARGEST, *MOST_VALUABLE)}
_AGES = {band_name(start, end): (start, end) for start, end in itertools.zip_longest(BANDS, BANDS[1:])}


def age_words(start: int, end: int | None) -> Text:
    """A span of months since joining in words.

    >>> str(age_words(0, 3)), str(age_words(12, 24)), str(age_words(36, 60)), str(age_words(120, None))
    ('months 1 to 3', 'year 2', 'years 4 to 5', 'from 10 years on')
    """
    if end is None:
        return Text(_("from {n} years on"), n=start // 12)
    if start >= 12 and end - start == 12:
        return Text(_("year {n}"), n=end // 12)
    if start >= 12:
        return Text(_("years {first} to {last}"), first=start // 12 + 1, last=end // 12)
    return Text(_("months {first} to {last}"), first=start + 1, last=end)


def _month_words(cell: str) -> Text | str:
    try:
        return Text(_("{month}"), month=Month(month_of(cell)))
    except BadInput:
        return cell


def cell_words(split: str, cell: str) -> Text | str:
    """A cell as people read it.

    >>> str(cell_words("tier_move", "gold>mass")), str(cell_words("tenth", "3")), str(cell_words("destination", "CMB"))
    ('Gold → Mass', 'Tenth 3', 'CMB')
    """
    words = WORDS.get(split, {})
    if split == "tenth":
        return Text(_("Tenth {n}"), n=cell)
    if split in ("top", "largest"):
        share = f"{100 * float(cell):g}%" if cell in _SHARES else cell
        return Text(_("the most valuable {share}") if split == "top" else _("the largest {share} by balances"), share=share)
    if split == "wave":
        return _month_words(cell)
    if split == "age_left":
        return age_words(*_AGES[cell]) if cell in _AGES else cell
    if split == "product" and "." in cell:
        measure, _dot, kind = cell.partition(".")
        return Text(_("{what}: {words}"), what=words.get(measure, measure), words=KINDS.get(kind, kind))
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
