"""A budget, and whom to call for it: those of the worklist with the most expected gain for each yuan. Sources: METHODS C9, D8."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.campaigns.planner.base import Base, declared
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.retention.worklists.expected import COLUMNS as GAINS
from churn_dash.retention.worklists.expected import Expected, expected
from churn_dash.retention.worklists.worklist import Worklist
from churn_dash.risk import Model
from churn_dash.words import Count, Money, Text

_WORTH_A_CALL = ("listed", "beyond_capacity")
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Spending:
    """Whom to call for ``budget``. ``rows``: customer_id, owner, probability, gain with its ends, cost (expected of a call and its offer,
    CNY), the most gain for each yuan first. ``of``: how many are worth a call, whatever the budget; ``unvalued``: worth a call by risk
    alone, left out. ``saved``: the share of leavers kept.
    """

    budget: float
    rows: pl.DataFrame
    of: int
    unvalued: int
    saved: Held

    @property
    def cost(self) -> float:
        """What calling them is expected to cost, CNY."""
        return float(self.rows["cost"].sum())

    @property
    def expected(self) -> Expected:
        """What calling them is expected to bring beyond that, with its range."""
        return expected(self.rows, self.saved)

    @property
    def words(self) -> Text:
        """In a sentence."""
        named = {"n": Count(self.rows.height), "all": Count(self.of), "budget": Money(self.budget), "gain": self.expected.words}
        told = Text(_("For {budget} call {n} of the {all} customers who are worth a call: {gain} expected beyond the cost."), **named)
        return self.expected.doubted(told)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "budget": self.budget,
            "n": self.rows.height,
            "of": self.of,
            "unvalued": self.unvalued,
            "cost": self.cost,
            **self.expected.as_json(language),
            "words": self.words.in_(language),
            "rows": self.rows.to_dicts(),
        }


def under_budget(found: Worklist, budget: float, assumed: Mapping[str, Held]) -> Spending:
    """Whom to call for a budget in CNY: of those worth a call the ones with most gain a yuan, while the money lasts.

    Raises ``BadInput`` for a negative budget.
    """
    if not budget >= 0:
        raise BadInput(_("A budget is 0 or more; {n} is none."), n=budget)
    saved, offer, contact = (assumed[n].value for n in ("save_rate", "offer_cost", "contact_cost"))
    p = pl.col("probability")
    worth = found.everybody.filter(pl.col("verdict").is_in(_WORTH_A_CALL))
    known = worth.filter(pl.col("gain").is_not_null()).with_columns(cost=contact + (p * saved + 1 - p) * offer)
    ranked = known.sort(pl.col("gain") / pl.col("cost"), pl.col("customer_id"), descending=[True, False])
    chosen = ranked.filter(pl.col("cost").cum_sum() <= budget + 1e-9)
    columns = ("customer_id", "owner", "probability", *GAINS, "cost")
    return Spending(budget, chosen.select(columns), known.height, worth.height - known.height, found.saved)


def base_of_grades(found: Worklist, kept: Model, grades: Sequence[str], horizon_days: int) -> Base:
    """The rate of churn that the model in use expects of the customers of these grades who may be called.

    The model's horizon is turned into the plan's as if customers left evenly. It was not counted, so it has no range.
    """
    rows = found.everybody.filter(pl.col("grade").is_in(list(grades)) & ~pl.col("refused"))
    if not rows.height:
        raise BadInput(_("Nobody of the grades {grades} may be called."), grades=", ".join(grades))
    windows = kept.card.windows
    days = float(windows["horizon"]) * _DAYS_A_MONTH if windows else float(horizon_days)
    rate = rows.select((1 - (1 - pl.col("probability")) ** (horizon_days / days)).mean()).item()
    why = Text(
        _("The model in use expects it of {n} customers of these grades; it was not counted, so it has no range."), n=Count(rows.height)
    )
    return declared(rate, rows.height, horizon_days, why, rows.height)
