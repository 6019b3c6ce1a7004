"""Every way in which a page splits customers other than by a dimension, declared once: who is in which cell."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.behind import groups
from churn_dash.causes.after_answers import followed_customers
from churn_dash.causes.complaints import complaining_customers
from churn_dash.causes.departures import departed_customers
from churn_dash.causes.loyalty_classes import standing_customers
from churn_dash.causes.satisfaction import answering_customers
from churn_dash.contract.calendar import shifted
from churn_dash.contract.definitions import Settings, with_settings
from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.measures import Period
from churn_dash.measures.lab import lost_before, lost_by
from churn_dash.measures.money.costs import largest_lost
from churn_dash.measures.movement.growth import steps
from churn_dash.measures.movement.product_churn import behind_products
from churn_dash.measures.movement.tiers import moved_customers
from churn_dash.measures.question import Question
from churn_dash.measures.tenure.hazard import departed
from churn_dash.measures.tenure.torn import quiet, torn
from churn_dash.segments import members
from churn_dash.store import Dataset
from churn_dash.words import nearest


@dataclass(frozen=True)
class Split:
    """One split: its ``name`` in addresses and on the command line, the ``pages`` that draw it, and who is in which cell.

    ``work(question, how)`` gives customer_id and cell, a row each pair: a customer may be in several cells. ``how`` is what the page lets
    its reader choose, empty for the usual; ``hows`` says in words what it may be. ``narrows``: a click limits the other charts to the
    cell's customers; else it only lists them. ``everywhere``: it goes on doing so on other pages, since the cell says how customers
    stood and not what became of them. ``within``: who is in a cell depends on who else is asked for.
    """

    name: str
    label: str
    pages: tuple[str, ...]
    work: Callable[[Question, str], pl.DataFrame]
    narrows: bool = True
    everywhere: bool = False
    hows: str = ""
    within: bool = False


def _cells(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.select("customer_id", pl.col(column).cast(pl.String).alias("cell")).drop_nulls()


def _deficits(question: Question, _how: str) -> pl.DataFrame:
    return _cells(departed_customers(question).explode("deficits"), "deficits")


def _moves(question: Question, how: str) -> pl.DataFrame:
    rows = moved_customers(question, rule=how or None)
    return rows.select("customer_id", pl.format("{}>{}", "start", "end").alias("cell"))


def _settings(ds: Dataset, how: str) -> Settings:
    """The settings of the definitions that a page was given; those in force where it was given none."""
    try:
        return Settings.read(json.loads(how)) if how else ds.settings
    except (ValueError, AttributeError) as problem:
        raise BadInput(_("The settings of the definitions are not JSON: {what}"), what=how[:60]) from problem


def _overlaps(question: Question, how: str) -> pl.DataFrame:
    return _cells(lost_by(question, with_settings(_settings(question.ds, how))), "names")


def _lost_before(question: Question, how: str) -> pl.DataFrame:
    return _cells(lost_before(question, with_settings(_settings(question.ds, how))), "names")


def _lost_by(question: Question, _how: str) -> pl.DataFrame:
    """Who is lost by each definition that the data can answer; who is lost by several is in several cells."""
    names = question.ds.definitions
    lost = [members(question.by_definition(name)).filter("left").with_columns(cell=pl.lit(name)) for name in names]
    return _cells(pl.concat([rows.select("customer_id", "cell") for rows in lost]), "cell")


def _products(question: Question, _how: str) -> pl.DataFrame:
    """Who lost a product: cells are the measures, and the measures with a kind of product."""
    rows = behind_products(question)
    kinds = rows.drop_nulls("product").select("customer_id", pl.format("{}.{}", "measure", "product").alias("cell"))
    return pl.concat([_cells(rows, "measure"), kinds])


def _waves(question: Question, how: str) -> pl.DataFrame:
    """Who answered in which wave of the period and of the year before it, which its page draws."""
    if how not in ("", "csat", "nps"):
        raise BadInput(_("What was asked is csat or nps, not {text}."), text=how[:40])
    whole = question.months
    longer = Period(max(question.ds.measurable[0], shifted(whole.start, -12)), whole.end)
    return _cells(answering_customers(question.over(longer), "nps" if how == "nps" else "csat"), "wave")


def _left(question: Question, _how: str) -> pl.DataFrame:
    rows = members(question).filter(pl.col("left").fill_null(value=False))
    return rows.select("customer_id", pl.lit("left").alias("cell"))


SPLITS: dict[str, Split] = {
    s.name: s
    for s in (
        Split("growth", _("Growth"), ("growth",), lambda q, _h: _cells(steps(q), "step"), narrows=False),
        Split("left", _("Those who left"), ("market", "costs"), _left, narrows=False),
        Split("lost_by", _("Lost by"), ("trends",), _lost_by, narrows=False),
        Split("product", _("Product lost"), ("growth",), _products, narrows=False),
        Split("age_left", _("Left after"), ("survival",), lambda q, _h: _cells(departed(q), "band"), narrows=False),
        Split("thread", _("Broken right now"), ("survival",), lambda q, _h: _cells(torn(q), "thread"), narrows=False),
        Split("quiet", _("Without a transaction"), ("survival",), lambda q, _h: _cells(quiet(q), "state"), narrows=False),
        Split("largest", _("Those who left"), ("costs",), lambda q, _h: _cells(largest_lost(q), "top"), narrows=False),
        Split("overlap", _("Definitions"), ("definitions",), _overlaps, narrows=False, hows=_("settings of the definitions, as JSON")),
        Split(
            "lost_before",
            _("Lost a year before by"),
            ("definitions",),
            _lost_before,
            narrows=False,
            hows=_("settings of the definitions, as JSON"),
        ),
        Split("tier_move", _("Move between tiers"), ("tiers",), _moves, hows=_("tier rule, bohai or ccb")),
        Split("stage_move", _("Move between stages"), ("value",), groups.stage_moves),
        Split("cause", _("Kind of cause"), ("causes",), lambda q, _h: _cells(departed_customers(q), "cause_class")),
        Split("reason", _("Reason"), ("causes",), lambda q, _h: _cells(departed_customers(q), "reason")),
        Split("destination", _("New bank"), ("causes",), lambda q, _h: _cells(departed_customers(q), "destination")),
        Split("deficit", _("Deficit"), ("causes",), _deficits),
        Split("band", _("Satisfaction"), ("satisfaction",), lambda q, _h: _cells(followed_customers(q), "band"), everywhere=True),
        Split("nps", _("Recommendation"), ("satisfaction",), lambda q, _h: _cells(followed_customers(q), "class"), everywhere=True),
        Split(
            "answering", _("Questionnaire"), ("satisfaction",), lambda q, _h: _cells(followed_customers(q), "answering"), everywhere=True
        ),
        Split("wave", _("Answered in"), ("satisfaction",), _waves, everywhere=True, hows=_("csat or nps")),
        Split("complaint", _("Complaint"), ("satisfaction",), lambda q, _h: _cells(complaining_customers(q), "category"), everywhere=True),
        Split("loyalty", _("Loyalty"), ("satisfaction",), lambda q, _h: _cells(standing_customers(q), "group"), everywhere=True),
        Split(
            "rfm",
            _("Recency, frequency, money"),
            ("behaviour",),
            groups.rfm_cells,
            everywhere=True,
            hows=_("two of r, f, m, then balances or amount: fm,balances"),
        ),
        Split("rfm_kind", _("Kind of customer"), ("behaviour",), groups.rfm_kinds, everywhere=True, hows=_("balances or amount")),
        Split("cluster", _("Group"), ("behaviour",), groups.in_clusters, everywhere=True, hows=_("how many groups, 2 to 8")),
        Split("orientation", _("Orientation"), ("behaviour",), groups.orientations, everywhere=True),
        Split("tenth", _("Tenth by value"), ("value",), groups.tenths, everywhere=True, hows=_("balances, or margin,SPREAD,SERVICING")),
        Split(
            "top",
            _("Most valuable"),
            ("value",),
            groups.top_shares,
            everywhere=True,
            hows=_("balances, or margin,SPREAD,SERVICING"),
            within=True,
        ),
        Split("service", _("Kind of service"), ("value",), groups.services, everywhere=True),
    )
}
"""Splits by name."""


def split(name: str) -> Split:
    """The split by name. Raises ``NotFound`` with the nearest."""
    if name in SPLITS:
        return SPLITS[name]
    near = nearest(name, SPLITS) or ", ".join(SPLITS)
    raise NotFound(_("There is no split {name}; the nearest is {near}."), name=name, near=near)


def people(question: Question, name: str, how: str = "") -> pl.DataFrame:
    """Who is in which cell: customer_id, cell, a row each pair, by cell and number.

    Raises ``NotFound`` for an unknown split, ``BadInput`` for a ``how`` that it does not know, and what the question itself raises.
    """
    rows = split(name).work(question, how)
    return rows.unique().sort("cell", "customer_id")


def cells(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The cells of ``people`` with how many customers are in each, most first."""
    counted = rows.group_by("cell").agg(pl.len().cast(pl.Int64).alias("n")).sort(["n", "cell"], descending=[True, False])
    return counted.to_dicts()
