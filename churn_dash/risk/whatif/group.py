"""A lever moved for everybody to whom it applies: how many, how far, and what the model then expects. Source: METHODS D5."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.scores.grades import Grades
from churn_dash.risk.whatif.levers import NOTE, bank_way, combined
from churn_dash.risk.whatif.measured import MeasuredEffect, kind_of, shifted, taken
from churn_dash.risk.whatif.rows import Rows, moved
from churn_dash.risk.whatif.situation import Change, Situation, checked
from churn_dash.risk.whatif.uncertain import Range, around, range_of
from churn_dash.words import Text, say

CHUNK = 50_000
"""Customers asked about at a time."""
QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
EDGES = (-0.05, -0.01, -0.001, 0.001, 0.01, 0.05)
"""Where the shares of customers by the move of their risk are cut, in probability."""
_LEEWAY = 1e-9
Progress = Callable[[Text, float], None]


@dataclass(frozen=True)
class Applied:
    """What became of one lever: of all customers ``moved``, ``already`` there, with ``no_room``, or of ``unknown`` value: these add up.

    ``at_bound`` of those moved or without room would have gone further than their peers show, and were stopped there.
    """

    feature: str
    label: str
    moved: int
    already: int
    no_room: int
    unknown: int
    at_bound: int
    mean_move: float | None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The counts by name."""
        return {k: getattr(self, k) for k in self.__dataclass_fields__} | {"label": say(self.label, language)}


@dataclass(frozen=True)
class GroupAnswer:
    """What the model expects of ``n`` customers before and after. ``people``: customer_id, before, after, held (CNY; null where unknown).

    Leavers are the sum of risks; balances at risk the sum of risk × balances of the ``n_held`` whose balances are known.
    ``leavers_low`` and ``_high``: of what was measured the 95 % range, of the model's response that over its refits (``uncertain``).
    ``aside``: a sentence for each effect that was measured over another span than the model's, and so is not taken.
    """

    people: pl.DataFrame
    changes: dict[str, Change]
    applied: tuple[Applied, ...]
    cuts: Grades
    measured: tuple[MeasuredEffect, ...] = ()
    leavers_low: float | None = None
    leavers_high: float | None = None
    note: str | Text = NOTE
    aside: tuple[Text, ...] = ()

    @property
    def n(self) -> int:
        return self.people.height

    @property
    def n_held(self) -> int:
        """Whose balances are known."""
        return self.n - self.people["held"].null_count()

    def leavers(self, when: str) -> float:
        """Customers expected to leave, ``before`` or ``after``."""
        return float(self.people[when].sum())

    def balances(self, when: str) -> float | None:
        """Balances expected to leave, in CNY; None where no balance is known."""
        return float((self.people[when] * self.people["held"]).sum()) if self.n_held else None

    @property
    def moves(self) -> pl.Series:
        """After less before, a customer."""
        return self.people["after"] - self.people["before"]

    @property
    def spread(self) -> dict[str, float | None]:
        """Quantiles of the moves over all customers."""
        return {f"{q:g}": self.moves.quantile(q, "linear") for q in QUANTILES}

    @property
    def by_move(self) -> list[dict[str, Any]]:
        """Customers by how far their risk moves: low, high (None at the ends), n, share, and what their balances at risk change by."""
        at = np.digitize(self.moves.to_numpy(), EDGES)
        change = (self.moves * self.people["held"]).fill_null(0.0).to_numpy()
        ends = [None, *EDGES, None]
        return [
            {"low": ends[i], "high": ends[i + 1], "n": int((at == i).sum()), "balances": float(change[at == i].sum())}
            for i in range(len(EDGES) + 1)
        ]

    def grades(self, when: str) -> dict[str, int]:
        """Customers by grade, ``before`` or ``after``."""
        p = self.people[when]
        high, medium = int((p >= self.cuts.high).sum()), int((p >= self.cuts.medium).sum())
        return {"high": high, "medium": medium - high, "low": self.n - medium}

    @property
    def range_of(self) -> Range | None:
        """What the range of leavers covers; None where there is none."""
        return range_of(self.kind, self.leavers_low)

    @property
    def kind(self) -> str:
        """What the answer is: ``model response``, ``measured effect``, or ``both``."""
        return kind_of(len(self.measured), len(self.changes))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it, without the people."""
        return {
            "n": self.n,
            "n_balances_known": self.n_held,
            "changes": {k: {"value": c.value, "step": c.step} for k, c in self.changes.items()},
            "applied": [a.as_json(language) for a in self.applied],
            "leavers_before": self.leavers("before"),
            "leavers_after": self.leavers("after"),
            "leavers_after_low": self.leavers_low,
            "leavers_after_high": self.leavers_high,
            "range": self.range_of,
            "balances_at_risk_before": self.balances("before"),
            "balances_at_risk_after": self.balances("after"),
            "moves": self.spread,
            "by_move": self.by_move,
            "grades_before": self.grades("before"),
            "grades_after": self.grades("after"),
            "kind": self.kind,
            "measured": [m.as_json() | {"text": m.words.in_(language)} for m in self.measured],
            "not_taken": [t.in_(language) for t in self.aside],
            "note": say(self.note, language),
        }


def group(
    here: Situation,
    changes: Mapping[str, Change],
    cuts: Grades,
    held: pl.Series | None = None,
    measured: Iterable[MeasuredEffect] = (),
    progress: Progress | None = None,
    note: str | Text = NOTE,
) -> GroupAnswer:
    """Everybody of the situation (whose frame has customer_id) after the changes, stopped at the bounds of each.

    ``held``: balances in the order of the frame. One prediction for each ``CHUNK`` of customers before, and one after.
    Raises ``NotFound`` for what is no lever, ``BadInput`` for a change that nobody's bounds allow.
    """
    tell = progress or (lambda text, share: None)
    targets: Rows = {}
    applied = []
    for name, change in changes.items():
        feature, now = here.lever(name), here.rows[name]
        low, high = here.ends(feature)
        wanted = checked(feature, change, now, low, high)
        reached = np.where(np.isnan(low) | np.isnan(wanted), now, np.clip(wanted, low, high))
        targets[name] = reached
        applied.append(_counted(name, feature.label, now, wanted, reached, np.isnan(low) | np.isnan(now)))
    effects, other = taken(measured, here.months)
    aside = tuple(other[n].apart(here.months or 0) for n, t in targets.items() if n in other and bank_way(here, n, t).any())
    used = {n: bank_way(here, n, t) for n, t in targets.items() if n in effects}
    used = {n: rows for n, rows in used.items() if rows.any()}
    left = {n: np.where(used[n], here.rows[n], t) if n in used else t for n, t in targets.items()}
    before, rest = _asked(here, left, tell)
    effect = sum((np.where(rows, effects[n].difference, 0.0) for n, rows in used.items()), np.zeros(len(rest)))
    after = shifted(rest, effect) if used else rest
    measured_by: list[float] | None = None
    if used:
        shown = [effects[n] for n in used]
        whole = np.any(list(used.values()), axis=0)
        spread = [sum(e.difference for e in shown) - combined(shown)[0], combined(shown)[1] - sum(e.difference for e in shown)]
        measured_by = [abs(float((shifted(rest, effect + np.where(whole, by, 0.0)) - after).sum())) for by in (-spread[0], spread[1])]
    tell(Text(_("Asking the model learnt again")), 0.9)
    left = {n: t for n, t in left.items() if moved(here.rows[n], t).any()}
    least, most = around(float(rest.sum()), float(after.sum()), here.factors(left), measured_by)
    frame = here.frame
    people = pl.DataFrame(
        {
            "customer_id": frame["customer_id"],
            "before": before,
            "after": after,
            "held": held.cast(pl.Float64) if held is not None else pl.Series([None] * frame.height, dtype=pl.Float64),
        }
    )
    return GroupAnswer(people, dict(changes), tuple(applied), cuts, tuple(effects[n] for n in used), least, most, note, aside)


def _asked(here: Situation, targets: Rows, tell: Progress) -> tuple[Values, Values]:
    """The risks before and after, by chunks of customers."""
    before, after = [], []
    n = here.frame.height
    for start in range(0, n, CHUNK):
        tell(Text(_("Asking the model")), start / n)
        part = replace(here, frame=here.frame.slice(start, CHUNK))
        before.append(part.before)
        after.append(part.after({f: v[start : start + CHUNK] for f, v in targets.items()}))
    empty: Values = np.empty(0)
    return (np.concatenate(before), np.concatenate(after)) if before else (empty, empty)


def _counted(name: str, label: str, now: Values, wanted: Values, reached: Values, unknown: NDArray[np.bool_]) -> Applied:
    gone, known = moved(now, reached), ~unknown
    already = known & ~moved(now, wanted)
    bound = known & (np.abs(np.nan_to_num(wanted - reached)) > _LEEWAY)
    mean = float((reached - now)[gone].mean()) if gone.any() else None
    stuck = known & ~gone & ~already
    return Applied(name, label, int(gone.sum()), int(already.sum()), int(stuck.sum()), int((~known).sum()), int(bound.sum()), mean)
