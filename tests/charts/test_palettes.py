"""Pages and charts have the same colours: those of the theme are those of the palette."""

import tomllib

import pytest

from churn_dash.charts.ground.palettes import PALETTES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_pages_has_the_colours_of_the_charts(theme, request):
    told = tomllib.loads((request.config.rootpath / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][theme]
    palette = PALETTES[theme]
    assert tuple(told["chartCategoricalColors"]) == palette.series
    names = {
        "backgroundColor": "page",
        "textColor": "ink",
        "borderColor": "line",
        "blueColor": "blue",
        "orangeColor": "orange",
        "grayColor": "slate",
    }
    assert {name: told[name] for name in names} == {name: getattr(palette, part) for name, part in names.items()}
