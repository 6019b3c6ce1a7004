"""Spells: from when to when each customer was active, by definition, and how and why the spell ended. Source: METHODS B0."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from churn_dash.contract.definitions import ChurnDefinition, Settings
from churn_dash.store.derive.activity import LONG_AGO, OPEN, Floats, Intervals, Ints, absence, open_accounts, outside, told_absence
from churn_dash.store.derive.forms import NEEDS, Shown, dated, state_of
from churn_dash.store.derive.panel import Columns, Panel, positions
from churn_dash.store.derive.reasons import reasons

_MATCH_DAYS = 62
"""A recorded reason belongs to a departure at most this many days away."""


def spells(
    columns: Columns,
    customers: pl.DataFrame | None,
    accounts: pl.DataFrame | None,
    churn_events: pl.DataFrame | None,
    settings: Settings,
    shown: Shown,
) -> pl.DataFrame:
    """All spells of all definitions that can be ``shown``.

    Columns, in the order of the first three: definition, c (customer index), spell (1…), start_date, end_date (null: open), form
    (null: the spell ended outside the definition, or is open), why (voluntary, involuntary_bank, involuntary_life, unknown;
    null: no event).
    """
    panel = columns.panel
    everyone = np.arange(len(panel.customers))
    missing = told_absence(panel.present, panel.months) if panel.absences else np.full(len(everyone), OPEN, dtype=np.int64)
    entry = entries(panel, customers, accounts)
    existence = _existence(panel, accounts, churn_events, missing, entry)
    sets: dict[str, Intervals] = {}
    if panel.absences or dated(accounts, churn_events):
        sets["close"] = existence
    if panel.absences:
        sets["absent"] = Intervals("absent", everyone, np.full(len(everyone), LONG_AGO), missing)
    for form in NEEDS:
        if form in shown.forms:
            sets[form] = outside(form, state_of(form, columns, settings), panel.months)
    reasons_known = reasons(panel, accounts, churn_events, dict(settings.decided))
    found = []
    for definition in shown.definitions:
        found.append(spells_of(definition, sets, existence, entry).with_columns(pl.lit(definition.name).alias("definition")))
    out = pl.concat(sorted(found, key=lambda part: str(part["definition"][0]) if len(part) else "")).with_row_index("i")
    ended = out.filter(pl.col("form").is_not_null()).select("i", "c", "end").sort("end")
    ended = ended.join_asof(
        reasons_known, left_on="end", right_on="day", by="c", strategy="nearest", tolerance=_MATCH_DAYS, check_sortedness=False
    )
    why = pl.Series([None], dtype=pl.String).new_from_index(0, len(out))
    if len(ended):
        why = why.scatter(ended["i"], ended["why"].fill_null("unknown"))
    as_date = pl.from_epoch(pl.col("end").cast(pl.Int32), time_unit="d")
    return out.select(
        "definition",
        "c",
        "spell",
        pl.from_epoch(pl.col("start").cast(pl.Int32), time_unit="d").alias("start_date"),
        pl.when(pl.col("end") == OPEN).then(None).otherwise(as_date).alias("end_date"),
        "form",
        why.alias("why"),
    )


def spells_of(definition: ChurnDefinition, sets: Mapping[str, Intervals], existence: Intervals, entry: Ints) -> pl.DataFrame:
    """The spells of one definition from the intervals of its forms. Columns: c, start, end, form, spell."""
    forms = [f for f in definition.forms if f in sets]
    limits = [sets[f] for f in forms]
    if "close" not in forms:
        # Under these forms a closed account ends what can be seen, and is not an event; absence needs only the day of entry.
        limits.append(
            Intervals("", np.arange(len(entry)), entry, np.full(len(entry), OPEN))
            if forms == ["absent"]
            else Intervals("", existence.customer, existence.start, existence.end)
        )
    return numbered(meet(limits))


def entries(panel: Panel, customers: pl.DataFrame | None, accounts: pl.DataFrame | None) -> Ints:
    """The day each customer came: first account, else the stated day, else the first month of the list."""
    first_seen = np.where(panel.present.any(axis=1), panel.months.first[panel.present.argmax(axis=1)], LONG_AGO)
    entry = first_seen.astype(np.int64)
    for frame in (customers, accounts):
        if frame is not None and "open_date" in frame.columns:
            opened = frame.select(pl.col("customer_id"), pl.col("open_date").cast(pl.Int32).alias("d")).drop_nulls()
            opened = opened.group_by("customer_id").agg(pl.min("d"))
            at = positions(opened["customer_id"], panel.customers)
            days = opened["d"].to_numpy().astype(np.int64)
            entry[at[at >= 0]] = days[at >= 0]
    return entry


def came(panel: Panel, customers: pl.DataFrame | None, accounts: pl.DataFrame | None) -> Floats:
    """The day each customer came, as in ``entries``; NaN where nothing tells: who is in the first list without a day of entry has been
    a customer for at least as long as the data reach back, nobody knows for how long."""
    told = panel.present.any(axis=1) & ~panel.present[:, 0]
    for frame in (customers, accounts):
        if frame is not None and "open_date" in frame.columns:
            at = positions(frame.drop_nulls("open_date")["customer_id"], panel.customers)
            told[at[at >= 0]] = True
    return np.where(told, entries(panel, customers, accounts).astype(np.float64), np.nan)


def not_counted(panel: Panel) -> int:
    """Customers missing from the last complete list alone, who do not count as absent yet since most such customers come back."""
    if not panel.absences:
        return 0
    return int((absence(panel.present, panel.months) != told_absence(panel.present, panel.months)).sum())


def shown(columns: Columns, accounts: pl.DataFrame | None, churn_events: pl.DataFrame | None, settings: Settings) -> Shown:
    """What a panel can show of the definitions under these settings."""
    panel = columns.panel
    whole = int(panel.months.complete.sum())
    stated = panel.first_tier is not None and bool((panel.first_tier >= 0).any())
    return Shown(frozenset(columns.names), whole, settings, panel.absences, dated(accounts, churn_events), stated)


def _existence(panel: Panel, accounts: pl.DataFrame | None, churn_events: pl.DataFrame | None, missing: Ints, entry: Ints) -> Intervals:
    """When each customer was a customer: by accounts, else by recorded closures, else by absence from the list."""
    n = len(panel.customers)
    by_account = np.zeros(n, dtype=bool)
    parts = []
    if accounts is not None and "close_date" in accounts.columns:
        at = positions(accounts["customer_id"], panel.customers)
        by_account[at] = True
        if "open_date" in accounts.columns:
            opened = accounts["open_date"].cast(pl.Int64).fill_null(OPEN).to_numpy()
        else:
            opened = np.full(len(accounts), OPEN)
        closed = accounts["close_date"].cast(pl.Int64).fill_null(OPEN).to_numpy()
        parts.append(open_accounts(at, np.where(opened == OPEN, entry[at], opened), closed))
    rest = np.flatnonzero(~by_account)
    end = np.full(n, OPEN, dtype=np.int64)
    if churn_events is not None:
        closures = churn_events.filter(pl.col("form").fill_null("close") == "close") if "form" in churn_events.columns else churn_events
        closures = closures.group_by("customer_id").agg(pl.min("event_date").cast(pl.Int64))
        at = positions(closures["customer_id"], panel.customers)
        end[at[at >= 0]] = closures["event_date"].to_numpy()[at >= 0]
    elif accounts is None or "close_date" not in accounts.columns:
        end = missing
    parts.append(Intervals("close", rest, entry[rest], end[rest]))
    return Intervals("close", *(np.concatenate([getattr(p, f) for p in parts]) for f in ("customer", "start", "end")))


def meet(limits: list[Intervals]) -> pl.DataFrame:
    """Where every set of intervals is active. Columns: c, start, end, form of the set that ended it (first in order; "" → null)."""
    customer = np.concatenate([side for part in limits for side in (part.customer, part.customer[part.end != OPEN])])
    day = np.concatenate([side for part in limits for side in (part.start, part.end[part.end != OPEN])])
    sizes = [(len(part.start), int((part.end != OPEN).sum())) for part in limits]
    step = np.concatenate([np.repeat((1, -1), size) for size in sizes])
    rank = np.concatenate([np.repeat((len(limits), i), size) for i, size in enumerate(sizes)])
    order = np.lexsort((rank, day, customer))
    customer, day, step, rank = customer[order], day[order], step[order], rank[order]
    # All steps of a customer on one day are one moment; the set first in order that ends there names the form.
    moment = np.flatnonzero(np.r_[True, (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])])
    customer, day, rank, step = customer[moment], day[moment], rank[moment], np.add.reduceat(step, moment)
    first = np.r_[True, customer[1:] != customer[:-1]]
    running = np.cumsum(step)
    n = running - np.repeat((running - step)[first], np.diff(np.r_[np.flatnonzero(first), len(first)]))
    on = n == len(limits)
    change = on != np.where(first, False, np.r_[False, on[:-1]])
    customer, day, rank, on = customer[change], day[change], rank[change], on[change]
    last = np.r_[customer[1:] != customer[:-1], True]
    end = np.where(last, OPEN, np.r_[day[1:], OPEN])
    ended_by = np.where(end == OPEN, -1, np.r_[rank[1:], -1])
    forms = [part.form or None for part in limits]
    return pl.DataFrame(
        {
            "c": customer[on],
            "start": day[on],
            "end": end[on],
            "form": pl.Series(ended_by[on]).replace_strict([-1, *range(len(forms))], [None, *forms], return_dtype=pl.String),
        }
    )


def numbered(intervals: pl.DataFrame) -> pl.DataFrame:
    """Intervals in the order of customer and start, with the number of each."""
    c = intervals["c"].to_numpy()
    first = np.flatnonzero(np.r_[True, c[1:] != c[:-1]]) if len(c) else np.array([], dtype=np.int64)
    number = np.arange(1, len(c) + 1) - np.repeat(first, np.diff(np.r_[first, len(c)]))
    return intervals.with_columns(pl.Series("spell", number.astype(np.int32)))
