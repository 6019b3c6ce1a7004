"""What came of a list: assigned, reached, accepted, kept; by channel; as assigned beside as treated. Sources: METHODS B5, C2.

Only the comparison as assigned was drawn at random. Who could be reached, who took the offer and by what channel were not: those rates
are told as associations.
"""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns import Evaluation, Prices, evaluate
from churn_dash.campaigns.estimators.effects import Effect, Group, effect
from churn_dash.campaigns.groups.extract import spells
from churn_dash.campaigns.groups.members import Campaign, campaign, roster
from churn_dash.campaigns.outcomes.member_outcomes import member_outcomes
from churn_dash.contract.hold_outs import hold_out
from churn_dash.marks import _
from churn_dash.measures.statistics.intervals import ends, wilson
from churn_dash.retention.effects.save_rate import SaveRate, save_rate
from churn_dash.store import Dataset
from churn_dash.words import Text, say

STAGES = {
    "assigned": _("Assigned"),
    "entered": _("Something was entered"),
    "reached": _("Reached"),
    "accepted": _("Took the offer"),
    "kept": _("Still a customer"),
}
NOT_RANDOM = _("Who was reached, and how, was not drawn at random: this is an association, not the campaign's effect.")


@dataclass(frozen=True)
class Stage:
    """How many of ``of`` came so far, the share 0–1 with its 95 % range (Wilson); None where it is not known (yet)."""

    arm: str
    stage: str
    n: int | None
    of: int
    share: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return dict(vars(self))


@dataclass(frozen=True)
class Channel:
    """The members of the target group whose contact was by a channel (None: not entered): tried, reached, accepted, and of those
    with an outcome how many were kept, with the share and its range."""

    channel: str | None
    tried: int
    reached: int
    accepted: int
    known: int
    kept: int | None
    share: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return dict(vars(self))


@dataclass(frozen=True)
class Funnel:
    """A list and what came of it. ``as_treated``: those reached against everybody else, whatever their arm; None before it is due.
    ``rate``: the share of leavers kept, where it was measured."""

    evaluation: Evaluation
    stages: tuple[Stage, ...]
    channels: tuple[Channel, ...]
    as_treated: Effect | None
    crossover: int
    rate: SaveRate | None

    @property
    def as_assigned(self) -> Effect | None:
        """The effect on the groups as drawn (ITT); None before it is due."""
        return self.evaluation.effects[0] if self.evaluation.due and self.evaluation.effects else None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        e = self.evaluation
        told = e.as_json(language)
        return {name: told[name] for name in ("grade", "verdict", "naive", "status", "money", "evaluation_date", "notes")} | {
            "list_id": e.campaign_id,
            "name": e.name,
            "why": told["why_grade"],
            "due": e.due,
            "stages": [s.as_json() for s in self.stages],
            "channels": [c.as_json() for c in self.channels],
            "channels_note": say(NOT_RANDOM, language),
            "as_assigned": self.as_assigned and self.as_assigned.as_json() | {"doubtful": e.withheld},
            "as_treated": self.as_treated and self.as_treated.as_json(),
            "as_treated_note": say(NOT_RANDOM, language),
            "crossover": self.crossover,
            "save_rate": self.rate and self.rate.as_json(),
        }


def funnel(
    ds: Dataset,
    campaign_id: str,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    *,
    scope: Scope,
) -> Funnel:
    """The funnel of a campaign of the tables; whoever was kept is told once it is due. Raises as ``campaigns.evaluate``."""
    judged = evaluate(ds, campaign_id, definition=definition, prices=prices, scope=scope)
    settings = campaign(ds, campaign_id)
    rows = roster(ds, campaign_id, scope)
    due = judged.due and settings.outcome.saves
    if due:
        rows = member_outcomes(ds, settings, rows, spells(ds, judged.definition or ds.default_definition, scope))
        rows = rows.with_columns(kept=1 - pl.col("y") if settings.outcome.better == "down" else pl.col("y"))
    else:
        rows = rows.with_columns(kept=pl.lit(None, dtype=pl.Float64))
    rows = rows.with_columns(
        reached=pl.col("contacted_at").is_not_null(),
        tried=pl.col("contacted_at").is_not_null() | pl.col("result").is_not_null() | pl.col("channel").is_not_null(),
    )
    treated = rows.filter(~pl.col("arm").is_in(_out(rows)))
    crossed = rows.filter(pl.col("arm").is_in(_out(rows)) & pl.col("reached")).height
    stages = tuple(s for arm in _order(rows) for s in _stages(arm, rows.filter(pl.col("arm") == arm), due))
    return Funnel(judged, stages, _channels(treated, due), _as_treated(rows, settings) if due else None, crossed, save_rate(judged))


def _out(rows: pl.DataFrame) -> list[str]:
    return [a for a in rows["arm"].unique().to_list() if hold_out(a)]


def _order(rows: pl.DataFrame) -> list[str]:
    """The target groups, then the hold-out."""
    return sorted(rows["arm"].unique().to_list(), key=lambda a: (hold_out(a), a))


def _stages(arm: str, rows: pl.DataFrame, due: bool) -> list[Stage]:
    n, known = rows.height, rows.drop_nulls("kept")
    took = int(rows["accepted"].fill_null(False).sum())
    counts = [
        ("assigned", n, n),
        ("entered", int(rows["tried"].sum()), n),
        ("reached", int(rows["reached"].sum()), n),
        ("accepted", took, n),
        ("kept", int(known["kept"].sum()) if due else None, known.height if due else n),
    ]
    return [_stage(arm, name, k, of) for name, k, of in counts]


def _stage(arm: str, name: str, k: int | None, of: int) -> Stage:
    low, high = ends(wilson(k, of)) if k is not None and of and name != "assigned" else (None, None)
    return Stage(arm, name, k, of, k / of if k is not None and of else None, low, high)


def _channels(rows: pl.DataFrame, due: bool) -> tuple[Channel, ...]:
    tried = rows.filter("tried")
    by = (
        tried.group_by("channel")
        .agg(
            pl.len().alias("n"),
            pl.col("reached").sum(),
            pl.col("accepted").fill_null(False).sum(),
            pl.col("kept").count().alias("known"),
            pl.col("kept").sum().alias("k"),
        )
        .sort("n", "channel", descending=[True, False], nulls_last=True)
    )
    found = []
    for channel, n, reached, accepted, known, kept in by.iter_rows():
        k = int(kept) if due else None
        low, high = ends(wilson(k, known)) if k is not None and known else (None, None)
        found.append(Channel(channel, n, reached, accepted, known, k, k / known if k is not None and known else None, low, high))
    return tuple(found)


def _as_treated(rows: pl.DataFrame, settings: Campaign) -> Effect | None:
    """Those reached against all others, with the range of two proportions; not an effect, whatever it looks like."""
    groups = [_group(name, words, rows.filter(pl.col("reached") == was)) for name, words, was in _SPLIT]
    found = effect(settings.outcome, *groups)
    return replace(found, p_value=None) if found.difference is not None else None


_SPLIT = (("reached", _("those reached"), True), ("not_reached", _("everybody else"), False))


def _group(name: str, words: str, rows: pl.DataFrame) -> Group:
    known = rows.drop_nulls("y")
    mean = known["y"].mean()
    return Group(name, Text(words), rows.height, known.height, float(mean) if isinstance(mean, int | float) else None, None)
