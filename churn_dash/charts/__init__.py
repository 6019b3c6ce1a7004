"""Rows in, a finished figure out: no data access, no arithmetic beyond what a picture needs."""

from churn_dash.charts.bars import Bar, bars
from churn_dash.charts.chart import CONFIG, Chart, Look
from churn_dash.charts.clicks import clickable_bars, clickable_heat, clickable_trend
from churn_dash.charts.effects import ALIKE, Effect, Gap, balance, effects
from churn_dash.charts.events import Event
from churn_dash.charts.heat import FEWEST, Cell, heat
from churn_dash.charts.migration import Flow, migration
from churn_dash.charts.palettes import PALETTES, Palette, Theme
from churn_dash.charts.risk import Bin, calibration, profit, scores
from churn_dash.charts.sankey import sankey
from churn_dash.charts.spark import spark
from churn_dash.charts.timeline import timeline
from churn_dash.charts.trend import Series, trend
from churn_dash.charts.upset import Together, upset
from churn_dash.charts.waterfall import Step, printed_steps, waterfall

__all__ = [
    "ALIKE",
    "CONFIG",
    "FEWEST",
    "PALETTES",
    "Bar",
    "Bin",
    "Cell",
    "Chart",
    "Effect",
    "Event",
    "Flow",
    "Gap",
    "Look",
    "Palette",
    "Series",
    "Step",
    "Theme",
    "Together",
    "balance",
    "bars",
    "calibration",
    "clickable_bars",
    "clickable_heat",
    "clickable_trend",
    "effects",
    "heat",
    "migration",
    "printed_steps",
    "profit",
    "sankey",
    "scores",
    "spark",
    "timeline",
    "trend",
    "upset",
    "waterfall",
]
