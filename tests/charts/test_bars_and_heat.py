from churn_dash.charts import PALETTES, Bar, Cell, Look, bars, heat

BANK = 0.0158
ROWS = [
    Bar("North", 0.0321, 2140, 0.025, 0.041),
    Bar("New", 0.0197, 6220, 0.0150, 0.024),
    Bar("Private", 0.0064, 1310, 0.003, 0.012),
]


def test_only_a_group_surely_above_the_bank_is_orange():
    chart = bars(ROWS, unit="ratio", look=Look(), what="churn rate", bank=BANK)
    light = PALETTES["light"]
    assert list(chart.figure.data[0].marker.color) == [light.orange, light.rest, light.rest]


def test_where_more_is_better_a_group_surely_below_the_bank_is_orange():
    chart = bars(ROWS, unit="ratio", look=Look(), what="retention", bank=BANK, better="up")
    assert list(chart.figure.data[0].marker.color)[2] == PALETTES["light"].orange


def test_names_and_counts_stand_above_the_bars_and_the_axis_has_no_left_margin_of_names():
    chart = bars(ROWS, unit="ratio", look=Look(), what="churn rate", bank=BANK, line="chosen")
    texts = [a.text for a in chart.figure.layout.annotations]
    assert "North" in texts[0] and "2,140" in texts[0]
    assert chart.figure.layout.yaxis.visible is False
    assert "chosen 1.58%" in texts and chart.alt.endswith("; chosen 1.58%.")
    assert "全部 1.58%" in [a.text for a in bars(ROWS, unit="ratio", look=Look("zh"), what="x", bank=BANK).figure.layout.annotations]


def test_bars_keep_the_order_they_are_given_top_down():
    chart = bars(ROWS, unit="ratio", look=Look(), what="churn rate")
    assert list(chart.figure.data[0].y) == [2, 1, 0]


def test_a_name_from_the_data_cannot_bring_markup():
    chart = bars([Bar("<img src=x onerror=alert(1)>", 0.1, 5)], unit="ratio", look=Look(), what="x")
    assert "<img" not in chart.figure.layout.annotations[0].text


def test_an_undefined_bar_is_absent_and_shown_as_a_dash():
    chart = bars([Bar("none", None, 0), *ROWS], unit="ratio", look=Look(), what="churn rate", bank=None)
    assert chart.figure.data[0].x[0] is None
    assert chart.figure.data[0].text[0] == "<b>—</b>"


def test_the_alt_of_bars_names_highest_lowest_and_bank():
    chart = bars(ROWS, unit="ratio", look=Look(), what="churn rate", bank=BANK)
    assert chart.alt == "Bar chart of churn rate for 3 groups: highest North at 3.21%, lowest Private at 0.64%; all 1.58%."


CELLS = [
    Cell("< 1 yr", "Payroll", 0.041, 2140, 0.033, 0.050),
    Cell("< 1 yr", "Loan", 0.016, 900, 0.009, 0.027),
    Cell("> 10 yrs", "Payroll", 0.009, 4000, 0.006, 0.012),
    Cell("> 10 yrs", "Loan", 0.030, 163, 0.010, 0.070),
]


def grid(**more):
    return heat(CELLS, ["< 1 yr", "> 10 yrs"], ["Payroll", "Loan"], unit="ratio", look=Look(), what="churn rate", bank=BANK, **more)


def test_every_cell_prints_a_number_and_a_small_cell_only_its_count():
    texts = [a.text for a in grid().figure.layout.annotations]
    assert [t.partition("<br>")[0] for t in texts] == ["<b>4.10</b>", "1.60", "0.90", "n=163"]
    assert [t.partition("n=")[2].partition("<")[0] for t in texts] == ["2,140", "900", "4,000", "163"]
    assert "95% range 3.30% to 5.00%" in grid().figure.data[0].customdata[0][0]
    assert grid().figure.data[0].z[1][1] is None, "a small cell has no colour of its own"
    grey = grid().figure.layout.shapes
    assert [(s.x0 < 1 < s.x1, s.y0 < 1 < s.y1, s.fillcolor) for s in grey] == [(True, True, PALETTES["light"].grid)]


def test_the_bank_is_the_neutral_middle_of_the_colours():
    figure = grid().figure.data[0]
    assert (figure.zmin, figure.zmax) == (-1, 1)
    assert figure.z[0][0] == 1 and figure.z[1][0] < 0
    assert figure.colorscale[2][1] == PALETTES["light"].heat[2]


def test_an_absent_combination_is_an_empty_cell_that_says_no_customers():
    chart = heat(CELLS[:1], ["< 1 yr", "> 10 yrs"], ["Payroll"], unit="ratio", look=Look(), what="x", bank=BANK)
    assert chart.figure.layout.annotations[1].text == ""
    assert "no customers" in chart.figure.data[0].customdata[1][0]


def test_the_alt_of_a_heat_map_leaves_small_cells_out():
    assert grid().alt == "Heat map of churn rate in 4 cells: highest < 1 yr with Payroll at 4.10%; all 1.58%."
    assert grid(fewest=10_000).alt == "Heat map: no cell has enough customers for a rate."


def test_a_rate_of_too_few_has_no_bar_only_its_count_and_the_chart_says_how_many():
    rows = [*ROWS, Bar("Few", 0.9, 29, 0.7, 0.97), Bar("Part", 0.2, 4, 0.1, 0.3, of=300), Bar("Enough", 0.5, 30, 0.3, 0.7)]
    chart = bars(rows, unit="ratio", look=Look(), what="churn rate", bank=BANK)
    assert list(chart.figure.data[0].x) == [0.0321, 0.0197, 0.0064, None, 0.2, 0.5]
    texts = " ".join(a.text for a in chart.figure.layout.annotations)
    assert "90.00%" not in texts and "29" in texts and "20.00%" in texts
    assert chart.notes == ("1 of fewer than 30: only the count",)
    assert list(chart.figure.data[0].marker.color)[3] == PALETTES["light"].rest
    assert bars(ROWS, unit="ratio", look=Look(), what="x").notes == ()
    assert list(bars([Bar("a", 9e6, 2)], unit="money", look=Look(), what="x").figure.data[0].x) == [9e6]
