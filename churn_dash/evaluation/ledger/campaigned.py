"""What campaigns cost and brought, and what holding out costs, opened into inputs. Sources: METHODS B5, C9, C11."""

from collections.abc import Mapping

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.groups.members import roster
from churn_dash.campaigns.judged.spending import uncosted
from churn_dash.campaigns.planner import Base, Plan
from churn_dash.campaigns.registered import Line, SoFar
from churn_dash.evaluation.ledger.inputs import CHOSEN, DATA, Input, Opened, held_input, measured_input
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.words import Text

HOLD_OUT = _("What holding out costs")
COST_FORMULA = _("Contacts without a cost of their own × cost of a contact + fixed cost, incentives and costs entered")
RETURN_FORMULA = _("(Customers kept of each member × members × value of a customer kept × part that lasts − cost) ÷ cost")
HOLD_OUT_FORMULA = _("Customers held out × share who leave anyway × leavers kept × value of a customer kept × part that lasts")


def so_far_opened(ds: Extract, found: SoFar, held: Mapping[str, Held], scope: Scope) -> tuple[Opened, ...]:
    """Cost and return of every campaign of the register, where they are known; one group each where there are several."""
    return tuple(one for line in found.lines for one in _line(ds, line, held, scope))


def _line(ds: Extract, line: Line, held: Mapping[str, Held], scope: Scope) -> list[Opened]:
    judged, cost, e = line.entry.evaluation, line.cost, line.entry
    if judged is None or judged.spent is None or cost is None:
        return []
    arms = [e.arm] if e.arm is not None else list(judged.spent)
    contacts = uncosted(roster(ds, e.campaign_id, scope).filter(pl.col("arm").is_in(arms)))
    several = e.arm is not None and e.arm.casefold() != "treated"
    name = f"{e.name} · {e.arm}" if several else e.name
    key = f"{e.campaign_id}:{e.arm}" if several else e.campaign_id
    spent = (
        held_input(held["contact_cost"]),
        Input("contacts", _("Contacts without a cost of their own"), "count", contacts, origin=DATA),
        Input("rest", _("Fixed cost, incentives and costs entered"), "money", cost - contacts * held["contact_cost"].value, origin=DATA),
    )
    found = [Opened(f"cost:{key}", Text(_("{name}: cost"), name=name), COST_FORMULA, spent, cost)]
    kept = measured_input("save_rate", _("Customers kept of each member"), "points", line.gain)
    if line.money is not None and line.money.roi is not None and kept is not None:
        members = Input("members", _("Members of the target groups"), "count", line.money.n, origin=DATA)
        inputs = (kept, members, held_input(held["value_per_save"]), held_input(held["decay"]), *spent)
        label = Text(_("{name}: return"), name=name)
        found.append(Opened(f"return:{key}", label, RETURN_FORMULA, inputs, line.money.roi, unit="ratio"))
    return found


def hold_out_opened(found: Plan, held: Mapping[str, Held]) -> Opened:
    """What holding out costs by this plan: what is forgone by not contacting."""
    b, cost = found.base, found.chosen.cost
    if cost is None or b.rate is None or found.effect is None:
        return Opened("hold_out", HOLD_OUT, HOLD_OUT_FORMULA, why_not=Text(_("The rate of churn is not known.")))
    share = Text(_("{share} of {n}, chosen for this plan"), share=f"{found.terms.hold_out:.0%}", n=f"{found.members:,}")
    kept = held_input(held["save_rate"])
    if found.terms.effect is not None:
        kept = Input("save_rate", _("Leavers kept, expected"), "share", found.effect / b.rate, origin=CHOSEN, kind="chosen")
    inputs = (
        Input("control", _("Customers held out"), "count", found.chosen.control, origin=share, kind="chosen"),
        _leave(b, b.rate),
        kept,
        held_input(held["value_per_save"]),
        held_input(held["decay"]),
    )
    return Opened("hold_out", HOLD_OUT, HOLD_OUT_FORMULA, inputs, cost)


def _leave(b: Base, rate: float) -> Input:
    label = _("Leave anyway")
    if b.low is not None:
        return Input("rate", label, "ratio", rate, b.low, b.high, origin=b.why, kind="measured")
    return Input("rate", label, "ratio", rate, origin=b.why, kind="model" if b.n else "chosen")
