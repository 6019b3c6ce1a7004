"""Did treated and untreated move alike before the start, and apart since? What the panel lets anybody claim. Source: METHODS C4."""

from dataclasses import dataclass, replace

from churn_dash.campaigns.estimators.differences import (
    FEWEST_CLUSTERS,
    FEWEST_TREATED,
    Change,
    break_even,
    change,
    few,
    placebo,
    redrawn,
)
from churn_dash.campaigns.estimators.event_study import Before, Step, before_start, jump, path
from churn_dash.campaigns.estimators.panel import Panel, cells, table_of
from churn_dash.campaigns.groups.design import Grade
from churn_dash.words import Count, Number, Text, _

FEWEST_BEFORE = 3
"""Periods before the start that a check of trends needs."""
ALARM = 0.05


@dataclass(frozen=True)
class Trends:
    """The change beyond that of the others, and every check of it; None where a check could not be made."""

    change: Change
    cells: dict[str, float | None]
    periods_before: int
    before: Before
    placebo: Change | None
    early: float | None
    """Chance of such a jump in the last period before the start, if nobody acted ahead of it."""
    early_calm: float | None
    """Chance of the differences before that period, if there was no trend."""
    path: tuple[Step, ...]
    left_out: int

    @property
    def break_even(self) -> float | None:
        """How many times the largest step before the start a departure must be to explain the whole change."""
        return break_even(self.change.difference, self.before.largest_step)

    def as_json(self) -> dict[str, object]:
        """The checks as the CLI prints them."""
        treated, clusters = self.change.clusters or (None, None)
        tried = self.placebo
        return {
            "way": self.change.way,
            "error": self.change.error,
            "clusters_treated": treated,
            "clusters": clusters,
            "clusters_left_out": self.left_out,
            "periods_before": self.periods_before,
            "pretrend_p": self.before.p_value,
            "pretrend_tested": self.before.tested,
            "largest_step_before": self.before.largest_step,
            "break_even": self.break_even,
            "placebo": None
            if tried is None
            else {"difference": tried.difference, "low": tried.low, "high": tried.high, "p": tried.p_value},
            "anticipation_p": self.early,
            "cells": self.cells,
            "path": [{"k": s.k, "difference": s.difference, "low": s.low, "high": s.high} for s in self.path],
        }


def trends(panel: Panel) -> Trends | None:
    """The change and its checks; None where there is nothing to compare."""
    found = change(panel)
    if found is None:
        return None
    table = table_of(panel)
    if few(found.clusters):
        again = redrawn(table) if table is not None else None
        found = replace(found, error=None, low=None, high=None, p_value=None)
        if again is not None:
            found = replace(found, low=again[1], high=again[2], p_value=again[3], way="drawn")
    calm = before_start(table, last=-2).p_value if table is not None else None
    return Trends(
        change=found,
        cells=cells(panel),
        periods_before=panel.before,
        before=before_start(table) if table is not None else Before(None, 0, None),
        placebo=placebo(panel),
        early=jump(table) if table is not None else None,
        early_calm=calm,
        path=path(table) if table is not None else (),
        left_out=table.left_out if table is not None else 0,
    )


def standing(found: Trends) -> tuple[Grade, Text]:
    """What may be claimed, and why: B with flat trends before and a change that outweighs them, else C, or D where nothing may be."""
    treated, clusters = found.change.clusters or (None, None)
    if treated is not None and clusters is not None and min(treated, clusters - treated) < 2:
        return "D", Text(_("Only one branch or unit was treated or left out: whatever else happened there cannot be told apart."))
    alarmed = _alarm(found)
    if found.early is not None and found.early < ALARM and (found.early_calm is None or found.early_calm >= ALARM):
        return "D", Text(_("The treated moved apart in the last period before the start already, so they may have acted ahead of it."))
    if alarmed is not None:
        return "C", alarmed
    if few(found.change.clusters):
        if found.change.low is None or found.change.high is None:
            return "C", Text(_FEW, treated=Count(treated), n=Count(clusters), least=FEWEST_TREATED, in_all=FEWEST_CLUSTERS)
        return "B", Text(_("Treated and untreated moved alike before; with so few of them the range comes from drawing the treated anew."))
    return "B", Text(
        _(
            "Treated and untreated moved alike in {n} periods before the start, as far as so many can show; "
            "a departure would have to be {times} times the largest step before it to explain the change."
        ),
        n=Count(found.periods_before),
        times=Number(found.break_even),
    )


def _alarm(found: Trends) -> Text | None:
    """The check that fails, in words."""
    if found.periods_before < FEWEST_BEFORE:
        return Text(
            _("Periods before the start: {n}. Whether the groups moved alike needs {least} to see."),
            n=Count(found.periods_before),
            least=FEWEST_BEFORE,
        )
    if found.before.p_value is None:
        return Text(_("Whether the groups moved alike before cannot be tested: units are not followed, or there are too few of them."))
    if found.before.p_value < ALARM:
        return Text(_("Treated and untreated did not move alike before the start, so they would have moved apart without the campaign."))
    if found.placebo is not None and found.placebo.p_value is not None and found.placebo.p_value < ALARM:
        return Text(_("A date at which nothing began shows a change too, so the change cannot be the campaign's alone."))
    if found.break_even is not None and found.break_even < 1:
        return Text(_("The groups moved as far apart from one period to the next before the start as the whole change is."))
    return None


_FEW = _(
    "{treated} of {n} branches or units were treated; below {least} treated or {in_all} in all, and with so few ways to draw them, "
    "no range can be given."
)
