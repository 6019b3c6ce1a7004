"""Charts that can be clicked: a mark over everything that stands for a group, unseen, in the order that the page counts by."""

import datetime

import polars as pl
import pytest

from churn_dash.charts import Bar, Cell, Look, Series, bars, clickable_bars, clickable_heat, clickable_trend, overlap

LOOK = Look("en", "light")
ROWS = [Bar("a", 0.3, 10), Bar("b", None, 20), Bar("c", 0.1, 30)]


def test_every_bar_has_a_mark_from_the_top_down_even_without_a_value():
    figure = clickable_bars(ROWS, unit="ratio", look=LOOK, what="churn").figure
    marks = figure.data[-1]
    assert len(marks.x) == 3 and len(set(marks.x)) == 1
    assert list(marks.y) == sorted(marks.y, reverse=True), "the first point is the uppermost bar"
    assert marks.marker.opacity == 0 and figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange
    assert figure.data[0].hoverinfo == "skip", "only the mark is hit, so that its index counts"


def test_what_is_chosen_has_a_frame_and_nothing_else_changes():
    plain, chosen = (clickable_bars(ROWS, unit="ratio", look=LOOK, what="churn", chosen=c) for c in (None, 1))
    assert len(chosen.figure.layout.shapes) == len(plain.figure.layout.shapes) + 1
    assert chosen.alt == plain.alt == bars(ROWS, unit="ratio", look=LOOK, what="churn").alt
    frame = chosen.figure.layout.shapes[-1]
    assert frame.y0 < 1 < frame.y1, "the second of three from the top"


def test_cells_are_counted_row_by_row():
    cells = [Cell(r, c, 0.1, 500) for r in "xy" for c in "abc"]
    chart = clickable_heat(cells, list("xy"), list("abc"), unit="ratio", look=LOOK, what="churn", bank=0.1, chosen=(1, 2))
    marks = chart.figure.data[-1]
    assert list(zip(marks.y, marks.x, strict=True)) == [(i, j) for i in range(2) for j in range(3)]
    assert [w.split("<br>")[0] for w in marks.customdata] == [f"{r} · {c}" for r in "xy" for c in "abc"]
    frame = chart.figure.layout.shapes[-1]
    assert (frame.x0 + frame.x1) / 2 == pytest.approx(2) and (frame.y0 + frame.y1) / 2 == pytest.approx(1)


def test_every_line_over_time_can_be_picked_and_the_chosen_time_is_marked():
    months = [datetime.date(2026, m, 1) for m in range(1, 7)]
    rows = pl.DataFrame({"month": months, "churn_rate": [0.01, 0.02, 0.03, 0.02, 0.01, 0.02]})
    chart = clickable_trend(rows, [Series("churn_rate", "churn")], unit="ratio", look=LOOK, provisional=1, chosen=2)
    assert all("markers" in t.mode for t in chart.figure.data if t.hoverinfo != "skip")
    assert chart.figure.layout.hovermode == "x unified"
    assert chart.figure.layout.shapes[-1].x0 == months[2]


def test_the_overlap_shows_counts_and_shares_of_the_row():
    chart = overlap(["a", "b"], [[10, 4], [4, 8]], look=LOOK)
    texts = {(a.y, a.x): a.text for a in chart.figure.layout.annotations}
    assert texts == {(0, 0): "<b>10</b>", (0, 1): "4<br>40%", (1, 0): "4<br>50%", (1, 1): "<b>8</b>"}
    assert "a" in chart.alt and "b" in chart.alt and "4" in chart.alt


def test_an_empty_segment_has_no_share():
    chart = overlap(["a", "b"], [[0, 0], [0, 8]], look=LOOK)
    assert next(a.text for a in chart.figure.layout.annotations if (a.y, a.x) == (0, 1)) == "0"


def test_a_long_name_beside_the_overlap_is_whole_on_two_lines():
    chart = overlap(["High net worth customers", "b"], [[10, 4], [4, 8]], look=LOOK)
    assert chart.figure.layout.yaxis.ticktext[0] == "1 High net worth<br>customers"
