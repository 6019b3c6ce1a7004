"""On what an incentive for staff may rest: customers kept beyond the hold-out's rate, never raw saves. Source: METHODS A1 9.3.4.

Saves of a unit are summed over campaigns with a random hold-out; of a campaign only where the unit has enough members with an outcome in
the target group and in the hold-out. Below that there is no figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import effect
from churn_dash.campaigns.groups.extract import spells
from churn_dash.campaigns.groups.members import campaign, roster
from churn_dash.campaigns.judged.spread import group
from churn_dash.campaigns.outcomes.member_outcomes import member_outcomes
from churn_dash.contract.few import TOO_FEW
from churn_dash.evaluation.indicators.figures import Told
from churn_dash.evaluation.indicators.saves import Pool, saves_of, total
from churn_dash.marks import _
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.store import Dataset
from churn_dash.words import Text, say

UNITS = {"branch": "branch_id", "manager": "rm_id"}
LABELS = {"branch": _("Branch"), "manager": _("Relationship manager")}


@dataclass(frozen=True)
class Base:
    """One branch or manager. ``saves`` is undefined below the minimum; ``n`` and ``n_held_out`` are members with an outcome."""

    unit: str
    n: int
    n_held_out: int
    saves: Estimate

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval of the saves leaves out zero."""
        return self.saves.low is not None and self.saves.low > 0

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        e = self.saves
        ranged = {"value": e.value, "low": e.low, "high": e.high, "beyond_chance": self.beyond_chance}
        return {"unit": self.unit, "n": self.n, "n_held_out": self.n_held_out, **ranged}


@dataclass(frozen=True)
class Incentive:
    """The bases by unit, the largest saves first, those without a figure last. ``why_not`` where there is none at all."""

    by: str
    rows: tuple[Base, ...] = ()
    least: int = TOO_FEW
    why_not: Told | None = None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "by": self.by,
            "minimum_in_each_group": self.least,
            "rows": [r.as_json() for r in self.rows],
            "why_not": self.why_not and say(self.why_not, language),
        }


def incentive(
    ds: Dataset,
    pool: Pool,
    definition: str,
    by: str = "branch",
    *,
    scope: Scope,
    least: int = TOO_FEW,
) -> Incentive:
    """The bases of the campaigns of a pool: by branch of the customer, or by the manager who was to call.

    The manager is the one in the campaign's list; who looks after a customer today may have had no part in it. Where the list names
    none, for the hold-out for instance, the groups are compared by the customers' managers.
    """
    if pool.why_not is not None or not pool.campaigns:
        return Incentive(by, least=least, why_not=pool.why_not)
    units = ds.columns("customers", "customer_id", UNITS[by])
    if units is None:
        return Incentive(by, least=least, why_not=Text(_("This needs the column {column} in the table customers."), column=UNITS[by]))
    every = spells(ds, definition, scope)
    parts = []
    for one in pool.campaigns:
        members = roster(ds, one.campaign_id, scope)
        judged = member_outcomes(ds, campaign(ds, one.campaign_id), members, every)
        judged = judged.with_columns(treated=pl.col("arm") != (one.evaluation.control or ""))
        judged = _with_unit(judged, units, UNITS[by]).drop_nulls(["unit", "y"])
        parts.append((one.evaluation.outcome, judged.select("unit", "treated", "y")))
    names = sorted({u for _outcome, rows in parts for u in rows["unit"].unique().to_list()})
    rows = [_base(name, [(o, r.filter(pl.col("unit") == name)) for o, r in parts], least) for name in names]
    rows.sort(key=lambda b: (b.saves.value is None, -(b.saves.value or 0.0), b.unit))
    return Incentive(by, tuple(rows), least)


def _with_unit(members: pl.DataFrame, units: pl.DataFrame, column: str) -> pl.DataFrame:
    """The members with the branch or manager for which each counts, null where nobody knows."""
    named = column in members.columns and members.drop_nulls(column)["treated"].n_unique() == members["treated"].n_unique()
    own = units.select("customer_id", pl.col(column).cast(pl.String).alias("unit"))
    joined = members.join(own, on="customer_id", how="left")
    return joined.with_columns(unit=pl.coalesce(pl.col(column).cast(pl.String), "unit")) if named else joined


def _base(unit: str, parts: Sequence[tuple[Any, pl.DataFrame]], least: int) -> Base:
    found, n, held = [], 0, 0
    for outcome, rows in parts:
        sides = [group(name, name, rows.filter(pl.col("treated") == flag)["y"]) for name, flag in (("treated", True), ("control", False))]
        n, held = n + sides[0].known, held + sides[1].known
        if min(sides[0].known, sides[1].known) >= least:
            found.append(saves_of(effect(outcome, *sides)))
    return Base(unit, n, held, total(found) if found else NOTHING)
