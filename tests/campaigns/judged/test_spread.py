"""How much a few very large amounts decide."""

import polars as pl
import pytest

from churn_dash.campaigns.estimators.effects import Outcome
from churn_dash.campaigns.judged.spread import capped, group

SPEND = Outcome("spend", "spend", "amount", "up")


def test_one_giant_no_longer_makes_the_difference_once_it_is_capped() -> None:
    mail = [float(i % 10) for i in range(199)] + [1_000_000.0]
    data = pl.DataFrame({"arm": ["mail"] * 200 + ["none"] * 200, "y": [*mail, *(float(i % 10) for i in range(200))]})
    found = capped(SPEND, data, ["mail"], "none", {"mail": "the letter"})
    assert len(found) == 1
    assert found[0].in_("en").startswith("With the largest 1% of amounts capped, the difference of the letter is 0 (")


def test_amounts_that_no_longer_vary_are_not_mentioned() -> None:
    data = pl.DataFrame({"arm": ["mail"] * 300 + ["none"] * 300, "y": [5.0] + [0.0] * 599})
    assert capped(SPEND, data, ["mail"], "none", {}) == []


def test_a_group_counts_members_and_those_with_an_outcome() -> None:
    g = group("a", "a", pl.Series([1.0, None, 3.0]))
    assert (g.n, g.known, g.missing, g.mean) == (3, 2, 1, 2.0)
    assert g.sd == pytest.approx(2**0.5)
    empty = group("a", "a", pl.Series([None], dtype=pl.Float64))
    assert (empty.n, empty.known, empty.mean, empty.sd) == (1, 0, None, None)
    assert group("a", "a", pl.Series([1.0])).sd is None
