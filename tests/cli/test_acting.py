"""The verbs threshold and worklist: the keys that docs/CLI.md promises, and the same numbers as the domain."""

import json
import shutil

import pytest

from churn_dash import retention, risk
from churn_dash.measures.money.assumptions import in_force
from churn_dash.retention.threshold import in_force as cuts_in_force
from churn_dash.store import Records, Workspace
from tests import asking
from tests.cli.test_staying_and_costs import promised


@pytest.fixture(scope="module")
def made(modelled_copy):
    return modelled_copy()


@pytest.fixture
def place(made, tmp_path):
    shutil.copytree(made, tmp_path / "bank")
    return tmp_path / "bank"


def test_threshold_and_worklist_keep_their_promises_and_go_by_one_cut(run, place, tmp_path):
    code, out, _err = run("threshold", "--workspace", place, "--by", "capacity", "--capacity", 40, "--json")
    told = json.loads(out)
    assert code == 0 and promised("threshold") <= set(told)
    proposed = told["proposal"]["threshold"]
    asked = ("--by", "capacity", "--capacity", 40, "--set", "--why", "spring", "--who", "Li", "--json")
    code, out, _err = run("threshold", "--workspace", place, *asked)
    cuts = json.loads(out)["cuts"]
    assert (cuts["high"], cuts["by"], cuts["asked"], cuts["who"], cuts["why"]) == (proposed, "capacity", 40, "Li", "spring")
    code, out, _err = run("worklist", "--workspace", place, "--capacity", 3, "--out", tmp_path / "w.xlsx", "--json")
    listed = json.loads(out)
    assert code == 0 and promised("worklist") <= set(listed) and (tmp_path / "w.xlsx").exists()
    assert listed["cuts"]["high"] == proposed and all(r["probability"] >= proposed for r in listed["rows"])
    space = Workspace.open(place)
    ds, records = space.dataset(), Records(place)
    kept = risk.trained(space.models, ds.state)
    found = retention.worklist(asking.asked(ds), kept, cuts_in_force(kept, records), in_force(records), 3)
    assert [r["customer_id"] for r in listed["rows"]] == found.rows["customer_id"].to_list() and listed["counts"] == found.counts


def test_what_the_calls_bring_opens_into_inputs_that_give_it_again_and_the_ledger_knows_it(run, place):
    run("assumptions", "--set", "save_rate=40%", "--set", "decay=80%", "--who", "Li", "--workspace", place)
    told = json.loads(run("worklist", "--workspace", place, "--json")[1])
    (one,) = told["rests_on"]
    inputs = {i["name"]: i for i in one["inputs"]}
    v = {name: i["value"] for name, i in inputs.items()}
    n, leavers, kept = v["listed"], v["leavers"], v["save_rate"]
    offers = (kept * leavers + n - leavers) * v["offer_cost"]
    assert kept * v["at_stake"] * v["decay"] - n * v["contact_cost"] - offers == pytest.approx(told["gain"]) == one["amount"]
    assert (inputs["save_rate"]["who"], v["save_rate"], v["decay"]) == ("Li", 0.4, 0.8) and inputs["save_rate"]["made"]
    assert inputs["at_stake"]["kind"] == "model" and {"spread", "discount", "horizon_years", "retention"} < set(v)
    ledger = json.loads(run("evaluate", "--ledger", "--workspace", place, "--json")[1])["ledger"]
    again = {a["key"]: a["amount"] for a in ledger["elsewhere"]}
    plan = json.loads(run("campaign", "plan", "--workspace", place, "--json")[1])
    back = json.loads(run("winback", "--list", "--workspace", place, "--json")[1])
    assert again["worklist"] == told["gain"] and again["hold_out"] == plan["hold_out_cost"] == plan["rests_on"][0]["amount"]
    assert again["cost_per_return"] == back["cost_per_return"]
    assert [a["amount"] for a in back["rests_on"]] == [again["cost_per_return"], again["win_back"]]
    found = json.loads(run("campaign", "register", "--workspace", place, "--json")[1])
    costs = {f"cost:{c['campaign']}": c["cost"] for c in found["campaigns"] if c["cost"] is not None and c["arm"] in (None, "treated")}
    assert costs and costs.items() <= {a["key"]: a["amount"] for a in found["rests_on"]}.items()
    assert costs.items() <= again.items()


def test_what_cannot_be_is_one_sentence(run, place, tmp_path):
    for words in (
        ("threshold", "--by", "luck"),
        ("threshold", "--by", "recall"),
        ("threshold", "--by", "recall", "--recall", "2"),
        ("threshold", "--set", "--high", "0.2"),
        ("threshold", "--set", "--why", "x"),
        ("worklist", "--capacity", "0"),
        ("worklist", "--grade", "huge"),
        ("worklist", "--card", "nobody", "--out", tmp_path / "c.html"),
        ("worklist", "--card", "nobody"),
        ("worklist", "--out", tmp_path / "w.doc"),
    ):
        code, out, err = run(*words, "--workspace", place)
        assert code == 1 and not out and err.count("\n") == 1 and "Traceback" not in err, words


def test_a_list_written_is_on_record_and_one_only_looked_at_is_not(run, place, tmp_path):
    def asked(*words):
        code, out, err = run("worklist", "--workspace", place, *words, "--json")
        assert code == 0, err
        return json.loads(out)

    asked()
    assert asked("--exports") == {"exports": []}
    listed = asked("--out", tmp_path / "w.csv", "--who", "Ann")
    (one,) = asked("--exports")["exports"]
    assert (one["number"], one["who"], one["n"], one["kind"]) == (1, "Ann", listed["n"], "csv")
    assert one["model"] == listed["model"] and one["version"] == listed["version"] and one["made"]
    assert asked()["n"] == listed["n"] and asked()["counts"]["repeated"] == 0
