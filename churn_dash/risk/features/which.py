"""Which rows of a table count for a feature: each condition declared once, as SQL over the rows ``w`` known by the score date.

``{t}`` is the score date, ``{t1}`` and ``{t3}`` the month ends one and three months on, ``{t_1}`` the one before. A day after the score
date is looked at only where it was agreed before (a maturity, a booking), or to see that something had not yet happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Which:
    """A condition and the columns of the table that it looks at; one the bank does not bring counts as empty."""

    sql: str
    columns: tuple[str, ...]


_HELD = "(w.closed_date is null or w.closed_date > {t})"
_OWN = "(w.bank is null or w.bank = 'own')"
_OUT = "w.direction = 'out' and not coalesce(w.internal, false)"
_HOLDING, _LARGE = ("bank", "closed_date", "maturity_date"), ("direction", "internal", "txn_date")
WHICH: Mapping[str, Which] = {
    "held": Which(f"{_OWN} and {_HELD} and (w.maturity_date is null or w.maturity_date > {{t}})", _HOLDING),
    "due_1m": Which(f"{_OWN} and {_HELD} and w.maturity_date > {{t}} and w.maturity_date <= {{t1}}", _HOLDING),
    "due_3m": Which(f"{_OWN} and {_HELD} and w.maturity_date > {{t}} and w.maturity_date <= {{t3}}", _HOLDING),
    "fell_due_1m": Which(f"{_OWN} and w.maturity_date > {{t_1}} and w.maturity_date <= {{t}}", _HOLDING),
    "elsewhere": Which(f"w.bank = 'other' and {_HELD} and (w.maturity_date is null or w.maturity_date > {{t}})", _HOLDING),
    "out": Which(f"{_OUT} and w.txn_date <= {{t}}", _LARGE),
    "in": Which("w.direction = 'in' and not coalesce(w.internal, false) and w.txn_date <= {t}", _LARGE),
    "out_booked": Which(f"{_OUT} and (w.txn_date is null or w.txn_date > {{t}}) and w.back < 3", _LARGE),
    "valid_card": Which("w.closed_date is null or w.closed_date > {t}", ("closed_date",)),
    "idle_card": Which(
        "(w.closed_date is null or w.closed_date > {t}) and (w.activated_date is null or w.activated_date > {t})",
        ("closed_date", "activated_date"),
    ),
    "declined": Which("w.result in ('declined', 'opted_out')", ("result",)),
    "reached": Which("w.result in ('reached', 'interested', 'accepted', 'declined', 'opted_out')", ("result",)),
    "disputed": Which("w.disputed_at <= {t}", ("disputed_at",)),
    "accepted": Which("w.accepted and w.end_date <= {t}", ("accepted", "end_date")),
}
