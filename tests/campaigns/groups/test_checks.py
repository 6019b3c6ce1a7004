"""A declared random draw stands or falls: sizes in all and by segment, missing outcomes, likeness. METHODS C3."""

import polars as pl
import pytest

from churn_dash.campaigns.groups.checks import Checks, SegmentSizes, checks, segment_sizes
from churn_dash.campaigns.groups.srm import sample_ratio_p

SHARES = {"t": 1.0, "c": 1.0}


def rows(**sizes: tuple[int, int]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame({"arm": ["t"] * a + ["c"] * b, "segment_tier": [name] * (a + b)}) for name, (a, b) in sizes.items()])


def test_sizes_that_fit_as_a_whole_may_not_fit_in_a_segment() -> None:
    data = rows(gold=(700, 500), mass=(500, 700))
    found = checks(data, {"t": 1_200, "c": 1_200}, SHARES, [(1, 0), (1, 0)], (), "c")
    assert found.sizes == pytest.approx(1.0)
    assert [s.p for s in found.segments] == pytest.approx([sample_ratio_p({"t": 700, "c": 500}, SHARES)] * 2)
    assert found.worst_segment is not None
    assert found.worst_segment.p_adjusted == pytest.approx(2 * found.segments[0].p)
    assert found.doubt is not None
    assert "not in gold" in found.doubt.in_("en")


def test_among_many_segments_one_off_by_chance_is_let_pass() -> None:
    one = SegmentSizes("tier", "gold", 400, 0.0009, 0.0009 * 20)
    assert Checks(0.5, (one,)).doubt is None


def test_small_segments_and_no_plan_are_not_tested() -> None:
    assert segment_sizes(rows(gold=(6, 3)), SHARES) == ()
    assert segment_sizes(rows(gold=(600, 3)), None) == ()


def test_each_failure_has_its_own_sentence() -> None:
    failing = SegmentSizes("tier", "gold", 400, 1e-6, 1e-5)
    found = [Checks(sizes=1e-4), Checks(segments=(failing,)), Checks(missing=1e-4), Checks(unlike=1e-4)]
    assert len({c.doubt.in_("en") for c in found if c.doubt}) == 4
    assert Checks(0.002, (), 0.002, 0.002).doubt is None
