"""Rows in, a finished figure out: no data access, no arithmetic beyond what a picture needs."""

from churn_dash.charts.bars import Bar, bars
from churn_dash.charts.chart import CONFIG, Chart, Look
from churn_dash.charts.columns import Column, month_name, months, year
from churn_dash.charts.effects import ALIKE, Effect, Gap, balance, effects
from churn_dash.charts.events import Event
from churn_dash.charts.growth import Flow, Side, flows, sides
from churn_dash.charts.heat import FEWEST, Cell, heat
from churn_dash.charts.palettes import PALETTES, Palette, Theme
from churn_dash.charts.risk import Bin, calibration, profit, scores
from churn_dash.charts.spark import spark
from churn_dash.charts.timeline import timeline
from churn_dash.charts.trend import Band, Partial, Series, trend
from churn_dash.charts.waterfall import Step, printed_steps, waterfall

__all__ = [
    "ALIKE",
    "CONFIG",
    "FEWEST",
    "PALETTES",
    "Band",
    "Bar",
    "Bin",
    "Cell",
    "Chart",
    "Column",
    "Effect",
    "Event",
    "Flow",
    "Gap",
    "Look",
    "Palette",
    "Partial",
    "Series",
    "Side",
    "Step",
    "Theme",
    "balance",
    "bars",
    "calibration",
    "effects",
    "flows",
    "heat",
    "month_name",
    "months",
    "printed_steps",
    "profit",
    "scores",
    "sides",
    "spark",
    "timeline",
    "trend",
    "waterfall",
    "year",
]
