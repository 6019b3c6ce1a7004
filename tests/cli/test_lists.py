"""The care lists on the command line: the same rows as the package, as JSON."""

from functools import partial

import pytest

from churn_dash.care import CareSettings, care_list, put, totals
from churn_dash.store import Records
from tests import asking


@pytest.fixture
def run(run_any):
    return partial(run_any, "lists")


@pytest.fixture
def run_any(answer, bank_workspace):
    return partial(answer, workspace=bank_workspace.root)


def test_without_a_trigger_every_list_comes_with_its_count(run, bank_data):
    got = run()
    assert [(r["list"], r["n"], r["customers"], r["capped"], r["withheld"]) for r in got["lists"]] == [
        (t.trigger.name, t.found.n, t.found.customers, t.found.capped, t.found.withheld) for t in totals(asking.asked(bank_data))
    ]
    assert got["as_of"] == str(bank_data.data_end) and got["cap"] == {"contacts": 2, "days": 30}


def test_one_list_holds_every_row_of_the_owner_and_the_branch(run, bank_data):
    whole = care_list(asking.asked(bank_data), "core_uncontacted")
    row = whole.rows.drop_nulls(["owner", "branch_id"]).row(0, named=True)
    got = run("core_uncontacted", "--owner", row["owner"], "--branch", row["branch_id"])
    want = whole.of(row["owner"], row["branch_id"])
    assert got["n"] == want.n and [r["customer_id"] for r in got["rows"]] == want.rows["customer_id"].to_list()
    assert list(got["rows"][0]) == whole.rows.columns


def test_what_cannot_be_is_one_sentence(run):
    assert "is not a day" in run("birthday", "--as-of", "tomorrow", code=1)
    assert "the nearest is birthday" in run("birthdays", code=1)
    assert "Nobody on this list has Owner R999" in run("birthday", "--owner", "R999", code=1)


def test_tiers_gives_the_partition_the_watch_list_and_the_recovery(run_any, bank_data):
    from churn_dash.measures.movement.recovery import recoveries
    from churn_dash.measures.movement.tiers import MOVES, migration

    got = run_any("tiers", "--watch", "--rule", "ccb")
    found = migration(asking.asked(bank_data), rule="ccb")
    assert {m: got["partition"][m]["share"] for m in MOVES} == {m: found.share(m).value for m in MOVES}
    assert sum(s["share"] for s in got["partition"].values()) == pytest.approx(1)
    assert got["matrix"] == found.matrix.to_dicts() and got["fallen_two"] == found.fallen_two
    watched = care_list(asking.asked(bank_data), "near_downgrade", rule="ccb").rows.filter("on_watch")
    assert [r["customer_id"] for r in got["watch"]["rows"]] == watched["customer_id"].to_list() and got["watch"]["n"] == watched.height
    assert all("¥" in r["notice"] for r in got["watch"]["rows"])
    whole, months = recoveries(asking.asked(bank_data))
    assert got["recovery"]["rate"] == whole.rate and [m["rate"] for m in got["recovery"]["months"]] == [m.rate for m in months]
    assert "rows" not in run_any("tiers")["watch"]
    by_tier = run_any("tiers", "--lottery", "--definition", "tier_down")["recovery"]
    assert len(by_tier["lottery"]) == by_tier["months"][-1]["reached"] > 0, "whoever fell a tier is still a customer"
    assert all(r["end"] >= r["previous"] for r in by_tier["lottery"])
    assert "nearest is bohai" in run_any("tiers", "--rule", "bohaj", code=1)


def test_a_branch_or_an_owner_that_nobody_knows_is_refused_over_all_lists_too(run, bank_data):
    known = next(d.values for d in bank_data.dimensions if d.name == "branch_id")
    assert "the nearest is " in run("--branch", known[0] + "x", code=1)
    assert "Nobody on these lists" in run("--owner", "nobody", code=1)
    assert all(r["n"] is None or r["n"] >= 0 for r in run("--branch", known[0])["lists"])


def test_settings_hold_for_one_answer_unless_they_are_kept(run, bank_workspace):
    usual = run("core_uncontacted")
    asked = run("core_uncontacted", "--set", "uncontacted_days=30")
    assert asked["n"] > usual["n"] and asked["settings"]["uncontacted_days"] == 30 and "30 days" in asked["meaning"]
    assert all(r["days_since"] is None or r["days_since"] > 30 for r in asked["rows"])
    assert run("core_uncontacted") == usual, "nothing was kept"
    assert "nearest is uncontacted_days" in run("--set", "uncontacted=30", code=1)
    assert "Say why" in run("--set", "care_days=3", "--keep", " ", code=1)
    kept = run("core_uncontacted", "--set", "uncontacted_days=30", "--keep", "policy")
    assert kept["rows"] == asked["rows"] and run("core_uncontacted")["rows"] == asked["rows"]
    put(Records(bank_workspace.root), CareSettings(), "as it was for other tests")
    assert run("core_uncontacted") == usual
