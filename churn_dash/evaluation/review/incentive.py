"""On what an incentive for staff may rest: customers kept beyond the hold-out's rate, never raw saves. Source: METHODS A1 9.3.4.

Saves of a unit are summed over campaigns with a random hold-out; of a campaign only where the unit has enough members with an outcome in
the target group and in the hold-out. Below that there is no figure.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl
from scipy import special

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import effect
from churn_dash.campaigns.groups.extract import spells
from churn_dash.campaigns.groups.members import campaign, roster
from churn_dash.campaigns.judged.spread import group
from churn_dash.campaigns.outcomes.member_outcomes import member_outcomes
from churn_dash.campaigns.registered.shrunken import shrunken
from churn_dash.contract.few import TOO_FEW
from churn_dash.evaluation.indicators.figures import Told
from churn_dash.evaluation.indicators.saves import Pool, saves_of, times, total
from churn_dash.marks import _
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, holm
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.store import Dataset
from churn_dash.words import Text, say

LUCK = _(
    "Ordered by what is left when luck is allowed for: each unit is drawn towards the mean of all, the more so the wider its range. "
    "Beyond chance: with Holm's correction over all units, since of many some look good by luck."
)
UNITS = {"branch": "branch_id", "manager": "rm_id"}
LABELS = {"branch": _("Branch"), "manager": _("Relationship manager")}


@dataclass(frozen=True)
class Base:
    """One branch or manager. ``saves`` is undefined below the minimum; ``n`` and ``n_held_out`` are members with an outcome."""

    unit: str
    n: int
    n_held_out: int
    saves: Estimate
    counted: int = 0
    """Members treated in the campaigns whose saves are counted."""
    shrunk: Estimate = NOTHING
    """The saves drawn towards what all units saved a member: the unit that looks best has been lucky in part. Undefined below three."""
    p_value: float | None = None
    p_adjusted: float | None = None
    """After Holm's correction over all units with a figure."""

    @property
    def beyond_chance(self) -> bool:
        """Whether more were kept than in the hold-out beyond chance, all units allowed for."""
        return (self.saves.value or 0.0) > 0 and self.p_adjusted is not None and self.p_adjusted < 0.05

    @property
    def rank(self) -> float:
        """What the units are ordered by: the shrunk saves, else those counted."""
        return next((e.value for e in (self.shrunk, self.saves) if e.value is not None), -math.inf)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        e = self.saves
        ranged = {"value": e.value, "low": e.low, "high": e.high, "shrunk": asdict(self.shrunk)}
        chance = {"p_value": self.p_value, "p_adjusted": self.p_adjusted, "beyond_chance": self.beyond_chance}
        return {"unit": self.unit, "n": self.n, "n_held_out": self.n_held_out, **ranged, **chance}


@dataclass(frozen=True)
class Incentive:
    """The bases by unit, the largest shrunk saves first, those without a figure last. ``why_not`` where there is none at all."""

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
    rows = allowing_for_chance([_base(name, [(o, r.filter(pl.col("unit") == name)) for o, r in parts], least) for name in names])
    return Incentive(by, tuple(sorted(rows, key=lambda b: (b.saves.value is None, -b.rank, b.unit))), least)


def allowing_for_chance(rows: Sequence[Base]) -> list[Base]:
    """The bases, those with a figure shrunk and with Holm's p: of many units some look good by luck. Sources: METHODS B0, C8.

    Shrunk is what a unit saved a member (empirical Bayes over the units), times its members.
    """
    known = [b for b in rows if b.saves.value is not None]
    drawn = shrunken([times(b.saves, 1 / b.counted, b.counted) for b in known])
    chances = [_chance(b.saves) for b in known]
    told = {
        b.unit: replace(
            b, shrunk=times(drawn.effects[i], b.counted, b.counted) if drawn is not None else NOTHING, p_value=chances[i], p_adjusted=p
        )
        for i, (b, p) in enumerate(zip(known, holm(chances), strict=True))
    }
    return [told.get(b.unit, b) for b in rows]


def _chance(e: Estimate) -> float | None:
    """The two-sided p that belongs to an interval: how many of its half-widths lie between the value and none."""
    near = e.low if (e.value or 0.0) > 0 else e.high
    if e.value is None or near is None or near == e.value:
        return None
    return float(2 * special.ndtr(-normal_quantile() * abs(e.value / (e.value - near))))


def _with_unit(members: pl.DataFrame, units: pl.DataFrame, column: str) -> pl.DataFrame:
    """The members with the branch or manager for which each counts, null where nobody knows."""
    named = column in members.columns and members.drop_nulls(column)["treated"].n_unique() == members["treated"].n_unique()
    own = units.select("customer_id", pl.col(column).cast(pl.String).alias("unit"))
    joined = members.join(own, on="customer_id", how="left")
    return joined.with_columns(unit=pl.coalesce(pl.col(column).cast(pl.String), "unit")) if named else joined


def _base(unit: str, parts: Sequence[tuple[Any, pl.DataFrame]], least: int) -> Base:
    found, n, held, counted = [], 0, 0, 0
    for outcome, rows in parts:
        sides = [group(name, name, rows.filter(pl.col("treated") == flag)["y"]) for name, flag in (("treated", True), ("control", False))]
        n, held = n + sides[0].known, held + sides[1].known
        if min(sides[0].known, sides[1].known) >= least:
            found.append(saves_of(effect(outcome, *sides)))
            counted += sides[0].known
    return Base(unit, n, held, total(found) if found else NOTHING, counted)
