"""The histogram of risk: the cut is an edge, nobody is lost, and neither the many nor the few hide the others."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.risk.scores.spread import spread


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=60), st.floats(0.001, 0.9))
def test_the_cut_is_an_edge_and_everybody_is_counted_once_on_his_side_of_it(risks, cut):
    found = spread(pl.Series(risks, dtype=pl.Float64), cut)
    known = [r for r in risks if r is not None]
    assert sum(found.counts) + found.below == len(known) and len(found.edges) == len(found.counts) + 1
    assert cut in found.edges and list(found.edges) == sorted(set(found.edges)) and found.edges[-1] <= 1
    place = found.edges.index(cut)
    assert sum(found.counts[place:]) == sum(r >= cut for r in known)


def test_the_many_of_low_risk_are_spread_and_the_few_of_high_risk_are_seen():
    risks = np.concatenate([np.random.default_rng(0).beta(2, 80, 14_000), np.full(150, 0.9)])
    found = spread(pl.Series(risks), 0.042)
    assert max(found.counts) < 0.25 * len(risks) and found.below <= 0.011 * len(risks)
    assert sum(1 for c in found.counts if c > 0.02 * len(risks)) >= 8 and found.counts[-1] >= 150
    assert np.diff(np.log(found.edges))[:-1] == pytest.approx(np.log(10) / 10, rel=1e-6)
