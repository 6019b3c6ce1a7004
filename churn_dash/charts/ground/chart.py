"""A finished chart: the figure, the sentence that says what it shows, and the notes that belong under it."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from churn_dash.charts.ground.palettes import PALETTES, Palette, Theme
from churn_dash.words import Text, say, show

CONFIG = {"displayModeBar": False, "doubleClick": False, "scrollZoom": False, "showTips": False}
"""Plotly's settings for every chart: no tool bar, no zoom by accident."""


@dataclass(frozen=True)
class Look:
    """Who is looking: the language and the theme. Part of the cache key of a figure.

    >>> Look("en", "dark").palette.blue
    '#6EA8FE'
    """

    language: str = "en"
    theme: Theme = "light"

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return PALETTES[self.theme]

    def say(self, what: str | Text) -> str:
        """The words in this language."""
        return say(what, self.language)

    def show(self, value: float | None, unit: str) -> str:
        """The number as this language writes it."""
        return show(value, unit, self.language)


@dataclass(frozen=True)
class Chart:
    """A Plotly figure, the sentence for those who cannot see it (``alt``), and notes to print under it."""

    figure: go.Figure
    alt: str
    notes: tuple[str, ...] = field(default=())
    serial: int = field(default_factory=itertools.count().__next__, compare=False, repr=False)
    """Tells this chart from every other: what is made of it is remembered by its number, since its content is long."""


def bare_figure(look: Look, height: int) -> go.Figure:
    """An empty figure in the look's template; ``height`` in pixels."""
    return go.Figure(layout={"template": f"churn_{look.theme}", "height": height})


class Written:
    """Words inside a figure, put into it together: Plotly copies all that are there for each one that is added."""

    def __init__(self) -> None:
        self._words: list[dict[str, Any]] = []

    def add(self, **named: Any) -> None:
        """One more, as Plotly's ``add_annotation`` takes it."""
        self._words.append(named)

    def beside(self, x: float, y: float, above: float, name: str, left: float, text: str, colour: str, page: str) -> None:
        """The words of one lying bar that ends at ``x``: its name ``above`` it from ``left`` on, its figure in bold behind its end."""
        put = {"xanchor": "left", "showarrow": False}
        self.add(x=left, y=y + above, yshift=9, text=name, bgcolor=page, borderpad=0, font={"size": 12}, **put)
        self.add(x=x, y=y, xshift=4, text=f"<b>{text}</b>", font={"color": colour, "size": 12}, **put)

    def into(self, figure: go.Figure) -> None:
        """Write them all into a figure that has none yet."""
        figure.update_layout(annotations=self._words)


def plain(text: object, most: int = 0) -> str:
    """Text from the data, made safe inside a figure and cut to ``most`` characters (0: whole).

    >>> plain("<b>A&B</b>", 6)
    '&lt;b&gt;A&amp;…'
    """
    words = " ".join(str(text).split())
    if most and len(words) > most:
        words = words[: most - 1].rstrip() + "…"
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
