"""The state of every customer in every month under one definition: a small number a row, and what each number stands for.

Of a month m a state says: ``active`` at its start, ``end_day`` on which the spell active at the start, or begun in m by a
joiner, ended by an event (null: none), ``why``, ``exposure`` (days, first to last inclusive) and ``events`` inside it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.store.derive.activity import OPEN, Bools, Ints
from churn_dash.store.derive.panel import Panel, positions

WHY = ("voluntary", "involuntary_bank", "involuntary_life", "unknown")
STATES = {
    "definition": pl.String,
    "code": pl.Int32,
    "active": pl.Boolean,
    "end_day": pl.Date,
    "why": pl.String,
    "exposure": pl.Int16,
    "events": pl.Int16,
}
# A state as one number: active in bit 0, why from 1, exposure from 4, events from 13, the day of the end from 19 on.
_WHY_AT, _EXPOSURE_AT, _EVENTS_AT, _END_AT = 1, 4, 13, 19
_DAY_NONE = -1_000_000


@dataclass(frozen=True)
class States:
    """One definition over month × customer; the last month is the state in which the data end."""

    codes: npt.NDArray[np.int32]
    meaning: pl.DataFrame
    """The columns of ``STATES`` but ``definition``, a row a code."""
    matters: Bools
    """Where the customer is active or counts a day."""
    joined: Bools


def states(spells: pl.DataFrame, panel: Panel) -> States:
    """The states of one definition from its spells.

    Whoever is there from the first month to the last needs no look: only the others are laid out month by month.
    """
    m, n = len(panel.months), len(panel.customers)
    days = (panel.months.last - panel.months.first + 1) << _EXPOSURE_AT
    before = np.append(days, 0) | 1
    from_the_first = before.copy()
    from_the_first[0] ^= 1
    c = spells["c"].to_numpy()
    alone = np.bincount(c, minlength=n) == 1
    starts = spells["start_date"].cast(pl.Int32).to_numpy()
    whole = (starts <= panel.months.first[0]) & spells["end_date"].is_null().to_numpy() & alone[c]
    early = np.zeros(n, dtype=bool)
    early[c[whole & (starts < panel.months.first[0])]] = True
    quiet = np.zeros(n, dtype=bool)
    quiet[c[whole]] = True
    others = np.flatnonzero(~quiet)
    place = np.full(n, -1, dtype=np.int64)
    place[others] = np.arange(len(others))
    busy = ~quiet[c]
    packed, joined_there = _packed(spells.filter(pl.Series(busy)), place[c[busy]], len(others), panel)
    known = np.unique(np.r_[0, before, from_the_first, pl.Series(packed.ravel()).unique().to_numpy()])
    codes = np.empty((m + 1, n), dtype=np.int32)
    codes[:] = np.searchsorted(known, before)[:, None]
    codes[0] = np.searchsorted(known, np.where(early, before[0], from_the_first[0]))
    codes[:, others] = np.searchsorted(known, packed)
    matters = ((known & 1) > 0) | ((known >> _EXPOSURE_AT) & 0x1FF > 0)
    joined = np.zeros((m + 1, n), dtype=bool)
    joined[:, others] = joined_there
    return States(codes, _meaning(known), matters[codes], joined)


def _meaning(known: Ints) -> pl.DataFrame:
    end = known >> _END_AT
    texts = pl.Series([None, *WHY], dtype=pl.String)
    day = pl.Series((end + _DAY_NONE).astype(np.int32)).cast(pl.Date)
    found = {
        "code": np.arange(len(known), dtype=np.int32),
        "active": (known & 1) > 0,
        "end_day": day.to_frame("d").select(pl.when(pl.Series(end > 0)).then("d"))["d"],
        "why": texts.gather((known >> _WHY_AT) & 7),
        "exposure": ((known >> _EXPOSURE_AT) & 0x1FF).astype(np.int16),
        "events": ((known >> _EVENTS_AT) & 0x3F).astype(np.int16),
    }
    return pl.DataFrame(found, schema={c: t for c, t in STATES.items() if c != "definition"})


def _packed(spells: pl.DataFrame, at: Ints, n: int, panel: Panel) -> tuple[Ints, Bools]:
    """The states of ``n`` customers, month × customer, each as one number; ``at`` is the customer of each spell. And who joined."""
    m = len(panel.months)
    first, last = panel.months.first[:, None], panel.months.last[:, None]
    months = np.arange(m + 1)[:, None]
    active, joined = np.zeros((m + 1, n), dtype=bool), np.zeros((m + 1, n), dtype=bool)
    end, why = np.full((m + 1, n), _DAY_NONE, dtype=np.int64), np.zeros((m + 1, n), dtype=np.int64)
    exposure, events = np.zeros((m + 1, n), dtype=np.int64), np.zeros((m + 1, n), dtype=np.int64)
    starts = spells["start_date"].cast(pl.Int32).to_numpy().astype(np.int64)
    closes = spells["end_date"].cast(pl.Int64).fill_null(OPEN).to_numpy()
    happened = spells["form"].is_not_null().to_numpy()
    reasons = positions(spells["why"].cast(pl.String).fill_null("unknown"), pl.Series(WHY)) + 1
    numbers = spells["spell"].to_numpy()
    for layer in range(1, int(numbers.max()) + 1 if len(numbers) else 0):
        here = numbers == layer
        c, start, close = at[here], starts[here], closes[here]
        # An event after the last month is known from dated accounts, but no figure may rest on a month not in the data.
        event = np.where(happened[here] & (close <= panel.months.last[-1]), close, OPEN)
        begun, ended = panel.months.index(start), np.where(close == OPEN, m + 1, panel.months.index(close))
        holds = (begun < months) & (months <= ended)
        active[:, c] |= holds
        if layer == 1:
            inside = (begun >= 1) & (begun < m)
            joined[begun[inside], c[inside]] = True
            holds |= joined[:, c]
        end[:, c] = np.where(holds, np.where(event == OPEN, _DAY_NONE, event), end[:, c])
        why[:, c] = np.where(holds & (event != OPEN), reasons[here], why[:, c])
        exposure[:m, c] += np.clip(np.minimum(close, last) - np.maximum(start, first) + 1, 0, None)
        happens = (event != OPEN) & (ended >= 0) & (ended < m)
        events[ended[happens], c[happens]] += 1
    packed = active | (why << _WHY_AT) | (exposure << _EXPOSURE_AT) | (events << _EVENTS_AT) | ((end - _DAY_NONE) << _END_AT)
    return packed, joined
