"""One test for all characteristics: chance imbalance of one among many passes, a broken draw does not."""

import numpy as np
import polars as pl
import pytest

from churn_dash.campaigns.groups.omnibus import unlike_p


def people(n: int = 600, columns: int = 8, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame({f"c{i}": np.exp(rng.normal(size=n)) for i in range(columns)})


def drawn(n: int, seed: int) -> pl.Series:
    side = np.zeros(n, dtype=bool)
    side[np.random.default_rng(seed).permutation(n)[: n * 4 // 5]] = True
    return pl.Series(side)


def test_under_a_random_draw_small_chances_are_as_rare_as_they_say() -> None:
    known = people()
    p = [unlike_p(known, drawn(600, seed)) or 0.0 for seed in range(400)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 400))
    assert min(p) > 1e-4


def test_one_characteristic_apart_among_many_is_let_pass_and_a_chosen_group_is_not() -> None:
    known = people()
    side = drawn(600, 1).to_numpy()
    shifted = known["c0"].to_numpy() + 0.25 * side
    assert (unlike_p(known.with_columns(c0=shifted), pl.Series(side)) or 0.0) > 0.001
    rich = known["c0"] > known["c0"].quantile(0.4)
    assert (unlike_p(known, rich) or 1.0) < 1e-6


def test_the_statistic_is_hotellings_on_ranks() -> None:
    known, side = people(columns=3), drawn(600, 2)
    ranks = known.select(pl.all().rank()).to_numpy()
    t = side.to_numpy()
    gap = ranks[t].mean(axis=0) - ranks[~t].mean(axis=0)
    covariance = np.cov(ranks, rowvar=False) * (1 / t.sum() + 1 / (~t).sum())
    from scipy import stats

    assert unlike_p(known, side) == pytest.approx(stats.chi2.sf(gap @ np.linalg.solve(covariance, gap), 3))


def test_who_has_no_value_is_a_characteristic_too() -> None:
    known = people(columns=1)
    side = drawn(600, 3)
    lost = known.with_columns(c0=pl.when(side & (pl.int_range(600) % 2 == 0)).then(None).otherwise("c0"))
    assert (unlike_p(lost, side) or 1.0) < 1e-6


def test_small_groups_and_constants_are_not_tested() -> None:
    assert unlike_p(people(20), drawn(20, 1)) is None
    assert unlike_p(pl.DataFrame({"a": [1.0] * 600}), drawn(600, 1)) is None
