"""What no model sees."""

from dataclasses import dataclass

from churn_dash.words import Text


@dataclass(frozen=True)
class LeftOut:
    """A column that no model sees, and why, as a sentence to be translated when shown. ``leak``: it would tell the outcome."""

    column: str
    why: Text
    leak: bool = False
