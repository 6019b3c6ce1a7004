"""The pictures of the pages Survival, What it costs and Branches: what they mark, and what they leave out."""

import pytest

from churn_dash.charts import Limit, Line, Look, Moved, Point, funnel, gone, lorenz, staying, tornado

LOOKS = [Look("en", "light"), Look("zh", "dark")]


def line(name, *shares):
    return Line(
        name,
        shares,
        [None if s is None else s - 0.1 for s in shares],
        [None if s is None else s + 0.1 for s in shares],
        [100] * len(shares),
    )


def texts(chart):
    return [a.text for a in chart.figure.layout.annotations]


@pytest.mark.parametrize("look", LOOKS)
def test_each_group_is_named_at_its_end_with_the_numbers_watched_under_the_axis(look):
    chart = staying([line("Gold", 1.0, 0.9, 0.8), line("Mass", 1.0, 0.6, 0.3)], look=look)
    assert any("80%" in t and "Gold" in t for t in texts(chart)) and any("30%" in t and "Mass" in t for t in texts(chart))
    assert texts(chart).count("100") == 2 * 3
    assert "80.00%" in chart.alt and "30.00%" in chart.alt


def test_one_group_alone_has_its_range_as_a_band_and_several_have_none():
    alone, several = (staying([line(n, 1.0, 0.9) for n in names], look=Look()) for names in (("a",), ("a", "b")))
    assert sum(t.fill == "toself" for t in alone.figure.data) == 1
    assert not any(t.fill == "toself" for t in several.figure.data)


def test_what_is_not_told_is_not_drawn():
    chart = staying([line("late", None, None, 0.9, 0.8)], look=Look())
    assert list(chart.figure.data[-1].x) == [2, 3]
    assert staying([], look=Look()).figure.data == ()


def test_the_causes_lie_on_top_of_one_another_and_end_with_their_own_share():
    chart = gone([line("own", 0.0, 0.2, 0.4), line("bank", 0.0, 0.05, 0.1)], look=Look())
    assert {t.stackgroup for t in chart.figure.data} == {"gone"}
    assert [list(t.y)[-1] for t in chart.figure.data] == [0.4, 0.1]
    assert chart.figure.layout.yaxis.range[1] >= 0.5


@pytest.mark.parametrize("look", LOOKS)
def test_an_input_that_raises_the_cost_is_orange_on_whichever_side(look):
    chart = tornado([Moved("margin", "1%", "2%", 80.0, 120.0), Moved("discount", "8%", "12%", 110.0, 90.0)], 100.0, look=look, what="cost")
    low, high = chart.figure.data
    assert list(low.marker.color) == [look.palette.blue, look.palette.orange]
    assert list(high.marker.color) == [look.palette.orange, look.palette.blue]
    assert [b + x for b, x in zip(low.base, low.x, strict=True)] == [80.0, 110.0]


def test_what_was_measured_is_a_full_bar_and_what_is_assumed_a_pale_one():
    rows = [Moved("rate", "1%", "3%", 80.0, 120.0, measured=True, by="95% range"), Moved("price", "4", "6", 90.0, 110.0, by="a <fifth>")]
    chart = tornado(rows, 100.0, look=Look(), what="net")
    for bar in chart.figure.data:
        full, pale = bar.marker.opacity
        assert full == 1.0 and pale < 0.6
    named = [t for t in texts(chart) if t.startswith(("rate", "price"))]
    assert "95% range" in named[0] and "a &lt;fifth&gt;" in named[1]


def test_the_largest_hundredth_is_marked_on_the_lorenz_curve():
    chart = lorenz([(0.0, 0.0), (0.5, 0.1), (1.0, 1.0)], look=Look(), top=0.01, top_share=0.22)
    assert (chart.figure.data[2].x[0], chart.figure.data[2].y[0]) == (pytest.approx(0.99), pytest.approx(0.78))
    assert "22.00%" in chart.alt


def test_only_units_clearly_outside_are_named_in_the_funnel():
    points = [
        Point("A", 100, 0.2, "A", "above"),
        Point("B", 50, 0.1, "B"),
        Point("C", 70, 0.15, "C", "watch"),
        Point("<b>D", 90, 0.01, "D", "below"),
    ]
    limits = [Limit("95%", [1.0, 100.0], [0.0, 0.08], [0.9, 0.15])]
    chart = funnel(points, 0.1, limits, look=Look(), what="churn")
    named = [t for t in texts(chart) if t.startswith("<b>")]
    assert named == ["<b>A</b>", "<b>&lt;b&gt;D</b>"]
    assert "A, <b>D" in chart.alt


def test_of_a_gain_more_is_better_and_the_line_at_which_it_turns_is_drawn():
    rows = [Moved("rate", "1%", "3%", -50.0, 150.0), Moved("price", "4", "6", 60.0, 40.0)]
    gain, cost = (tornado(rows, 50.0, look=Look(), what="net", better=better).figure for better in ("up", "down"))
    palette = Look().palette
    assert [list(bar.marker.color) for bar in gain.data] == [[palette.orange, palette.blue], [palette.blue, palette.orange]]
    assert [list(bar.marker.color) for bar in cost.data] == [[palette.blue, palette.orange], [palette.orange, palette.blue]]
    assert any(s.x0 == 0 == s.x1 for s in gain.layout.shapes) and not any(s.x0 == 0 == s.x1 for s in cost.layout.shapes)
