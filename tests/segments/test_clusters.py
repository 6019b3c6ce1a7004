import datetime as dt

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures import measure
from churn_dash.segments.groups import clusters
from churn_dash.segments.groups.behaviour import Behaviour
from tests.asking import ALL, asked


def people(values, names):
    frame = pl.DataFrame(np.expm1(values), schema=list(names), orient="row")
    n = len(frame)
    return Behaviour(
        frame.with_columns(
            pl.Series("customer_id", [f"{i:05d}" for i in range(n)]),
            pl.lit(value=True).alias("asked"),
            pl.lit(1.0).alias("balance"),
            pl.Series("left", [i % 4 == 0 for i in range(n)]),
        ),
        dt.date(2024, 1, 1),
        12,
        tuple(names),
        None,
    )


NAMES = ("balances", "transactions", "login_count", "branch_visits", "product_count")


def planted(seed=1, n=900):
    """Three kinds of customers far apart, and which each is."""
    rng = np.random.default_rng(seed)
    centres = np.array([[12, 5, 4, 1, 3], [6, 5, 1, 4, 1], [9, 1, 1, 1, 1]], dtype=float)
    kind = rng.integers(0, 3, n)
    return centres[kind] + rng.normal(0, 0.25, (n, 5)), kind


def test_planted_groups_are_found_again_named_and_called_stable():
    values, kind = planted()
    found = clusters.grouped(people(values, NAMES))
    assert len(found.clusters) == 3 and found.steadiness == "stable" and found.stability > 0.98
    assert adjusted_rand_score(kind, found.people["group"].to_list()) == pytest.approx(1)
    assert found.silhouette == max(found.silhouettes.values()) > 0.7
    assert set(found.silhouettes) == set(range(2, 9))
    assert found.clusters[0].distance["balances"] > 0 and "high balances" in str(clusters.named(found.clusters[0].distance, 5))
    assert "often at the branch" in {w for c in found.clusters for w in str(c.name).split(", ")}


def test_noise_is_told_to_be_unstable():
    rng = np.random.default_rng(4)
    found = clusters.grouped(people(rng.normal(5, 1, (1500, 5)), NAMES))
    assert found.steadiness == "unstable" and found.stability < 0.6
    assert found.silhouette < 0.25


def test_the_same_data_give_the_same_groups_in_whatever_order():
    values, _kind = planted(3, 400)
    first, again = clusters.grouped(people(values, NAMES), 3), clusters.grouped(people(values, NAMES), 3)
    assert first.people["group"].to_list() == again.people["group"].to_list()
    assert (first.stability, first.silhouettes) == (again.stability, again.silhouettes)
    assert [c.name for c in first.clusters] == [c.name for c in again.clusters]


def test_groups_are_numbered_from_the_highest_balances():
    values, _kind = planted(2, 300)
    found = clusters.grouped(people(values, NAMES), 3)
    means = [found.people.filter(pl.col("group") == c.code)["balances"].mean() for c in found.clusters]
    assert means == sorted(means, reverse=True)


def test_two_groups_never_share_a_name():
    found = clusters.grouped(people(np.random.default_rng(1).normal(4, 1, (400, 3)), NAMES[:3]), 8)
    names = [str(c.name) for c in found.clusters]
    assert len(set(names)) == 8


def test_a_customer_of_whom_something_is_unknown_is_in_no_group_but_counted():
    values, _kind = planted(2, 300)
    ground = people(values, NAMES)
    gap = ground.people.with_columns(pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise("login_count").alias("login_count"))
    found = clusters.grouped(Behaviour(gap, ground.at, 12, ground.known, None), 3)
    assert found.people["group"].null_count() == 5
    assert found.groups()["customers"].sum() == 300


def test_a_column_that_is_mostly_unknown_does_not_take_the_others_along():
    values, _kind = planted(2, 300)
    ground = people(values, NAMES)
    gap = ground.people.with_columns(pl.when(pl.int_range(pl.len()) < 200).then(None).otherwise("login_count").alias("login_count"))
    found = clusters.grouped(Behaviour(gap, ground.at, 12, ground.known, None), 3)
    assert "login_count" not in found.features and found.people["group"].null_count() == 0


def test_customers_who_are_all_alike_or_too_few_have_no_groups():
    with pytest.raises(NotPossible, match="at least 50 customers"):
        clusters.grouped(people(np.ones((100, 5)), NAMES))
    with pytest.raises(NotPossible, match="at least 50 customers"):
        clusters.grouped(people(planted()[0][:20], NAMES))
    with pytest.raises(BadInput, match="2 to 8"):
        clusters.grouped(people(planted()[0], NAMES), 9)


def test_the_groups_of_the_bank_add_up_to_it(bank_data):
    found = clusters.clusters(asked(bank_data), k=4)
    bank = measure(asked(bank_data), ["customers", "customers_lost"]).row(0, named=True)
    assert found.groups()["customers"].sum() == bank["customers"]
    assert found.groups()["customers_lost"].sum() == bank["customers_lost"]
    assert set(clusters.assigned(bank_data, None, None, ALL).columns) == {"customer_id", "group"}


def test_noise_too_is_grouped_alike_twice():
    noise = people(np.random.default_rng(9).normal(5, 1, (600, 5)), NAMES)
    first, again = clusters.grouped(noise, 6), clusters.grouped(noise, 6)
    assert first.people["group"].to_list() == again.people["group"].to_list() and first.stability == again.stability


def test_stability_is_asked_of_samples_drawn_again_with_repeats(monkeypatch):
    fitted, real = [], clusters._fitted
    monkeypatch.setattr(clusters, "_fitted", lambda values, k, **more: fitted.append(values) or real(values, k, **more))
    clusters.grouped(people(planted(2, 300)[0], NAMES), 3)
    again = [len(np.unique(v, axis=0)) for v in fitted[-clusters.REFITS :]]
    assert len(set(again)) > 1 and all(0.5 * 300 < n < 0.75 * 300 for n in again), "about 63 % of the customers are in a bootstrap sample"
