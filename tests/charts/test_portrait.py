import datetime

from churn_dash.charts import Activity, Lane, Look, life

MONTHS = [datetime.date(2026, m, 1) for m in range(1, 7)]


def drawn(lanes=(), activity=(), language="en"):
    return life(MONTHS, [100.0, 90.0, 80.0, None, 20.0, 10.0], look=Look(language), label="Balances", activity=activity, lanes=lanes)


def test_every_mark_stands_on_its_own_day_in_the_lane_of_its_kind_and_early_ones_are_not_drawn():
    contacts = Lane("Contacts", "circle", "bank", ((datetime.date(2025, 3, 1), "early"), (datetime.date(2026, 2, 9), "<b>call</b>")))
    figure = drawn(
        [contacts, Lane("Warnings", "triangle-up", "asks", ()), Lane("Surveys", "star", "", ((datetime.date(2026, 5, 2), "3 of 5"),))]
    ).figure
    marks = {t.name: t for t in figure.data if t.yaxis == "y3"}
    assert set(marks) == {"Contacts", "Surveys"} and [str(x)[:10] for x in marks["Contacts"].x] == ["2026-02-09"]
    assert "&lt;b&gt;call" in marks["Contacts"].customdata[0], "a bank's own words stay words"
    assert marks["Contacts"].y[0] > marks["Surveys"].y[0] and {marks[n].marker.symbol for n in marks} == {"circle", "star"}


def test_balances_activity_and_lanes_share_one_axis_and_do_not_overlap():
    activity = [Activity("Transactions", True, (5, 4, 3, 2, 1, 0)), Activity("Logins", False, (0, 0, 0, 0, 0, 0))]
    chart = drawn([Lane("Contacts", "circle", "bank", ((datetime.date(2026, 2, 9), "call"),))], activity)
    layout = chart.figure.layout
    assert layout.yaxis3.domain[1] < layout.yaxis2.domain[0] < layout.yaxis2.domain[1] < layout.yaxis.domain[0]
    assert {t.xaxis or "x" for t in chart.figure.data} == {"x"}
    assert [t.name for t in chart.figure.data if t.yaxis == "y2"] == ["Transactions"], "a count that is always 0 is no picture"
    assert "Contacts 1" in chart.alt


def test_without_anything_else_it_is_the_line_of_balances_alone():
    figure = drawn().figure
    assert tuple(figure.layout.yaxis.domain) == (0, 1) and all(t.yaxis in (None, "y") for t in figure.data)
