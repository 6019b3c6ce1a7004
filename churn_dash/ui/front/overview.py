"""The Overview page's answer in one sentence."""

from churn_dash.contract.few import TOO_FEW
from churn_dash.ui import session
from churn_dash.ui.front.figures import before, moved, totals
from churn_dash.ui.front.worst import groups
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _


def answer(question: PageQuestion) -> str:
    """The page's one sentence: where churn stands, against when, and who stands out."""
    now, then = totals(question), before(question)
    rate, bank_n = now.get("churn_rate"), now.get("churn_rate_n") or 0
    if rate is None:
        return session.say(_("No customer matches these filters."))
    if bank_n < TOO_FEW:
        return session.say(
            Text(_("{part} of {whole} customers left: too few for a rate."), part=Count(now.get("customers_lost")), whole=Count(bank_n))
        )
    worst = next((g for g in groups(question) if g.surely_above(rate)), None)
    named: dict[str, object] = {"rate": Ratio(rate), "n": Count(bank_n), "before": Ratio(then.get("churn_rate"))}
    if worst:
        named |= {"group": worst.label, "group_rate": Ratio(worst.rate)}
    if question.timeless:
        template = _TIMELESS[worst is not None]
    elif then.get("churn_rate") is None or (then.get("churn_rate_n") or 0) < TOO_FEW:
        template = _ALONE[worst is not None]
    else:
        template = _ANSWERS[(moved(now, then), worst is not None)]
    return session.say(Text(template, **named))


_ANSWERS = {
    ("fell", True): _("Churn fell to {rate} from {before} a year before; {group} stands out at {group_rate}."),
    ("fell", False): _("Churn fell to {rate} from {before} a year before."),
    ("rose", True): _("Churn rose to {rate} from {before} a year before; {group} stands out at {group_rate}."),
    ("rose", False): _("Churn rose to {rate} from {before} a year before."),
    ("same", True): _("Churn is {rate}, much as a year before ({before}); {group} stands out at {group_rate}."),
    ("same", False): _("Churn is {rate}, much as a year before ({before})."),
}
_TIMELESS = {
    True: _("{rate} of {n} customers have left; {group} most, at {group_rate}."),
    False: _("{rate} of {n} customers have left."),
}
_ALONE = {True: _("{rate} of customers left; {group} stands out at {group_rate}."), False: _("{rate} of customers left.")}
