"""Campaigns planted in the bank, and campaigns drawn directly: true effects as METHODS E3 states them."""

import datetime

import numpy as np
import polars as pl
import pytest
from scipy import stats

from churn_dash.errors import NotFound
from churn_dash.sample import SIZES, campaign, campaigns, generate
from churn_dash.sample.bank import LAST_DAY
from churn_dash.sample.months import Months
from churn_dash.sample.presets import PRESETS

LIST = "L20260731-1"
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def _naive(members: pl.DataFrame) -> float:
    rates = dict(members.group_by("arm").agg(pl.col("outcome").mean()).iter_rows())
    return rates["treated"] - rates["control"]


def _planned(share: str) -> dict[str, float]:
    return {arm: float(part) for arm, part in (pair.split("=") for pair in share.split(";"))}


def test_the_bank_has_five_campaigns_and_a_frozen_list_matured_before_its_end(demo):
    campaigns = demo.tables["campaigns"]
    assert campaigns["campaign_id"].to_list() == ["C01", "C02", "C03a", "C07", "C11", LIST]
    assert campaigns["design"].to_list() == ["randomised", "randomised", "manual", "rule", "randomised", "randomised"]
    starts = dict(campaigns.select("campaign_id", "start_date").iter_rows())
    assert starts == {
        "C01": datetime.date(2026, 1, 1),
        "C02": datetime.date(2025, 7, 1),
        "C03a": datetime.date(2026, 5, 1),
        "C07": datetime.date(2025, 10, 1),
        "C11": datetime.date(2026, 8, 1),
        LIST: datetime.date(2026, 8, 1),
    }
    judged = campaigns["start_date"] + pl.Series([datetime.timedelta(days=d) for d in campaigns["horizon_days"]])
    assert judged.max() <= datetime.date(2026, 10, 31)


def test_random_groups_have_exactly_the_planned_shares(demo):
    members = demo.tables["campaign_assignments"]
    for row in demo.tables["campaigns"].filter(design="randomised").iter_rows(named=True):
        counts = dict(members.filter(campaign_id=row["campaign_id"]).group_by("arm").len().iter_rows())
        total = sum(counts.values())
        assert all(abs(counts[arm] - share * total) <= 0.5 for arm, share in _planned(row["planned_ratio"]).items())
    assert members.filter(campaign_id="C01").height > 3_500
    assert set(members.filter(campaign_id="C07")["arm"]) == {"treated"}


def test_members_are_there_before_the_start_and_reached_before_they_leave(demo):
    members = demo.tables["campaign_assignments"]
    before = members.with_columns(month=(pl.col("assigned_at") - pl.duration(days=1)).dt.month_start())
    assert before.join(demo.tables["customer_month"], on=["customer_id", "month"], how="anti").is_empty()
    reached = members.filter(pl.col("contacted_at").is_not_null())
    assert set(reached["arm"]) == {"treated"} and (reached["contacted_at"] > reached["assigned_at"]).all()
    gone = demo.truth.exits.filter(form="close").select("customer_id", "exit_date")
    late = reached.join(gone, on="customer_id").filter(pl.col("exit_date").is_between("assigned_at", "contacted_at"))
    assert late.is_empty()
    paid = members.filter(pl.col("incentive_cost") > 0)
    assert paid["accepted"].all() and set(paid["incentive_cost"]) == {60.0} and set(paid["campaign_id"]) == {"C01", "C07"}


def test_what_members_did_is_what_the_truth_says_of_their_arm(demo):
    exits = demo.truth.exits.filter("voluntary").select("customer_id", "exit_date")
    for row in demo.tables["campaigns"].iter_rows(named=True):
        members = demo.truth.members.filter(campaign_id=row["campaign_id"])
        inside = exits.filter(pl.col("exit_date").is_between(row["start_date"], pl.lit(row["end_date"]).dt.month_end()))[
            "customer_id"
        ].unique()
        left = members["customer_id"].is_in(inside.implode())
        chosen = members.select(pl.when(pl.col("arm") == "treated").then("left1").otherwise("left0")).to_series()
        assert (left == chosen).all(), row["campaign_id"]


def test_the_late_campaigns_leave_what_the_others_did_as_it_was(demo, monkeypatch):
    monkeypatch.setattr(campaigns, "PLANS", campaigns.PLANS[:4])
    before = generate(1, *SIZES["demo"])
    for now, then in (
        (demo.tables["campaign_assignments"], before.tables["campaign_assignments"]),
        (demo.truth.members, before.truth.members),
    ):
        assert now.filter(~pl.col("campaign_id").is_in([LIST, "C11"])).select(then.columns).equals(then)


def test_a_bank_too_small_or_too_short_for_them_has_none_of_the_late_campaigns(tiny):
    late = campaigns.PLANS[4:]
    assert [p.start(Months(36, LAST_DAY), 20_000) for p in late] == [33, 33]
    assert {p.start(Months(36, LAST_DAY), 19_999) for p in late} == {p.start(Months(24, LAST_DAY), 20_000) for p in late} == {None}
    assert not {"C11", "stratum"} & {*tiny.tables["campaigns"]["campaign_id"], *tiny.tables["campaign_assignments"].columns}


def test_a_list_is_drawn_by_stratum_called_by_its_managers_and_followed_up(demo):
    members = demo.tables["campaign_assignments"].filter(campaign_id=LIST)
    other = demo.tables["campaign_assignments"].filter(campaign_id="C11")
    assert members.height == 1_200 and not members.join(other, on="customer_id").height
    assert members.group_by("rm_id").len()["len"].to_list() == [48] * 25
    held = members.group_by("stratum").agg(n=pl.len(), out=(pl.col("arm") == "control").sum())
    assert ((held["out"] - 0.3 * held["n"]).abs() <= 1).all()
    out = members.filter(arm="control")
    assert out["result"].null_count() == out["channel"].null_count() == out["cost"].null_count() == out.height
    called = members.filter(arm="treated")
    spoken = called["result"].is_not_null() & (called["result"] != "not_reached")
    assert (spoken == called["contacted_at"].is_not_null()).all()
    assert (
        called.filter(pl.col("result").is_null()).select("accepted", "incentive_cost", "channel", "cost").null_count().row(0)
        == (called["result"].null_count(),) * 4
    )
    assert (called.filter(result="accepted")["accepted"]).all() and not called.filter(pl.col("result") != "accepted")["accepted"].any()
    assert called["channel"].n_unique() == 5 and 0 < called["result"].null_count() < 100


def test_the_summer_points_have_leavers_enough_to_be_asked_for_whom_they_worked(demo):
    members = demo.truth.members.filter(campaign_id="C11")
    closed = members.select("arm", y=pl.when(pl.col("arm") == "treated").then("closed1").otherwise("closed0"))
    assert closed.group_by("arm").agg(pl.col("y").sum())["y"].min() > 100
    effect = {r["segment"]: r["ate_expected"] for r in demo.truth.effects.filter(campaign_id="C11").iter_rows(named=True)}
    assert effect["product"] < effect["consumption"] < 0 < effect["sleeping_dog"]


def test_the_planted_effects_are_those_of_the_plan(demo):
    effect = {(r["campaign_id"], r["segment"]): r for r in demo.truth.effects.iter_rows(named=True)}
    lottery = effect["C01", "all"]
    assert lottery["control_rate"] == pytest.approx(0.12, abs=0.015)
    assert -0.04 < lottery["ate_expected"] < -0.015
    assert effect["C01", "product"]["ate_expected"] < effect["C01", "consumption"]["ate_expected"] < 0
    assert effect["C01", "sleeping_dog"]["ate_expected"] > 0
    for id in ("C02", "C07"):
        assert effect[id, "all"]["ate"] == effect[id, "all"]["ate_expected"] == 0
    assert effect["C03a", "all"]["ate_expected"] < -0.005


def test_who_is_driven_out_by_a_campaign_had_not_drifted_and_who_is_kept_had(demo):
    world, drifts = demo.truth.world, demo.truth.exits
    woken = demo.truth.members.filter((pl.col("campaign_id") == "C01") & (pl.col("arm") == "treated") & pl.col("left1") & ~pl.col("left0"))
    spring = drifts.filter(pl.col("month").is_between(datetime.date(2026, 1, 1), datetime.date(2026, 3, 1)))
    assert woken.height > 0 and not woken.join(spring, on="customer_id")["drifting"].any()
    assert 50 < len(world.saved_customer) < 400


def test_care_calls_look_harmful_to_who_compares_those_called_with_the_others(demo):
    members = demo.truth.members.filter(campaign_id="C03a")
    happened = members.with_columns(outcome=pl.when(pl.col("arm") == "treated").then("left1").otherwise("left0").cast(pl.Int8))
    assert _naive(happened) > 0 > demo.truth.effects.filter(campaign_id="C03a", segment="all")["ate"].item()


def test_the_rescued_had_a_low_month_and_recover_without_help(demo):
    monthly = demo.tables["customer_month"].select("customer_id", "month", "aum_avg")
    ids = demo.truth.members.filter(campaign_id="C07").select("customer_id")
    months = {k: datetime.date(2025, m, 1) for k, m in (("usual", 5), ("low", 9), ("after", 12))}
    wide = ids
    for name, month in months.items():
        wide = wide.join(monthly.filter(month=month).select("customer_id", pl.col("aum_avg").log().alias(name)), on="customer_id")
    assert wide.height > 500
    assert (wide["low"] - wide["usual"]).mean() < -0.3 and (wide["after"] - wide["low"]).median() > 0.1


@pytest.mark.parametrize("id", sorted(PRESETS))
def test_a_preset_is_the_same_for_the_same_seed(id):
    members, truth = campaign(id, 4, 200)
    again, same = campaign(id, 4, 200)
    assert members.equals(again) and truth.ate == same.ate and not members.equals(campaign(id, 5, 200)[0])
    assert members["customer_id"].is_unique().all() and members.null_count().sum_horizontal().item() == 0


def test_an_unknown_campaign_is_refused_with_the_nearest_name():
    with pytest.raises(NotFound, match="C01-test"):
        campaign("C01test", 1)


def test_the_a_a_campaign_changes_nobody():
    members, truth = campaign("C02", 1)
    assert truth.ate == 0 and (truth.y0 == truth.y1).all() and (truth.tau == 0).all()
    assert members["arm"].value_counts().sort("arm")["count"].to_list() == [3_000, 3_000]


def test_low_months_pass_by_themselves():
    members, truth = campaign("C07", 1)
    gain = (members["outcome"].log() - members["aum_before"].log()).median()
    assert truth.ate == 0 and set(members["arm"]) == {"treated"} and 0.05 < gain < 0.3


def test_only_the_effect_parts_the_two_outcomes_of_a_member():
    members, truth = campaign("C01", 2)
    dogs = truth.tau > 0
    assert (truth.y1[dogs] >= truth.y0[dogs]).all() and (truth.y1[~dogs] <= truth.y0[~dogs]).all()
    served = (members["segment"] == "service").to_numpy() & ~dogs
    assert (truth.tau[served] == 0).all() and dogs.any()


def test_the_numbers_of_the_presets_are_those_of_the_plan():
    wanted = {"C01": (6_000, 0.8, 0.12), "C01-test": (12_000, 0.7, 0.24), "C03a": (20_000, None, 0.059)}
    for id, (n, share, rate) in wanted.items():
        members, truth = campaign(id, 3)
        assert members.height == n and truth.control_rate == pytest.approx(rate, abs=2e-4)
        assert share is None or (members["arm"] == "treated").mean() == pytest.approx(share, abs=1e-9)


@pytest.mark.slow
def test_mean_true_effects_are_those_of_the_plan_and_chance_does_not_favour_an_arm():
    for id, wanted in {"C01": -0.029, "C01-test": -0.051, "C03a": -0.0218}.items():
        drawn = [campaign(id, seed) for seed in range(1, 13)]
        expected = [truth.ate_expected for _, truth in drawn]
        realised = [truth.ate for _, truth in drawn]
        assert np.mean(expected) == pytest.approx(wanted, abs=0.0015), id
        assert abs(np.mean(realised) - np.mean(expected)) < 4 * np.std(realised, ddof=1) / np.sqrt(len(drawn)), id


@pytest.mark.slow
def test_a_comparison_of_random_groups_finds_the_truth_and_one_of_chosen_groups_the_wrong_sign():
    off = [_naive(members) - truth.ate for members, truth in (campaign("C01", seed) for seed in range(1, 41))]
    assert abs(stats.ttest_1samp(off, 0).statistic) < 3.5
    wrong = [_naive(campaign("C03a", seed)[0]) > 0 for seed in range(1, 41)]
    assert np.mean(wrong) >= 0.95
