"""Who is in which group of the pages Behaviour and Value: the groups of ``segments.groups`` as cells."""

import math
from typing import Any

import polars as pl

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments.groups.clusters import FEWEST, MOST, clusters
from churn_dash.segments.groups.lifecycle import lifecycle
from churn_dash.segments.groups.orientation import orientation
from churn_dash.segments.groups.rfm import rfm
from churn_dash.segments.groups.service_tiers import service_tiers
from churn_dash.segments.groups.tenths import Margin, value

_SCORES = ("r", "f", "m")
_MONEY = ("balances", "amount")


def _asked_for(rows: pl.DataFrame, cell: pl.Expr) -> pl.DataFrame:
    """The customers whom the filters choose, with their cell; those of no cell are left out."""
    return rows.filter("asked").select("customer_id", cell.alias("cell")).drop_nulls("cell")


def _money(text: str) -> Any:
    if text not in ("", *_MONEY):
        raise BadInput(_("Money is balances or amount, not {text}."), text=text[:40])
    return text or None


def _margin(how: str) -> Margin | None:
    """The margin by which value is told; None: by balances."""
    by, *numbers = how.split(",")
    if by != "margin":
        if how not in ("", "balances"):
            raise BadInput(_("Value is balances or margin, not {text}."), text=how[:40])
        return None
    try:
        margin = Margin(*(float(n) for n in numbers))
    except (TypeError, ValueError):
        margin = None
    if margin is None or not math.isfinite(margin.spread) or not math.isfinite(margin.servicing):
        raise BadInput(_("The margin is written margin,SPREAD,SERVICING, not {text}."), text=how[:40])
    return margin


def rfm_cells(question: Question, how: str) -> pl.DataFrame:
    """Two scores crossed: cells such as 5-3, the first score down and the second across."""
    axes, _comma, money = (how or "fm").partition(",")
    if len(axes) != 2 or axes[0] == axes[1] or not set(axes) <= set(_SCORES):
        raise BadInput(_("Two of the scores r, f and m are crossed, such as fm, not {text}."), text=axes[:40])
    people = rfm(question, money=_money(money)).people.drop_nulls(list(axes))
    return _asked_for(people, pl.format("{}-{}", axes[0], axes[1]))


def rfm_kinds(question: Question, how: str) -> pl.DataFrame:
    """The kinds that the scores make."""
    return _asked_for(rfm(question, money=_money(how)).people, pl.col("group"))


def in_clusters(question: Question, how: str) -> pl.DataFrame:
    """The groups that the data suggest."""
    if how and not (how.isascii() and how.isdigit() and FEWEST <= int(how) <= MOST):
        raise BadInput(_("The number of groups is {least} to {most}, not {text}."), least=FEWEST, most=MOST, text=how[:40])
    return _asked_for(clusters(question, k=int(how) if how else None).people, pl.col("group"))


def orientations(question: Question, _how: str) -> pl.DataFrame:
    """What customers come for."""
    return _asked_for(orientation(question).people, pl.col("group"))


def tenths(question: Question, how: str) -> pl.DataFrame:
    """Tenths by balances or by margin, 1 the most valuable."""
    return _asked_for(value(question, margin=_margin(how)).people, pl.col("group"))


def top_shares(question: Question, how: str) -> pl.DataFrame:
    """The most valuable 1 %, 5 %, …, each within the next."""
    return value(question, margin=_margin(how)).holders().select("customer_id", pl.col("top").cast(pl.String).alias("cell"))


def services(question: Question, _how: str) -> pl.DataFrame:
    """The three kinds of service."""
    return _asked_for(service_tiers(question).people, pl.col("group"))


def stage_moves(question: Question, _how: str) -> pl.DataFrame:
    """From which stage to which: cells such as mature>declining."""
    return _asked_for(lifecycle(question).people, pl.format("{}>{}", "group", "after"))
