"""What a list that proposes contacts says of those who have heard enough of the bank."""

import polars as pl

from churn_dash.care.contacts import CAP, Cap
from churn_dash.words import Count, Text, _


def marked(capped: pl.Series, cap: Cap = CAP) -> Text:
    """Under a list that keeps them: how many are marked; null in ``capped`` where no contacts are loaded."""
    if capped.null_count() == len(capped):
        return Text(_("No contacts are loaded: nobody can be marked as having heard enough."))
    if not (n := int(capped.sum())):
        return Text(_("None of them had {contacts} contacts or more in {days} days."), contacts=cap.contacts, days=cap.days)
    words = _("{n} of them had {contacts} contacts or more in {days} days: they have heard enough, and are marked.")
    return Text(words, n=Count(n), contacts=cap.contacts, days=cap.days)


def left_out(n: int, cap: Cap) -> Text:
    """Under a list that leaves them out."""
    words = _("Not on it: {n} worth a call with {contacts} contacts or more in {days} days.")
    return Text(words, n=Count(n), contacts=cap.contacts, days=cap.days)
