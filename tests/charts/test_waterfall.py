import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.charts import Look, Step, printed_steps, waterfall

STEPS = [Step("Salary stopped", 0.29, "3 months"), Step("Deposit left", 0.18), Step("Complaint", 0.14), Step("Tenure", -0.07)]


def drawn(steps=STEPS, end=0.62, **more):
    return waterfall(steps, start=0.08, end=end, start_label="Similar customers", end_label="This customer", look=Look(), **more)


def test_bars_run_from_start_to_end_without_a_gap():
    bar = drawn().figure.data[0]
    assert bar.x[0] == pytest.approx(0.08) and bar.x[-1] == pytest.approx(0.62)
    level = bar.x[0]
    for base, size, step in zip(bar.base[1:-1], bar.x[1:-1], sorted(STEPS, key=lambda s: -s.contribution), strict=True):
        assert (base if step.contribution >= 0 else base + size) == pytest.approx(level)
        level += step.contribution
    assert level == pytest.approx(0.62)


def test_a_step_down_is_hatched_blue_and_a_step_up_solid_orange():
    bar = drawn().figure.data[0]
    assert list(bar.marker.pattern.shape) == ["", "", "", "", "/", ""]
    assert list(bar.marker.color)[1:5] == ["#D2691E"] * 3 + ["#1F5FBF"]


def test_steps_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="end at"):
        drawn(end=0.5)


def test_small_steps_are_gathered_and_the_sum_is_kept():
    steps = [Step(f"s{i}", 0.01 * (i + 1)) for i in range(10)]
    bar = drawn(steps, end=0.08 + 0.55, most=3).figure.data[0]
    assert len(bar.x) == 3 + 1 + 2
    assert sum(bar.x[1:-1]) == pytest.approx(0.55)


@given(st.floats(0, 1), st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=12))
def test_the_printed_points_always_add_up(start, contributions):
    first, points, last = printed_steps(start, contributions, start + sum(contributions))
    assert first + sum(points) == pytest.approx(last, abs=1e-9)
    assert all(abs(p - 100 * c) <= 0.1 + 1e-6 for p, c in zip(points, contributions, strict=True)), "no figure moves by more than a tenth"


def test_the_words_of_the_start_the_end_and_the_largest_step_are_in_the_alt():
    assert drawn().alt == (
        "Waterfall from Similar customers at 8.0% to This customer at 62.0% in 4 steps; the largest is Salary stopped with +29.0 points."
    )
