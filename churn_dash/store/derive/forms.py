"""The forms of leaving that follow from the months themselves, each as a state at the end of every month. Source: METHODS B0, B3."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from churn_dash.contract import DEFINITIONS, ChurnDefinition
from churn_dash.contract.definitions import Form, Settings
from churn_dash.store.derive.activity import Bools, Floats, asset_decline, dormant
from churn_dash.store.derive.panel import Columns
from churn_dash.store.derive.tier_path import downgraded, tier_path

NEEDS: dict[Form, tuple[str, ...]] = {
    "dormant": ("txn_count", "aum_end"),
    "asset_out": ("aum_avg",),
    "tier_down": ("aum_avg",),
    "flag": ("churned",),
}
"""Columns of the list that a form rests on."""


def dated(accounts: pl.DataFrame | None, churn_events: pl.DataFrame | None) -> bool:
    """Whether closings are told by dates rather than by absence."""
    return churn_events is not None or (accounts is not None and "close_date" in accounts.columns)


def known_forms(columns: Iterable[str], absences: bool = True, closings: bool = True) -> set[str]:
    """The forms of leaving that a list with these columns can show; ``closings``: dates tell them, ``absences``: missing months do.

    >>> sorted(known_forms(["aum_avg"], absences=False, closings=False))
    ['asset_out', 'tier_down']
    """
    has = set(columns)
    known = {"close"} if closings or absences else set()
    known |= {"absent"} if absences else set()
    return known | {form for form, needed in NEEDS.items() if has.issuperset(needed)}


def available(columns: Iterable[str], absences: bool = True, closings: bool = True) -> tuple[ChurnDefinition, ...]:
    """The definitions that a list with these columns can answer; ``first`` is always there, whatever forms it finds."""
    known = known_forms(columns, absences, closings)
    return tuple(d for d in DEFINITIONS.values() if d.name == "first" or set(d.forms) <= known)


def state_of(form: Form, columns: Columns, settings: Settings) -> Bools:
    """Whether each customer is lost by a form of ``NEEDS`` at the end of each month, customer × month."""
    months = columns.panel.months
    if form == "dormant":
        return dormant(columns["txn_count"], columns["aum_end"], months, settings.dormancy)
    if form == "asset_out":
        return asset_decline(columns["aum_avg"], settings.asset_decline)
    if form == "tier_down":
        return downgraded(tier_path(columns["aum_avg"], settings.tier_down.applied, columns.panel.first_tier).tier)
    return _flagged(columns["churned"])


def _flagged(known: Floats) -> Bools:
    """The extract's own flag at the end of each month; an unknown month keeps the state before it."""
    state = np.zeros_like(known, dtype=bool)
    held = np.zeros(known.shape[0], dtype=bool)
    for t in range(known.shape[1]):
        held = np.where(np.isnan(known[:, t]), held, known[:, t] == 1)
        state[:, t] = held
    return state
