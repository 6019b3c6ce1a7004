"""From which risk one acts: the published profit, the three ways, one answer on record."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import beta

from churn_dash import retention, risk
from churn_dash.access import Scope
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures import Filters
from churn_dash.measures.money.assumptions import Held
from churn_dash.retention import threshold as cut
from churn_dash.retention.threshold.capacity import capacity_cut
from churn_dash.retention.threshold.recall import recall_cut
from churn_dash.retention.threshold.ways import worth_by_risk
from churn_dash.risk.trials.accuracy import CAPACITY
from churn_dash.risk.trials.profit import DEFAULT, Stakes
from churn_dash.risk.trials.profit import profit as published
from churn_dash.store import Records
from churn_dash.words import Text
from tests.asking import ALL, asked

Y, P = np.array([0, 0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9])
ASSUMED = {n: a.default for n, a in ASSUMPTIONS.items()}


def held(worth=200.0):
    return cut.HeldOut(np.arange(6), Y, P, np.broadcast_to(worth, 6))


def test_the_six_points_of_METHODS_D8_earn_26_16667_at_a_cut_of_0_30():
    found = cut.profit_curve(held(), cut.Offer(0.3, 10, 1))
    assert found.best.profit == pytest.approx(26.16667, abs=5e-6)
    assert found.best.threshold == 0.3 and found.best.share == pytest.approx(0.667, abs=5e-4)


def test_the_curve_is_the_published_formula_at_every_cut():
    clv, gamma, d, f = 200.0, 0.3, 10.0, 1.0
    delta, phi, pi0 = d / clv, f / clv, Y.mean()
    for point in cut.profit_curve(held(), cut.Offer(gamma, d, f)).points:
        called = point.threshold <= P
        f0, f1 = called[Y == 1].mean(), called[Y == 0].mean()
        formula = clv * ((gamma * (1 - delta) - phi) * pi0 * f0 - (delta + phi) * (1 - pi0) * f1)
        assert point.profit == pytest.approx(formula)


def test_at_a_constant_value_the_curve_agrees_with_the_published_maximum_profit():
    rng = np.random.default_rng(4)
    y, p = (rng.random(500) < 0.2).astype(int), rng.integers(0, 100, 500) / 100
    ours = cut.profit_curve(cut.HeldOut(np.arange(500), y, p, np.full(500, 200.0)), cut.Offer(0.3, 10, 1))
    theirs = published(y, p)
    assert ours.best.profit == pytest.approx(theirs.maximum) and ours.best.threshold == theirs.cut


def test_where_no_call_pays_there_is_no_best_cut():
    found = cut.profit_curve(held(5.0), cut.Offer(0.3, 10, 1))
    assert found.best is None and found.pays == 0


def test_the_interval_of_the_profit_draws_customers_not_rows():
    rng = np.random.default_rng(1)
    n = 400
    y, p = (rng.random(n) < 0.3).astype(int), rng.random(n)
    one = cut.profit_curve(cut.HeldOut(np.arange(n), y, p, np.full(n, 200.0)), cut.Offer(0.3, 10, 1)).points[-1]
    times = 4
    again = [np.tile(x, times) for x in (np.arange(n), y, p)]
    four = cut.profit_curve(cut.HeldOut(*again, np.full(n * times, 200.0)), cut.Offer(0.3, 10, 1)).points[-1]
    # Four copies of every row are no more customers: the interval is as wide.
    assert four.high - four.low == pytest.approx(one.high - one.low)
    each = np.where(y == 1, 0.3 * 190 - 1, -11.0)
    assert one.high - one.low == pytest.approx(2 * 1.96 * each.std() / np.sqrt(n), rel=0.2)


def test_a_list_by_recall_reaches_the_share_asked_for_and_no_more_than_needed():
    one = held()
    for wanted in (0.2, 1 / 3, 0.5, 0.99, 1.0):
        threshold = recall_cut(one, wanted)
        reached = P[(Y == 1) & (threshold <= P)].size / 3
        above = P[(Y == 1) & (threshold < P)].size / 3
        assert above < wanted - 1e-12 <= reached
    with pytest.raises(BadInput):
        recall_cut(one, 0.0)


def test_a_list_by_capacity_is_never_longer_unless_nobody_can_tell_the_riskiest_apart():
    rng = np.random.default_rng(2)
    risks = pl.Series(rng.integers(1, 30, 500) / 100)
    top = int((risks == risks.max()).sum())
    for capacity in (top, top + 5, 100, 400, 1_000):
        assert int((risks >= capacity_cut(risks, capacity)).sum()) <= capacity
    assert capacity_cut(risks, 1) == risks.max()
    with pytest.raises(BadInput):
        capacity_cut(risks, 0)


def test_what_a_list_found_is_counted_with_its_interval():
    found = held().at(0.6)
    assert (found.share.value, found.precision.value, found.recall.value) == (3 / 6, 2 / 3, 2 / 3)
    assert found.precision.low < 2 / 3 < found.precision.high


def test_a_held_out_customer_is_worth_what_todays_customers_of_like_risk_are():
    today = pl.DataFrame({"probability": [i / 100 for i in range(100)], "value": [float(i) for i in range(100)]})
    found = worth_by_risk(np.array([0.0, 0.5, 0.99]), today)
    assert found.tolist() == [2.0, 52.0, 97.0]


def test_money_needs_to_know_what_a_customer_is_worth():
    values = pl.DataFrame({"probability": P, "value": pl.Series([None] * 6, dtype=pl.Float64)})
    rows = pl.DataFrame({"customer_id": list("abcdef"), "y": Y, "p": P})
    one, curve = cut.tried(rows, values, stood())
    assert curve is None
    with pytest.raises(NotPossible):
        cut.proposed("money", None, one, values, pl.Series(P), curve)
    assert cut.proposed("recall", 1.0, one, values, pl.Series(P), curve).n == 4


def test_a_cut_by_capacity_counts_those_who_may_be_called_and_says_how_many_more_reach_it():
    values = pl.DataFrame({"probability": P, "value": pl.Series([None] * 6, dtype=pl.Float64)})
    able = pl.Series([0.1, 0.2, 0.6, 0.8])
    found = cut.proposed("capacity", 2, held(), values, able, None)
    assert (found.threshold, found.n, found.of, found.n_reaching) == (0.6, 2, 4, 3)
    told = found.as_json()
    assert (told["n"], told["of"], told["n_reaching"]) == (2, 4, 3)


def test_cuts_are_a_record_with_who_when_and_why(modelled, tmp_path):
    _ds, kept = modelled
    records = Records(tmp_path)
    usual = cut.in_force(kept, records)
    assert usual.by == "usual" and usual.high == kept.card.threshold >= usual.medium
    for bad in ({"high": 0.2, "medium": 0.3}, {"high": 1.2}, {"high": 0.0}):
        with pytest.raises(BadInput):
            cut.put(records, kept, why="trial", **bad)
    with pytest.raises(BadInput):
        cut.put(records, kept, 0.2, 0.1)
    assert cut.in_force(kept, records) == usual
    now = cut.put(records, kept, 0.2, 0.1, "capacity", 60, "three managers fewer", "Li")
    assert (now.high, now.medium, now.by, now.asked, now.who, now.why, now.version) == (
        0.2,
        0.1,
        "capacity",
        60,
        "Li",
        "three managers fewer",
        1,
    )
    assert not now.outdated(kept)
    cut.reset(records, "back to normal", "Wang")
    assert cut.in_force(kept, records) == usual


def test_count_and_list_go_by_the_same_threshold_and_the_same_people(modelled):
    ds, kept = modelled
    scores, called = risk.score(ds, kept, scope=ALL), retention.may_be_called(ds, kept, scope=Scope.everything())
    cuts = cut.Cuts(0.05, 0.03)
    found = cut.at_risk_of(scores, called, cuts)
    assert found.n == scores.filter(pl.col("probability") >= 0.05).height
    listed = retention.first_calls(ds, kept, scores.height, cuts, scope=Scope.everything())
    high = [c for c in listed if c.probability >= 0.05]
    assert list(listed[: len(high)]) == high and len(high) == found.callable
    assert sum(c.value or 0.0 for c in high) == pytest.approx(found.balances)
    assert sum(n for _grade, n in found.grades) == found.of == scores.height


def test_high_risk_has_one_declaration():
    from churn_dash.risk.kept import card

    assert card.CALLED is CAPACITY


def test_filters_add_up_to_everybody_with_a_score(modelled):
    ds, kept = modelled
    scores = risk.score(ds, kept, scope=ALL)
    levels = next(d for d in ds.dimensions if d.name == "gender").values
    parts = [
        cut.limited(scores, cut.among(asked(ds, filters=Filters((("gender", (level,)),)), definition=kept.card.definition))).height
        for level in levels
    ]
    told = ds.table("customers").drop_nulls("gender")
    assert sum(parts) == scores.join(told, on="customer_id", how="semi").height and len(parts) > 1


def test_scores_are_limited_to_the_branches_that_the_viewer_may_see(modelled):
    ds, kept = modelled
    everybody = risk.score(ds, kept, scope=ALL)
    branch = dict(ds.table("customers").select("customer_id", "branch_id").iter_rows())
    seen = risk.score(ds, kept, scope=Scope(frozenset({"B01", "B02"})))
    expected = everybody.filter(pl.col("customer_id").replace_strict(branch, default=None).is_in(["B01", "B02"]))
    assert 0 < seen.height < everybody.height
    assert_frame_equal(seen, expected, rel_tol=1e-9)
    assert risk.score(ds, kept, scope=Scope(frozenset())).is_empty()
    called = retention.may_be_called(ds, kept, Scope(frozenset({"B01"})))
    assert set(called["customer_id"]) <= set(seen["customer_id"])
    listed = retention.first_calls(ds, kept, 1_000, scope=Scope(frozenset({"B01"})))
    assert {branch[c.customer_id] for c in listed} == {"B01"}


def test_the_six_points_of_METHODS_D8_are_expected_to_earn_26_16693_over_all_shares_that_accept():
    found = cut.profit_curve(held(), cut.Offer(0.3, 10, 1))
    assert found.expected == pytest.approx(26.16693, abs=5e-6) and found.gamma == pytest.approx((6, 14))
    assert found.expected_low <= found.expected <= found.expected_high


def test_with_every_leaver_worth_something_else_empc_is_the_best_profit_of_each_gamma_weighed_by_its_density():
    rng = np.random.default_rng(7)
    y, p = (rng.random(300) < 0.3).astype(int), rng.integers(0, 60, 300) / 60
    worth, offer, contact, saved = rng.uniform(-50, 400, 300), 30.0, 2.0, 0.4
    found = cut.profit_curve(cut.HeldOut(np.arange(300), y, p, worth), cut.Offer(saved, offer, contact))
    gammas = np.linspace(0, 1, 4_001)
    called = np.array([np.zeros(300, bool), *(p >= t for t in np.unique(p))])
    won, left, stayed = called @ (y * (worth - offer)), called @ y, called @ (1 - y)
    best = (gammas[:, None] * won - contact * left - (offer + contact) * stayed).max(axis=1) / 300
    assert found.expected == pytest.approx(np.trapezoid(best * beta.pdf(gammas, 8, 12), gammas), rel=1e-5)
    # Knowing γ beforehand is worth something: the best cut of the mean γ cannot earn more.
    assert found.expected >= found.best.profit


def stood(measured=None, **who):
    held = {n: Held(a, a.default, who.get(n), "2026-01-02T00:00:00+00:00" if n in who else None) for n, a in ASSUMPTIONS.items()}
    if measured is None:
        return held
    low, high = measured
    told = {"name": "Spring calls", "value": 0.279, "low": low, "high": high, "n_treated": 900, "n_control": 300}
    told["includes_none"] = low <= 0 <= high
    return held | {"save_rate": dataclasses.replace(held["save_rate"], value=0.279, measured=told)}


def drawn_bank(n=400, seed=5):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(int)
    return cut.HeldOut(np.arange(n), y, np.round(np.clip(0.3 * y + rng.random(n) * 0.7, 0, 1), 2), np.full(n, 300.0))


def test_a_measured_share_kept_is_drawn_with_the_customers_and_an_assumed_one_is_not():
    bank = drawn_bank()
    alone, wide = (cut.profit_curve(bank, cut.Offer(0.279, 10, 1, ends)) for ends in (None, (-0.04, 0.5)))
    narrow = cut.profit_curve(bank, cut.Offer(0.279, 10, 1, (0.2789, 0.2791)))
    for a, b, c in zip(alone.points, wide.points, narrow.points, strict=True):
        assert a.profit == b.profit == c.profit and (c.low, c.high) == pytest.approx((a.low, a.high), rel=0.02, abs=0.02)
    last, drawn = alone.points[-1], wide.points[-1]
    assert drawn.low < -5 and drawn.high - drawn.low > 3 * (last.high - last.low)
    assert wide.pays < 1 == alone.pays, "where calls keep nobody none of them pays"
    # By hand, for everybody called: the ends of the share times what it keeps; 200 draws leave some chance.
    kept, spent = (bank.y * 290).mean(), 1 + 10 * (1 - bank.y).mean()
    assert (drawn.low, drawn.high) == pytest.approx((-0.04 * kept - spent, 0.5 * kept - spent), abs=0.07 * kept)
    assert (alone.gamma, alone.measured, wide.gamma, wide.measured) == (pytest.approx((5.58, 14.42)), None, None, (-0.04, 0.5))


def test_empc_of_a_measured_share_is_the_best_profit_of_each_share_weighed_by_what_was_measured():
    bank, ends = drawn_bank(), (-0.04, 0.5)
    found = cut.profit_curve(bank, cut.Offer(0.279, 10, 1, ends))
    at = np.log1p(-np.array(ends))
    rng = np.random.default_rng(1)
    shares = 1 - np.exp(at.mean() + (at[0] - at[1]) / (2 * 1.959964) * rng.standard_normal(200_000))
    assert shares.std() == pytest.approx(0.136, abs=0.01) and (shares < 0).mean() == pytest.approx(0.038, abs=0.01)
    called = np.array([np.zeros(400, bool), *(bank.p >= t for t in np.unique(bank.p))])
    won, spent = called @ (bank.y * 290.0), called @ (1 + 10.0 * (1 - bank.y))
    best = np.mean([(share * won - spent).max() for share in shares[:20_000]]) / 400
    assert found.expected == pytest.approx(best, rel=0.02)


def test_what_lasts_of_a_value_counts_for_the_curve_as_for_the_list():
    values = pl.DataFrame({"probability": P, "value": [200.0] * 6})
    rows = pl.DataFrame({"customer_id": list("abcdef"), "y": Y, "p": P})
    held_ = stood()
    half = held_ | {"decay": dataclasses.replace(held_["decay"], value=0.5)}
    assert cut.tried(rows, values, half)[0].worth.tolist() == [100.0] * 6
    assert cut.bank_stakes(values, half, cut.Cuts(0.1, 0.1)).stakes.value == 100.0


def test_models_are_compared_by_the_stakes_of_the_profit_curve(modelled):
    _ds, kept = modelled
    values, usual = pl.DataFrame({"value": [100.0, 500.0, None]}), cut.usual(kept)
    nobody = cut.bank_stakes(values, stood(), usual)
    ours = Stakes(300.0, ASSUMED["offer_cost"], ASSUMED["contact_cost"], ASSUMED["save_rate"])
    assert nobody.own and nobody.stakes == ours and "defaults of the page What it costs" in str(nobody.words)
    ann = cut.bank_stakes(values, stood(contact_cost="Ann"), usual)
    assert ann.own and ann.stakes == ours and "(set by Ann)" in str(ann.words)
    by_money = cut.bank_stakes(values, stood(), dataclasses.replace(usual, by="money", who="Bob"))
    assert by_money.own and "set by Bob" in str(by_money.words)
    assert "nobody has set" in str(cut.bank_stakes(values, stood(spread="Ann"), usual).words)
    measured = cut.bank_stakes(values, stood(measured=(-0.04, 0.5)), usual)
    offer = cut.Offer.of(stood(measured=(-0.04, 0.5)))
    assert (measured.stakes.saved, measured.stakes.ends) == (offer.saved, offer.ends) == (0.279, (-0.04, 0.5))
    assert "measured by Spring calls" in str(measured.words)
    unknown = cut.bank_stakes(values.clear(), stood(contact_cost="Ann"), usual)
    assert not unknown.own and unknown.stakes == DEFAULT and "not known" in str(unknown.words)


def test_by_one_share_kept_the_models_profit_is_that_of_the_curve(modelled):
    rng = np.random.default_rng(4)
    y, p = (rng.random(500) < 0.2).astype(int), rng.integers(0, 100, 500) / 100
    for ends in (None, (-0.04, 0.5)):
        curve = cut.profit_curve(cut.HeldOut(np.arange(500), y, p, np.full(500, 200.0)), cut.Offer(0.3, 10, 1, ends))
        assert published(y, p, Stakes(200.0, 10.0, 1.0, 0.3, ends)).expected == pytest.approx(curve.expected)


def test_by_the_published_stakes_the_scores_kept_with_a_model_give_the_profit_of_its_card(modelled):
    _ds, kept = modelled
    found = cut.profits(kept, cut.BankStakes(DEFAULT, True, Text("")))
    assert set(found) == {"logistic", *(r["name"] for r in kept.card.rules)}
    assert found["logistic"].as_json() == pytest.approx(kept.card.chosen.figures["measures"]["profit"])
    for rule in kept.card.rules:
        assert found[rule["name"]].value == pytest.approx(rule["measures"]["profit"]["value"])
    dear = cut.profits(kept, cut.BankStakes(Stakes(1_000.0, 10.0, 1.0), True, Text("")))
    assert dear["logistic"].value > found["logistic"].value
