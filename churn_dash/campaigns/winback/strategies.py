"""The four strategies of winning back, and which cause of the loss each answers. Source: METHODS A1 8.2.1, 8.2.2."""

from collections.abc import Mapping

from churn_dash.words import _

STRATEGIES: Mapping[str, str] = {
    "product": _("Better product"),
    "need": _("Personal service"),
    "competitor": _("Stand out against the competitor"),
    "service": _("Mend the service"),
}
"""The closed list, by the code of the table of win-backs."""

WHAT_TO_DO: Mapping[str, str] = {
    "product": _("Show what has changed in the product that did not suit, or the one that suits better now."),
    "need": _("Ask what has changed for the customer, and offer what fits it, by a person of their own."),
    "competitor": _("Set our terms beside the competitor's, and say what it does not have; do not buy the customer by the rate alone."),
    "service": _("Say sorry, say what has been mended, and give a person who answers for it."),
}
"""What each strategy means on the telephone."""

FITTING: Mapping[str, str] = {
    "product": "product",
    "value_added": "product",
    "service": "service",
    "staff": "service",
    "price": "competitor",
    "competition": "competitor",
    "need": "need",
    "policy": "need",
    "life": "need",
    "unsaid": "need",
    "other": "need",
    "none": "need",
}
"""Class of the cause → strategy. Where the cause is not known the customer is asked: that is the personal service."""


def fitting(cause_class: str) -> str | None:
    """The strategy that answers a class of causes; None where nobody is to be asked back.

    >>> fitting("competition"), fitting("bank")
    ('competitor', None)
    """
    return FITTING.get(cause_class)
