"""METHODS C2's Newcombe and campaign oracles, T5, and the tests behind them."""

import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from churn_dash.campaigns.estimators.effects import Group, Outcome, corrected, effect, exact_p, pooled_z_p, welch_p
from churn_dash.measures.statistics.estimates import benjamini_hochberg, holm

CHURN = Outcome("churn", "Churn rate", "ratio", "down")
RETAINED = Outcome("retention", "Retention rate", "ratio", "up")
AMOUNT = Outcome("spend", "spend", "amount", "up")


def rate_group(arm: str, k: int, n: int) -> Group:
    return Group(arm, arm, n, n, k / n if n else None, None)


def test_the_campaign_oracle() -> None:
    e = effect(CHURN, rate_group("treated", 450, 9000), rate_group("control", 70, 1000))
    assert e.difference == pytest.approx(-0.02)
    assert (e.low, e.high) == pytest.approx((-0.0380, -0.0050), abs=5e-5)
    assert e.p_value == pytest.approx(0.00688, abs=5e-6)
    assert e.gain == pytest.approx(0.02)
    assert e.relative == pytest.approx(-2 / 7)
    assert e.clear
    assert not e.too_few


def test_t5_cannot_be_told_from_chance() -> None:
    e = effect(RETAINED, rate_group("treated", 30, 40), rate_group("control", 12, 20))
    assert e.difference == pytest.approx(0.15)
    assert (e.low, e.high) == pytest.approx((-0.0865, 0.3892), abs=5e-5)
    assert e.p_value == pytest.approx(0.232, abs=5e-4)
    assert not e.clear


def test_the_pooled_test_agrees_with_statsmodels() -> None:
    z, p = proportions_ztest([450, 70], [9000, 1000])
    assert z == pytest.approx(-2.702, abs=5e-4)
    assert pooled_z_p(450, 9000, 70, 1000) == pytest.approx(p)


@pytest.mark.parametrize("counts", [(9, 10, 3, 10), (4, 5000, 30, 5000), (40, 50, 48, 50)])
def test_fewer_than_five_cases_in_a_group_are_tested_exactly(counts: tuple[int, int, int, int]) -> None:
    k1, n1, k0, n0 = counts
    e = effect(CHURN, rate_group("treated", k1, n1), rate_group("control", k0, n0))
    assert e.too_few
    assert e.p_value == pytest.approx(exact_p(k1, n1, k0, n0))
    assert e.low is not None


def test_large_groups_with_few_cases_use_fishers_test() -> None:
    assert exact_p(4, 5000, 30, 5000) == pytest.approx(stats.fisher_exact([[4, 30], [4996, 4970]]).pvalue)


def test_small_groups_use_boschloos_test() -> None:
    assert exact_p(9, 10, 3, 10) == pytest.approx(stats.boschloo_exact([[9, 3], [1, 7]], n=16).pvalue)
    assert exact_p(0, 10, 0, 12) == 1.0


def test_amounts_are_compared_by_welch() -> None:
    first, second = [1.0, 4.0, 2.0, 8.0, 5.0, 3.0], [3.0, 3.5, 2.5, 9.0, 1.0, 0.0, 4.0]
    t, c = (Group(a, a, len(v), len(v), stats.tmean(v), stats.tstd(v)) for a, v in (("t", first), ("c", second)))
    e = effect(AMOUNT, t, c)
    truth = stats.ttest_ind(first, second, equal_var=False)
    assert e.p_value == pytest.approx(truth.pvalue)
    assert (e.low, e.high) == pytest.approx(tuple(truth.confidence_interval()))
    assert welch_p(1.0, 0.0, 5, 2.0, 0.0, 5) is None


def test_a_group_without_outcomes_has_no_effect_and_no_zero() -> None:
    e = effect(CHURN, rate_group("treated", 0, 0), rate_group("control", 3, 10))
    assert (e.difference, e.low, e.p_value, e.relative, e.gain) == (None, None, None, None, None)


def test_the_relative_effect_against_nothing_is_undefined() -> None:
    assert effect(CHURN, rate_group("treated", 3, 10), rate_group("control", 0, 10)).relative is None


def test_several_groups_at_once_are_corrected_by_holm() -> None:
    assert holm([0.01, 0.04, None, 0.03]) == pytest.approx([0.03, 0.06, None, 0.06])
    base = rate_group("control", 100, 1000)
    effects = corrected([effect(CHURN, rate_group(f"t{k}", k, 1000), base) for k in (73, 75)])
    assert all(e.off_zero for e in effects)
    assert effects[0].p_adjusted == pytest.approx(min(2 * effects[0].p_value, 1.0))  # type: ignore[operator]
    assert corrected(effects[:1])[0].p_adjusted == effects[0].p_adjusted


def test_the_table_of_benjamini_and_hochberg() -> None:
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert sum(x is not None and x <= 0.05 for x in benjamini_hochberg(p)) == 4
    assert sum(x is not None and x <= 0.05 for x in holm(p)) == 3
    assert sum(15 * x <= 0.05 for x in p) == 3
    assert benjamini_hochberg(p) == pytest.approx(list(multipletests(p, method="fdr_bh")[1]))
    assert sum(multipletests(p, method="fdr_by")[0]) == 3
    assert benjamini_hochberg(p[::-1]) == pytest.approx(benjamini_hochberg(p)[::-1])
