"""Before and after a day, and improvements with the figures that they watch: each a second way."""

import datetime
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.access import Scope
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.evaluation import measured
from churn_dash.evaluation.actions.interrupted import LEAST, interrupted
from churn_dash.evaluation.actions.kept import EXAMPLES, Action, drop, found, put, register
from churn_dash.evaluation.actions.observed import observed
from churn_dash.evaluation.actions.watched import WATCHED, monthly, over, processes, watch
from churn_dash.evaluation.spans.around import around, sides
from churn_dash.measures import Period
from churn_dash.measures.statistics.intervals import garwood
from churn_dash.store import shifted

D = datetime.date
MONTHS = tuple(shifted(D(2022, 1, 1), i) for i in range(30))
EVERYBODY = Scope.everything()


@given(st.dates(D(2021, 6, 1), D(2025, 1, 1)), st.integers(1, 14))
def test_both_sides_are_of_equal_length_and_keep_the_days_own_month_out(day, most):
    try:
        before, after = sides(MONTHS, day, most)
    except NotPossible:
        assert day.replace(day=1) <= MONTHS[0] or shifted(day.replace(day=1), day.day > 1) > MONTHS[-1]
        return
    assert before.n_months == after.n_months <= most
    assert before.last_day < day <= after.start
    assert MONTHS[0] <= before.start and after.end <= MONTHS[-1]
    assert (after.start == day) or (before.end < day.replace(day=1) < after.start)


@pytest.mark.parametrize("day", [D(1, 1, 1), D(1, 1, 20), D(9999, 12, 1), D(9999, 12, 31)])
def test_a_day_at_the_end_of_the_calendar_is_outside_the_data_as_any_other(day):
    with pytest.raises(NotPossible, match="No whole month lies on both sides"):
        sides(MONTHS, day)


def test_each_side_is_what_is_measured_of_its_months(bank):
    found_ = around(bank, D(2026, 1, 15), most=6, scope=Scope.everything())
    assert found_.left_out == D(2026, 1, 1) and found_.grade == "D"
    alone = measured(bank, period=found_.after, trend=False, scope=Scope.everything())
    row = next(r for r in found_.rows if r.indicator.key == "csat")
    assert row.after == alone.figures["csat"]
    assert row.change.value == pytest.approx(row.after.estimate.value - row.before.estimate.value)


def test_a_change_is_called_better_only_when_its_range_leaves_out_none(bank):
    for row in around(bank, D(2026, 1, 1), scope=Scope.everything()).rows:
        e = row.change
        assert (row.direction == "unclear") == (e.low is None or e.high is None or e.low <= 0 <= e.high)


def test_a_day_outside_the_data_is_refused_with_the_days_there_are(bank):
    with pytest.raises(NotPossible, match="choose a day"):
        around(bank, D(2031, 1, 1), scope=Scope.everything())


def test_every_watched_figure_answers_over_six_months(bank):
    end = bank.measurable[-1]
    period = Period(shifted(end, -5), end)
    for key in WATCHED:
        e = over(bank, key, period, "first", EVERYBODY)
        assert e.value is not None and (e.low is None or e.low <= e.value <= e.high), key
        assert monthly(bank, key, period, "first", EVERYBODY).height >= 1


def test_fee_disputes_are_counted_by_hand(bank):
    end = bank.measurable[-1]
    period = Period(shifted(end, -5), end)
    days = bank.table("fees")["disputed_at"].drop_nulls()
    cases = int(days.is_between(period.start, period.last_day).sum())
    months = monthly(bank, "fee_disputes", period, "first", EVERYBODY)
    e = over(bank, "fee_disputes", period, "first", EVERYBODY)
    assert months["top"].sum() == cases
    spells = bank.cursor().sql("select start_date, end_date from spells where definition = 'first'").fetchall()
    there = sum(a < m and (b is None or b >= m) for m in months["month"] for a, b in spells)
    assert e.n == there
    assert e.value == pytest.approx(1000 * cases / e.n)
    assert e.high == pytest.approx(1000 * garwood(cases, e.n).high)


def test_the_electronic_share_and_minutes_are_weighted_by_cases(bank):
    end = bank.measurable[-1]
    period = Period(shifted(end, -2), end)
    rows = bank.table("process_month").filter(pl.col("month").is_between(period.start, period.end))
    share = rows["electronic_cases"].sum() / rows["cases"].sum()
    assert over(bank, "electronic_share", period, "first", EVERYBODY).value == pytest.approx(share)
    minutes = np.average(rows["waiting_minutes"], weights=rows["cases"])
    assert over(bank, "waiting_minutes", period, "first", EVERYBODY).value == pytest.approx(minutes)
    one = processes(bank)[0]
    own = rows.filter(pl.col("process") == one)
    assert over(bank, f"waiting_minutes:{one}", period, "first", EVERYBODY).value == pytest.approx(
        np.average(own["waiting_minutes"], weights=own["cases"])
    )


def test_adoption_is_counted_customer_by_customer(bank):
    end = bank.measurable[-1]
    rows = bank.table("customer_month").select("customer_id", "month", "product_count")
    was, now = ({c: n for c, m, n in rows.iter_rows() if m == month and n is not None} for month in (shifted(end, -1), end))
    both = was.keys() & now.keys()
    e = over(bank, "product_adoption", Period(end, end), "first", EVERYBODY)
    assert (e.n, e.value) == (len(both), pytest.approx(sum(now[c] > was[c] for c in both) / len(both)))


def test_a_jump_and_a_bend_are_found_exactly_where_nothing_else_moves():
    months = [shifted(D(2022, 1, 1), i) for i in range(24)]
    value = [10 + 0.5 * i + (3.0 + 0.25 * (i - 12) if i >= 12 else 0.0) for i in range(24)]
    series = interrupted(pl.DataFrame({"month": months, "value": value}), months[11], months[12])
    assert series.level.value == pytest.approx(3.0) and series.slope.value == pytest.approx(0.25)
    assert (series.n_before, series.n_after) == (12, 12)


def test_noise_is_fitted_as_plain_least_squares_fit_it():
    rng = np.random.default_rng(1)
    months = [shifted(D(2022, 1, 1), i) for i in range(20)]
    value = rng.normal(size=20)
    series = interrupted(pl.DataFrame({"month": months, "value": value}), months[9], months[10])
    t = np.arange(20.0)
    after = (t >= 10).astype(float)
    by_hand = np.linalg.lstsq(np.column_stack([np.ones(20), t, after, after * (t - 10)]), value, rcond=None)[0]
    assert series.level.value == pytest.approx(by_hand[2]) and series.slope.value == pytest.approx(by_hand[3])
    assert series.level.low < series.level.value < series.level.high


def test_too_few_months_give_no_series():
    months = [shifted(D(2022, 1, 1), i) for i in range(LEAST * 2)]
    rows = pl.DataFrame({"month": months, "value": [float(i % 3) for i in range(LEAST * 2)]})
    assert interrupted(rows, months[LEAST - 1], months[LEAST]) is not None
    assert interrupted(rows, months[LEAST - 2], months[LEAST - 1]) is None


def test_the_register_opens_with_the_four_measures_as_examples(records):
    rows = register(records)
    assert rows == list(EXAMPLES) and all(a.example and a.version == 0 and a.date is None for a in rows)
    assert len({a.area for a in rows} | {a.watch for a in rows}) >= 4


def test_an_example_that_is_taken_over_is_the_banks_own(records):
    name = EXAMPLES[0].name
    put(records, name, "Two more counters", "service", "Zhang", D(2026, 1, 1), watched="waiting_minutes", who="li")
    own = found(records, name)
    assert not own.example and (own.owner, own.who, own.version) == ("Zhang", "li", 1)
    assert len(register(records)) == len(EXAMPLES)
    drop(records, name)
    drop(records, EXAMPLES[1].name)
    assert {a.name for a in register(records)} == {a.name for a in EXAMPLES[2:]}


def test_a_measure_that_cannot_be_is_refused(records):
    with pytest.raises(BadInput):
        put(records, "  ")
    with pytest.raises(BadInput, match="service"):
        put(records, "x", area="servise")
    with pytest.raises(NotFound, match="waiting_minutes"):
        put(records, "x", watched="waiting_minute")
    with pytest.raises(NotFound):
        drop(records, "nothing of the kind")
    with pytest.raises(NotFound):
        watch("churn_rate:transfer")


def test_what_is_observed_is_after_less_before_and_never_more_than_grade_d(bank):
    action = Action("Counters", "", "service", date=D(2026, 1, 1), watch="waiting_minutes")
    seen = observed(bank, action, scope=Scope.everything())
    before, after = seen.spans
    assert seen.before == over(bank, "waiting_minutes", before, "first", EVERYBODY)
    assert seen.change.value == pytest.approx(over(bank, "waiting_minutes", after, "first", EVERYBODY).value - seen.before.value)
    assert seen.series is not None and seen.as_json()["grade"] == "D"


@pytest.mark.parametrize("day", [None, D(2040, 1, 1), D(2000, 1, 1)])
def test_a_measure_that_cannot_be_observed_says_why(bank, day):
    seen = observed(bank, replace(EXAMPLES[0], date=day), scope=Scope.everything())
    assert seen.why_not is not None and seen.direction == "none"
