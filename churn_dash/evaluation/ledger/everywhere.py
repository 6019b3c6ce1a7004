"""The amounts that other pages show, opened as they open there before anybody chooses: register, plan, worklist, win-back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from churn_dash.access import Scope
from churn_dash.campaigns import Prices
from churn_dash.campaigns.planner import Terms, base_rate, plan
from churn_dash.campaigns.registered import so_far
from churn_dash.campaigns.winback import kept_by, to_ask, win_back
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.ledger.campaigned import HOLD_OUT, HOLD_OUT_FORMULA, hold_out_opened, so_far_opened
from churn_dash.evaluation.ledger.inputs import Opened
from churn_dash.evaluation.ledger.listed import BACK, BACK_FORMULA, CALLS, CALLS_FORMULA, back_opened, calls_opened, each_back_opened
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.question import Question
from churn_dash.retention import Worklist, worklist
from churn_dash.retention.threshold import in_force
from churn_dash.retention.worklists.exports import listed_before
from churn_dash.risk import Model
from churn_dash.store import Dataset, Records

USUAL_DAYS = 90
"""A plan is judged after so many days unless somebody chooses otherwise."""


def everywhere(
    ds: Dataset, records: Records, definition: str, held: Mapping[str, Held], kept: Callable[[], Model], scope: Scope
) -> list[Opened]:
    """Every amount of the other pages; one that cannot be told says why. ``kept`` opens the model in use, or raises why it cannot."""
    found = list(so_far_opened(ds, so_far(ds, scope, definition, Prices.of(held)), held, scope))
    found += _told(Opened("hold_out", HOLD_OUT, HOLD_OUT_FORMULA), lambda: [_hold_out(ds, definition, held, scope)])
    found += _told(Opened("worklist", CALLS, CALLS_FORMULA), lambda: [calls_opened(_listed(ds, records, held, kept(), scope), held)])
    return found + _told(Opened("win_back", BACK, BACK_FORMULA), lambda: _back(ds, definition, scope))


def _hold_out(ds: Dataset, definition: str, held: Mapping[str, Held], scope: Scope) -> Opened:
    return hold_out_opened(plan(base_rate(Question(ds, scope, definition=definition), USUAL_DAYS), Terms(), held), held)


def _listed(ds: Dataset, records: Records, held: Mapping[str, Held], kept: Model, scope: Scope) -> Worklist:
    return worklist(Question(ds, scope), kept, in_force(kept, records), held, before=listed_before(records))


def _back(ds: Dataset, definition: str, scope: Scope) -> list[Opened]:
    found = win_back(ds, scope, definition, keep=kept_by(Question(ds, scope, definition=definition)))
    return [each_back_opened(found), back_opened(to_ask(ds, found))]


def _told(otherwise: Opened, work: Callable[[], list[Opened]]) -> list[Opened]:
    try:
        return work()
    except ChurnDashError as problem:
        return [replace(otherwise, why_not=problem)]
