"""Words for the codes of contacts: by what channel, what for, what came of it."""

from churn_dash.marks import _

CHANNELS = {
    "branch": _("Branch counter"),
    "phone": _("Telephone"),
    "mobile": _("Mobile banking"),
    "online": _("Online banking"),
    "sms": _("Text message"),
    "email": _("E-mail"),
    "social": _("Social media"),
    "visit": _("Visit"),
    "atm": _("Self-service"),
}
PURPOSES = {
    "care": _("greeting"),
    "birthday": _("birthday"),
    "maturity": _("something falls due"),
    "offer": _("an offer"),
    "retention": _("to keep the customer"),
    "winback": _("to win the customer back"),
    "complaint": _("a complaint"),
    "survey": _("a survey"),
    "education": _("a talk or course"),
}
RESULTS = {
    "reached": _("reached"),
    "not_reached": _("not reached"),
    "interested": _("interested"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "opted_out": _("asked to be left alone"),
}
