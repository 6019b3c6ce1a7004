"""What is known of for whom a campaign worked. Source: METHODS C7."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.campaigns.estimators.effects import Effect, Outcome
from churn_dash.campaigns.estimators.learners import Learnt, learnt
from churn_dash.campaigns.judged.evaluation import Evaluation
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.campaigns.uplift.bands import Ranking, ranking
from churn_dash.campaigns.uplift.segments import Segmentation, compared, harm, segmentations
from churn_dash.words import Count, Text, _

FEWEST_EVENTS = 100
"""In each group; below, a ranking would follow chance (METHODS C7)."""
SURE = 0.05
QUADRANTS = {
    "persuadable": _("At risk, and moved: call first"),
    "lost_cause": _("At risk, hardly moved"),
    "sure_thing": _("Not at risk, hardly moved"),
    "easy": _("Not at risk, moved all the same"),
}
"""Risk without the campaign × expected gain, each cut at its median. Names of groups, never of a customer."""
LEARNERS = {"x": _("X-learner"), "t": _("T-learner")}


@dataclass(frozen=True)
class Quadrant:
    """A quarter by risk and expected gain, with the effect observed in it."""

    name: str
    effect: Effect
    share: float

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        e = self.effect
        named = {"n": e.treated.known + e.base.known, "share": self.share, "untreated": e.base.mean}
        return {"quadrant": self.name, **named, "difference": e.difference, "low": e.low, "high": e.high}


@dataclass(frozen=True)
class Asleep:
    """A group to which the campaign did harm, on average: better left alone. ``p``: by Holm over all groups looked at."""

    where: str
    value: str
    effect: Effect
    p: float

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        e = self.effect
        return {"where": self.where, "value": self.value, "difference": e.difference, "low": e.low, "high": e.high, "harm_p": self.p}


@dataclass(frozen=True)
class Uplift:
    """One group against the hold-out. ``refused``: why there is nothing, or no ranking; None where all is there. ``rankings`` holds the X-
    and the T-learner, in this order. ``events``: the rarer of yes and no in each group."""

    arm: str
    control: str | None
    outcome: Outcome
    grade: str
    refused: Text | None
    segments: tuple[Segmentation, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    quadrants: tuple[Quadrant, ...] = ()
    asleep: tuple[Asleep, ...] = ()
    events: Mapping[str, int] | None = None
    features: int = 0
    why: Text | None = None
    """Why the evidence has its grade."""
    naive: Naive | None = None
    """What a plain before and after of all treated would claim."""

    @property
    def differs(self) -> bool:
        """Whether it is shown that the effect is not the same for all: by a characteristic (Holm), or by the X-learner's fifths."""
        told = any(s.interaction_holm is not None and s.interaction_holm < SURE for s in self.segments)
        return told or any(r.learner == "x" and r.p is not None and r.p < SURE and (r.spread.value or 0) > 0 for r in self.rankings)

    @property
    def verdict(self) -> Text:
        """In a sentence."""
        if self.refused is not None and not self.segments:
            return self.refused
        if self.asleep:
            return Text(_("{n} groups are better left alone: there the campaign did harm, on average."), n=Count(len(self.asleep)))
        if self.differs:
            return Text(_("It did not work alike for all: call those first of whom most is expected."))
        return Text(_("Nothing shows that it worked better for some than for others: choose by risk and value, not by expected effect."))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "arm": self.arm,
            "control": self.control,
            "outcome": self.outcome.name,
            "better": self.outcome.better,
            "grade": self.grade,
            "why": self.why and self.why.in_(language),
            "naive": self.naive and self.naive.as_json(language),
            "verdict": self.verdict.in_(language),
            "refused": self.refused and self.refused.in_(language),
            "differs": self.differs,
            "events": self.events,
            "features": self.features,
            "segments": [s.as_json() for s in self.segments],
            "rankings": [r.as_json() for r in self.rankings],
            "quadrants": [q.as_json() for q in self.quadrants],
            "do_not_wake": [a.as_json() for a in self.asleep],
        }


def beside(judged: Evaluation, found: Sequence[Uplift]) -> tuple[Uplift, ...]:
    """The answers with what the campaign as a whole says of its evidence, and its naive figure."""
    return tuple(replace(u, why=judged.evidence.why, naive=judged.naive) for u in found)


def refusal(grade: str, due: bool) -> Text | None:
    """Why nothing is asked of a campaign; None where it may be asked."""
    if not due:
        return Text(_("For whom it worked is not looked at before the day of the analysis."))
    if grade != "A":
        return Text(_("For whom it worked can be told only after a random draw; here those who were chosen may differ from the others."))
    return None


def found(
    data: pl.DataFrame, outcome: Outcome, arm: str, base: str, names: Sequence[str], features: Callable[[], pl.DataFrame], seed: int = 0
) -> Uplift:
    """For whom ``arm`` worked. ``data``: arm, y and the columns ``names``, a row a member in the order of what ``features`` gives:
    numbers known before the groups were made; asked for only where a ranking can be made."""
    if outcome.sums:
        return Uplift(
            arm, base, outcome, "A", Text(_("Shares of sums are not looked at member by member; judge by churn or by an amount."))
        )
    kept = (data["arm"].is_in([arm, base])) & data["y"].is_not_null()
    rows = data.filter(kept)
    segments = segmentations(rows, outcome, arm, base, names)
    counted = {a: _events(rows.filter(pl.col("arm") == a)["y"], outcome) for a in (arm, base)}
    refused = None
    if min(counted.values()) < FEWEST_EVENTS:
        words = _("A ranking needs {least} cases in each group; {arm} has {n}. The segments are shown.")
        few = min(counted, key=lambda a: counted[a])
        refused = Text(words, least=FEWEST_EVENTS, arm=few, n=Count(counted[few]))
    own = features() if refused is None else pl.DataFrame()
    if refused is None and not own.width:
        refused = Text(_("A ranking needs characteristics known before the groups were made; none are named."))
    if refused is not None:
        return Uplift(arm, base, outcome, "A", refused, segments, asleep=_asleep(segments, ()), events=counted)
    treated, sign = (rows["arm"] == arm).to_numpy(), 1.0 if outcome.better == "up" else -1.0
    told = learnt(own.filter(kept).to_numpy().astype(np.float64), treated, sign * rows["y"].to_numpy(), seed)
    rankings = tuple(ranking(n, rows, outcome, arm, base, s, seed) for n, s in (("x", told.x), ("t", told.t)))
    quadrants = _quadrants(rows, outcome, arm, base, told)
    return Uplift(arm, base, outcome, "A", None, segments, rankings, quadrants, _asleep(segments, rankings), counted, own.width)


def _events(y: pl.Series, outcome: Outcome) -> int:
    """The rarer of yes and no; of an amount, how many have one."""
    some = int((y != 0).sum())
    return min(some, len(y) - some) if outcome.counts else some


def _quadrants(rows: pl.DataFrame, outcome: Outcome, arm: str, base: str, told: Learnt) -> tuple[Quadrant, ...]:
    """By risk without the campaign (a bad outcome expected) and by expected gain, each in halves."""
    risky, moved = _upper(-told.untreated), _upper(told.x)
    places = {"persuadable": risky & moved, "lost_cause": risky & ~moved, "sure_thing": ~risky & ~moved, "easy": ~risky & moved}
    return tuple(
        Quadrant(name, compared(rows.filter(pl.Series(place)), outcome, arm, base), float(place.mean()))
        for name, place in places.items()
        if place.any()
    )


def _upper(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(values > np.median(values))


def _asleep(segments: Sequence[Segmentation], rankings: Sequence[Ranking]) -> tuple[Asleep, ...]:
    """Groups with harm that chance does not explain: segments by Holm over them all, and the last fifth of the X-learner."""
    out = [Asleep(s.name, p.value, p.effect, p.harm) for s in segments for p in s.parts if p.harm is not None and p.harm < SURE / 2]
    for r in rankings:
        last = r.bands[-1].effect
        p = harm(last)
        if r.learner == "x" and p is not None and p < SURE / 2:
            out.append(Asleep("fifth", "5", last, p))
    return tuple(out)
