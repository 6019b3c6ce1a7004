"""A list is frozen before the first call: drawn at random within strata, published as a version, registered."""

import datetime
import math
import sqlite3
from contextlib import closing

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from churn_dash import campaigns, risk
from churn_dash.access import Scope
from churn_dash.campaigns import registration
from churn_dash.errors import BadInput, NotPossible, WorkspaceProblem
from churn_dash.intake.typed import extract_of
from churn_dash.measures.money.assumptions import in_force
from churn_dash.retention.loop.draw import arms, quotas
from churn_dash.retention.loop.lists import lists
from churn_dash.retention.threshold import in_force as cuts_in_force
from churn_dash.retention.worklists.worklist import worklist
from churn_dash.store import Records, Workspace, publish, undo
from tests.alike import approximately
from tests.asking import ALL, asked

SIZES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 60), min_size=1, max_size=8)


@given(SIZES, st.floats(0.01, 0.9), st.integers(0, 5))
def test_every_stratum_is_within_one_of_its_share_and_the_sum_is_that_of_everybody(sizes, share, seed):
    found, n = quotas(sizes, share, str(seed)), sum(sizes.values())
    assert all(0 <= found[s] <= sizes[s] for s in sizes)
    if n > 1:
        assert sum(found.values()) == min(max(round(share * n), 1), n - 1)
    if 1 <= round(share * n) <= n - 1:
        assert all(math.floor(share * size + 1e-9) <= found[s] <= math.ceil(share * size + 1e-9) for s, size in sizes.items())


def test_the_draw_hangs_on_the_seed_and_not_on_the_order_of_rows():
    rows = pl.DataFrame({"customer_id": [f"{i:05}" for i in range(400)], "stratum": ["a", "b", "b", "c"] * 100})
    once, again = arms(rows, 0.25, "7"), arms(rows.sample(fraction=1.0, shuffle=True, seed=1), 0.25, "7")
    assert once.sort("customer_id").equals(again.sort("customer_id"))
    other = arms(rows, 0.25, "8")
    assert not once["arm"].equals(other["arm"])
    held = once.filter(pl.col("arm") == "control").group_by("stratum").len().sort("stratum")
    assert held.rows() == [("a", 25), ("b", 50), ("c", 25)]


def test_everybody_is_held_out_as_often_as_the_share_says():
    rows = pl.DataFrame({"customer_id": [f"{i:02}" for i in range(20)], "stratum": ["a"] * 12 + ["b"] * 8})
    times = sum((arms(rows, 0.25, str(seed))["arm"] == "control").cast(pl.Int64) for seed in range(400))
    spread = math.sqrt(400 * 0.25 * 0.75)
    assert all(abs(t - 100) < 4 * spread for t in times)


def test_a_frozen_list_is_a_version_judged_as_any_campaign_and_undone_as_any_load(space, draw):
    before = space.dataset()
    made = draw(space)
    ds = space.dataset()
    assert made.version == ds.version == before.version + 1
    found = campaigns.evaluate(ds, made.list_id, scope=Scope.everything())
    assert (found.grade, found.status, found.design) == ("A", "not_due", "randomised") and found.srm_p > 0.5
    assert {g.arm: g.n for g in found.groups} == dict(made.sizes)
    assert made.sizes["control"] == round(0.3 * sum(made.sizes.values()))
    assert risk.trained(space.models, ds.state).id == risk.trained(space.models, before.state).id
    (one,) = lists(ds, Records(space.root), scope=Scope.everything())
    assert (one.state, one.called, one.held_out, one.followed) == ("waiting", made.sizes["treated"], made.sizes["control"], 0)
    undo(space)
    assert space.dataset().table("campaigns") is None and lists(space.dataset(), Records(space.root), scope=Scope.everything()) == []
    assert draw(space).list_id != made.list_id, "a list that was undone keeps its number"


def test_scores_stay_as_kept_on_a_frozen_list_and_are_worked_out_anew_where_a_table_that_is_read_changes(space, draw, monkeypatch):
    before = space.dataset()
    kept = risk.trained(space.models, before.state)
    with monkeypatch.context() as patch:
        patch.setattr("churn_dash.risk.scores.asked.portfolio", lambda *_args: pytest.fail("worked out anew"))
        draw(space)
        ds = space.dataset()
        assert ds.state != before.state
        assert_frame_equal(risk.score(ds, kept, scope=ALL), kept.scores(), rel_tol=1e-9)
        one = kept.scores()["customer_id"][0]
        assert risk.explain(ds, kept, one, scope=ALL).row == approximately(risk.explain(before, kept, one, scope=ALL).row)
    richer = before.table("customers").filter(customer_id=one).with_columns(income_monthly=pl.lit(90_000.0))
    publish(space, extract_of({"customers": richer}, "a correction"))
    after = space.dataset()
    assert "income_monthly" in kept.design.names
    now, then = (risk.explain(d, kept, one, scope=ALL) for d in (after, before))
    assert now.row["income_monthly"] == 90_000 != then.row["income_monthly"] and now.probability != then.probability
    found = risk.score(after, kept, scope=ALL).filter(customer_id=one)["probability"][0]
    assert found == pytest.approx(now.probability) and found != kept.scores().filter(customer_id=one)["probability"][0]
    assert risk.explain(after, kept, one, at_once=True, scope=ALL).row == approximately(now.row), "as held after everybody was scored"


def test_nobody_of_a_list_that_runs_is_on_the_next_one(space, draw):
    made = draw(space)
    ds, records = space.dataset(), Records(space.root)
    kept = risk.trained(space.models, ds.state)
    again = worklist(asked(ds), kept, cuts_in_force(kept, records), in_force(records), 40, ("high", "medium"))
    members = set(ds.table("campaign_assignments")["customer_id"])
    assert len(members) == sum(made.sizes.values()) and not members & set(again.rows["customer_id"])
    assert again.counts["running"] == len(members)


def test_what_is_registered_stays_and_what_differs_later_is_told(space, draw):
    made = draw(space)
    ds, records = space.dataset(), Records(space.root)
    found = registration.registration(ds, made.list_id, scope=Scope.everything())
    assert found.in_time and not found.changed_after and found.digest == registration.hash_of(found.registered)
    assert (found.more["seed"], found.more["hold_out"]) == (1, 0.3)
    with pytest.raises(BadInput, match="was registered on"):
        registration.enter(ds, records, made.list_id)
    one = ds.table("campaigns").with_columns(horizon_days=pl.lit(30, dtype=pl.Int64), outcome=pl.lit("retention"))
    moved = ds.table("campaign_assignments").filter(pl.col("arm") == "treated").head(1).with_columns(arm=pl.lit("control"))
    publish(space, extract_of({"campaigns": one, "campaign_assignments": moved}, "changed"))
    late = registration.registration(space.dataset(), made.list_id, scope=Scope.everything())
    assert {c.field for c in late.changed_after} == {"outcome", "horizon_days", "analysis_date", "arms", "population"}
    assert late.digest == found.digest


def test_a_campaign_of_the_tables_is_registered_by_hand_and_late_is_said(bank_workspace):
    ds = bank_workspace.dataset()
    number = campaigns.campaign_ids(ds)[0]

    class Kept(Records):
        pass

    records = Kept(bank_workspace.root / "registered")
    records.path.parent.mkdir(exist_ok=True)
    assert registration.registration(ds, number, records=records, scope=Scope.everything()) is None
    assert not registration.enter(ds, records, number, who="Li").in_time
    assert registration.registration(ds, number, records=records, scope=Scope.everything()).who == "Li"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"hold_out": 0.0}, "share held out"),
        ({"hold_out": 0.95}, "share held out"),
        ({"name": "  "}, "name of 1 to"),
        ({"strata": "city"}, "tier, manager"),
        ({"horizon_days": 0}, "1 to 1095 days"),
        ({"start": datetime.date(2020, 1, 1)}, "The first day must lie after"),
        ({"outcome": "happiness"}, "not known here"),
        ({"start": datetime.date(9999, 12, 31)}, "at most 1095 days after"),
        ({"cost_fixed": -1.0}, "between 0 and"),
        ({"cost_fixed": 1e300}, "between 0 and"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_a_sentence_and_nothing_is_changed(space, draw, terms, said):
    before = space.dataset().version
    with pytest.raises((BadInput, NotPossible), match=said):
        draw(space, **terms)
    assert space.dataset().version == before


def test_a_list_is_frozen_on_the_newest_data_only(space, draw, monkeypatch):
    old = space.dataset()
    draw(space)
    monkeypatch.setattr(Workspace, "dataset", lambda self, version=None: old)
    with pytest.raises(NotPossible, match="published in the meantime"):
        draw(space)


def test_nothing_is_frozen_where_it_cannot_be_registered(space, draw):
    before = space.dataset().version
    Records(space.root).path.touch()
    with closing(sqlite3.connect(Records(space.root).path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.MonkeyPatch.context() as quick, pytest.raises(WorkspaceProblem, match="cannot be written"):
            quick.setattr("churn_dash.store.records._WAIT_SECONDS", 0.1)
            draw(space)
    assert space.dataset().version == before and lists(space.dataset(), Records(space.root), scope=Scope.everything()) == []


def test_a_list_that_cannot_be_registered_is_not_left_behind(space, draw, monkeypatch):
    before = space.dataset()

    def broken(*_asked):
        raise OSError("the disk is full")

    monkeypatch.setattr("churn_dash.retention.loop.freezing.enter", broken)
    with pytest.raises(OSError, match="disk is full"):
        draw(space)
    after = space.dataset()
    assert after.table("campaigns") is None and Records(space.root).all("registration") == []
    assert after.table("customer_month").height == before.table("customer_month").height


def test_a_list_of_one_play_takes_the_capacity_for_those_of_the_play(space):
    ds, records = space.dataset(), Records(space.root)
    kept = risk.trained(space.models, ds.state)
    cuts, held = cuts_in_force(kept, records), in_force(records)
    few = worklist(asked(ds), kept, cuts, held, 2, ("high", "medium"))
    whole = worklist(asked(ds), kept, cuts, held, 10_000, ("high", "medium"))
    assert set(few.worth_calling["customer_id"]) == set(whole.rows["customer_id"])
    others = few.rows["customer_id"].to_list()
    found = few.without(others)
    expected = whole.rows.filter(~pl.col("customer_id").is_in(others)).group_by("owner", maintain_order=True).head(2)
    assert found.rows["customer_id"].to_list() == expected["customer_id"].to_list() and found.rows.height > 0


@pytest.mark.parametrize("body", [None, "{}", "[1]"])
def test_a_registration_changed_in_the_records_is_told_and_never_believed(space, draw, body):
    made = draw(space)
    with closing(sqlite3.connect(Records(space.root).path)) as con, con:
        (was,) = con.execute("select body from records where kind = 'registration'").fetchone()
        con.execute("update records set body = ? where kind = 'registration'", (body or was.replace('"churn"', '"retention"'),))
    with pytest.raises(WorkspaceProblem, match="its hash does not fit"):
        registration.registration(space.dataset(), made.list_id, scope=Scope.everything())


def test_who_sees_some_branches_gets_the_sizes_of_those_and_no_count_of_the_bank(space, draw):
    made = draw(space)
    ds = space.dataset()
    branch = ds.table("customers")["branch_id"].drop_nulls()[0]
    scope = Scope(frozenset({branch}))
    mine = ds.table("customers").filter(pl.col("branch_id") == branch)["customer_id"]
    own = ds.table("campaign_assignments").filter(pl.col("customer_id").is_in(mine.implode()))
    told = registration.registration(ds, made.list_id, scope=scope).as_json()
    assert told["arms"] == dict(own.group_by("arm").len().iter_rows()) != dict(made.sizes) and "counts" not in told
    whole = registration.registration(ds, made.list_id, scope=Scope.everything()).as_json()
    assert whole["arms"] == dict(made.sizes) and "counts" in whole
