"""The colours of a chart, light and dark, and the two Plotly templates made of them. Source: the product's visual language."""

from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go
import plotly.io as pio

Theme = Literal["light", "dark"]

FONT = "'IBM Plex Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean: blue is ours or better, orange is worse, the rest is grey."""

    page: str
    raised: str
    ink: str
    muted: str
    line: str
    grid: str
    zero: str
    blue: str
    orange: str
    orange_text: str
    teal: str
    plum: str
    gold: str
    sky: str
    slate: str
    rest: str
    soft: str
    heat: tuple[str, str, str, str, str]

    @property
    def series(self) -> tuple[str, ...]:
        """The colours of up to seven series, in order."""
        return (self.blue, self.orange, self.teal, self.plum, self.gold, self.sky, self.slate)


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        page="#FFFFFF",
        raised="#FFFFFF",
        ink="#111827",
        muted="#566070",
        line="#E3E7ED",
        grid="#EDF0F4",
        zero="#98A2B0",
        blue="#1F5FBF",
        orange="#D2691E",
        orange_text="#A8480B",
        teal="#0F8B8D",
        plum="#8A4F9E",
        gold="#B07A00",
        sky="#3F8FD4",
        slate="#6B7684",
        rest="#87919F",
        soft="rgba(31,95,191,.12)",
        heat=("#7DA8E2", "#BFD6F4", "#F5F7FA", "#F8D3AF", "#E5914E"),
    ),
    "dark": Palette(
        page="#0F1318",
        raised="#1A2029",
        ink="#E6EAF0",
        muted="#A9B3C1",
        line="#2A323D",
        grid="#1F2630",
        zero="#566070",
        blue="#6EA8FE",
        orange="#F2994A",
        orange_text="#F7B27A",
        teal="#45C1BE",
        plum="#C597DC",
        gold="#E0B84C",
        sky="#A9D0FF",
        slate="#98A2B0",
        rest="#6B7684",
        soft="rgba(110,168,254,.18)",
        heat=("#3062AA", "#20406F", "#1A2029", "#553519", "#8F5320"),
    ),
}
"""The palette of each theme."""


def template(palette: Palette) -> go.layout.Template:
    """The Plotly template of a palette: flat, no legend, grid on the value axis only, 12 px type."""
    words = {"family": FONT, "size": 12, "color": palette.ink}
    quiet = {"family": FONT, "size": 12, "color": palette.muted}
    return go.layout.Template(
        layout={
            "font": words,
            "colorway": list(palette.series),
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 0, "r": 8, "t": 8, "b": 0, "pad": 4},
            "xaxis": {
                "showgrid": False,
                "showline": False,
                "zeroline": False,
                "ticks": "",
                "tickfont": quiet,
                "automargin": True,
                "tickangle": 0,
                "title": "",
            },
            "yaxis": {
                "showgrid": True,
                "gridcolor": palette.grid,
                "showline": False,
                "zeroline": False,
                "ticks": "",
                "tickfont": quiet,
                "nticks": 5,
                "automargin": True,
                "title": "",
            },
            "bargap": 0.38,
            "barcornerradius": 3,
            "hovermode": "x unified",
            "hoverlabel": {"bgcolor": palette.raised, "bordercolor": palette.line, "font": words},
            "showlegend": False,
            "dragmode": False,
            "separators": ".,",
        }
    )


pio.templates["churn_light"] = template(PALETTES["light"])
pio.templates["churn_dark"] = template(PALETTES["dark"])
