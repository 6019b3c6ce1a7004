"""What the evaluation page asks: the whole bank, whatever the other pages are limited to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from churn_dash.campaigns.judged.money import Prices
from churn_dash.causes.loyalty import rules
from churn_dash.causes.settings import reason_map
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation import Measured, Scorecard, measured, scorecard
from churn_dash.evaluation.targets.kept import Target
from churn_dash.evaluation.targets.kept import in_force as targets_in_force
from churn_dash.measures import Filters
from churn_dash.measures.money.assumptions import Held
from churn_dash.store import Records
from churn_dash.ui import cache, question, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Month, Text, _

T = TypeVar("T")
VIEWS = {
    "scorecard": _("Scorecard"),
    "around": _("Around a day"),
    "improvements": _("Improvements"),
    "review": _("Review"),
    "money": _("Money"),
}


@dataclass(frozen=True)
class Asked:
    """The question, the records it is judged by, and what was measured."""

    question: PageQuestion
    records: Records
    held: dict[str, Held]
    targets: dict[str, Target]
    card: Scorecard

    @property
    def measured(self) -> Measured:
        return self.card.measured

    @property
    def prices(self) -> Prices:
        return Prices.of(self.held)

    def remembered(self, work: Callable[..., T], *args: object, name: str) -> T:
        """``work(*args)``, worked out once for these data, definition and prices."""
        key = (self.question.definition, self.prices, _stamp(self.question))

        def again(*_asked: object) -> T:
            return work(*args)

        return cache.worked_out(self.question.ds, self.question.scope, again, *key, *args, name=f"evaluation: {name}")


def whole() -> PageQuestion:
    """The reader's question without filters and dates."""
    return question.current().of(Filters()).over(None)


def asked(q: PageQuestion) -> tuple[Asked | None, ChurnDashError | None]:
    """What was measured of the bank; where the definition cannot be answered at all, why."""
    records = Records(q.ds.root)
    held = assumptions.held(q)
    prices = Prices.of(held)

    def work(told: Callable[[Text, float], None]) -> Measured:
        return measured(q, prices, told=told)

    try:
        found = long_work(q.ds, q.scope, work, q.definition, prices, _stamp(q), name="evaluation")
    except ChurnDashError as problem:
        return None, problem
    targets = targets_in_force(records)
    return Asked(q, records, held, targets, scorecard(q.ds, found, targets)), None


def _stamp(q: PageQuestion) -> tuple[int, int]:
    """The rules of the bank's own that the figures hang on."""
    return rules(q.ds).version, reason_map(q.ds).version


def where(one: Asked | None) -> str:
    """The small line above the answer."""
    page = session.say(_("Evaluation"))
    period = one.measured.period if one is not None else None
    if period is None:
        return page
    return session.say(Text(_("{page} · the whole bank, {start} to {end}"), page=page, start=Month(period.start), end=Month(period.end)))


def view_control() -> str:
    """Choose what the page shows."""
    return controls.view(VIEWS, key="view")
