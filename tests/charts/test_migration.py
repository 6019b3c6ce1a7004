"""The matrix of moves and its streams: orange fell, blue rose, neutral stayed; counts where a row is small."""

import itertools

import pytest

from churn_dash.charts import Look, Stream, migration, sankey, stream_marks

FLOWS = [
    Stream("Gold", "Gold", 0.6, 60, "stay"),
    Stream("Gold", "Mass", 0.3, 30, "down"),
    Stream("Gold", "Left", 0.1, 10, "lost"),
    Stream("Mass", "Gold", 0.5, 10, "up"),
    Stream("Mass", "Mass", 0.5, 10, "stay"),
    Stream("Mass", "Left", 0.0, 0, "lost"),
]


def labels(figure):
    return [a.text for a in figure.layout.annotations]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_who_fell_is_orange_who_rose_blue_who_stayed_neutral(theme):
    figure = migration(FLOWS, ["Gold", "Mass"], ["Gold", "Mass", "Left"], look=Look("en", theme), what="Moves").figure
    z = figure.data[0].z
    assert z[0][0] == 0 and z[0][1] > z[0][2] > 0 and z[1][0] < 0 and z[1][2] is None
    assert figure.data[0].zmin == -figure.data[0].zmax


def test_every_cell_has_its_number_and_a_small_row_its_counts():
    found = migration(FLOWS, ["Gold", "Mass"], ["Gold", "Mass", "Left"], look=Look(), what="Moves")
    assert [a.text for a in found.figure.layout.annotations] == ["60.0", "30.0", "10.0", "n=10", "n=10"]
    assert found.alt == "Moves: Gold → Gold 60.00%; Gold → Mass 30.00%; Gold → Left 10.00%"


def test_streams_are_as_wide_as_customers_or_amounts_and_none_is_lost():
    found = sankey(FLOWS, ["Gold", "Mass", "Left"], unit="count", look=Look(), what="Moves").figure
    edges = [abs(t.y[-1] - t.y[0]) for t in found.data]
    assert edges == pytest.approx([60 * edges[2] / 10, 30 * edges[2] / 10, edges[2], edges[2], edges[2]])
    assert labels(found) == ["Gold 100", "Mass 20", "Gold 70", "Mass 40", "Left 10"]
    money = sankey(FLOWS, ["Gold", "Mass", "Left"], unit="money", look=Look("zh"), what="Moves", amounts=[1e4, 0, 0, 2e8, 0, 0]).figure
    assert len(money.data) == 2 and "¥2亿" in labels(money)[1]


def test_at_each_edge_the_streams_lie_beside_one_another_inside_the_picture():
    figure = sankey(FLOWS, ["Gold", "Mass", "Left"], unit="count", look=Look(), what="Moves").figure
    for at in (0, 24):
        spans = sorted((t.y[at], t.y[len(t.y) - 1 - at]) for t in figure.data)
        assert spans[0][0] >= 0 and spans[-1][1] <= 1
        assert all(high <= low + 1e-9 for (_l, high), (low, _h) in itertools.pairwise(spans))


def test_every_stream_can_be_clicked_where_it_lies():
    groups = ["Gold", "Mass", "Left"]
    figure = sankey(FLOWS, groups, unit="count", look=Look(), what="Moves").figure
    areas = {t.text: t for t in figure.data}
    marks = stream_marks(FLOWS, groups, unit="count", look=Look())
    assert {i for *_place, i in marks} == {i for i, f in enumerate(FLOWS) if f.n}
    for x, y, words, i in marks:
        area, step = areas[words], round(x * 24)
        assert words.startswith(f"{FLOWS[i].start} → {FLOWS[i].end}")
        assert min(area.y[step - 1 : step + 2]) - 1e-9 <= y <= max(area.y[len(area.y) - 2 - step : len(area.y) + 1 - step]) + 1e-9


def test_text_from_the_data_stays_text_and_nobody_is_an_empty_picture():
    evil = [Stream("<b>x", "Left", 1.0, 50, "lost")]
    assert "&lt;b&gt;x" in labels(sankey(evil, ["<b>x", "Left"], unit="count", look=Look(), what="M").figure)[0]
    assert "<b>x" not in str(migration(evil, ["<b>x"], ["Left"], look=Look(), what="M").figure.layout.yaxis.ticktext)
    assert not sankey([], [], unit="count", look=Look(), what="M").figure.data
