"""Every campaign of the workspace in one table."""

from collections.abc import Callable
from dataclasses import dataclass

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Effect
from churn_dash.campaigns.groups.design import Grade
from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.groups.members import campaign_ids
from churn_dash.campaigns.groups.numbered import numbered
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.judged.judgement import evaluate
from churn_dash.campaigns.judged.money import Prices
from churn_dash.campaigns.judged.verdict import Finding, Status
from churn_dash.errors import BadInput, ChurnDashError, NotPossible
from churn_dash.words import Text, _


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
    judge: Callable[[str], Evaluation] | None = None,
    told: Callable[[Text, float], None] | None = None,
    *,
    scope: Scope,
    drawn_only: bool = False,
) -> list[Entry]:
    """The campaigns by start, one entry a treated group; empty without campaigns. One that cannot be judged says why.

    ``judge`` stands in for ``evaluate``, for who remembers what was judged before; ``told`` hears of each campaign as it is judged;
    ``drawn_only`` as in ``evaluate``.
    """
    read_once = numbered(ds)
    judging = judge or (lambda one: evaluate(read_once, one, definition=definition, prices=prices, scope=scope, drawn_only=drawn_only))
    entries: list[Entry] = []
    ids = campaign_ids(ds)
    for i, campaign_id in enumerate(ids):
        if told is not None:
            told(Text(_("Judging {name}: {n} of {all}"), name=campaign_id, n=i + 1, all=len(ids)), i / len(ids))
        try:
            e = judging(campaign_id)
        except (NotPossible, BadInput) as problem:
            entries.append(Entry(campaign_id, campaign_id, problem=problem))
            continue
        name = e.name or campaign_id
        if len(e.findings) == len(e.effects):
            entries += [Entry(campaign_id, name, x.arm, e, x, f) for x, f in zip(e.effects, e.findings, strict=True)]
        else:
            entries.append(Entry(campaign_id, name, None, e, None, e.findings[0]))
    return entries
