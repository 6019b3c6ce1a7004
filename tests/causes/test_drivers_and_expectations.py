"""What goes with satisfaction, the four expectations, and improvements followed."""

import datetime
import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

from churn_dash.causes import drivers, expectations, following
from churn_dash.causes.drivers import spearman
from churn_dash.causes.improvements import SCORES, Improvement, told
from churn_dash.causes.satisfaction import sent_rows
from churn_dash.errors import NotPossible
from churn_dash.measures import Filters, Period
from churn_dash.measures.statistics.intervals import newcombe
from churn_dash.store import shifted
from tests import asking

D = datetime.date


def answers(ds, period=None):
    return sent_rows(asking.asked(ds, period=period))[0].filter("answered")


def test_rank_correlation_is_that_of_scipy():
    a, b = pl.Series([1, 2, 2, 3, 5, 4, 4]), pl.Series([2, 1, 3, 3, 4, 5, 4])
    assert spearman(a, b)[0] == pytest.approx(stats.spearmanr(a.to_numpy(), b.to_numpy()).statistic)
    assert spearman(a, pl.Series([1] * 7)) == (None, None, None)


def test_points_are_those_of_least_squares(bank_data):
    found, rows = drivers(asking.asked(bank_data)), answers(bank_data)
    names = [d.name for d in found.rows]
    x = rows.with_columns(open_complaint=(pl.col("open_complaint") == "yes").cast(pl.Int64)).select(names).to_numpy().astype(float)
    beta = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), rows["csat"].to_numpy().astype(float), rcond=None)[0]
    assert [d.points for d in found.rows] == pytest.approx(list(beta[1:]))
    assert all(d.points_low < d.points < d.points_high for d in found.rows)
    assert found.n == len(rows)


def test_every_planted_item_goes_with_satisfaction(bank_data):
    found = {d.name: d for d in drivers(asking.asked(bank_data, period=Period(bank_data.measurable[0], bank_data.measurable[-1]))).rows}
    assert all(found[q].rank_low > 0.3 for q in ("q_personal", "q_convenient", "q_efficient", "q_secure"))


def test_recommendation_has_drivers_too(bank_data):
    assert drivers(asking.asked(bank_data), outcome="nps").outcome == "nps"


def test_too_few_answers_have_no_drivers(bank_data):
    few = Filters((("tier", ("private",)),))
    with pytest.raises(NotPossible):
        drivers(asking.asked(bank_data, filters=few))


def test_expectations_are_means_gaps_and_shares_of_the_answers(bank_data):
    rows = answers(bank_data)
    for e in expectations(asking.asked(bank_data)):
        values = rows[e.name].drop_nulls().to_list()
        assert e.level.value == pytest.approx(sum(values) / len(values))
        assert e.gap.value == pytest.approx(e.level.value - 4)
        assert e.unmet.value == pytest.approx(sum(v < 4 for v in values) / len(values))
        k1, k0 = round(e.left_unmet.value * e.left_unmet.n), round(e.left_met.value * e.left_met.n)
        ends = newcombe(k1, e.left_unmet.n, k0, e.left_met.n)
        assert (e.difference.low, e.difference.high) == (pytest.approx(ends.low), pytest.approx(ends.high))


def test_what_is_expected_may_be_set(bank_data):
    strict, mild = expectations(asking.asked(bank_data), expected=5.0), expectations(asking.asked(bank_data), expected=3.0)
    assert all(a.gap.value == pytest.approx(b.gap.value - 2) for a, b in zip(strict, mild, strict=True))


def test_the_planted_order_of_expectations_shows(bank_data):
    whole = Period(bank_data.measurable[0], bank_data.measurable[-1])
    level = {e.name: e.level.value for e in expectations(asking.asked(bank_data, period=whole))}
    assert level["q_efficient"] < level["q_convenient"] < level["q_secure"]


def test_an_improvement_is_followed_wave_by_wave(fresh):
    since = sorted(fresh.table("surveys")["sent_at"].unique())[-3]
    found = following(asking.asked(fresh), Improvement("Shorter queues", since, "Two more counters", "csat"))
    first = max(fresh.measurable[0], shifted(since.replace(day=1), -12))
    rows = answers(fresh, Period(first, fresh.measurable[-1]))
    before, after = (rows.filter(pl.col("sent_at") < since)["csat"], rows.filter(pl.col("sent_at") >= since)["csat"])
    k0, k1 = int((before >= 4).sum()), int((after >= 4).sum())
    assert found.change.value == pytest.approx(k1 / len(after) - k0 / len(before))
    ends = newcombe(k1, len(after), k0, len(before))
    assert (found.change.low, found.change.high) == (pytest.approx(ends.low), pytest.approx(ends.high))
    assert sum(w.figure.n for w in found.waves) == len(after)
    assert [w.wave for w in found.waves] == sorted(w.wave for w in found.waves)


def test_a_planted_rise_is_seen_and_nothing_is_claimed_without_one(fresh, monkeypatch):
    from churn_dash.causes import improvements as room

    real = room.sent_rows

    def lifted(*asked):
        rows, base, outside = real(*asked)
        better = pl.when((pl.col("sent_at") >= since) & pl.col("answered")).then(pl.lit(5)).otherwise(pl.col("csat"))
        return rows.with_columns(csat=better), base, outside

    since = shifted(fresh.measurable[-1], -7)
    one = Improvement("Queues", since, "", "csat")
    assert following(asking.asked(fresh), one).verdict == "cannot_tell"
    monkeypatch.setattr(room, "sent_rows", lifted)
    assert following(asking.asked(fresh), one).verdict == "rose"


@pytest.mark.parametrize("far", [D(1999, 1, 1), D(1, 1, 1), D(9999, 12, 31)])
def test_a_day_outside_the_data_is_not_followed(fresh, far):
    with pytest.raises(NotPossible):
        following(asking.asked(fresh), Improvement("Past", far, "", "csat"))


@pytest.mark.parametrize("score", SCORES)
def test_the_waves_of_a_score_make_up_the_whole(bank_data, score):
    period = Period(bank_data.measurable[-9], bank_data.measurable[-1])
    whole, waves = told(asking.asked(bank_data, period=period), score)
    known = answers(bank_data, period)[score].drop_nulls()
    assert whole.n == sum(e.n for _wave, e in waves) == len(known)
    expected = {"csat": (known >= 4).mean(), "nps": 100 * ((known >= 9).mean() - (known <= 6).mean())}.get(score, known.mean())
    assert whole.value == pytest.approx(expected)
    assert [w for w, _e in waves] == sorted({w for w, _e in waves})


def test_the_mean_interval_of_a_level_is_students(bank_data):
    e = expectations(asking.asked(bank_data))[0]
    values = answers(bank_data)[e.name].drop_nulls().to_numpy()
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    assert e.level.high - e.level.value == pytest.approx(half)
