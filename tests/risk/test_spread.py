"""The histogram of risk: the cut is an edge, nobody is lost, and a few of high risk do not hide the others."""

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
    assert sum(found.counts) + found.beyond == len(known) and len(found.edges) == len(found.counts) + 1
    assert cut in found.edges and list(found.edges) == sorted(set(found.edges))
    place = found.edges.index(cut)
    assert sum(found.counts[place:]) + found.beyond == sum(r >= cut for r in known)


def test_steps_reach_to_the_99th_percentile_and_are_fine_enough_to_see_the_many():
    risks = np.concatenate([np.random.default_rng(0).beta(1, 60, 14_000), np.full(20, 0.95)])
    found = spread(pl.Series(risks), 0.042)
    assert found.edges[-1] == pytest.approx(np.quantile(risks, 0.99), rel=0.1) and 30 <= len(found.counts) <= 50
    assert max(found.counts) < 0.2 * len(risks) and found.beyond == (risks >= found.edges[-1]).sum()
