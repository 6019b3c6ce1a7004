"""Published answers, statsmodels and lifelines as second ways, and a plain loop over customers and days."""

import datetime
import functools
from collections import defaultdict

import lifelines
import lifelines.datasets
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, last_12, measure
from churn_dash.measures.tenure.curves import incidence, kaplan_meier, log_rank
from churn_dash.measures.tenure.hazard import BANDS, paces
from churn_dash.measures.tenure.lifetimes import added, counted
from churn_dash.measures.tenure.survival import day_of, survival, survived
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.measures.brute import ONE, Brute, end_of


def lives(first, last, event):
    """Ages as statsmodels has them (at risk after ``first``, until ``last``) as counts."""
    why = np.where(np.asarray(event) > 0, "x", "")
    return counted(np.asarray(first, dtype=np.int64) + 1, np.asarray(last, dtype=np.int64), why)


def trial(frame, time, event, **arm):
    name, value = next(iter(arm.items()))
    rows = frame[frame[name] == value]
    return lives(np.full(len(rows), -1), rows[time], rows[event])


@functools.cache
def freireich():
    data = lifelines.datasets.load_leukemia()
    return [trial(data, "t", "status", Rx=rx) for rx in (0, 1)]


def test_freireich_1963_gives_the_published_curve():
    """Remission under 6-MP (n = 21, 9 relapses), Kaplan–Meier as in the text books."""
    treated, _placebo = freireich()
    curve = kaplan_meier(treated)
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert treated.n == 21 and treated.departed.sum() == 9
    assert {t: curve.at(t)[0] for t in published} == pytest.approx(published, abs=0.0006)
    assert curve.at(5) == (1.0, None, None)


def test_freireich_1963_gives_the_published_medians_and_numbers_at_risk():
    treated, placebo = freireich()
    assert kaplan_meier(treated).first_at_most(0.5)[0] == 23
    assert kaplan_meier(placebo).first_at_most(0.5) == (8, 4, 11), "with Brookmeyer and Crowley's interval, as R's survival prints it"
    assert kaplan_meier(treated).first_at_most(0.5)[1:] == (13, None)
    assert [int(treated.at_risk[t]) for t in (6, 10, 23)] == [21, 15, 6]


def test_freireich_1963_gives_the_published_log_rank_test():
    found = log_rank(freireich())
    assert found.chi2 == pytest.approx(16.79, abs=0.005)
    assert found.df == 1 and found.p == pytest.approx(4.17e-5, abs=5e-7)


def test_rossi_gives_the_shares_that_plain_counting_gives():
    """432 prisoners, 114 rearrested, nobody lost before week 52."""
    data = lifelines.datasets.load_rossi()
    arms = [trial(data, "week", "arrest", fin=f) for f in (0, 1)]
    assert kaplan_meier(added(arms)).at(52)[0] == pytest.approx(318 / 432)
    assert [kaplan_meier(a).at(52)[0] for a in arms] == pytest.approx([150 / 216, 168 / 216])
    assert log_rank(arms).chi2 == pytest.approx(3.84, abs=0.005), "survdiff in R: 3.8, p = 0.05"


watched = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 40), st.integers(0, 2), st.integers(0, 2)).map(lambda t: (t[0], t[0] + t[1], t[2], t[3])),
    min_size=2,
    max_size=60,
)


@given(watched)
@settings(max_examples=40, deadline=None)
def test_the_counted_curve_is_that_of_statsmodels_with_late_entry(rows):
    entry, time, event, _group = map(np.array, zip(*rows, strict=True))
    status = (event > 0).astype(int)
    if not status.any():
        return
    theirs = SurvfuncRight(time, status, entry=entry)
    mine = kaplan_meier(lives(entry, time, event))
    assert mine.share[theirs.surv_times.astype(int)] == pytest.approx(theirs.surv_prob, abs=1e-9)


@given(watched)
@settings(max_examples=30, deadline=None)
def test_the_counted_log_rank_test_is_that_of_statsmodels_with_late_entry(rows):
    entry, time, event, group = map(np.array, zip(*rows, strict=True))
    status = (event > 0).astype(int)
    parts = [lives(entry[group == g], time[group == g], event[group == g]) for g in np.unique(group)]
    found = log_rank(parts)
    if found is None:
        return
    try:
        chi2, p = survdiff(time, status, group, entry=entry)
    except np.linalg.LinAlgError:
        return
    if np.isfinite(chi2) and chi2 < 1e6:
        assert found.chi2 == pytest.approx(chi2, rel=1e-6, abs=1e-6)
        assert found.p == pytest.approx(p, abs=1e-6)


@given(watched)
@settings(max_examples=20, deadline=None)
def test_the_causes_add_up_to_what_is_gone_and_the_groups_to_everybody(rows):
    entry, time, event, group = map(np.array, zip(*rows, strict=True))
    why = np.array(["", "voluntary", "unknown"], dtype=object)[event]
    whole = counted(entry + 1, time, why)
    gone = np.sum([incidence(whole, cause).share for cause in whole.events], axis=0)
    assert gone == pytest.approx(1 - kaplan_meier(whole).share, abs=1e-9)
    parts = added([counted(entry[group == g] + 1, time[group == g], why[group == g]) for g in np.unique(group)])
    assert (parts.at_risk == whole.at_risk).all() and (parts.departed == whole.departed).all()


@pytest.fixture(scope="module")
def spells(bank, bank_workspace):
    """Every spell of the bank inside the window: customer, age before it was watched, last age, whether it ended by an event."""
    ds = bank_workspace.dataset()
    start, end = ds.measurable[0], end_of(ds.measurable[-1])
    found = []
    for customer, listed in Brute(bank.tables, "first").spells.items():
        for begun, over, event in listed:
            if begun <= end and over >= start:
                found.append((customer, max((start - ONE - begun).days, -1), (min(over, end) - begun).days, int(event and over <= end)))
    return found


def test_the_bank_s_curve_is_that_of_lifelines_and_statsmodels_over_its_spells(spells, bank_data):
    found = survival(asked(bank_data)).whole
    entry, last, event = (np.array(x) for x in list(zip(*spells, strict=True))[1:])
    assert found.n == len(spells) and found.n_left == event.sum() > 30
    used = last > np.maximum(entry, found.start - 1)
    entry, last, event = np.maximum(entry, found.start - 1)[used], last[used], event[used]
    theirs = SurvfuncRight(last, event, entry=entry)
    assert found.curve.share[theirs.surv_times.astype(int)] == pytest.approx(theirs.surv_prob, abs=1e-9)
    error = theirs.surv_prob_se / theirs.surv_prob
    z = 1.959964 * error / np.log(theirs.surv_prob)
    assert found.curve.low[theirs.surv_times.astype(int)] == pytest.approx(theirs.surv_prob ** np.exp(-z), rel=1e-5)
    # lifelines lets who enters on a day be at risk on it; half a day sets that right.
    kmf = lifelines.KaplanMeierFitter().fit(last, event, entry=entry + 0.5)
    for month in (6, 12, 24, 60):
        assert found.curve.at(day_of(month))[0] == pytest.approx(float(kmf.predict(day_of(month))), abs=1e-9)
    low, high = (kmf.confidence_interval_.iloc[:, i] for i in (0, 1))
    assert found.curve.at(day_of(24))[1] == pytest.approx(low.loc[: day_of(24)].iloc[-1], abs=1e-6)
    assert found.curve.at(day_of(24))[2] == pytest.approx(high.loc[: day_of(24)].iloc[-1], abs=1e-6)
    assert found.curve.first_at_most(0.5)[0] == (None if np.isinf(kmf.median_survival_time_) else kmf.median_survival_time_)


def test_the_bank_s_groups_differ_as_statsmodels_and_lifelines_say(spells, bank, bank_data):
    gender = dict(bank.tables["customers"].select("customer_id", "gender").iter_rows())
    kept = [s for s in spells if s[2] > s[1] and gender.get(s[0])]
    who, entry, last, event = (np.array(x) for x in zip(*kept, strict=True))
    group = np.array([gender[c] for c in who])
    found = survival(asked(bank_data), "gender")
    assert [g.n for g in found.groups if g.level] == [int((group == g).sum()) for g in ("F", "M")]
    chi2, p = survdiff(last, event, group, entry=entry)
    assert (found.difference.chi2, found.difference.p) == pytest.approx((chi2, p), rel=1e-9)


def test_without_late_entry_lifelines_gives_the_same_test_and_statsmodels_the_same_incidence():
    random = np.random.default_rng(4)
    n = 400
    time = random.integers(1, 60, n)
    cause = random.integers(0, 3, n)
    group = random.integers(0, 3, n)
    parts = [lives(np.full((group == g).sum(), -1), time[group == g], cause[group == g]) for g in range(3)]
    theirs = multivariate_logrank_test(time, group, cause > 0)
    assert log_rank(parts).chi2 == pytest.approx(theirs.test_statistic, rel=1e-9)
    whole = counted(np.zeros(n, dtype=np.int64), time, np.array(["", "a", "b"], dtype=object)[cause])
    theirs = CumIncidenceRight(time, cause)
    assert incidence(whole, "a").share[theirs.times.astype(int)] == pytest.approx(theirs.cinc[0], abs=1e-12)
    assert incidence(whole, "b").share[theirs.times.astype(int)] == pytest.approx(theirs.cinc[1], abs=1e-12)


def test_incidence_with_late_entry_is_that_of_lifelines():
    random = np.random.default_rng(5)
    n = 500
    entry = random.integers(0, 20, n)
    time = entry + random.permutation(n * 3)[:n] + 1  # hardly two on a day: lifelines moves ties apart
    cause = random.integers(0, 3, n)
    whole = counted(entry + 1, time, np.array(["", "a", "b"], dtype=object)[cause])
    aj = lifelines.AalenJohansenFitter(calculate_variance=True, jitter_level=1e-9, seed=1)
    with pytest.warns(Warning):
        aj.fit(time, cause, event_of_interest=1, entry=entry + 0.5)
    mine = incidence(whole, "a")
    for t in (100, 400, 900, 1300):
        assert mine.at(t)[0] == pytest.approx(float(aj.cumulative_density_.loc[: t + 0.1].iloc[-1, 0]), abs=1e-3)
        low, high = aj.confidence_interval_.loc[: t + 0.1].iloc[-1]
        assert mine.at(t)[1:] == pytest.approx((low, high), abs=4e-3)


def test_the_bands_of_the_hazard_add_up_to_the_hazard_of_the_same_months(bank_data):
    for period in (None, last_12(bank_data)):
        found = survival(asked(bank_data, period=period))
        whole = measure(asked(bank_data, period=found.period), ["hazard"])
        assert sum(p.exposure for p in found.pace) == pytest.approx(whole["hazard_n"][0])
        assert sum(p.events for p in found.pace) == round(whole["hazard"][0] * whole["hazard_n"][0])


def test_each_band_of_the_hazard_is_what_a_loop_over_days_counts(bank, bank_data):
    first, end = bank_data.measurable[0], end_of(bank_data.measurable[-1])
    exposure, events = defaultdict(int), defaultdict(int)

    def band(age):
        return max(b for b in BANDS if age >= b * 30.4375)

    for listed in Brute(bank.tables, "first").spells.values():
        for begun, over, event in listed:
            day = max(begun, first)
            while day <= min(over, end):
                exposure[band((day - begun).days)] += 1
                day += ONE
            if event and first <= over <= end:
                events[band((over - begun).days)] += 1
    found = {p.start: (p.events, p.exposure * 30.4375) for p in survival(asked(bank_data)).pace}
    assert found == {b: (events[b], pytest.approx(exposure[b])) for b in exposure}


def test_groups_add_up_to_everybody(bank_data):
    found = survival(asked(bank_data), "tier")
    assert sum(g.n for g in found.groups) == found.whole.n
    assert sum(g.n_left for g in found.groups) == found.whole.n_left
    assert sum(g.at_risk(12) for g in found.groups) == found.whole.at_risk(12)


def test_a_filter_gives_what_the_group_gives(bank_data):
    group = next(g for g in survival(asked(bank_data), "gender").groups if g.level == "F")
    alone = survival(asked(bank_data, filters=Filters((("gender", ("F",)),)))).whole
    assert (alone.n, alone.n_left, alone.at(12), alone.median) == (group.n, group.n_left, group.at(12), group.median)


def test_the_worked_table_has_four_departures_in_565_days(worked):
    """METHODS B1, T1."""
    found = survival(asked(worked, period=Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1)), definition="close"))
    assert found.whole.n == 9 and found.whole.n_left == 4
    assert sum(p.exposure for p in found.pace) * 30.4375 == pytest.approx(565)


def test_a_customer_who_was_there_before_is_not_counted_at_ages_at_which_nobody_watched():
    late = counted(np.array([100]), np.array([200]), np.array(["x"]))
    assert late.at_risk[:100].sum() == 0 and late.at_risk[100] == 1
    assert kaplan_meier(late).at(99)[0] == 1.0 and kaplan_meier(late).at(200)[0] == 0.0


def test_a_curve_does_not_begin_where_one_customer_is_watched():
    early = counted(np.r_[0, np.full(50, 400)], np.r_[3, np.arange(401, 451)], np.array(["x"] * 51))
    found = survived(None, early)
    assert found.start == 400 and found.at(1) == (None, None, None)
    assert found.curve.share[399] == 1.0, "what one customer did at the age of three days decides nothing"


def test_a_median_that_is_not_reached_is_none():
    quiet = counted(np.zeros(50, int), np.full(50, 100), np.array(["x"] * 10 + [""] * 40))
    assert survived(None, quiet).median == (None, None, None)


def test_the_order_of_spells_changes_nothing():
    random = np.random.default_rng(1)
    first, length, event = random.integers(0, 50, 200), random.integers(1, 90, 200), random.integers(0, 2, 200)
    order = random.permutation(200)
    one, two = lives(first, first + length, event), lives(first[order], (first + length)[order], event[order])
    assert (kaplan_meier(one).share == kaplan_meier(two).share).all()
    assert paces(one) == paces(two)


def _published(tmp_path, rows, **more):
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    space = Workspace.create(tmp_path)
    publish(space, extract_of({"customer_month": frame, **more}, "made"))
    return space.dataset()


def _months(*names):
    return [datetime.date(2024, m, 1) for m in names]


def test_who_was_there_before_with_no_known_first_day_is_left_out_and_counted(tmp_path):
    rows = [(f"old{i}", m, 1.0) for i in range(10) for m in _months(1, 2, 3, 4, 5)]
    rows += [(f"new{i}", m, 1.0) for i in range(8) for m in _months(2, 3, 4, 5)[: 2 + i]]
    found = survival(asked(_published(tmp_path, rows)))
    assert found.left_out == 10 and found.whole.n == 8 and found.whole.n_left == 2


def test_an_opening_day_makes_them_count(tmp_path):
    rows = [(f"old{i}", m, 1.0) for i in range(10) for m in _months(1, 2, 3)]
    opened = pl.DataFrame({"customer_id": [f"old{i}" for i in range(9)], "open_date": [datetime.date(2020, 1, 1)] * 9})
    found = survival(asked(_published(tmp_path, rows, customers=opened)))
    assert (found.left_out, found.whole.n) == (1, 9)


def test_where_no_first_day_is_known_it_says_what_to_load(tmp_path):
    ds = _published(tmp_path, [(f"c{i}", m, 1.0) for i in range(5) for m in _months(1, 2, 3)])
    with pytest.raises(NotPossible, match="days they were opened"):
        survival(asked(ds))


def test_one_month_and_a_filter_that_leaves_nobody_are_said_in_a_sentence(tmp_path, bank_data):
    with pytest.raises(NotPossible, match="two months"):
        survival(asked(_published(tmp_path, [("a", _months(1)[0], 1.0)])))
    with pytest.raises(NotPossible, match="matches"):
        survival(asked(bank_data, filters=Filters((("gender", ()),))))


def test_who_leaves_on_the_first_day_of_the_months_was_there_on_it(tmp_path):
    rows = [(f"c{i}", m, 1.0) for i in range(10) for m in _months(1, 2, 3) if i or m.month == 1]
    closed = [datetime.date(2024, 2, 1), *[None] * 9]
    accounts = pl.DataFrame({"account_id": [f"a{i}" for i in range(10)], "customer_id": [f"c{i}" for i in range(10)], "close_date": closed})
    accounts = accounts.with_columns(open_date=datetime.date(2024, 1, 2))
    found = survival(asked(_published(tmp_path, rows, accounts=accounts), definition="close")).whole
    assert (found.n, found.n_left) == (10, 1)
    assert found.curve.at(30)[0] == pytest.approx(0.9), "thirty days after she joined"
    assert found.lives.at_risk[29] == 0 and found.lives.at_risk[30] == 10


def test_survival_and_cohorts_tell_their_stages_in_order(bank_data):
    from churn_dash.measures.tenure.cohorts import cohorts

    for work in (survival, cohorts):
        told = []
        work(asked(bank_data), progress=lambda text, share, told=told: told.append((str(text), share)))
        assert len({text for text, _share in told}) >= 2, work
        assert [share for _text, share in told] == sorted(share for _text, share in told), work
