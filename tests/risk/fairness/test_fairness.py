"""Groups treated alike or not: counted by hand, flagged at four fifths; the cost of leaving out an attribute of known worth."""

import json

import numpy as np
import polars as pl
import pytest

from churn_dash import risk
from churn_dash.errors import NotFound
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.risk.fairness.by_group import ByGroup, share, treated
from churn_dash.words import say
from tests.risk.conftest import customers_sheet


def rows(group: str | None, n: int, selected: int, y: list[int], p: tuple[float, float] = (0.9, 0.1)) -> pl.DataFrame:
    """``n`` customers of a group, the first ``selected`` of them above the threshold; ``y`` repeats."""
    return pl.DataFrame(
        {
            "customer_id": [f"{group}{i}" for i in range(n)],
            "group": pl.Series([group] * n, dtype=pl.String),
            "y": [y[i % len(y)] for i in range(n)],
            "p": [p[0] if i < selected else p[1] for i in range(n)],
        }
    )


def test_rates_and_ratios_are_those_counted_by_hand():
    a, b = treated(pl.concat([rows("a", 100, 40, [1, 0]), rows("b", 100, 20, [1, 0])]), 0.5)
    assert (a.selection.value, b.selection.value, a.recall.value, b.recall.value) == (0.4, 0.2, 0.4, 0.2)
    assert (a.selection_ratio.value, b.selection_ratio.value, b.recall_ratio.value) == (1.0, 0.5, 0.5)
    want = wilson(40, 100)
    assert a.selection.low == pytest.approx(want.low, abs=2e-3) and a.selection.high == pytest.approx(want.high, abs=2e-3)
    assert b.observed.value == 0.5 and b.predicted == pytest.approx(0.2 * 0.9 + 0.8 * 0.1)


def test_the_ratio_of_two_groups_has_the_interval_of_the_pair():
    a, b = treated(pl.concat([rows("a", 400, 200, [1, 0]), rows("b", 400, 120, [1, 0])]), 0.5)
    found = b.selection_ratio
    # By hand, Katz: ln .6 ± 1.96 · √(1/120 − 1/400 + 1/200 − 1/400).
    half = 1.959964 * (1 / 120 - 1 / 400 + 1 / 200 - 1 / 400) ** 0.5
    assert found.value == 0.6 and (found.low, found.high) == pytest.approx((0.6 * np.exp(-half), 0.6 * np.exp(half)), rel=0.01)
    assert (a.selection_ratio.value, a.selection_ratio.low) == (1.0, None)
    told = b.as_json()
    assert told["selection_ratio_low"] == found.low and told["selection_ratio"] == 0.6


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says_also_where_rows_hang_together():
    rng, hits, times = np.random.default_rng(6), 0, 300
    for _time in range(times):
        parts = []
        for name, a in (("a", 3.0), ("b", 2.0)):
            own = np.repeat(rng.beta(a, 10 - a, 200), 4)
            p = np.where(rng.random(800) < own, 0.9, 0.1)
            parts.append(pl.DataFrame({"customer_id": np.repeat([f"{name}{i}" for i in range(200)], 4), "group": name, "y": 0, "p": p}))
        one = {g.group: g for g in treated(pl.concat(parts), 0.5)}
        found = one["b"].selection_ratio
        hits += found.low is not None and found.low <= 2 / 3 <= found.high
    assert 0.90 <= hits / times <= 0.99


@pytest.mark.parametrize(("selected", "flagged"), [(79, True), (80, False)])
def test_a_ratio_under_four_fifths_is_flagged_with_a_sentence(selected, flagged):
    found = ByGroup("gender", 0.5, treated(pl.concat([rows("F", 100, 50, [0]), rows("M", 200, selected, [0])]), 0.5))
    said = [f for f in found.flags if "selected at" in say(f)]
    assert bool(said) == flagged
    if flagged:
        assert say(said[0]).startswith("M: selected at 79.00%") and "五分之四" in say(said[0], "zh")
        assert say(said[0]).endswith("chance may explain it."), "half of 100 and 40 % of 200 customers: the range of the ratio holds 1"


def test_a_difference_that_chance_does_not_explain_is_said_without_a_reserve():
    found = ByGroup("gender", 0.5, treated(pl.concat([rows("F", 900, 450, [0]), rows("M", 900, 90, [0])]), 0.5))
    assert next(say(f) for f in found.flags if "selected at" in say(f)).endswith("under four fifths.")


def test_a_group_of_fewer_than_thirty_is_counted_and_not_rated_and_is_nobodys_reference():
    big, small = treated(pl.concat([rows("a", 60, 6, [1, 0]), rows("b", 29, 29, [1, 0])]), 0.5)
    assert small.few and small.customers == 29 and small.selection.value is None and small.selection_ratio.value is None
    assert not big.few and big.selection_ratio.value is None


def test_who_is_in_no_known_group_comes_last_and_is_not_compared():
    found = treated(pl.concat([rows(None, 300, 200, [1, 0]), rows("a", 60, 6, [1, 0]), rows("b", 50, 6, [1, 0])]), 0.5)
    assert [g.group for g in found] == ["a", "b", None] and found[-1].selection_ratio.value is None
    assert found[1].selection_ratio.value == 1.0


def test_predictions_that_miss_are_told_where_chance_does_not_explain_it():
    good, bad = treated(pl.concat([rows("a", 200, 0, [1, 0, 0, 0], (0.9, 0.25)), rows("b", 200, 0, [1, 0], (0.9, 0.25))]), 0.5)
    assert not good.miscalibrated and bad.miscalibrated
    assert any("25.00% were predicted to leave and 50.00% did" in say(f) for f in ByGroup("x", 0.5, (good, bad)).flags)


def test_rows_of_one_customer_hang_together_so_repeating_them_makes_nothing_more_certain():
    once = rows("a", 100, 40, [1, 0]).with_columns((pl.col("p") > 0.5).cast(pl.Int64).alias("s"))
    four = pl.concat([once] * 4)
    assert share(four, "s").low == pytest.approx(share(once, "s").low) and share(four, "s").high == pytest.approx(share(once, "s").high)
    assert share(once.filter(pl.col("s") == 2), "s").value is None


def test_the_interval_of_clustered_rows_holds_the_truth_as_often_as_it_says():
    rng, hits, times = np.random.default_rng(4), 0, 200
    for _time in range(times):
        own = rng.beta(2, 6, 150)
        frame = pl.DataFrame({"customer_id": np.repeat(np.arange(150), 5).astype(str), "k": rng.binomial(1, np.repeat(own, 5))})
        found = share(frame, "k")
        hits += found.low <= 0.25 <= found.high
    assert 0.90 <= hits / times <= 0.99


N = 800


@pytest.fixture(scope="module")
def gendered(tmp_path_factory):
    """A sheet in which gender decides much and age something; its model, without gender, and the costs."""
    sheet = customers_sheet(N, 1)
    rng = np.random.default_rng(2)
    risk_of = np.where(sheet.frame["gender"] == "F", 0.45, 0.05) + 0.2 * (sheet.frame["x_age"].to_numpy() > 60)
    sheet.frame = sheet.frame.with_columns(pl.Series("churned", rng.random(N) < risk_of))
    model = risk.train(sheet, tmp_path_factory.mktemp("models"), "tree").model
    before, heard = risk.kept_costs(model), []
    found = {c.attribute: c for c in risk.costs_of_leaving_out(sheet, model, lambda text, done: heard.append(done))}
    return sheet, model, found, heard, before


def test_leaving_out_what_decides_costs_and_the_answer_is_kept_with_the_model(gendered):
    _sheet, model, found, heard, before = gendered
    assert before is None and set(found) == {"gender", "age"} and heard == sorted(heard)
    gender = found["gender"]
    assert gender.cost > 0.1 and gender.low > 0 and gender.clear and not gender.used
    assert gender.cost == pytest.approx(gender.with_it - gender.without) and gender.low <= gender.cost <= gender.high
    assert found["age"].used and found["age"].rows == N
    assert {c.attribute: c for c in risk.kept_costs(model)} == found
    json.dumps([c.as_json() for c in found.values()], allow_nan=False)


def test_without_gender_is_the_model_in_use_on_its_own_folds(gendered):
    _sheet, model, found, _heard, _before = gendered
    own = model.card.chosen.figures["folds"]
    assert found["gender"].without == pytest.approx(model.card.chosen.pr_auc, abs=0.04) and len(own) >= 5


def test_what_lies_beside_the_model_and_is_no_answer_of_it_is_not_believed(gendered):
    _sheet, model, _found, _heard, _before = gendered
    path = model.folder / "fairness.json"
    good = path.read_text()
    for bad in ("no json", "{}", good.replace(model.id, "another"), good.replace('"cost"', '"price"')):
        path.write_text(bad)
        assert risk.kept_costs(model) is None
    path.write_text(good)
    assert risk.kept_costs(model) is not None


@pytest.mark.slow
def test_where_gender_is_noise_leaving_it_out_costs_nothing_that_can_be_told(tmp_path):
    sheet = customers_sheet(N, 0)
    model = risk.train(sheet, tmp_path, "logistic").model
    gender = next(c for c in risk.costs_of_leaving_out(sheet, model) if c.attribute == "gender")
    assert not gender.clear and abs(gender.cost) < 0.03


def test_groups_of_a_bank_are_those_of_the_score_date(risk_logistic):
    ds, model = risk_logistic
    held = model.held()
    found = risk.by_group(ds, model, "gender")
    assert sum(g.rows for g in found.groups) == held.height and sum(g.leavers for g in found.groups) == held["y"].sum()
    truth = dict(ds.table("customers").select("customer_id", "gender").iter_rows())
    women = held.filter(pl.col("customer_id").replace_strict(truth, default=None) == "F")
    one = next(g for g in found.groups if g.group == "F")
    assert (one.rows, one.customers) == (women.height, women["customer_id"].n_unique())
    assert one.selection.value == pytest.approx((women["p"] >= model.card.threshold).mean())
    lower = women.filter(pl.col("p") < model.card.threshold)["p"].max()
    edited = risk.by_group(ds, model, "gender", lower)
    wider = next(g for g in edited.groups if g.group == "F")
    assert edited.threshold == lower
    assert wider.selection.value == pytest.approx((women["p"] >= edited.threshold).mean()) and wider.selection.value > one.selection.value
    bands = risk.by_group(ds, model, "age_band")
    assert len(bands.groups) > 3 and sum(g.rows for g in bands.groups) == held.height
    with pytest.raises(NotFound):
        risk.by_group(ds, model, "no such dimension")
