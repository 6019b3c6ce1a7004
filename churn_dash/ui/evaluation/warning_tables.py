"""The tables of the Early warning page: every group, rule, grade and month as a row."""

from typing import Any

import polars as pl

from churn_dash.retention.warnings import Scorecard, Scorecards
from churn_dash.risk.scores.grades import GRADES
from churn_dash.ui import session
from churn_dash.ui.evaluation.warnings import how, level_words, source_words
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.parts.values import dimension_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import _

_OF_LEAVERS = ("recall", "recall_low", "recall_high", "recall_n", "timely_recall", "alerts_per_leaver")
_FIGURES = (
    "alerts", "precision", "precision_low", "precision_high", "precision_n", "timely_precision", "lift", *_OF_LEAVERS, "median_lead",
)  # fmt: skip
_LABELS = {
    "alerts": _("Alerts"),
    "precision": _("Come true"),
    "precision_low": RANGE_LABELS["low"],
    "precision_high": RANGE_LABELS["high"],
    "precision_n": _("Judged"),
    "timely_precision": _("Come true, in time"),
    "lift": _("Times as often as for anybody"),
    "recall": _("Announced"),
    "recall_low": RANGE_LABELS["low"],
    "recall_high": RANGE_LABELS["high"],
    "recall_n": _("Departures"),
    "alerts_per_leaver": _("Alerts a departure found"),
    "timely_recall": _("Announced in time"),
    "median_lead": _("Days ahead, median"),
    "pending": _("Not judged yet"),
}
_COUNTS = ("alerts", "precision_n", "recall_n", "pending")
_UNITS = (
    dict.fromkeys(_FIGURES, "ratio")
    | dict.fromkeys((*_COUNTS, "median_lead"), "count")
    | dict.fromkeys(("lift", "alerts_per_leaver"), "number")
)


def table(rows: list[tuple[str, Scorecard]], name: str, first: str, recall: bool = True) -> Table:
    """Scorecards as rows, each under its name."""
    wanted = [n for n in (*_FIGURES, "pending") if recall or n not in _OF_LEAVERS]
    told = [(label, card.as_json()) for label, card in rows]
    shown = [{"name": label, **{n: figures.get(n) for n in wanted}} for label, figures in told]
    kinds: dict[str, Any] = {"name": pl.String, **{n: pl.Int64 if n in _COUNTS else pl.Float64 for n in wanted}}
    return Table(pl.DataFrame(shown, schema=kinds), name, {"name": first, **_LABELS}, _UNITS, how=how())


def groups_table(question: PageQuestion, one: Scorecards, by: str) -> Table:
    """Every group as a row."""
    rows = [(level_words(question, by, level), card) for level, card in one.by_level.items()]
    return table(rows, "warnings-by-group", dimension_words(question.groupings[by]))


def sources_table(one: Scorecards) -> Table:
    """Every rule and every grade as a row."""
    rows = [(source_words(s), card) for s, card in one.by_source.items()]
    rows += [(session.say(GRADES.get(g or "", g or _("Unknown"))), card) for g, card in one.by_grade.items()]
    return table(rows, "warnings-by-rule", _("Rule, model or grade"), recall=False)


def months_table(one: Scorecards) -> Table:
    """Every month as a row."""
    return table([(f"{month:%Y-%m}", card) for month, card in one.by_month.items()], "warnings-by-month", _("Month"), recall=False)
