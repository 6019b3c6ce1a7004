"""Leaving out whom a campaign treated leaves the share of leavers as it would be without the campaign."""

import datetime

import numpy as np
import polars as pl
import pytest

from churn_dash.risk.rows.treatment import untreated

DAY = datetime.date
T = DAY(2024, 2, 29)
N = 20_000


class Stub:
    """What ``untreated`` reads of a panel: who was treated when, the spells, and how many months the outcome ends after the score date."""

    def __init__(self, treated, spells):
        self.treated, self.spells = treated, spells
        self.windows = type("Frame", (), {"embargo": 4, "gap": 1})()


def campaign(share, day, seed=1):
    """Customers with a feature x, the leavers among them (more where x is 1), and a campaign on ``day`` that reaches ``share(x)`` of
    whoever is there then and changes nothing. Returns rows, panel and who leaves in the outcome."""
    drawn = np.random.default_rng(seed)
    x = drawn.integers(0, 2, N).astype(float)
    leaves = drawn.random(N) < np.where(x == 1, 0.15, 0.05)
    gone = [DAY(2024, 4, 1) + datetime.timedelta(days=int(d)) for d in drawn.integers(0, 91, N)]
    here = np.array([not left or last > day for left, last in zip(leaves, gone, strict=True)])
    reached = here & (drawn.random(N) < share(x))
    ids = [f"C{i:05}" for i in range(N)]
    rows = pl.DataFrame({"customer_id": ids, "score_date": [T] * N, "fate": np.where(leaves, "leaves", "stays"), "x": x})
    ends = [last if left else None for left, last in zip(leaves, gone, strict=True)]
    spells = pl.DataFrame({"customer_id": ids, "start_date": [DAY(2015, 1, 1)] * N, "end_date": ends, "event": leaves})
    treated = pl.DataFrame({"customer_id": ids, "day": [day] * N}).filter(reached)
    return rows, Stub(treated, spells), leaves, x


def share(rows):
    return (rows["fate"] == "leaves").mean()


def test_a_large_campaign_that_does_nothing_leaves_the_share_of_leavers_as_it_was():
    rows, panel, leaves, _x = campaign(lambda x: np.full(N, 0.6), DAY(2024, 5, 15))
    alone = rows.join(panel.treated, on="customer_id", how="anti")
    assert share(alone) > leaves.mean() * 1.3, "without the mend the rows left are leavers far too often"
    kept, counted = untreated(rows, panel)
    assert share(kept) == pytest.approx(leaves.mean(), abs=3 * (0.1 * 0.9 / kept.height) ** 0.5)
    assert kept.height + counted["treated"] + counted["would_be_treated"] == N and counted["would_be_treated"] > 100


def test_a_campaign_for_some_kind_of_customers_leaves_each_kind_as_it_was():
    rows, panel, leaves, x = campaign(lambda x: np.where(x == 1, 0.8, 0.1), DAY(2024, 4, 20))
    kept, _counted = untreated(rows, panel)
    for kind in (0.0, 1.0):
        part, truth = kept.filter(pl.col("x") == kind), leaves[x == kind].mean()
        assert share(part) == pytest.approx(truth, abs=3 * (truth * (1 - truth) / part.height) ** 0.5), kind


def test_who_left_after_the_campaign_stands_for_nobody():
    rows, panel, _leaves, _x = campaign(lambda x: np.full(N, 0.5), DAY(2024, 3, 5))
    kept, counted = untreated(rows, panel)
    assert counted["would_be_treated"] == 0 and kept.height == N - counted["treated"]


def test_the_same_rows_are_left_out_whatever_their_order():
    rows, panel, _leaves, _x = campaign(lambda x: np.full(N, 0.6), DAY(2024, 5, 15))
    one, other = untreated(rows, panel)[0], untreated(rows.sample(fraction=1, shuffle=True, seed=3), panel)[0]
    assert set(one["customer_id"]) == set(other["customer_id"])


def test_without_campaigns_nobody_is_left_out():
    rows, panel, _leaves, _x = campaign(lambda x: np.full(N, 0.0), DAY(2024, 5, 15))
    kept, counted = untreated(rows, panel)
    assert kept.equals(rows) and counted == {"treated": 0, "would_be_treated": 0}
