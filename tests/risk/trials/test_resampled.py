import numpy as np
import pytest

from churn_dash.measures.statistics.odds import sigmoid
from churn_dash.risk.trials.accuracy import accuracy
from churn_dash.risk.trials.profit import Stakes, nearly_expected, profit
from churn_dash.risk.trials.resampled import MEASURES, HeldOut, Sample, measured, reached

P = np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9])
Y = np.array([0, 0, 1, 0, 1, 1])


def drawn(n: int = 20_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = (rng.beta(1, 12, n).round(3) + 1e-4).clip(0, 0.99)
    return p, (rng.random(n) < p).astype(int)


def test_d8_the_maximum_profit_of_the_six_points() -> None:
    found = profit(Y, P)
    assert found.maximum == pytest.approx(26.16667, abs=5e-6)
    assert found.expected == pytest.approx(26.16693, abs=5e-6)
    assert found.cut == 0.3 and found.fraction == pytest.approx(0.667, abs=5e-4)


def test_expected_profit_is_the_mean_of_the_best_profits_over_many_shares_of_acceptance() -> None:
    p, y = drawn(2_000)
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    gone, rows = np.append(0, np.cumsum(y[order])[ends]), np.append(0, ends + 1)
    s = Stakes(300.0, 12.0, 2.0)
    shares = np.random.default_rng(0).beta(6, 14, 20_000)
    f0, f1, pi = gone / gone[-1], (rows - gone) / (len(y) - gone[-1]), y.mean()
    best = [max(s.value * ((g * (1 - s.delta) - s.phi) * pi * f0 - (s.delta + s.phi) * (1 - pi) * f1)) for g in shares]
    assert profit(y, p, s).expected == pytest.approx(np.mean(best), rel=0.01)
    assert nearly_expected(gone.astype(float), (rows - gone).astype(float), s) == pytest.approx(np.mean(best), rel=0.02)


def test_measures_by_weights_are_those_of_the_plain_way_when_every_row_counts_once() -> None:
    p, y = drawn()
    found = dict(zip(MEASURES, Sample(np.arange(len(y)), y, p, p).measured(np.ones(len(y))), strict=True))
    plain = accuracy(y, p)
    for name in MEASURES:
        if name != "profit":
            assert found[name] == pytest.approx(getattr(plain, name), abs=1e-6), name


def test_a_row_that_counts_twice_is_a_row_written_twice() -> None:
    p, y = drawn(3_000)
    weights = np.random.default_rng(1).integers(0, 3, len(y))
    again = np.repeat(np.arange(len(y)), weights)
    found = dict(zip(MEASURES, Sample(np.arange(len(y)), y, p, p).measured(weights.astype(float)), strict=True))
    plain = accuracy(y[again], p[again])
    for name in ("roc_auc", "pr_auc", "ks", "lift", "recall", "brier_skill", "slope"):
        assert found[name] == pytest.approx(getattr(plain, name), abs=1e-4), name


def test_customers_are_drawn_not_rows_so_that_repeated_rows_do_not_narrow_an_interval() -> None:
    p, y = drawn(1_500)
    customers = np.arange(len(y))
    once = measured([HeldOut(customers, y, p, p)])["roc_auc"]
    tenfold = measured([HeldOut(np.tile(customers, 10), np.tile(y, 10), np.tile(p, 10), np.tile(p, 10))])["roc_auc"]
    assert tenfold.high - tenfold.low == pytest.approx(once.high - once.low, rel=0.05)


def test_intervals_cover_the_truth() -> None:
    """AUC of two normals a standard deviation apart is Φ(1/√2) = 0.7602."""
    hits = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y = (rng.random(600) < 0.2).astype(int)
        score = rng.normal(size=600) + y
        one = measured([HeldOut(np.arange(600), y, score)], draws=80)["roc_auc"]
        hits += one.low <= 0.7602 <= one.high
    assert hits >= 34, "0.95 · 40 less three standard deviations"


def test_a_mean_over_folds_has_its_range_and_what_is_undefined_stays_so() -> None:
    p, y = drawn(4_000)
    halves = [HeldOut(np.arange(2_000), y[:2_000], p[:2_000]), HeldOut(np.arange(2_000), y[2_000:], p[2_000:])]
    found = measured(halves)
    assert found["pr_auc"].least <= found["pr_auc"].value <= found["pr_auc"].most
    assert found["pr_auc"].low < found["pr_auc"].value < found["pr_auc"].high
    assert found["slope"].value is None and found["brier_skill"].low is None
    assert measured([HeldOut(np.arange(5), np.zeros(5, dtype=int), np.arange(5.0))])["roc_auc"].value is None


def test_over_confident_probabilities_have_a_slope_below_one_with_its_interval() -> None:
    p, y = drawn(20_000)
    twice = sigmoid(2 * np.log(p / (1 - p)))
    one = measured([HeldOut(np.arange(len(y)), y, twice, twice)])["slope"]
    assert one.low < 0.5 < one.high < 1


def test_what_a_share_of_calls_reaches_is_counted_by_falling_risk_and_the_tenth_is_the_measure() -> None:
    p, y = drawn(4_000)
    people, rng = np.arange(len(y)), np.random.default_rng(3)
    score = p + 1e-9 * rng.random(len(y))
    folds = [HeldOut(people[k::2], y[k::2], score[k::2], p[k::2]) for k in (0, 1)]
    found = reached(folds, 0.03)
    plain = [f.y[np.argsort(-f.score)][:60].sum() / f.y.sum() for f in folds]
    assert found.value == pytest.approx(np.mean(plain), abs=1e-9)
    assert (found.least, found.most) == (pytest.approx(min(plain)), pytest.approx(max(plain)))
    assert found.low < found.value < found.high
    assert reached(folds, 0.1).value == pytest.approx(measured(folds)["recall"].value, abs=1e-9)
