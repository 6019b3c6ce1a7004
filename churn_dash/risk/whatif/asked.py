"""A kept model asked what would change: for one customer, for a group of customers, or in another market. Source: METHODS D5."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from churn_dash.measures import Period
from churn_dash.measures.money.held import present
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.scores.asked import probabilities, probabilities_again, row_frame
from churn_dash.risk.scores.current import portfolio
from churn_dash.risk.scores.grades import Grades, usual_grades
from churn_dash.risk.whatif import levers as one_by_one
from churn_dash.risk.whatif.declared import Settings, settings
from churn_dash.risk.whatif.group import GroupAnswer, Progress, group
from churn_dash.risk.whatif.levers import MOST_LEVERS, NOTE, Lever, WhatIf
from churn_dash.risk.whatif.market import few_months, market_changes, market_situation
from churn_dash.risk.whatif.measured import MeasuredEffect
from churn_dash.risk.whatif.situation import Change, Situation
from churn_dash.risk.whatif.smallest import Smallest
from churn_dash.risk.whatif.smallest import smallest as cheapest
from churn_dash.segments import members
from churn_dash.store import Dataset, Records
from churn_dash.words import Text, _

PLAIN = Settings()
Given = Mapping[str, Change | float]


def situation(model: Model, frame: pl.DataFrame, said: Settings = PLAIN) -> Situation:
    """Rows of features (with customer_id or without) as the model sees them, and what can be changed of them."""
    months = (model.card.windows or {}).get("horizon")

    def again(rows: pl.DataFrame) -> Values:
        return probabilities_again(model, rows)

    return Situation(
        model.design.features, frame, model.peers, lambda rows: probabilities(model, rows), said, months=months, again_of=again
    )


def of_row(model: Model, row: Mapping[str, Any], said: Settings = PLAIN) -> Situation:
    """One customer, by his features (``Explanation.row``)."""
    return situation(model, row_frame(model, row), said)


def said_of(ds: Dataset) -> Settings:
    """What people said of levers in the workspace of these data."""
    return settings(Records(ds.root))


def levers(model: Model, row: Mapping[str, Any], said: Settings = PLAIN, most: int | None = MOST_LEVERS) -> tuple[Lever, ...]:
    """At most so many things the bank could change for the customer with these features; None: all of them."""
    return one_by_one.levers(of_row(model, row, said), model.importance, most)


def what_if(
    model: Model, row: Mapping[str, Any], changes: Given, said: Settings = PLAIN, measured: Iterable[MeasuredEffect] = ()
) -> WhatIf:
    """The risk before and after the changes (feature → value or ``Change``): the model's response, or what a campaign measured.

    Raises ``NotFound`` for what is no lever, ``BadInput`` for a value out of bounds.
    """
    return one_by_one.what_if(of_row(model, row, said), _changes(changes), measured)


def smallest(model: Model, row: Mapping[str, Any], said: Settings = PLAIN, cuts: Grades | None = None) -> Smallest:
    """The cheapest change of at most three levers that lowers the customer's grade (``cuts``; None: the usual ones), or none in limits."""
    return cheapest(of_row(model, row, said), cuts or usual_grades(model), model.importance)


def _changes(given: Given) -> dict[str, Change]:
    return {n: c if isinstance(c, Change) else Change(float(c)) for n, c in given.items()}


def portfolio_of(question: Question, model: Model, progress: Progress | None = None) -> pl.DataFrame:
    """The customers who can still leave and whom the filters leave, as they stood at the last month's start: features, and ``held``.

    ``held``: balances in CNY at the end of the data, of a cross-section those it gives; null where unknown.
    """
    ds = question.ds
    tell = progress or (lambda text, share: None)
    tell(Text(_("Reading what is known of each customer")), 0.0)
    definition = model.card.definition or ds.default_definition
    chosen = None
    if question.filters.where or question.scope.branches is not None:
        last = ds.measurable[-1:]
        now = Period(last[0], last[0]) if last else None
        chosen = members(question.over(now).by_definition(definition))["customer_id"]
    frame = portfolio(ds, model.design, model.card.definition, chosen)
    tell(Text(_("Reading balances")), 0.6)
    if len(ds.measurable) > 1:
        held = present(Question(ds, question.scope, definition=definition)).rows.select("customer_id", "held")
    else:
        held = members(Question(ds, question.scope, definition=definition)).select("customer_id", pl.col("balance").alias("held"))
    return frame.join(held.unique("customer_id", keep="first"), on="customer_id", how="left", maintain_order="left")


def group_if(
    model: Model,
    people: pl.DataFrame,
    changes: Given,
    said: Settings = PLAIN,
    measured: Iterable[MeasuredEffect] = (),
    progress: Progress | None = None,
    cuts: Grades | None = None,
) -> GroupAnswer:
    """What the model expects of everybody in ``people`` (as ``portfolio_of`` gives them) after the changes."""
    here, limits = situation(model, people.drop("held"), said), cuts or usual_grades(model)
    return group(here, _changes(changes), limits, people["held"], measured, progress, NOTE)


def market_of(ds: Dataset, model: Model, people: pl.DataFrame) -> Situation:
    """The people with the market as what can be moved. Raises ``NotPossible`` where the model looks at no figure of it."""
    return market_situation(situation(model, people.drop("held")), ds.table("market_month"))


def market_if(
    ds: Dataset, model: Model, people: pl.DataFrame, changes: Given, progress: Progress | None = None, cuts: Grades | None = None
) -> GroupAnswer:
    """What the model expects of the people in another market, before and after, with how many months stand behind it."""
    here = market_of(ds, model, people)
    limits = cuts or usual_grades(model)
    return group(here, market_changes(here, _changes(changes)), limits, people["held"], (), progress, few_months(len(ds.months)))
