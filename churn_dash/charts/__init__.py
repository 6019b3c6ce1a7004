"""Rows in, a finished figure out: no data access, no arithmetic beyond what a picture needs."""

from churn_dash.charts.clicks import (
    clickable_bars,
    clickable_cells,
    clickable_heat,
    clickable_points,
    clickable_rows,
    clickable_times,
    clickable_trend,
)
from churn_dash.charts.curves.concentration import concentration
from churn_dash.charts.curves.index import index_spread
from churn_dash.charts.curves.planning import Held, hold_outs
from churn_dash.charts.curves.profit import Cut, Earned, profit
from churn_dash.charts.curves.qini import Gained, gains
from churn_dash.charts.curves.reach import Reached, reach
from churn_dash.charts.curves.risk import Bin, calibration, scores
from churn_dash.charts.curves.tornado import Moved, lorenz, tornado
from churn_dash.charts.grids.heat import FEWEST, Cell, heat
from churn_dash.charts.grids.migration import Stream, migration
from churn_dash.charts.grids.moves import Move, moves
from churn_dash.charts.grids.profile import profile
from churn_dash.charts.grids.triangle import Square, triangle
from churn_dash.charts.ground.chart import CONFIG, Chart, Look
from churn_dash.charts.ground.events import Event
from churn_dash.charts.ground.palettes import PALETTES, Palette, Theme
from churn_dash.charts.groups.around import Period, around
from churn_dash.charts.groups.bars import Bar, bars
from churn_dash.charts.groups.effects import ALIKE, Effect, Gap, balance, effects
from churn_dash.charts.groups.forest import Mark, forest
from churn_dash.charts.groups.funnel import Limit, Point, funnel
from churn_dash.charts.groups.overlap import overlap
from churn_dash.charts.groups.pareto import CauseBar, pareto
from churn_dash.charts.groups.spark import spark
from churn_dash.charts.groups.upset import Together, upset
from churn_dash.charts.groups.waves import WavePoint, waves
from churn_dash.charts.over_time.columns import Column, month_name, months, year
from churn_dash.charts.over_time.lifetime import Line, gone, staying
from churn_dash.charts.over_time.portrait import Activity, Lane, life
from churn_dash.charts.over_time.timeline import timeline
from churn_dash.charts.over_time.trend import Band, Partial, Series, trend
from churn_dash.charts.steps.change import Share, change, contributions
from churn_dash.charts.steps.growth import Flow, Side, flows, sides
from churn_dash.charts.steps.sankey import sankey, stream_marks
from churn_dash.charts.steps.waterfall import Step, waterfall
from churn_dash.words.printed import printed_steps

__all__ = [
    "ALIKE",
    "CONFIG",
    "FEWEST",
    "PALETTES",
    "Activity",
    "Band",
    "Bar",
    "Bin",
    "CauseBar",
    "Cell",
    "Chart",
    "Column",
    "Cut",
    "Earned",
    "Effect",
    "Event",
    "Flow",
    "Gained",
    "Gap",
    "Held",
    "Lane",
    "Limit",
    "Line",
    "Look",
    "Mark",
    "Move",
    "Moved",
    "Palette",
    "Partial",
    "Period",
    "Point",
    "Reached",
    "Series",
    "Share",
    "Side",
    "Square",
    "Step",
    "Stream",
    "Theme",
    "Together",
    "WavePoint",
    "around",
    "balance",
    "bars",
    "calibration",
    "change",
    "clickable_bars",
    "clickable_cells",
    "clickable_heat",
    "clickable_points",
    "clickable_rows",
    "clickable_times",
    "clickable_trend",
    "concentration",
    "contributions",
    "effects",
    "flows",
    "forest",
    "funnel",
    "gains",
    "gone",
    "heat",
    "hold_outs",
    "index_spread",
    "life",
    "lorenz",
    "migration",
    "month_name",
    "months",
    "moves",
    "overlap",
    "pareto",
    "printed_steps",
    "profile",
    "profit",
    "reach",
    "sankey",
    "scores",
    "sides",
    "spark",
    "staying",
    "stream_marks",
    "timeline",
    "tornado",
    "trend",
    "triangle",
    "upset",
    "waterfall",
    "waves",
    "year",
]
