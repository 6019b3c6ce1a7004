"""Which groups are surely worse warned, however many there are, and whether warnings get better: by all of them, not by a chosen few."""

import datetime
import json
from types import SimpleNamespace

import numpy as np
import pytest
import statsmodels.api as sm

from churn_dash.measures.statistics.intervals import ends, newcombe, wilson
from churn_dash.measures.statistics.trends import trend_of_shares
from churn_dash.retention.warnings import Scorecard, Scorecards, Share, apart, as_json, precision_trend
from churn_dash.ui.evaluation import warnings


def card(hits, n, alerts=None, true=None, pending=0, leads=(30,)):
    share, of_alerts = Share(hits, n), Share(hits if true is None else true, n if alerts is None else alerts)
    return Scorecard(of_alerts, of_alerts, share, share, share, tuple(leads), of_alerts.n, 0, pending, 0, 0.05)


def cards(levels=None, months=None):
    levels, months = levels or {}, months or {}
    whole = card(sum(c.recall.hits for c in levels.values()), sum(c.recall.n for c in levels.values()))
    day = datetime.date(2024, 1, 1)
    return Scorecards(whole, levels, {}, {}, months, {}, None, False, 0, 0, day, 90, 7, 60, "close")


QUESTION = SimpleNamespace(groupings={"branch_id": SimpleNamespace(values=(), words={})})


@pytest.fixture(autouse=True)
def plain_names(monkeypatch):
    monkeypatch.setattr(warnings, "level_words", lambda question, by, level: str(level))


def test_a_small_group_far_behind_is_found_although_it_is_not_among_the_twelve_largest():
    levels = {f"B{i:02d}": card(300, 500) for i in range(39)} | {"small": card(4, 60)}
    one = cards(levels)
    assert [level for level, a in apart(one).items() if a.worse] == ["small"]
    assert "small" in warnings.groups_finding(QUESTION, one, "branch_id")
    assert warnings._shown(one)[0] == "small" and len(warnings._shown(one)) == 12
    assert "12 of 40 groups shown" in str(warnings.groups_caption(one))
    said = json.loads(json.dumps(as_json(one)))
    assert said["groups_judged"] == 40 and next(g for g in said["groups"] if g["level"] == "small")["clearly"] == "fewer"


def test_among_forty_groups_that_differ_by_chance_alone_hardly_ever_one_is_called_worse():
    rng, called, plain = np.random.default_rng(4), 0, 0
    for _time in range(200):
        hits = rng.binomial(100, 0.5, 40)
        one = cards({f"B{i}": card(int(k), 100) for i, k in enumerate(hits)})
        called += any(a.worse for a in apart(one).values())
        bank = one.whole.recall.rate
        plain += any(wilson(int(k), 100).high < bank for k in hits)
    assert called <= 14, "5% of 200, half of them below, and the error of simulating"
    assert plain > 60, "what a range for one group alone would have said"


def test_the_interval_is_that_of_the_difference_to_the_rest_at_the_level_of_all():
    one = cards({"a": card(10, 50), "b": card(40, 80), "c": card(30, 70), "few": card(1, 5)})
    found = apart(one)
    low, high = ends(newcombe(10, 50, 71, 155, 1 - 0.05 / 3))
    assert (found["a"].low, found["a"].high) == (low, high) and found["a"].difference == pytest.approx(10 / 50 - 71 / 155)
    assert found["few"].difference is None and as_json(one)["groups"][3]["clearly"] is None


def months(rates, n=200, pending=()):
    starts = [datetime.date(2023 + i // 12, i % 12 + 1, 1) for i in range(len(rates))]
    return {m: card(0, 0, n, round(r * n), pending=int(i in pending)) for i, (m, r) in enumerate(zip(starts, rates, strict=True))}


def test_one_good_last_month_is_no_trend_and_a_steady_rise_is_one():
    jump = cards(months=months([0.2, 0.22, 0.19, 0.21, 0.2, 0.18, 0.21, 0.2, 0.19, 0.34]))
    first, last = wilson(40, 200), wilson(68, 200)
    assert last.low > first.high, "first against last alone would have called it a rise"
    assert "cannot be told from 10 months" in warnings.months_finding(jump)
    rise = cards(months=months([0.1 + 0.01 * i for i in range(12)]))
    assert "more precise" in warnings.months_finding(rise) and precision_trend(rise).slope == pytest.approx(0.12, abs=0.001)
    assert "less precise" in warnings.months_finding(cards(months=months([0.3 - 0.01 * i for i in range(12)])))
    assert as_json(rise)["precision_trend_a_year"]["n"] == 12
    assert precision_trend(cards(months=months([0.2, 0.3, 0.4]))) is None


def test_months_that_wait_are_in_no_trend():
    one = cards(months=months([0.1 + 0.01 * i for i in range(10)], pending=(8, 9)))
    assert precision_trend(one).n == 8


def test_the_slope_is_that_of_least_squares_and_its_interval_holds_in_95_of_100():
    at, n = np.arange(12.0), np.full(12, 150)
    rng, held = np.random.default_rng(0), 0
    for _time in range(400):
        hits = rng.binomial(n, 0.2 + 0.01 * at)
        found = trend_of_shares(at, hits, n)
        held += found.low <= 0.01 <= found.high
    assert found.slope == pytest.approx(sm.WLS(hits / n, sm.add_constant(at), weights=n).fit().params[1], abs=1e-9)
    assert 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400) <= held / 400
    noisy = 0
    for _time in range(400):
        hits = rng.binomial(n, np.clip(rng.normal(0.25, 0.08, 12), 0.01, 0.99))
        found = trend_of_shares(at, hits, n)
        noisy += not found.low <= 0 <= found.high
    assert noisy / 400 <= 0.05 + 3 * np.sqrt(0.95 * 0.05 / 400), "months that differ for their own reasons are no trend"


def test_days_ahead_and_alerts_for_each_departure_have_ranges():
    one = card(30, 100, alerts=120, true=30, leads=range(10, 60))
    low, high = one.alerts_per_leaver_range
    assert low < one.alerts_per_leaver == 4.0 < high
    assert (1 / high, 1 / low) == pytest.approx(ends(wilson(30, 120)))
    assert one.median_lead_range[0] < one.median_lead < one.median_lead_range[1]
    notes = [str(t.note) for t in warnings.tiles(wholly(one))]
    assert "days" in notes[2] and " to " in notes[2] and " to " in notes[3]


def wholly(one):
    day = datetime.date(2024, 1, 1)
    return Scorecards(one, {}, {}, {}, {}, {}, None, False, 0, 0, day, 90, 7, 60, "close")
