"""Weights by experts, by principal components and by entropy: the worked answers of METHODS D4, and what must hold of any weights."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.risk.index.ahp import hierarchy, together
from churn_dash.risk.index.entropy import entropy
from churn_dash.risk.index.indicators import INDICATORS
from churn_dash.risk.index.principal import principal
from churn_dash.risk.index.weighted import indexed
from tests.risk.index.reference import of_correlation


def rounded(values, digits):
    return [round(v, digits) for v in values]


def test_three_judgements_give_the_published_weights():
    found = hierarchy(np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]))
    assert rounded(found.weights, 4) == [0.6370, 0.2583, 0.1047]
    assert round(found.lambda_max, 4) == 3.0385 and round(found.index, 5) == 0.01926 and round(found.ratio, 4) == 0.0332
    assert found.consistent


def test_four_indicators_give_the_published_weights():
    found = hierarchy(np.array([[1, 2, 4, 3], [1 / 2, 1, 3, 2], [1 / 4, 1 / 3, 1, 1 / 2], [1 / 3, 1 / 2, 2, 1]]))
    assert rounded(found.weights, 4) == [0.4673, 0.2772, 0.0954, 0.1601]
    assert round(found.lambda_max, 4) == 4.0310 and round(found.ratio, 4) == 0.0115


def test_judgements_that_run_in_a_circle_are_refused():
    found = hierarchy(np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]))
    assert round(found.lambda_max, 2) == 10.11 and round(found.ratio, 2) == 6.13
    assert not found.consistent


def test_the_most_inconsistent_judgement_is_the_one_that_was_spoilt():
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    for i, j in itertools.combinations(range(4), 2):
        matrix = weights[:, None] / weights[None, :]
        truth = matrix[i, j]
        matrix[i, j], matrix[j, i] = truth * 5, 1 / (truth * 5)
        found = hierarchy(matrix)
        assert found.worst == (i, j) and found.implied == pytest.approx(truth)


def test_experts_are_put_together_by_geometric_mean():
    matrix, missing = together(("a", "b", "c"), [{("a", "b"): 2, ("a", "c"): 4, ("b", "c"): 2}, {("b", "a"): 1 / 8, ("c", "a"): 1}])
    assert not missing
    assert matrix[0, 1] == pytest.approx(4) and matrix[0, 2] == pytest.approx(2) and matrix[1, 2] == pytest.approx(2)
    assert np.allclose(matrix * matrix.T, 1)


def test_a_pair_that_nobody_judged_is_named():
    assert together(("a", "b", "c"), [{("a", "b"): 2, ("a", "c"): 4}])[1] == [("b", "c")]


def test_two_correlated_indicators_weigh_the_same_by_principal_components():
    found = of_correlation(np.array([[1, 0.8], [0.8, 1]]))
    assert rounded(found.variances, 10) == [1.8, 0.2] and rounded(found.weights, 10) == [0.5, 0.5]


def test_principal_weights_are_those_of_the_correlation_of_the_rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4))
    by_rows, by_matrix = principal(x), of_correlation(np.corrcoef(x.T))
    assert np.allclose(by_rows.weights, by_matrix.weights) and np.allclose(by_rows.variances, by_matrix.variances)


def test_principal_weights_do_not_depend_on_which_way_an_indicator_points():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 3))
    assert np.allclose(principal(x).weights, principal(x * [1, -1, 1]).weights)


def test_entropy_rewards_spread_not_relevance():
    found = entropy(np.array([[0.8, 0.2], [0.6, 0.9], [0.4, 0.1]]))
    assert rounded(found.entropies, 4) == [0.9656, 0.6567] and rounded(found.weights, 4) == [0.0910, 0.9090]


@pytest.mark.parametrize("weigh", [principal, entropy])
def test_an_indicator_that_is_the_same_for_everybody_has_no_weight(weigh):
    found = weigh(np.array([[0.5, 0.2], [0.5, 0.9], [0.5, 0.1]]))
    assert found.weights == pytest.approx((0.0, 1.0))
    assert not any(weigh(np.full((3, 2), 0.5)).weights)


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), min_size=4, max_size=30))
def test_weights_are_never_below_nothing_and_add_up(rows):
    x = np.array(rows)
    for found in (principal(x), entropy(x)):
        assert min(found.weights) >= 0
        assert sum(found.weights) == pytest.approx(1) or sum(found.weights) == 0


def test_an_unknown_indicator_is_left_out_of_that_customers_index():
    x = np.array([[1.0, 0.0, 0.5], [1.0, np.nan, 0.5], [np.nan, np.nan, np.nan]])
    found = indexed(x, np.array([0.5, 0.3, 0.2]))
    assert found[0] == pytest.approx(60) and found[1] == pytest.approx(100 * 0.6 / 0.7) and np.isnan(found[2])


@pytest.mark.parametrize("one", INDICATORS.values(), ids=INDICATORS)
def test_every_indicator_counts_from_0_to_1_in_the_direction_of_risk(one):
    values = np.array([one.low, one.high, one.low - 1, one.high * 2])
    ends = [0.0, 1.0, 0.0, 1.0] if one.raises_risk else [1.0, 0.0, 1.0, 0.0]
    assert one.risk(values).tolist() == pytest.approx(ends)
    assert np.isnan(one.risk(np.array([np.nan]))[0]) and one.beyond(values) == 2


def test_saaty_compares_at_most_ten():
    from churn_dash.risk.index.ahp import RANDOM_INDEX

    assert len(INDICATORS) <= max(RANDOM_INDEX)
    assert RANDOM_INDEX == {1: 0, 2: 0, 3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
