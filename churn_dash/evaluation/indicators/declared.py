"""The lines of the evaluation page: eight indicators on twelve lines. Source: METHODS 0."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.contract.indicators import EIGHT
from churn_dash.marks import _

Unit = Literal["ratio", "number", "money"]
Better = Literal["up", "down"]
Basis = Literal["counted", "answers", "known", "effect"]


@dataclass(frozen=True)
class Indicator:
    """One line. ``number`` is the indicator of METHODS 0; a target lies between ``low`` and ``high`` (rates 0–1).

    ``rule`` says how it is counted, ``needs`` what data make it possible. ``by_definition``: it counts departures, so that it hangs on
    the churn definition. ``yearly``: it grows with the length of the period, so that a target is one of twelve months. ``basis``: what
    it rests on: every case ``counted``, the ``answers`` of those who gave one, those of whom enough is ``known``, or a campaign's
    ``effect``, which alone claims that something was caused and carries a grade.
    """

    key: str
    unit: Unit
    better: Better
    low: float
    high: float
    rule: str
    needs: str
    by_definition: bool = False
    yearly: bool = False
    basis: Basis = "counted"

    @property
    def number(self) -> int:
        """Which of the eight."""
        return EIGHT[self.key][0]

    @property
    def label(self) -> str:
        """Its marked name."""
        return EIGHT[self.key][1]


_MONTHS = _("Load at least two months of customers (table customer_month).")
_SURVEYS = _("Load the questionnaires (table surveys) with the day each was sent and answered.")
_CAMPAIGNS = _("Load a campaign with a hold-out drawn at random (tables campaigns and campaign_assignments, design column filled).")
_WARNINGS = _("Load the warnings given (table warnings): who was warned of, and on which day.")
_CAMPAIGN_RULE = _("Campaigns that are due and had a random hold-out, taken together; members counted as assigned")

INDICATORS = {
    i.key: i
    for i in (
        Indicator(
            "churn_rate",
            "ratio",
            "down",
            0.0,
            1.0,
            _("Customers at the start who left in the period"),
            _MONTHS,
            by_definition=True,
            yearly=True,
        ),
        Indicator(
            "retention_rate",
            "ratio",
            "up",
            0.0,
            1.0,
            _("Customers at the start who are customers at the end"),
            _MONTHS,
            by_definition=True,
            yearly=True,
        ),
        Indicator(
            "csat",
            "ratio",
            "up",
            0.0,
            1.0,
            _("Answers 4 and 5 of 5, of the answers given"),
            _SURVEYS,
            basis="answers",
        ),
        Indicator(
            "nps",
            "number",
            "up",
            -100.0,
            100.0,
            _("Share that answers 9 or 10 less share that answers 0 to 6, times 100"),
            _SURVEYS,
            basis="answers",
        ),
        Indicator(
            "loyalty_index",
            "number",
            "up",
            0.0,
            100.0,
            _("Mean of the customers there at the end of the period of whom enough is known"),
            _("Load months of customers with products, transactions and balances, the customers, questionnaires and complaints."),
            by_definition=True,
            basis="known",
        ),
        Indicator(
            "win_back_rate",
            "ratio",
            "up",
            0.0,
            1.0,
            _("Customers lost who were back within 180 days; not those who died, whom the bank closed, or who refuse contact"),
            _("Load months that go on for 180 days after the departures."),
            by_definition=True,
        ),
        Indicator(
            "save_rate",
            "ratio",
            "up",
            -1.0,
            1.0,
            _CAMPAIGN_RULE,
            _CAMPAIGNS,
            by_definition=True,
            basis="effect",
        ),
        Indicator(
            "warning_precision",
            "ratio",
            "up",
            0.0,
            1.0,
            _("Warned customers who left within 90 days, of the warnings that can be judged"),
            _WARNINGS,
            by_definition=True,
        ),
        Indicator(
            "warning_recall",
            "ratio",
            "up",
            0.0,
            1.0,
            _("Departures with a warning in the 90 days before"),
            _WARNINGS,
            by_definition=True,
        ),
        Indicator(
            "warning_lead",
            "number",
            "up",
            0.0,
            90.0,
            _("Median of the departures warned of"),
            _WARNINGS,
            by_definition=True,
        ),
        Indicator(
            "cost_per_save",
            "money",
            "down",
            0.0,
            10_000_000.0,
            _CAMPAIGN_RULE,
            _CAMPAIGNS,
            by_definition=True,
            basis="effect",
        ),
        Indicator(
            "roi",
            "ratio",
            "up",
            -100.0,
            1_000.0,
            _CAMPAIGN_RULE,
            _CAMPAIGNS,
            by_definition=True,
            basis="effect",
        ),
    )
}
"""The closed list, by key, in the order of the page."""
