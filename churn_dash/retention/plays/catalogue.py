"""The plays as they are before a bank edits them: what to do about what, of the plan's four kinds. Source: METHODS A1 8.1.2, D5, D7."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.marks import _
from churn_dash.risk.features.feature import GROUPS, Feature
from churn_dash.risk.features.peers import Value
from churn_dash.words import say

PLAY_KINDS = {
    "care": _("Customer care"),
    "value_added": _("Value-added service"),
    "offers": _("Favourable offers"),
    "online_offline": _("Online and branch"),
}


THEMES = {
    "activity": _("use of the account"),
    "balances": _("what is held in all"),
    "card": _("the card"),
    "campaigns": _("campaigns taken part in"),
    "complaints": _("complaints made"),
    "contacts": _("contacts with the bank"),
    "deposits": _("money in deposits"),
    "digital": _("app and online banking"),
    "elsewhere": _("money at other banks"),
    "fees": _("fees paid"),
    "fees fallen": _("fewer fees than before or than similar customers"),
    "flows": _("money in and out"),
    "funds": _("money in funds"),
    "large amounts": _("large amounts in and out"),
    "loans": _("money borrowed"),
    "maturities": _("what falls due"),
    "points": _("loyalty points"),
    "products": _("number of products"),
    "rate_gap": _("rates against other banks"),
    "rates": _("interest rates paid"),
    "salary": _("salary paid in"),
    "salary lost": _("a salary that fell or ended"),
    "satisfaction": _("answers in surveys"),
    "spending": _("spending by card"),
    "standing": _("standing payments made"),
    "standing lost": _("standing payments that fell or ended"),
    "tier": _("the tier of service"),
    "visits": _("visits to the branch"),
    "wealth": _("money in wealth products"),
    "market": _("the market"),
    "competitor_campaign": _("campaigns of other banks"),
}
"""Words for the themes of reasons; a theme that is not here is the bank's own column, named as the bank names it."""

_CHANGES = ("change", "mean_change")


def aspect(feature: Feature, value: Value = None, peer: Value = None) -> str:
    """The theme that a play is looked up by: the feature's own, save where what is to be done hangs on which way it went.

    A salary, or standing payments, that fell were lost, whereas a low level may never have been more; where the bank earns less in
    fees than before, or than of similar customers, the account is less used, and there is nothing to explain or refund.
    """
    numbers = [x for x in (value, peer) if isinstance(x, int | float)]
    fell = feature.source.measure in _CHANGES and isinstance(value, int | float) and value < 0
    if feature.theme in ("salary", "standing") and fell:
        return f"{feature.theme} lost"
    if feature.source.column == "fee_income" and (
        fell or (feature.source.measure == "mean" and len(numbers) == 2 and numbers[0] < numbers[1])
    ):
        return "fees fallen"
    return feature.theme


@dataclass(frozen=True)
class Play:
    """One play: its kind, what it is called, what to do, what not to say, and which themes of reasons it answers.

    A theme is that of ``aspect``; ``groups`` of the plan are answered where no play answers the theme. Texts are marked words
    in the defaults, the bank's own words once edited. ``version`` counts what was recorded, from 1; 0 is the default.
    """

    name: str
    kind: str
    title: str
    do: str
    avoid: str
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    who: str | None = None
    made: str | None = None
    version: int = 0

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        said = {k: say(getattr(self, k), language) for k in ("title", "do", "avoid")}
        return asdict(self) | said | {"themes": list(self.themes), "groups": list(self.groups)}


DEFAULTS = {
    p.name: p
    for p in (
        Play(
            "money_leaving",
            "offers",
            _("Ask where the money goes, show what is there for it"),
            _("Call within two days. Ask what the money is for. Show the own product that fits the appetite for risk, with real terms."),
            _("Do not promise a yield, do not offer terms that others in the same place would not get."),
            themes=("balances", "deposits", "flows", "wealth", "funds", "maturities", "rate_gap", "rates", "elsewhere", "large amounts"),
            groups=("market",),
        ),
        Play(
            "less_used",
            "online_offline",
            _("Make the account useful again"),
            _("Show what the app does for payments of every day; set up one payment together; invite to the branch nearby if liked."),
            _("Do not mention that the bank sees single payments."),
            themes=("activity", "spending", "card", "digital", "visits", "fees fallen"),
        ),
        Play(
            "salary_lost",
            "value_added",
            _("Win back the salary and the standing payments"),
            _("Ask whether the employer changed. Offer the salary service and help with moving standing payments here."),
            _("Do not ask for the employer's name unless the customer tells it."),
            themes=("salary lost", "standing lost"),
        ),
        Play(
            "main_bank",
            "value_added",
            _("Offer to be the account for salary and bills"),
            _("Ask from where bills are paid. Offer the salary service, and set up one standing payment together if liked."),
            _("Do not speak of a salary that never came here as if it were lost."),
            themes=("salary", "standing"),
        ),
        Play(
            "more_products",
            "value_added",
            _("Find the one product that would be of use"),
            _("Look at what is held. Where something was given up, ask why first. Show one own product that fits, with what it costs."),
            _("Do not sell by the number of products; do not offer what is above the appetite for risk."),
            themes=("products",),
        ),
        Play(
            "fees",
            "care",
            _("Explain the fees, refund what was charged wrongly"),
            _("Look at what was charged and disputed before the call. Explain every fee, refund what is wrong, name ways that cost less."),
            _("Do not defend a fee before you have looked at it."),
            themes=("fees",),
        ),
        Play(
            "borrower",
            "value_added",
            _("Talk about the loan before it is paid back elsewhere"),
            _("Explain terms and early repayment; look at whether the rate still fits; pass on to the loan desk only if wanted."),
            _("Do not promise an approval."),
            themes=("loans",),
        ),
        Play(
            "complaint",
            "care",
            _("Solve the complaint, then say so"),
            _("Read the complaint first. Solve it or say by when. The head of the branch calls, and calls again after a week."),
            _("Do not sell anything in this call."),
            themes=("complaints", "satisfaction"),
        ),
        Play(
            "loyalty",
            "offers",
            _("Show what the tier and the points are good for"),
            _("Say how far the next tier is, or how to keep this one; name points that will lapse and what they buy."),
            _("Do not threaten with the lower tier."),
            themes=("tier", "points"),
        ),
        Play(
            "hello",
            "care",
            _("A call to ask how things are"),
            _("Introduce yourself as the contact. Ask what is needed. Write down what was said, and when to call again."),
            _("Do not say that the customer is expected to leave; do not mention age, family or health."),
            themes=("contacts", "campaigns"),
            groups=("customer", "banking", "service"),
        ),
    )
}
"""By name, in the order in which they are looked through."""

assert {g for p in DEFAULTS.values() for g in p.groups} == set(GROUPS)
