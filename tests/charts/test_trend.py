import datetime as dt
import itertools

import polars as pl
import pytest

from churn_dash.charts import Event, Look, Series, trend
from churn_dash.charts.ground.axes import tick_text, time_ticks, value_ticks

MONTHS = [dt.date(2025, m, 1) for m in range(1, 13)]
RATES = [0.020, 0.0196, 0.0193, 0.019, 0.0188, 0.0186, 0.018, 0.0176, 0.0174, 0.017, 0.0166, 0.0158]
ROWS = pl.DataFrame(
    {
        "month": MONTHS,
        "churn": RATES,
        "churn_low": [r - 0.001 for r in RATES],
        "churn_high": [r + 0.002 for r in RATES],
        "churn_n": [48_210] * 12,
        "last": [r + 0.001 for r in RATES],
    }
)


def drawn(language="en", theme="light", **more):
    return trend(
        ROWS, [Series("churn", "this year"), Series("last", "last year", comparison=True)], unit="ratio", look=Look(language, theme), **more
    )


def test_settled_months_are_solid_and_provisional_ones_dotted_with_open_markers_and_a_hatched_band():
    chart = drawn(provisional=2)
    lines = {(t.name, t.line.dash): t for t in chart.figure.data if t.mode and t.line.width}
    settled, open_ended = lines[("this year", None)], lines[("this year", "dot")]
    assert list(settled.y) == RATES[:10]
    assert list(open_ended.y) == RATES[9:], "the dotted part starts where the solid part ends"
    assert list(open_ended.marker.size) == [0, 8, 8]
    band = next(t for t in chart.figure.data if t.fill == "toself")
    assert band.fillpattern.shape == "/"
    assert max(band.y) == pytest.approx(max(ROWS["churn_high"][10:])), "only the provisional months have a band"


def test_the_band_of_a_provisional_month_reaches_from_where_it_settles_at_least_to_at_most_even_without_a_figure():
    nothing = [None] * 11
    rows = ROWS.with_columns(
        pl.Series("churn", [*RATES[:11], None]),
        pl.Series("churn_settles_low", [*nothing, 0.011], dtype=pl.Float64),
        pl.Series("churn_settles_high", [*nothing, 0.024], dtype=pl.Float64),
    )
    figure = trend(rows, [Series("churn", "this year")], unit="ratio", look=Look("en", "light"), provisional=1).figure
    band = next(t for t in figure.data if t.fill == "toself")
    assert list(band.y) == [RATES[10], 0.024, 0.011, RATES[10]]
    assert figure.layout.yaxis.range[1] >= 0.024


def test_without_provisional_months_everything_is_solid():
    chart = drawn()
    assert [list(t.y) for t in chart.figure.data if t.name == "this year"] == [RATES]
    assert not any(t.fill == "toself" for t in chart.figure.data)


def test_the_comparison_is_dotted_and_grey_and_no_chart_has_a_legend():
    chart = drawn()
    comparison = next(t for t in chart.figure.data if t.name == "last year")
    assert (comparison.line.dash, comparison.line.color) == ("dot", "#6B7684")
    assert chart.figure.layout.template.layout.showlegend is False


def test_events_are_numbered_in_order_of_time_and_explained_in_the_notes():
    late, early = Event(dt.date(2025, 9, 20), "Renewal bonus"), Event(dt.date(2025, 3, 2), "Payroll calls")
    chart = drawn(events=[late, early, Event(dt.date(2023, 1, 1), "Outside")])
    assert chart.notes[0] == "① Payroll calls, from Mar 2025"
    assert chart.notes[1] == "② Renewal bonus, from Sep 2025"
    assert {a.text for a in chart.figure.layout.annotations} >= {"①", "②"}
    assert not any("Outside" in note for note in chart.notes)


def test_two_events_of_one_month_share_one_mark():
    chart = drawn(events=[Event(dt.date(2025, 3, 2), "a"), Event(dt.date(2025, 3, 20), "b")])
    assert "①②" in {a.text for a in chart.figure.layout.annotations}


def test_an_axis_that_does_not_start_at_zero_says_so():
    assert drawn().notes[-1] == "The axis starts at 1.4%."
    zero = trend(ROWS.with_columns(churn=pl.Series([0.0, *RATES[1:]])), [Series("churn", "x")], unit="ratio", look=Look())
    assert zero.notes == ()
    assert zero.figure.layout.yaxis.range[0] == 0


def test_the_alt_sentence_tells_first_last_and_highest_in_both_languages():
    assert drawn().alt == "Line chart of this year: 2.00% in Jan 2025, 1.58% in Dec 2025, highest 2.00% in Jan 2025."
    assert drawn("zh").alt == "本年折线图：2025年1月为 2.00%，2025年12月为 1.58%，最高为 2025年1月的 2.00%。"


def test_the_hover_gives_value_range_and_count():
    assert drawn().figure.data[-1].customdata[0] == "2.00% (1.90% to 2.20%) · n=48,210"


def test_undefined_months_break_the_line_and_never_become_zero():
    chart = trend(ROWS.with_columns(churn=pl.Series([None, *RATES[1:]])), [Series("churn", "x")], unit="ratio", look=Look())
    assert chart.figure.data[0].y[0] is None


def test_months_of_a_few_customers_are_counted_and_not_drawn():
    counts = [5, 29, 30, *[48210] * 9]
    rows = ROWS.with_columns(churn_n=pl.Series(counts), churn=pl.Series([0.9, *RATES[1:]]))
    chart = trend(rows, [Series("churn", "x")], unit="ratio", look=Look())
    assert list(chart.figure.data[0].y) == [None, None, *RATES[2:]] and chart.figure.layout.yaxis.range[1] < 0.1
    assert "2 of fewer than 30: not drawn" in chart.notes
    assert "Jan 2025" not in chart.alt
    nobody = trend(rows.with_columns(churn_n=pl.lit(7)), [Series("churn", "x")], unit="ratio", look=Look())
    assert nobody.alt == "Line chart without values." and "12 of fewer than 30: not drawn" in nobody.notes


def test_rows_without_any_value_still_draw_and_say_so():
    empty = trend(ROWS.with_columns(churn=pl.lit(None, pl.Float64)), [Series("churn", "x")], unit="ratio", look=Look())
    assert empty.alt == "Line chart without values."


def test_end_labels_never_overlap():
    rows = pl.DataFrame({"month": MONTHS} | {c: [v] * 12 for c, v in {"a": 0.02, "b": 0.0201, "c": 0.0199}.items()})
    chart = trend(rows, [Series(c, c) for c in "abc"], unit="ratio", look=Look())
    low, high = chart.figure.layout.yaxis.range
    pixels = sorted((a.y - low) / (high - low) * 240 + (a.yshift or 0) for a in chart.figure.layout.annotations)
    assert all(b - a >= 30 for a, b in itertools.pairwise(pixels))
    assert pixels[-1] <= 241


def test_at_most_six_time_ticks_the_last_month_always_among_them():
    months = [dt.date(2023 + i // 12, i % 12 + 1, 1) for i in range(36)]
    for n in (1, 2, 7, 13, 24, 36):
        ticks = time_ticks(months[:n])
        assert len(ticks) <= 6 and ticks[-1] == months[n - 1]


@pytest.mark.parametrize(("low", "high"), [(0.0141, 0.0206), (0, 3e8), (-5, 12), (0, 0), (0.5, 0.5)])
def test_round_ticks_cover_the_values(low, high):
    ticks = value_ticks(low, high)
    assert ticks[0] <= low and ticks[-1] >= high and ticks == sorted(ticks) and 2 <= len(ticks) <= 8


def test_axis_money_is_written_in_the_units_of_the_language():
    assert tick_text([0, 1e8], "money", "zh") == ["¥0", "¥1亿"]
    assert tick_text([0, 1e8], "money", "en") == ["¥0", "¥100M"]


def test_a_rate_axis_shows_as_many_decimals_as_its_step_needs():
    assert tick_text([0.0, 0.0005, 0.001], "ratio", "en") == ["0.00%", "0.05%", "0.10%"]
