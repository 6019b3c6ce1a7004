"""Forest, waves and Pareto: what is coloured, what is written out, what those who cannot see are told."""

import datetime

import pytest

from churn_dash.charts import CauseBar, Event, Look, Mark, WavePoint, forest, pareto, waves

D = datetime.date
ROWS = [Mark("Age", 0.8, 0.7, 0.9, "×0.80"), Mark("Gender", 1.0, 0.9, 1.1, "×1.00"), Mark("Rates", 1.5, 1.2, 1.9, "×1.50")]


def markers(chart):
    return [t for t in chart.figure.data if t.mode == "markers"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_only_what_surely_leaves_more_is_orange_and_only_what_is_sure_is_filled(theme):
    look = Look("en", theme)
    chart = forest(ROWS, look=look, what="Hypotheses", less="leave less", more="leave more", none=1.0, log=True)
    p = look.palette
    assert [t.marker.line.color for t in markers(chart)] == [p.blue, p.rest, p.orange]
    assert [t.marker.color for t in markers(chart)] == [p.blue, p.page, p.orange]
    assert "2 of 3" in chart.alt


def test_equal_ratios_either_way_lie_equally_far_from_no_difference():
    chart = forest([Mark("a", 0.5, 0.4, 0.6), Mark("b", 2.0, 1.8, 2.2)], look=Look(), what="x", less="l", more="m", none=1.0, log=True)
    assert markers(chart)[0].x[0] == pytest.approx(-markers(chart)[1].x[0])


def test_a_row_told_apart_otherwise_is_not_coloured_by_its_range():
    chart = forest([Mark("a", 1.5, 1.2, 1.9, clear=False)], look=Look(), what="x", less="l", more="m", none=1.0)
    assert markers(chart)[0].marker.line.color == Look().palette.rest


def test_a_row_without_a_value_has_a_dash_and_no_dot():
    chart = forest([Mark("a", None)], look=Look(), what="x", less="l", more="m")
    assert not markers(chart)
    assert any("—" in a.text for a in chart.figure.layout.annotations)


def test_causes_inside_are_blue_outside_grey_and_unknown_hatched():
    rows = [
        CauseBar("P", 0.5, 5, 0.2, 0.8, "internal", 0.5),
        CauseBar("C", 0.3, 3, 0.1, 0.6, "external", 0.8),
        CauseBar("?", 0.2, 2, 0.1, 0.5, "unknown", 1.0),
    ]
    bar = pareto(rows, look=Look(), what="causes").figure.data[0]
    p = Look().palette
    assert list(bar.marker.color) == [p.blue, p.rest, p.page]
    assert list(bar.marker.pattern.shape) == ["", "", "/"]
    assert "Σ 100.00%" in bar.text[2]


def test_waves_have_whiskers_weighted_diamonds_and_numbered_improvements():
    points = [WavePoint(D(2026, 3, 1), 0.6, 0.55, 0.65, 300, 0.58), WavePoint(D(2026, 6, 1), 0.7, 0.66, 0.74, 310, None)]
    chart = waves(points, unit="ratio", look=Look(), what="Satisfied", events=[Event(D(2026, 4, 9), "Queues"), Event(D(2020, 1, 1), "Old")])
    line, diamonds = chart.figure.data
    assert list(line.error_y.array) == pytest.approx([0.05, 0.04])
    assert (len(diamonds.x), diamonds.marker.symbol) == (1, "diamond")
    assert [n for n in chart.notes if "Queues" in n] == ["① Queues"]
    assert not any("Old" in n for n in chart.notes)
    assert "70.00%" in chart.alt


def test_waves_without_a_point_are_an_empty_figure_in_words():
    assert "—" in waves([], unit="ratio", look=Look("zh", "dark"), what="满意").alt


def test_a_wave_of_too_few_answers_is_grey_and_keeps_its_range():
    import datetime

    from churn_dash.charts import PALETTES, Look, WavePoint, waves

    points = [WavePoint(datetime.date(2024, m, 1), 0.5, 0.3, 0.7, n) for m, n in ((1, 29), (4, 30))]
    chart = waves(points, unit="ratio", look=Look(), what="x")
    light = PALETTES["light"]
    assert list(chart.figure.data[0].marker.color) == [light.rest, light.blue]
    assert len(chart.figure.data[0].error_y.array) == 2 and "fewer than 30 (1)" in " ".join(chart.notes)
