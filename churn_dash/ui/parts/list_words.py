"""Words for the codes in a care list."""

import polars as pl

from churn_dash.care.holidays import NAMES
from churn_dash.contract.contact_words import CHANNELS
from churn_dash.ui import session
from churn_dash.ui.parts.values import CODES
from churn_dash.words import _, say

_KINDS = {
    "current": _("Current account"),
    "term": _("Term deposit"),
    "certificate": _("Large certificate of deposit"),
    "structured": _("Structured deposit"),
    "wealth": _("Wealth product"),
    "fund": _("Fund"),
    "insurance": _("Insurance"),
    "metal": _("Precious metal"),
    "loan": _("Loan"),
    "card": _("Credit card"),
}
_ABOUT = {"product": _("The product"), "service": _("The service"), "price": _("The price"), "value_added": _("Value-added services")}
_SCALES = {"csat": _("Satisfaction, 1–5"), "nps": _("Would recommend, 0–10")}
_CODES = {
    "product_kind": _KINDS,
    "channel": CHANNELS,
    "category": _ABOUT,
    "scale": _SCALES,
    "holiday": NAMES,
    "tier": CODES["tier"],
    "own_tier": CODES["tier"],
    "falls_to": CODES["tier"],
}


def spoken(rows: pl.DataFrame, language: str | None = None) -> pl.DataFrame:
    """The rows with codes in the reader's words; what is no code stays as the bank writes it. A download, which is made outside the
    page's run, names the ``language``."""
    read = language or session.language()
    return rows.with_columns(
        pl.col(column).replace({code: say(word, read) for code, word in words.items()})
        for column, words in _CODES.items()
        if column in rows.columns
    )
