"""Every cell of the heat map says its rate, its range and its n without a pointer; small cells only how many."""

from churn_dash.charts import Cell
from churn_dash.charts.grids.heat import heat
from churn_dash.charts.ground.chart import Look


def test_a_cell_prints_rate_range_and_n_and_a_small_one_only_n():
    cells = [Cell("a", "x", 0.123, 1_200, 0.1, 0.15), Cell("a", "y", 0.5, 29, 0.3, 0.7), Cell("b", "x", 0.02, 30, 0.004, 0.11)]
    for columns in (["x", "y"], ["x", "y", "p", "q", "r"]):
        figure = heat(cells, ["a", "b"], columns, unit="ratio", look=Look("en", "light"), what="churn", bank=0.1, fewest=30).figure
        texts = [a.text for a in figure.layout.annotations]
        assert any("12.3" in t and "10.0–15.0" in t and "n=1,200" in t for t in texts)
        assert any("2.00" in t and "0.40–11.0" in t and "n=30" in t for t in texts)
        assert "n=29" in texts and not any("50" in t for t in texts)
        gray = [a.font.color for a in figure.layout.annotations if a.text == "n=29"]
        plain = [a.font.color for a in figure.layout.annotations if "n=1,200" in a.text]
        assert gray != plain
