import datetime as dt
import itertools
import math

import numpy as np
import pytest

from churn_dash.charts import (
    PALETTES,
    Bin,
    Cut,
    Earned,
    Effect,
    Event,
    Gap,
    Look,
    balance,
    calibration,
    effects,
    profit,
    scores,
    spark,
    timeline,
)


def test_the_naive_figure_is_a_hollow_grey_dot_beside_the_effect_with_its_range():
    chart = effects(
        [Effect("Against the control group", -0.018, -0.030, -0.005), Effect("Before/after only", -0.046, naive=True)],
        unit="ratio", look=Look(), what="churn rate",
    )  # fmt: skip
    dots = [t for t in chart.figure.data if t.mode == "markers"]
    light = PALETTES["light"]
    assert [d.marker.color for d in dots] == [light.blue, light.page]
    assert dots[1].marker.line.color == light.slate
    bar = next(t for t in chart.figure.data if t.mode == "lines")
    assert list(bar.x) == [-0.030, -0.005]
    assert "0 = no effect" in [a.text for a in chart.figure.layout.annotations]
    assert chart.alt == "Effect on churn rate: −1.80 pp (−3.00 to −0.50)."


def test_an_effect_that_surely_harms_is_orange():
    chart = effects([Effect("x", 0.02, 0.01, 0.03)], unit="ratio", look=Look(), what="churn")
    assert next(t for t in chart.figure.data if t.mode == "markers").marker.color == PALETTES["light"].orange


def test_zero_is_always_inside_the_axis_of_effects():
    for value in (-0.02, 0.02):
        low, high = effects([Effect("x", value)], unit="ratio", look=Look(), what="y").figure.layout.xaxis.range
        assert low < 0 < high


def test_a_gap_outside_the_band_is_an_orange_diamond():
    chart = balance([Gap("Balances", 0.03), Gap("Tenure", -0.14), Gap("Unknown", None)], look=Look())
    assert list(chart.figure.data[0].marker.symbol) == ["circle", "diamond", "circle"]
    assert chart.alt == "Balance of 3 characteristics before the campaign: 1 outside the band of ±0.1."
    low, high = chart.figure.layout.xaxis.range
    assert low < -0.14 and high > 0.14


def test_calibration_counts_the_groups_whose_prediction_lies_in_the_observed_range():
    chart = calibration([Bin(0.05, 0.06, 900, 0.045, 0.08), Bin(0.2, 0.3, 900, 0.27, 0.33)], look=Look())
    assert chart.alt == "Predicted against observed risk in 2 groups: in 1 of them the prediction lies in the observed range."
    points = chart.figure.data[1]
    assert list(points.error_y.array) == pytest.approx([0.02, 0.03])
    assert list(points.error_y.arrayminus) == pytest.approx([0.015, 0.03])


def test_groups_of_low_risk_do_not_lie_on_one_spot_and_nothing_observed_stands_on_the_floor():
    risks = [0.002, 0.004, 0.008, 0.016, 0.3]
    chart = calibration([Bin(r, r if r > 0.003 else 0.0, 900, 0.5 * r if r > 0.003 else 0.0, 2 * r) for r in risks], look=Look())
    axis, points = chart.figure.layout.xaxis, chart.figure.data[1]
    assert axis.type == chart.figure.layout.yaxis.type == "log"
    low, high = axis.range
    places = [(math.log10(r) - low) / (high - low) for r in risks]
    assert min(b - a for a, b in itertools.pairwise(places)) > 0.1, "a tenth of the axis apart"
    assert (
        points.marker.symbol[0] == "circle-open" and points.y[0] == pytest.approx(10**low) and set(points.marker.symbol[1:]) == {"circle"}
    )
    assert all(y - d > 0 for y, d in zip(points.y, points.error_y.arrayminus, strict=True))
    assert list(axis.ticktext)[:2] == ["0.2%", "0.5%"]


def test_scores_from_the_threshold_on_are_orange_and_all_are_counted():
    chart = scores([50, 30, 20], [0.01, 0.02, 0.04, 0.08], look=Look(), threshold=0.04, below=7)
    light, bars = PALETTES["light"], chart.figure.data[0]
    assert list(bars.marker.color) == [light.rest, light.rest, light.orange]
    assert chart.alt == "Histogram of the risk of 107 customers; 20 at high risk."
    assert chart.notes == ("7 customers have less than 1.00%",)
    assert set(np.round(bars.width, 9)) == {round(0.86 * math.log10(2), 9)} and bars.x[0] == pytest.approx(
        math.log10(0.02**0.5 * 0.01**0.5)
    )
    assert list(chart.figure.layout.xaxis.ticktext) == ["1%", "2%", "5%"]


def test_the_best_threshold_is_marked():
    points = [Earned(0.3, 0.1, 10.0, 5.0, 15.0), Earned(0.2, 0.2, 30.0, 20.0, 40.0), Earned(0.1, 0.3, 20.0, 10.0, 30.0)]
    chart = profit(points, look=Look())
    assert list(chart.figure.data[2].x) == [0.2]


def test_the_axis_of_the_profit_goes_three_times_as_far_as_the_cuts_and_says_what_lies_beyond():
    points = [Earned(1 - s, s, 100 * s * (0.2 - s), -1.0, 1.0) for s in (i / 50 for i in range(1, 51))]
    chart = profit(points, look=Look(), cuts=[Cut(0.15, "in force", True)])
    assert max(chart.figure.data[1].x) == pytest.approx(0.44) and list(chart.figure.data[2].x) == [0.1]
    assert "beyond the axis" in chart.figure.layout.xaxis.title.text
    assert max(profit(points, look=Look(), cuts=[Cut(0.9, "in force")]).figure.data[1].x) == 1.0


def test_a_timeline_marks_events_on_the_line_with_numbers():
    months = [dt.date(2026, m, 1) for m in range(1, 7)]
    chart = timeline(
        months,
        [9.0, 8, 7, 6, 5, None],
        look=Look(),
        label="Balances",
        peers=[6.0] * 6,
        events=[Event(dt.date(2026, 3, 9), "Salary stopped")],
    )
    marks = next(t for t in chart.figure.data if t.mode == "markers+text")
    assert (list(marks.x), list(marks.y), list(marks.text)) == ([months[2]], [7], ["①"])
    assert chart.notes == ("① Salary stopped, Mar 2026",)
    assert chart.alt == "Line chart of Balances: ¥5 in May 2026; events marked: 1."


def test_a_sparkline_needs_three_values():
    assert spark([1.0, None, float("nan"), 2.0]) is None
    assert spark(list(map(float, range(20)))) == list(map(float, range(8, 20)))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "muted", "blue", "orange_text"])
def test_words_in_charts_have_a_contrast_of_at_least_four_and_a_half(theme, ink):
    palette = PALETTES[theme]
    a, b = sorted((_luminance(getattr(palette, ink)), _luminance(palette.page)))
    assert (b + 0.05) / (a + 0.05) >= 4.5


def _luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
