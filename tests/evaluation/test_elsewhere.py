"""The amounts of the other pages, opened: the inputs give the amount again, and say who set them."""

import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.judged.money import Prices
from churn_dash.campaigns.planner import Terms, base_rate, plan
from churn_dash.campaigns.registered import so_far
from churn_dash.campaigns.winback import to_ask, win_back
from churn_dash.errors import WorkspaceProblem
from churn_dash.evaluation.ledger.campaigned import hold_out_opened, so_far_opened
from churn_dash.evaluation.ledger.everywhere import everywhere
from churn_dash.evaluation.ledger.listed import back_opened, each_back_opened
from churn_dash.measures.money.assumptions import in_force, put
from churn_dash.store import Records, Workspace
from tests import asking

ALL = Scope.everything()


def values(opened):
    return {i.name: i.value for i in opened.inputs}


def spent(v):
    return v["contacts"] * v["contact_cost"] + v["rest"]


def test_cost_and_return_of_the_register_follow_from_their_inputs(bank, records):
    held = in_force(records)
    found = so_far(bank, ALL, prices=Prices.of(held))
    opened = {a.key: a for a in so_far_opened(bank, found, held, ALL)}
    lines = {x.entry.campaign_id: x for x in found.lines}
    assert {k for k in opened if k.startswith("cost:")} == {f"cost:{k}" for k, x in lines.items() if x.cost is not None}
    returns = [a for k, a in opened.items() if k.startswith("return:")]
    assert returns
    for one in returns:
        v, line = values(one), lines[one.key.removeprefix("return:")]
        brought = v["save_rate"] * v["members"] * v["value_per_save"] * v["decay"]
        assert one.unit == "ratio" and one.amount == line.money.roi
        assert (brought - spent(v)) / spent(v) == pytest.approx(line.money.roi)
        assert one.of("save_rate").kind == "measured" and one.of("save_rate").low == pytest.approx(line.gain.low)


def test_a_dearer_contact_makes_a_campaign_dearer_by_its_contacts(place):
    workspace = Workspace.open(place)
    kept, ds = Records(workspace.root), workspace.dataset()
    before = in_force(kept)
    put(kept, {"contact_cost": before["contact_cost"].value + 7}, "li")
    held = in_force(kept)
    was, now = ({x.entry.campaign_id: x.cost for x in so_far(ds, ALL, prices=Prices.of(h)).lines} for h in (before, held))
    costs = [a for a in so_far_opened(ds, so_far(ds, ALL, prices=Prices.of(held)), held, ALL) if a.key.startswith("cost:")]
    assert any(values(a)["contacts"] for a in costs)
    for one in costs:
        name = one.key.removeprefix("cost:")
        assert now[name] - was[name] == pytest.approx(7 * values(one)["contacts"]) and spent(values(one)) == pytest.approx(now[name])
        assert (one.of("contact_cost").who, one.of("contact_cost").kind) == ("li", "set")


@pytest.mark.parametrize("effect", [None, 0.004])
def test_what_holding_out_costs_follows_from_its_inputs(bank, records, effect):
    held = in_force(records)
    found = plan(base_rate(asking.asked(bank, scope=ALL), 90), Terms(hold_out=0.3, effect=effect), held)
    one = hold_out_opened(found, held)
    v = values(one)
    product = v["control"] * v["rate"] * v["save_rate"] * v["value_per_save"] * v["decay"]
    assert product == pytest.approx(found.chosen.cost) and one.amount == found.chosen.cost > 0
    assert one.of("save_rate").kind == ("default" if effect is None else "chosen")
    assert one.of("rate").kind == "measured" and one.of("rate").low < v["rate"] < one.of("rate").high


def test_what_may_come_back_and_what_a_return_cost_follow_from_their_inputs(bank):
    found = win_back(bank, ALL)
    asked = to_ask(bank, found)
    v = values(back_opened(asked))
    assert v["balances"] * v["chance"] == pytest.approx(asked.rows["expected"].sum()) and 0 < v["chance"] < 1
    one = each_back_opened(found)
    assert values(one)["cost"] / values(one)["returns"] == pytest.approx(found.cost_per_return) and one.amount == found.cost_per_return


def test_the_ledger_knows_the_amounts_of_the_other_pages_and_says_which_cannot_be_told(bank, whole, records):

    def broken():
        raise WorkspaceProblem("The model was made by another version.")

    found = {a.key: a for a in everywhere(bank, records, whole.definition, in_force(records), broken, ALL)}
    assert {"hold_out", "worklist", "win_back", "cost_per_return"} < set(found) and any(k.startswith("return:") for k in found)
    assert found["worklist"].amount is None and "another version" in str(found["worklist"].why_not)
    assert all(a.amount is not None for k, a in found.items() if k != "worklist")
    assert all(i["origin"] for a in found.values() for i in a.as_json("zh")["inputs"])
