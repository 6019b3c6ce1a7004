"""The columns of the file that goes out and comes back: their headers in every language, their words, and the hidden marks."""

import hashlib

from churn_dash.contract import TABLES
from churn_dash.contract.contact_words import CHANNELS, RESULTS
from churn_dash.marks import _
from churn_dash.words import LANGUAGES, say

LIST, KEY = "list_id", "row_key"
"""Columns that a workbook hides: which list, and which customer of it."""
HEADERS = {
    "customer_id": _("Customer"),
    "result": _("Result of the call"),
    "contacted_at": _("Day of the contact"),
    "channel": _("Channel of contact"),
    "accepted": _("Offer accepted"),
    "cost": _("Cost of the contact, ¥"),
    "incentive_cost": _("Cost of the offer, ¥"),
    "note": _("Note"),
}
ACCEPTED = {True: _("yes"), False: _("no")}
REACHED = ("reached", "interested", "accepted", "declined", "opted_out")
"""Results that say somebody was spoken to."""
LONGEST_NOTE = 500


def key_of(list_id: str, customer_id: str) -> str:
    """The mark of a customer's row in a list: no number, so that no spreadsheet changes it.

    >>> key_of("L20240131-1", "000123")
    'k99e68a7fd6'
    """
    return "k" + hashlib.sha256(f"{list_id}\n{customer_id}".encode()).hexdigest()[:10]


def fields() -> dict[str, str]:
    """Header as people or this product write it, in small letters → column."""
    found = {LIST: LIST, KEY: KEY}
    for column, words in HEADERS.items():
        table = "customers" if column == "customer_id" else "campaign_assignments"
        spoken = [say(words, language) for language in LANGUAGES]
        found |= {plain(h): column for h in (*TABLES[table].aliases(column), *spoken)}
    return found


def codes(column: str) -> dict[str, str]:
    """A word for a result or a channel, in small letters → its code."""
    words = RESULTS if column == "result" else CHANNELS
    declared = (TABLES["campaign_assignments"].columns[column].metadata or {})["codes"]
    found: dict[str, str] = {}
    for code, word in words.items():
        found |= {plain(w): code for w in (code, *declared.get(code, ()), *(say(word, language) for language in LANGUAGES))}
    return found


def plain(text: str) -> str:
    """A header or a word without what spreadsheets and people add: spaces, case, full-width forms of ``¥``.

    >>> plain(" Cost of the  contact, ￥ ")
    'cost of the contact, ¥'
    """
    return " ".join(text.replace("￥", "¥").replace("，", ",").split()).casefold()
