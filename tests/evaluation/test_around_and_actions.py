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
from churn_dash.evaluation.actions.kept import EXAMPLES, Action, change_of, drop, found, put, register
from churn_dash.evaluation.actions.observed import Observed, observed
from churn_dash.evaluation.actions.watched import WATCHED, _pooled, monthly, over, processes, watch
from churn_dash.evaluation.spans.around import around, sides
from churn_dash.measures import Period
from churn_dash.measures.statistics.estimates import rate
from churn_dash.measures.statistics.intervals import garwood
from churn_dash.store import shifted
from tests.alike import approximately
from tests.asking import asked

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
    alone = measured(asked(bank, period=found_.after), trend=False)
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
        e = over(asked(bank, scope=EVERYBODY, period=period, definition="first"), key)
        assert e.value is not None and (e.low is None or e.low <= e.value <= e.high), key
        assert monthly(asked(bank, scope=EVERYBODY, period=period, definition="first"), key).height >= 1


def test_fee_disputes_are_counted_by_hand(bank):
    end = bank.measurable[-1]
    period = Period(shifted(end, -5), end)
    days = bank.table("fees")["disputed_at"].drop_nulls()
    cases = int(days.is_between(period.start, period.last_day).sum())
    months = monthly(asked(bank, scope=EVERYBODY, period=period, definition="first"), "fee_disputes")
    e = over(asked(bank, scope=EVERYBODY, period=period, definition="first"), "fee_disputes")
    assert months["top"].sum() == cases
    spells = bank.cursor().sql("select start_date, end_date from spells where definition = 'first'").fetchall()
    there = sum(a < m and (b is None or b >= m) for m in months["month"] for a, b in spells)
    assert e.n == there
    assert e.value == pytest.approx(1000 * cases / e.n)
    months_apart = months.with_columns(far=((pl.col("value") - e.value) * pl.col("bottom")) ** 2)
    error = np.sqrt(6 / 5 * months_apart["far"].sum()) / e.n
    assert e.high == pytest.approx(max(1000 * garwood(cases, e.n).high, e.value + 2.5705818 * error))


def test_the_electronic_share_and_minutes_are_weighted_by_cases(bank):
    end = bank.measurable[-1]
    period = Period(shifted(end, -2), end)
    rows = bank.table("process_month").filter(pl.col("month").is_between(period.start, period.end))
    share = rows["electronic_cases"].sum() / rows["cases"].sum()
    assert over(asked(bank, scope=EVERYBODY, period=period, definition="first"), "electronic_share").value == pytest.approx(share)
    minutes = np.average(rows["waiting_minutes"], weights=rows["cases"])
    assert over(asked(bank, scope=EVERYBODY, period=period, definition="first"), "waiting_minutes").value == pytest.approx(minutes)
    one = processes(bank)[0]
    own = rows.filter(pl.col("process") == one)
    assert over(asked(bank, scope=EVERYBODY, period=period, definition="first"), f"waiting_minutes:{one}").value == pytest.approx(
        np.average(own["waiting_minutes"], weights=own["cases"])
    )


def test_adoption_is_counted_customer_by_customer(bank):
    end = bank.measurable[-1]
    rows = bank.table("customer_month").select("customer_id", "month", "product_count")
    was, now = ({c: n for c, m, n in rows.iter_rows() if m == month and n is not None} for month in (shifted(end, -1), end))
    both = was.keys() & now.keys()
    e = over(asked(bank, scope=EVERYBODY, period=Period(end, end), definition="first"), "product_adoption")
    assert (e.n, e.value) == (len(both), pytest.approx(sum(now[c] > was[c] for c in both) / len(both)))


def test_a_jump_and_a_bend_are_found_exactly_where_nothing_else_moves():
    months = [shifted(D(2022, 1, 1), i) for i in range(24)]
    value = [10 + 0.5 * i + (3.0 + 0.25 * (i - 12) if i >= 12 else 0.0) for i in range(24)]
    series = interrupted(pl.DataFrame({"month": months, "value": value}), months[11], months[12])
    assert series.level.value == pytest.approx(3.0) and series.slope.value == pytest.approx(0.25)
    assert series.apart.value == pytest.approx(3.0 + 0.25 * 5.5)
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
    line = np.polynomial.Polynomial.fit(t[:10], value[:10], 1)
    assert series.apart.value == pytest.approx((value[10:] - line(t[10:])).mean())


def test_a_series_without_a_jump_shows_one_in_no_more_than_a_twentieth():
    """600 series of noise about a line; four standard errors above 5%. Newey and West alone are wrong in a sixth and more."""
    rng, months = np.random.default_rng(3), [shifted(D(2022, 1, 1), i) for i in range(24)]
    wrong = np.zeros(3)
    for _ in range(600):
        value = 0.3 * np.arange(24) + rng.normal(size=24)
        series = interrupted(pl.DataFrame({"month": months, "value": value}), months[11], months[12])
        wrong += [not e.low <= 0 <= e.high for e in (series.level, series.slope, series.apart)]
    assert (wrong / 600 < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 600)).all()


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
    assert seen.before == approximately(over(asked(bank, scope=EVERYBODY, period=before, definition="first"), "waiting_minutes"))
    assert seen.change.value == pytest.approx(
        over(asked(bank, scope=EVERYBODY, period=after, definition="first"), "waiting_minutes").value - seen.before.value
    )
    assert seen.series is not None and seen.as_json()["grade"] == "D"


@pytest.mark.parametrize("day", [None, D(2040, 1, 1), D(2000, 1, 1)])
def test_a_measure_that_cannot_be_observed_says_why(bank, day):
    seen = observed(bank, replace(EXAMPLES[0], date=day), scope=Scope.everything())
    assert seen.why_not is not None and seen.direction == "none"


def seen_of(value, watched="electronic_share"):
    """What is observed of a figure that took this course over 24 months, the measure from the thirteenth on."""
    months = [shifted(D(2022, 1, 1), i) for i in range(24)]
    kinds = {"month": pl.Date, "value": pl.Float64, "top": pl.Float64, "bottom": pl.Float64}
    rows = pl.DataFrame({"month": months, "value": value, "top": [1e4 * v for v in value], "bottom": [1e4] * 24}, schema=kinds)
    before, after = _pooled(watch(watched), rows[:12]), _pooled(watch(watched), rows[12:])
    action = Action("Counters", "", "service", date=months[12], watch=watched)
    return Observed(action, before, after, series=interrupted(rows, months[11], months[12]))


NOISE = np.random.default_rng(5).normal(0, 0.002, 24)
STEP = np.repeat([0.0, 0.03], 12)


def test_a_figure_that_only_goes_on_as_before_is_not_called_better():
    seen = seen_of(0.7 + 0.003 * np.arange(24) + NOISE)
    assert seen.change.low > 0, "the plain before and after is far beyond chance"
    assert (seen.direction, seen.course) == ("unclear", "trend") and seen.trend_alone
    assert "own trend explains" in seen.as_json()["reading"]


def test_a_jump_beside_a_trend_is_seen_in_its_own_direction():
    rising = 0.7 + 0.003 * np.arange(24) + NOISE
    assert seen_of(rising + STEP).direction == seen_of(rising + STEP).course == "better"
    assert seen_of(rising - STEP).direction == "worse", "it rose on, and less than it would have"
    assert seen_of(10 - 10 * (rising + STEP), watched="waiting_minutes").direction == "better"
    assert "own earlier course" in str(seen_of(rising + STEP).reading)


def test_what_comes_bit_by_bit_is_seen_though_nothing_jumps():
    bend = 0.7 + NOISE + 0.004 * np.clip(np.arange(24) - 12, 0, None)
    seen = seen_of(bend)
    assert seen.series.level.low <= 0 <= seen.series.level.high and seen.direction == "better"


def test_without_a_series_the_plain_change_decides_and_says_so():
    seen = replace(seen_of(0.7 + NOISE + STEP), series=None)
    assert seen.direction == "better" and "8 months" in str(seen.reading)


def test_the_interval_of_a_share_is_of_months_that_differ_not_of_cases():
    share = np.linspace(0.7, 0.8, 12)
    months = pl.DataFrame({"value": share, "top": 1e4 * share, "bottom": [1e4] * 12})
    e = _pooled(watch("electronic_share"), months)
    error = share.std(ddof=1) / np.sqrt(12)
    assert (e.value, e.low) == (pytest.approx(share.mean()), pytest.approx(share.mean() - 2.2009852 * error))
    alike = _pooled(watch("electronic_share"), pl.DataFrame({"value": [0.7] * 2, "top": [70.0] * 2, "bottom": [100.0] * 2}))
    assert (alike.low, alike.high) == (rate(140, 200).low, rate(140, 200).high), "two months alike by luck"


def test_what_was_expected_is_a_number_and_what_came_a_share_of_it(records):
    put(records, "Counters", date=D(2023, 1, 1), watched="electronic_share", expected_change=change_of("+6pp", "electronic_share"))
    assert found(records, "Counters").expected_change == pytest.approx(0.06)
    seen = seen_of(0.7 + 0.003 * np.arange(24) + NOISE + STEP)
    half = replace(seen, action=replace(seen.action, expected_change=0.06))
    e = seen.series.apart
    assert half.of_expected.value == pytest.approx(e.value / 0.06) and half.of_expected.low == pytest.approx(e.low / 0.06)
    assert seen.of_expected.value is None
    wrong = replace(seen, action=replace(seen.action, expected_change=-0.06))
    assert wrong.of_expected.value < 0 and wrong.of_expected.low < wrong.of_expected.high
    plain = replace(half, series=None)
    assert plain.of_expected.value == pytest.approx(plain.change.value / 0.06)


@pytest.mark.parametrize(("text", "watched"), [("much", "nps"), ("0", "nps"), ("inf", "nps"), ("300pp", "churn_rate")])
def test_an_expected_change_that_cannot_be_is_refused(records, text, watched):
    with pytest.raises(BadInput, match="change"):
        put(records, "x", watched=watched, expected_change=change_of(text, watched))
