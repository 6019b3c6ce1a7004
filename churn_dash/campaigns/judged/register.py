"""Every campaign of the workspace in one table."""

from dataclasses import dataclass

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Effect
from churn_dash.campaigns.groups.design import Grade
from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.groups.members import campaign_ids
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.judgement import evaluate
from churn_dash.campaigns.judged.money import Prices
from churn_dash.campaigns.judged.verdict import Finding, Status
from churn_dash.errors import BadInput, ChurnDashError, NotPossible


@dataclass(frozen=True)
class Entry:
    """One campaign, or one of its groups, in the register. ``problem`` says why it could not be judged; the rest is then None."""

    campaign_id: str
    name: str
    arm: str | None = None
    evaluation: Evaluation | None = None
    effect: Effect | None = None
    finding: Finding | None = None
    problem: ChurnDashError | None = None

    @property
    def grade(self) -> Grade | None:
        """The evidence grade."""
        return self.evaluation.grade if self.evaluation else None

    @property
    def status(self) -> Status | None:
        """The verdict's code."""
        return self.finding.status if self.finding else None

    @property
    def kept(self) -> float | None:
        """Customers kept beyond the hold-out, where that may be claimed."""
        money = self.evaluation.money.get(self.arm or "") if self.evaluation else None
        return money.saves if money else None


def register(
    ds: Extract,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    scope: Scope | None = None,
) -> list[Entry]:
    """The campaigns by start, one entry a treated group; empty without campaigns. One that cannot be judged says why."""
    entries: list[Entry] = []
    for campaign_id in campaign_ids(ds):
        try:
            e = evaluate(ds, campaign_id, definition=definition, prices=prices, scope=scope)
        except (NotPossible, BadInput) as problem:
            entries.append(Entry(campaign_id, campaign_id, problem=problem))
            continue
        name = e.name or campaign_id
        if len(e.findings) == len(e.effects):
            entries += [Entry(campaign_id, name, x.arm, e, x, f) for x, f in zip(e.effects, e.findings, strict=True)]
        else:
            entries.append(Entry(campaign_id, name, None, e, None, e.findings[0]))
    return entries
