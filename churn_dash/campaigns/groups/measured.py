"""What a campaign can be judged by, each declared once: name, words, unit, and which way is better. Sources: METHODS B1, B3, B7, B8."""

from churn_dash.campaigns.estimators.effects import Outcome, Unit
from churn_dash.contract import TABLES
from churn_dash.errors import NotPossible
from churn_dash.words import _, nearest

CHURN = Outcome("churn", _("Churn rate"), "ratio", "down")
RETENTION = Outcome("retention", _("Retention rate"), "ratio", "up")
BALANCES_KEPT = Outcome("aum_kept", _("Share of balances kept"), "ratio", "up", sums=True)
RECOVERY = Outcome("recovery", _("Share of missing balances that came back"), "ratio", "up", sums=True)
TIER_KEPT = Outcome("tier_kept", _("Share kept without a downgrade"), "ratio", "up")
SATISFIED = Outcome("csat", _("Share of satisfied answers"), "ratio", "up")
TAKE_UP = Outcome("take_up", _("Share who took up another product"), "ratio", "up")

OUTCOMES = {o.name: o for o in (CHURN, RETENTION, BALANCES_KEPT, RECOVERY, TIER_KEPT, SATISFIED, TAKE_UP)}
"""The outcomes that can be chosen, by name; a campaign's table may also name a number column of the monthly table."""

MEANING = {
    "churn": _("Members who left within the horizon, of those who were customers at the start."),
    "retention": _("Members who are customers at the end of the horizon, of those who were at the start."),
    "aum_kept": _("What members still hold at the end, at most what they held at the start, of what they held at the start."),
    "recovery": _("Of what members had less at the start than on average the month before, the part that is back at the end."),
    "tier_kept": _("Members above the lowest tier at the start who are neither lost nor downgraded at the end, by the tier rule in force."),
    "csat": _("Answers 4 or 5 of 5 among members who answered within the horizon, the last answer of each."),
    "take_up": _("Members who hold more products at the end than before the start, of those who were customers at the start."),
}
"""What each outcome counts, in a sentence."""

_WORDS = {
    "churn": ("", "churn_rate", "churned", "流失", "流失率", "客户流失率"),
    "retention": ("retention_rate", "retained", "留存", "留存率", "客户留存率", "挽留率"),
    "aum_kept": ("balances kept", "aum retention", "资产留存", "资产留存率", "aum留存率"),
    "recovery": ("aum recovery", "aum_recovery", "资产恢复", "资产恢复率", "资产回升"),
    "tier_kept": ("downgrade avoided", "downgrade_avoided", "no downgrade", "未降级", "保级", "保级率", "避免降级"),
    "csat": ("satisfaction", "csat_rate", "满意度", "客户满意度", "满意率"),
    "take_up": ("take-up", "product take-up", "product_take_up", "产品购买", "新增产品", "产品渗透"),
}
_LABELS = {
    "aum_avg": _("Average balance"),
    "aum_end": _("Balance at the end of the month"),
    "txn_count": _("Transactions a month"),
    "product_count": _("Products held"),
    "login_count": _("Logins a month"),
    "fee_income": _("Fees a month"),
}


def named(text: str | None) -> Outcome | None:
    """The outcome that a word means: one of ``OUTCOMES`` or a number column of the monthly table; None for any other word.

    >>> named("客户流失率").name, named("aum_end").unit, named("downgrade avoided").name, named("happiness")
    ('churn', 'money', 'tier_kept', None)
    """
    word = (text or "").strip().casefold()
    for name, outcome in OUTCOMES.items():
        if word == name or word in _WORDS[name]:
            return outcome
    table = TABLES["customer_month"]
    for name, column in table.columns.items():
        if column.dtype.is_numeric() and word in (a.casefold() for a in table.aliases(name)):
            unit: Unit = "money" if (column.metadata or {}).get("unit") == "CNY" else "amount"
            return Outcome(name, _LABELS.get(name, column.description or name), unit, "up")
    return None


def outcome_of(text: str | None, campaign_id: str) -> Outcome:
    """The outcome named in the table of campaigns. Raises NotPossible."""
    found = named(text)
    if found is None:
        raise NotPossible(
            _(
                "The campaign {name} is to be judged by {outcome}, which is not known here; "
                "use one of {known}, or a number column of the monthly table."
            ),
            name=campaign_id,
            outcome=text,
            known=", ".join(OUTCOMES),
        )
    return found


def chosen_outcome(text: str) -> Outcome:
    """The outcome that somebody asks for. Raises NotPossible with the nearest."""
    found = named(text) if text.strip() else None
    if found is None:
        raise NotPossible(
            _("There is no outcome {name}; use one of {known}, or a number column of the monthly table. The nearest is {nearest}."),
            name=text,
            known=", ".join(OUTCOMES),
            nearest=nearest(text, OUTCOMES) or "churn",
        )
    return found
