"""The forms of leaving that follow from the months themselves, each as a state at the end of every month. Source: METHODS B0, B3."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.contract import ChurnDefinition
from churn_dash.contract.definitions import EXEMPT, Form, Settings, with_settings
from churn_dash.store.derive.activity import Bools, Floats, asset_decline, dormant
from churn_dash.store.derive.panel import Columns
from churn_dash.store.derive.tier_path import counted, downgraded, tier_path

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


def months_needed(form: Form, settings: Settings, stated: bool = False) -> int:
    """Complete months that a list must have before the form can find anybody in a month that is measured; ``stated``: the list states
    the tier from which a downgrade falls, and the first month need not show it.

    >>> months_needed("dormant", Settings()), months_needed("asset_out", Settings()), months_needed("tier_down", Settings())
    (6, 7, 5)
    """
    if form == "dormant":
        return max(2, settings.dormancy.months)
    if form == "asset_out":
        return settings.asset_decline.window + 1
    if form == "tier_down":
        return settings.tier_down.applied.months + (1 if stated else 2)
    return 2


@dataclass(frozen=True)
class Lacking:
    """Why a list cannot show a definition: the columns without a value, else the complete months it takes and those there are.

    Neither: nothing tells who has left.
    """

    columns: tuple[str, ...] = ()
    needed: int = 0
    there: int = 0


@dataclass(frozen=True)
class Shown:
    """What a list can show: its columns that hold anything, its complete months, and whether missing months tell of absence
    (``absences``) and dates of closings (``closings``)."""

    columns: frozenset[str]
    months: int
    settings: Settings
    absences: bool = True
    closings: bool = True
    stated: bool = False
    """Whether the list states the tiers from which downgrades fall."""

    @property
    def forms(self) -> set[Form]:
        """The forms of leaving that it can show.

        >>> columns = frozenset({"aum_avg", "txn_count"})
        >>> sorted(Shown(columns, 12, Settings(), absences=False, closings=False).forms)
        ['asset_out', 'tier_down']
        """
        forms: tuple[Form, ...] = ("close", "absent", *NEEDS)
        return {form for form in forms if self.lacking(form) is None}

    @property
    def definitions(self) -> tuple[ChurnDefinition, ...]:
        """The definitions that it can answer; ``first`` is always there, whatever forms it finds."""
        known = with_settings(self.settings).values()
        return tuple(d for d in known if d.name == "first" or (d.forms and set(d.forms) <= self.forms))

    @property
    def missing(self) -> dict[str, Lacking]:
        """By name the definitions that it cannot answer, and why."""
        known = {d.name for d in self.definitions}
        lacking = [d for d in with_settings(self.settings).values() if d.forms and d.name not in known]
        return {d.name: next(filter(None, map(self.lacking, d.forms)), Lacking()) for d in lacking}

    def lacking(self, form: Form) -> Lacking | None:
        """What the list lacks to show a form; None where it can."""
        if form in ("close", "absent"):
            if not (self.absences or (form == "close" and self.closings)):
                return Lacking()
        elif not self.columns.issuperset(NEEDS[form]):
            return Lacking(columns=tuple(c for c in NEEDS[form] if c not in self.columns))
        needed = months_needed(form, self.settings, self.stated)
        return Lacking(needed=needed, there=self.months) if self.months < needed else None


def state_of(form: Form, columns: Columns, settings: Settings) -> Bools:
    """Whether each customer is lost by a form of ``NEEDS`` at the end of each month, customer × month."""
    months = columns.panel.months
    if form == "dormant":
        return dormant(columns["txn_count"], columns["aum_end"], columns.any_held(EXEMPT), months, settings.dormancy)
    if form == "asset_out":
        return asset_decline(columns["aum_avg"], settings.asset_decline)
    if form == "tier_down":
        rule = settings.tier_down.applied
        return downgraded(tier_path(counted(columns["aum_avg"], months, rule), rule, columns.panel.first_tier).tier)
    return _flagged(columns["churned"])


def _flagged(known: Floats) -> Bools:
    """The extract's own flag at the end of each month; an unknown month keeps the state before it."""
    state = np.zeros_like(known, dtype=bool)
    held = np.zeros(known.shape[0], dtype=bool)
    for t in range(known.shape[1]):
        held = np.where(np.isnan(known[:, t]), held, known[:, t] == 1)
        state[:, t] = held
    return state
