"""Rows in, a finished figure out: no data access, no arithmetic beyond what a picture needs."""

from churn_dash.charts.bars import Bar, bars
from churn_dash.charts.chart import CONFIG, Chart, Look
from churn_dash.charts.clicks import clickable_bars, clickable_heat, clickable_trend
from churn_dash.charts.effects import ALIKE, Effect, Gap, balance, effects
from churn_dash.charts.events import Event
from churn_dash.charts.forest import Mark, forest
from churn_dash.charts.heat import FEWEST, Cell, heat
from churn_dash.charts.palettes import PALETTES, Palette, Theme
from churn_dash.charts.pareto import CauseBar, pareto
from churn_dash.charts.risk import Bin, calibration, profit, scores
from churn_dash.charts.spark import spark
from churn_dash.charts.timeline import timeline
from churn_dash.charts.trend import Series, trend
from churn_dash.charts.waterfall import Step, printed_steps, waterfall
from churn_dash.charts.waves import Point, waves

__all__ = [
    "ALIKE",
    "CONFIG",
    "FEWEST",
    "PALETTES",
    "Bar",
    "Bin",
    "CauseBar",
    "Cell",
    "Chart",
    "Effect",
    "Event",
    "Gap",
    "Look",
    "Mark",
    "Palette",
    "Point",
    "Series",
    "Step",
    "Theme",
    "balance",
    "bars",
    "calibration",
    "clickable_bars",
    "clickable_heat",
    "clickable_trend",
    "effects",
    "forest",
    "heat",
    "pareto",
    "printed_steps",
    "profit",
    "scores",
    "spark",
    "timeline",
    "trend",
    "waterfall",
    "waves",
]
