"""Marks what a person reads, so that the catalogue finds it. Imports nothing."""


def _(sentence: str) -> str:
    """Mark a sentence for the catalogue; it is translated when shown. Returns it unchanged.

    >>> _("Churn rate")
    'Churn rate'
    """
    return sentence
