"""What the Behaviour page shows of everything together: whether there are months enough, and each customer with its groups."""

from churn_dash.errors import NotPossible
from churn_dash.segments.groups.behaviour import LEAST
from churn_dash.segments.groups.starters import counted
from churn_dash.ui import session
from churn_dash.ui.kinds import clusters, orientation, rfm
from churn_dash.ui.kinds.grouped import Split
from churn_dash.ui.question import PageQuestion
from churn_dash.words import _


def too_short(question: PageQuestion) -> str:
    """Why there are not months enough before the months chosen; empty where there are."""
    try:
        counted(question.ds, question.period, LEAST)
    except NotPossible as problem:
        return session.say(problem)
    return ""


def splits(question: PageQuestion, money: str, k: int | None) -> list[Split]:
    """The customers by kind, by group and by orientation; what the data cannot tell is left out."""
    found = []
    try:
        scores = rfm.seen(question, "rf", "amount" if money == "amount" else "balances")
        found.append(Split("kind", _("Kind of customer"), scores.found.people, scores.kinds.words))
    except NotPossible:
        pass
    try:
        groups = clusters.seen(question, k)
        found.append(Split("group", _("Group"), groups.found.people, groups.names))
    except NotPossible:
        pass
    try:
        oriented = orientation.seen(question)
        found.append(Split("orientation", _("Orientation"), oriented.found.people, oriented.names))
    except NotPossible:
        pass
    return found
