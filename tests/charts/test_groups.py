from churn_dash.charts import PALETTES, Look, Move, Point, concentration, funnel, moves, profile

LIGHT = PALETTES["light"]


def test_the_curve_is_named_at_its_marks_beside_the_line_on_which_all_are_alike():
    chart = concentration([(0, 0), (0.1, 0.6), (1, 1)], [(0.1, 0.6)], look=Look(), what="balances")
    assert list(chart.figure.data[0].x) == [0, 1] and list(chart.figure.data[0].y) == [0, 1]
    assert "top 10%: <b>60%</b>" in [a.text for a in chart.figure.layout.annotations]
    assert chart.alt == "Concentration of balances: the top 10% of customers hold 60%."
    assert concentration([], [], look=Look("zh"), what="x").alt == "集中度曲线：没有数值。"


WORDS = {"mature": "Mature", "declining": "Declining", "churned": "Left"}
MOVES = [
    Move("mature", "mature", 0.8, 80, 100, 0.71, 0.87),
    Move("mature", "declining", 0.15, 15, 100, 0.09, 0.23),
    Move("mature", "churned", 0.05, 5, 100, 0.02, 0.11),
    Move("declining", "mature", 0.5, 10, 20),
    Move("declining", "declining", 0.25, 5, 20),
    Move("declining", "churned", 0.25, 5, 20),
]


def drawn():
    return moves(
        MOVES, ["mature", "declining"], ["mature", "declining", "churned"], words=WORDS, worse=("declining", "churned"), look=Look()
    )


def test_moves_for_the_worse_are_orange_and_who_stayed_is_grey():
    colours = [s.fillcolor for s in drawn().figure.layout.shapes]
    assert colours[:3] == [LIGHT.line, LIGHT.orange, LIGHT.orange]


def test_a_stage_of_few_customers_has_counts_and_no_shares():
    texts = [a.text for a in drawn().figure.layout.annotations]
    assert texts[0].startswith("80.0%<br>") and ">80<" in texts[0]
    assert all("%" not in t for t in texts[3:]) and ">10<" in texts[3]
    assert drawn().figure.layout.shapes[3].fillcolor == LIGHT.line


def test_the_hover_of_a_move_has_its_range_and_of_how_many():
    hover = drawn().figure.data[0].customdata[0][1]
    assert "Mature → Declining" in hover and "95% range 9.00% to 23.00%" in hover and "15 of 100 customers" in hover
    assert drawn().alt == "Moves between stages; the most frequent change is from Mature to Declining, 15.00%."


def test_a_profile_is_bold_where_a_group_differs_clearly_and_cannot_bring_markup():
    chart = profile(["Loans", "<b>x"], ["1", "2"], [["¥0", "¥5K"], ["1", "2"]], [[-0.1, 2.4], [0.6, 0.0]], look=Look())
    assert [a.text for a in chart.figure.layout.annotations] == ["¥0", "<b>¥5K</b>", "<b>1</b>", "2"]
    assert chart.figure.data[0].z[0][1] == 1.5, "beyond one and a half standard deviations the colour is full"
    assert "&lt;b&gt;x" in chart.figure.layout.yaxis.ticktext[1]


def test_the_bad_side_of_a_funnel_is_orange_whichever_it_is():
    points = [Point("low", 500.0, 0.4, "low", "below"), Point("high", 500.0, 0.8, "high", "above")]

    def colour(worse):
        drawn = funnel(points, 0.6, [], look=Look(), what="x", worse=worse).figure
        return {trace.customdata[0]: trace.marker.color for trace in drawn.data if trace.customdata}

    assert colour("above") == {"low": Look().palette.blue, "high": Look().palette.orange}
    assert colour("below") == {"low": Look().palette.orange, "high": Look().palette.blue}
