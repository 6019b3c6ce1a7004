"""How customers fall silent, and how long from there to the loss: a chain of four states, month by month. Source: METHODS A1 1.1, B0.

Active: a transaction in the month. Silent: ``SILENT`` to under ``SLEEPING`` months running without one. Sleeping: longer. Lost: left by
the definition, and not followed further (a return begins anew). A chain remembers the state alone, not how long it has lasted; what it
says of the period is therefore set beside what happened.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from churn_dash.contract.calendar import ordinal, shifted
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.layout import Layout
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import normal_quantile, wilson
from churn_dash.measures.tenure.survival import watched_months
from churn_dash.store.derive.facts import month_rows

State = Literal["active", "silent", "sleeping", "lost"]
STATES: tuple[State, ...] = ("active", "silent", "sleeping", "lost")
SILENT, SLEEPING = 1, 3
"""Months running without a transaction from which a customer is silent, and from which asleep."""
_LOST = 3
_UNKNOWN, _NOT_ASKED = -1, -2
_PART = 1 << 16
"""Customers at a time."""
Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Move:
    """From one month's end to the next: of ``n_before`` customer-months that began in a state, ``n`` ended in ``after`` (95 % range)."""

    before: State
    after: State
    n: int
    n_before: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class ToLoss:
    """Of one state: the months until the loss that the chain expects (``low`` to ``high``: its 95 % range, customers apart), None where
    the loss is not certain to come or nobody was seen in a state on the way. ``n``: customers seen in it.

    And the chain beside what happened: of ``n_start`` who were in the state before the period, ``n_lost`` were lost in it, a share of
    ``observed`` (0–1, with its range); the chain says ``foretold``.
    """

    state: State
    n: int
    months: float | None
    low: float | None
    high: float | None
    n_start: int
    n_lost: int
    observed: float | None
    observed_low: float | None
    observed_high: float | None
    foretold: float | None

    @property
    def model_misses(self) -> bool:
        """Whether what happened lies clearly elsewhere than the chain says."""
        ends = (self.observed_low, self.observed_high)
        return self.foretold is not None and None not in ends and not ends[0] <= self.foretold <= ends[1]  # type: ignore[operator]


@dataclass(frozen=True)
class Silence:
    """``moves`` between the states in ``n_months``, ``states`` with the months to the loss; ``unknown``: customer-months whose
    transactions nothing tells."""

    moves: tuple[Move, ...]
    states: tuple[ToLoss, ...]
    unknown: int
    n_months: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it, shares 0–1."""
        return asdict(self) | {"states": [asdict(s) | {"model_misses": s.model_misses} for s in self.states]}


def silence(question: Question) -> Silence | None:
    """The chain over the months of the period; None where transactions by month are not in the data, or there are no two months.

    Whoever was there at a month's start moves from the state of the month before to that of the month; filters are those of its start.
    Raises what ``survival`` raises.
    """
    ds, chosen = question.ds, question.chosen
    whole = watched_months(ds, question.period)
    if "idle_months" not in ds.month_columns or whole.end <= ds.all_months[0]:
        return None
    start = max(whole.start, shifted(ds.all_months[0], 1))
    months = [shifted(start, k) for k in range(ordinal(whole.end) - ordinal(start) + 1)]
    where = condition(question, at_starts(chosen, question.scope, months))
    layout = Layout(ds.cursor(), shifted(start, -1), whole.end)
    state, after, gone = layout.filled(_UNKNOWN, np.int8), layout.filled(_NOT_ASKED, np.int8), layout.filled(0, np.int8)
    now = _state("m.idle_months")
    asked = (
        f"select m.c, m.month, CAST(case when m.listed then {now} else {_UNKNOWN} end as TINYINT) as state, "
        f"CAST(case when not (s.active{where.and_sql}) then {_NOT_ASKED} when date_trunc('month', s.end_day) = m.month then {_LOST} "
        f"else {now} end as TINYINT) as after, CAST(coalesce(s.end_day <= DATE '{whole.last_day}', false) as TINYINT) as gone "
        f"from {month_rows(chosen)} where m.month between DATE '{layout.months[0]}' and DATE '{whole.end}'"
    )
    for at, rows in layout.parts(asked, where.bound):
        state.ravel()[at], after.ravel()[at], gone.ravel()[at] = (rows[name].to_numpy() for name in ("state", "after", "gone"))
    moves = np.zeros((_LOST * len(STATES), layout.n_customers), dtype=np.uint16)
    unknown = 0
    for before, then in zip(state[:-1], after[1:], strict=True):
        known = (before >= 0) & (then >= 0)
        unknown += int(np.count_nonzero((then != _NOT_ASKED) & ~known))
        move = np.where(known, before * np.int8(len(STATES)) + then, np.int8(-1))
        for i in range(len(moves)):
            moves[i] += move == i
    counts = moves.sum(axis=1, dtype=np.int64).reshape(_LOST, len(STATES))
    seen = moves.reshape(_LOST, len(STATES), -1).any(axis=1).sum(axis=1).tolist()
    here, lost = (after[1] != _NOT_ASKED), gone[1] > 0
    began = [(int(np.count_nonzero(here & (state[0] == i))), int(np.count_nonzero(here & lost & (state[0] == i)))) for i in range(_LOST)]
    return Silence(_moves(counts), _states(moves, counts, seen, began, len(months)), unknown, len(months))


def _state(idle: str) -> str:
    return f"case when {idle} is null then {_UNKNOWN} when {idle} < {SILENT} then 0 when {idle} < {SLEEPING} then 1 else 2 end"


def _moves(counts: Counts) -> tuple[Move, ...]:
    found = []
    for i, row in enumerate(counts):
        whole = int(row.sum())
        for j, n in enumerate(row.tolist()):
            span = wilson(n, whole)
            if span is not None:
                found.append(Move(STATES[i], STATES[j], n, whole, n / whole, span.low, span.high))
    return tuple(found)


def _states(
    moves: npt.NDArray[np.uint16], counts: Counts, seen: Sequence[int], began: Sequence[tuple[int, int]], n_months: int
) -> tuple[ToLoss, ...]:
    months, weights = months_to_loss(counts)
    spread = _spread(moves, weights)
    later = lost_within(counts, n_months)
    found = []
    for i, state in enumerate(STATES[:_LOST]):
        t, se = months[i], spread[i]
        known = bool(np.isfinite(t))
        wide = float(np.exp(normal_quantile(0.95) * se / t)) if known and se > 0 else None
        n_start, n_lost = began[i]
        span = wilson(n_lost, n_start)
        found.append(
            ToLoss(
                state,
                seen[i],
                float(t) if known else None,
                float(t / wide) if wide else None,
                float(t * wide) if wide else None,
                n_start,
                n_lost,
                n_lost / n_start if n_start else None,
                span.low if span else None,
                span.high if span else None,
                float(later[i]) if np.isfinite(later[i]) else None,
            )
        )
    return tuple(found)


def months_to_loss(counts: Sequence[Sequence[int]] | Counts) -> tuple[Numbers, Numbers]:
    """The months until the loss by state, and what each customer-month of a move adds to the estimate of each state (state × before ×
    after), from moves counted as states × states and the loss last; NaN where the loss is not certain.

    The fundamental matrix (I − Q)⁻¹ of an absorbing chain, times one (Kemeny & Snell 1960, theorem 3.3.5).

    >>> months_to_loss([[90, 5, 0, 5], [20, 40, 30, 10], [5, 0, 75, 20]])[0].round(2).tolist()
    [15.11, 10.21, 7.02]
    """
    n = np.asarray(counts, dtype=np.float64)
    size = len(n)
    months, weights = np.full(size, np.nan), np.zeros((size, size, size + 1))
    certain = _certain(n)
    if certain.any():
        q = (n[certain] / n[certain].sum(axis=1, keepdims=True))[:, :-1][:, certain]
        visits = np.linalg.inv(np.eye(len(q)) - q)
        months[certain] = visits.sum(axis=1)
        ends = np.append(np.nan_to_num(months), 0.0)
        surprise = ends[None, :] - months[certain][:, None] + 1
        weights[np.ix_(certain, certain)] = (visits / n[certain].sum(axis=1))[:, :, None] * surprise[None, :, :]
    return months, weights


def _certain(n: Numbers) -> npt.NDArray[np.bool_]:
    """The states from which the loss is certain to come: no way leads to a state never seen to move, or never left for the loss."""
    size = len(n)
    reach = np.eye(size + 1, dtype=bool)
    reach[:size] |= n > 0
    for _step in range(size):
        reach = (reach.astype(np.int64) @ reach.astype(np.int64)) > 0
    ends = reach[:size, size]
    found: npt.NDArray[np.bool_] = ends & ~(reach[:size, :size] & ~ends[None, :]).any(axis=1)
    return found


def lost_within(counts: Counts, months: int) -> Numbers:
    """The share that the chain says is lost within so many months, by state; NaN where a state on the way was never seen to move.

    >>> lost_within(np.array([[80, 20]]), 2).round(2).tolist()
    [0.36]
    """
    n = counts.astype(np.float64)
    whole = n.sum(axis=1, keepdims=True)
    chain = np.full((len(n) + 1, len(n) + 1), 0.0)
    chain[:-1] = np.divide(n, whole, out=np.full_like(n, np.nan), where=whole > 0)
    chain[-1, -1] = 1.0
    found = np.zeros(len(n) + 1)
    found[-1] = 1.0
    for _month in range(months):
        # What cannot be reached does not matter, known or not.
        found = np.where(chain == 0, 0.0, chain * found[None, :]).sum(axis=1)
    last: Numbers = found[:-1]
    return last


def _spread(moves: npt.NDArray[np.uint16], weights: Numbers) -> Numbers:
    """The standard error of the months of each state, customers apart: each is one draw, however many months it was seen."""
    each = weights.reshape(len(weights), -1)
    parts = (each @ moves[:, i : i + _PART].astype(np.float64) for i in range(0, moves.shape[1], _PART))
    found: Numbers = np.sqrt(sum(((part * part).sum(axis=1) for part in parts), np.zeros(len(weights))))
    return found
