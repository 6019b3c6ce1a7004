import datetime as dt

import pytest

from churn_dash.charts import Band, Flow, Look, Partial, Series, Side, flows, sides, trend
from churn_dash.charts.over_time.columns import Column, months, year
from churn_dash.words.printed import printed_amounts

LOOK = Look("en", "light")
MONTHS = [dt.date(2025, m, 1) for m in range(1, 13)]


def number(text):
    return float(text.replace("−", "-").replace("¥", "").replace(",", "").rstrip("TMBK亿万").replace("+", ""))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scale", [1.0, 97.3, 12_345.6, 3.3e6, 2.87e9, 4.4e11, 1.2e13])
def test_what_is_printed_adds_up(language, scale):
    steps = [0.1517 * scale, -0.0333 * scale, 0.00049 * scale, -0.2111 * scale]
    first, texts, last = printed_amounts(scale, steps, scale + sum(steps), "money", language)
    assert number(first) + sum(number(t) for t in texts) == pytest.approx(number(last), abs=1e-9)


def test_a_waterfall_that_does_not_add_up_is_refused():
    more = {"start_label": "start", "end_label": "end", "unit": "count", "look": LOOK}
    with pytest.raises(ValueError, match="not at 9"):
        flows([Flow("new", 2)], start=6, end=9, **more)
    assert flows([Flow("new", 2), Flow("lost", -3)], start=6, end=5, **more).alt.startswith("Waterfall from start, 6, to end, 5")


def test_what_goes_is_hatched_orange_and_steps_of_nothing_are_left_out():
    chart = flows(
        [Flow("new", 2), Flow("back", 0), Flow("lost", -3)], start=6, end=5, start_label="a", end_label="b", unit="count", look=LOOK
    )
    bar = chart.figure.data[0]
    assert list(bar.marker.pattern.shape) == ["", "", "/", ""]
    assert [round(x, 6) for x in bar.x] == [6, 2, 3, 5] and not chart.notes


def test_an_axis_that_does_not_start_at_zero_says_so():
    chart = flows([Flow("new", 20)], start=1000, end=1020, start_label="a", end_label="b", unit="count", look=LOOK)
    assert "not at zero" in chart.notes[0]
    bar = chart.figure.data[0]
    assert bar.base[0] > 0 and bar.base[0] + bar.x[0] == pytest.approx(1000)


def test_sides_stand_above_and_below_zero_and_the_net_is_their_difference():
    chart = sides(
        MONTHS[:3], [Side("new", (3.0, 2.0, 1.0)), Side("lost", (1.0, 2.0, 4.0), goes=True)], unit="count", look=LOOK, provisional=1
    )
    up, down, net = chart.figure.data
    assert list(up.y) == [3, 2, 1] and list(down.y) == [-1, -2, -4] and list(net.y) == [2, 0, -3]
    assert list(up.marker.pattern.shape) == ["", "", "/"]


def test_no_period_at_all_is_a_picture_without_values():
    assert sides([], [Side("new", ())], unit="count", look=LOOK).alt == "Column chart without values."
    assert year({}, unit="ratio", look=LOOK, what="x").alt == "Column chart without values."
    assert months([], [], unit="money", look=LOOK, what="x").alt == "Column chart without values."


def lines(values, **more):
    import polars as pl

    rows = pl.DataFrame({"month": [m for m, _v in values], "churn": [v for _m, v in values]})
    return trend(rows, [Series("churn", "churn")], unit="ratio", look=LOOK, **more)


def test_a_month_that_did_not_come_whole_is_a_hatched_column_and_the_line_breaks_at_it():
    values = [(m, 0.01) for m in MONTHS if m.month != 6]
    chart = lines(values, partial=[Partial(MONTHS[5], 0.004, "June is incomplete")])
    line = next(t for t in chart.figure.data if t.mode == "lines")
    assert line.x[5] == MONTHS[5] and line.y[5] is None, "no line is drawn across it"
    column = next(t for t in chart.figure.data if t.type == "bar")
    assert list(column.x) == [MONTHS[5]] and column.marker.pattern.shape == "/" and column.y[0] + column.base == pytest.approx(0.004)
    assert "June is incomplete" in chart.notes
    assert any(a.text == "incomplete" for a in chart.figure.layout.annotations)


def test_a_partial_month_after_the_last_is_never_joined_to_the_line():
    chart = lines([(m, 0.01) for m in MONTHS[:6]], partial=[Partial(MONTHS[6], 0.002, "July so far")], provisional=1)
    assert all(MONTHS[6] not in list(t.x) for t in chart.figure.data if t.type == "scatter")


def test_bands_shade_their_months_behind_the_line_and_are_named():
    chart = lines([(m, 0.01) for m in MONTHS], bands=[Band((MONTHS[0], dt.date(2019, 1, 1)), "Chinese New Year")])
    shades = [s for s in chart.figure.layout.shapes if s.type == "rect"]
    assert len(shades) == 1 and shades[0].layer == "below" and "Shaded: Chinese New Year" in chart.notes


def test_a_marked_month_of_the_year_is_orange_above_and_blue_below():
    columns = {1: Column(-0.003, -0.004, -0.002, marked=True), 3: Column(0.004, 0.003, 0.005, marked=True), 4: Column(0.001, -0.001, 0.003)}
    bar = year(columns, unit="ratio", look=LOOK, what="churn").figure.data[0]
    assert list(bar.marker.color) == [LOOK.palette.blue, LOOK.palette.orange, LOOK.palette.rest]
    assert list(bar.error_y.array) == pytest.approx([0.001, 0.001, 0.002])
