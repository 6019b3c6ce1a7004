"""The campaigns that ran between the two periods of the page "Why it moved"."""

from churn_dash.measures.comparisons.between import campaigns_between
from churn_dash.measures.comparisons.bridge import Bridge
from churn_dash.ui import session
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

_MOST = 5


def note(question: PageQuestion, told: Bridge) -> list[str]:
    """Under the steps: which campaigns ran between the periods; nothing where none did or the data hold none."""
    ran = campaigns_between(question.ds, told.before.period, told.after.period) or ()
    if not ran:
        return []
    names = ", ".join(f"{r.name} ({r.start:%Y-%m})" for r in ran[:_MOST])
    if len(ran) <= _MOST:
        return [session.say(Text(_("Campaigns that ran between: {names}; what one did is on Campaigns"), names=names))]
    more = len(ran) - _MOST
    return [session.say(Text(_("Campaigns that ran between: {names} and {n} more; what one did is on Campaigns"), names=names, n=more))]
