"""What the Branches page says, of departures and of satisfaction."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.words import _

Of = Literal["churn", "csat"]


@dataclass(frozen=True)
class Words:
    """The sentences of one measure; ``worse`` is the side of the limits on which a unit does badly."""

    label: str
    worse: Literal["above", "below"]
    named: str
    some: str
    better: str
    adjusted: str
    plain: str
    rate: str
    hover: str
    counted: str
    expected: str
    customers: str
    likely: str
    adjusted_rate: str
    own: str
    how: str

    @property
    def good(self) -> Literal["above", "below"]:
        """The side of the limits on which a unit does well."""
        return "below" if self.worse == "above" else "above"


SAYS: dict[Of, Words] = {
    "churn": Words(
        _("Churn"),
        "above",
        _("{n} of {all} lose clearly more than their customers explain: {names}."),
        _("{n} of {all} lose clearly more than their customers explain."),
        _("None of {all} loses clearly more than its customers explain; clearly less: {names}."),
        _("Churn rate adjusted for: {mix}"),
        _("Churn rate as it is, not adjusted"),
        _("Churn rate"),
        _("{name}: adjusted {rate} ({low} to {high})<br>{left} of {n} left, {expected} expected<br>{verdict}"),
        _("Left"),
        _("Expected to leave"),
        _("Customers"),
        _("Likely rate"),
        _("Adjusted rate"),
        _("Own rate"),
        _(
            "Each unit's customers are given the rate of all units in their group of the mix: so many departures were expected. Departures "
            "over expected ones, times the rate of all, is the adjusted rate. Limits, intervals and verdicts: exact binomial at the "
            "unit's own expected rate. The shrunk rate is an empirical-Bayes (beta-binomial) estimate."
        ),
    ),
    "csat": Words(
        _("Satisfaction"),
        "below",
        _("Customers of {n} of {all} are clearly less satisfied than their mix explains: {names}."),
        _("Customers of {n} of {all} are clearly less satisfied than their mix explains."),
        _("In none of {all} are customers clearly less satisfied than their mix explains; clearly more: {names}."),
        _("Share satisfied (4 and 5 of 5) adjusted for: {mix}"),
        _("Share satisfied (4 and 5 of 5) as it is, not adjusted"),
        _("Share satisfied"),
        _("{name}: adjusted {rate} ({low} to {high})<br>{left} of {n} answers satisfied, {expected} expected<br>{verdict}"),
        _("Satisfied"),
        _("Expected satisfied"),
        _("Answered"),
        _("Likely share"),
        _("Adjusted share"),
        _("Own share"),
        _(
            "The last answer of each customer in the period counts, under the unit of its month; who did not answer is in neither. "
            "Each unit's answers are given the share satisfied of all units in their group of the mix: so many were expected. Satisfied "
            "over expected, times the share of all, is the adjusted share. Limits, intervals and verdicts: exact binomial at the "
            "unit's own expected share. The shrunk share is an empirical-Bayes (beta-binomial) estimate."
        ),
    ),
}
