"""Words for the rules that give warnings, where they are those of the sample bank; another bank's are written as it writes them."""

from churn_dash.marks import _

ALARM_RULES = {
    "score": _("Score"),
    "assets and transactions fall": _("Assets and transactions fall"),
    "no transaction for 60 days": _("No transaction for 60 days"),
}


def alarm_rule(name: str) -> str:
    """What a rule or model is called, to be said in the reader's language; a name of the bank's own with a capital.

    >>> alarm_rule("big drop")
    'Big drop'
    """
    return ALARM_RULES.get(name, name[:1].upper() + name[1:])
