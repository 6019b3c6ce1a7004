"""Stages of a customer's life: exploring, growing, mature, declining, and how customers move between them. Source: METHODS A3, A1 7.2.

The month table holds the stage at the start of each month (the dimension ``lifecycle``); ``stage`` is the rule for one customer.
"""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.lifecycle import STAGES
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import Period, dimensions
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.segments.groups.starters import Grouped, counted, next_month, once, rates, standing
from churn_dash.store import Dataset, shifted

CHURNED, UNKNOWN = "churned", "unknown"
OTHERS = {CHURNED: _("Left"), UNKNOWN: _("Unknown")}
LABEL_SETS = {"plan": _("Stages of the customer"), "lifecycle": _("Tasks of the bank")}
"""The two sets of labels (``contract.lifecycle.LABELS``): the plan names where the customer stands, source 004 what the bank has to do."""


@dataclass(frozen=True)
class Lifecycle(Grouped):
    """``people``: the columns of ``standing``, then group (the stage at the start of ``period``, or unknown) and after (the stage at
    its end, unknown, or churned: no longer a customer then)."""

    people: pl.DataFrame
    period: Period

    @once
    def groups(self) -> pl.DataFrame:
        """A row a stage: group and the columns of ``starters.rates``."""
        return rates(self.people, ["group"], {"group": (*STAGES, UNKNOWN)})

    @once
    def transitions(self) -> pl.DataFrame:
        """How customers moved over the period: before, after, n, n_before, share of those who began in the stage (0–1) with its 95 %
        interval (low, high); every pair of stages and churned, also where nobody moved. The shares of a stage add up to 1."""
        asked = self.people.filter("asked")
        counts = {(b, a): n for b, a, n in asked.group_by("group", "after").agg(pl.len()).iter_rows()}
        starts = {s: sum(n for (b, _a), n in counts.items() if b == s) for s in (*STAGES, UNKNOWN)}
        ends = (*STAGES, *([UNKNOWN] if any(a == UNKNOWN for _b, a in counts) else []), CHURNED)
        rows = []
        for before, whole in starts.items():
            for after in ends if whole else ():
                n = counts.get((before, after), 0)
                found = wilson(n, whole)
                rows.append((before, after, n, whole, n / whole, found and found.low, found and found.high))
        kinds = {"before": pl.String, "after": pl.String, "n": pl.Int64, "n_before": pl.Int64}
        kinds |= {"share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(rows, schema=kinds, orient="row")


def lifecycle(question: Question) -> Lifecycle:
    """Stages at the start of the period, churn in it, and stages at its end. Raises ``NotPossible`` without months or stages."""
    ds = question.ds
    months = counted(ds, question.period)
    _told(ds)
    people = _named(standing(question, months.start, months.end, ["lifecycle"]), "group")
    # Where customers of a viewer's branch end does not depend on the branch that keeps them then.
    ends = standing(Question(ds, Scope.everything(), definition=question.definition), shifted(months.end, 1), None, ["lifecycle"])
    ends = _named(ends, "after").select("c", "after")
    joined = people.join(ends, on="c", how="left", maintain_order="left").with_columns(pl.col("after").fill_null(CHURNED))
    return Lifecycle(joined, months)


def assigned(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope) -> pl.DataFrame:
    """The stage of each customer at the start of the month ``at`` (None: as the data end): customer_id, group."""
    counted(ds, None)
    _told(ds)
    people = standing(Question(ds, scope, definition=definition), at or next_month(ds), None, ["lifecycle"])
    return _named(people, "group").select("customer_id", "group")


def _told(ds: Dataset) -> None:
    if "lifecycle" not in dimensions(ds):
        raise NotPossible(_("Stages need the day a customer joined, balances or transactions by month; these data tell no stage."))


def _named(people: pl.DataFrame, name: str) -> pl.DataFrame:
    return people.rename({"lifecycle": name}).with_columns(pl.col(name).fill_null(UNKNOWN))
