"""Spells: from when to when each customer was active, by definition, and how and why the spell ended. Source: METHODS B0."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract import DEFINITIONS, REASONS, ChurnDefinition
from churn_dash.store.derive.activity import (
    LONG_AGO,
    OPEN,
    Bools,
    Calendar,
    Floats,
    Intervals,
    Ints,
    absence,
    asset_decline,
    calendar,
    dormant,
    open_accounts,
    outside,
)

_INITIATORS = {"customer": "voluntary", "bank": "involuntary_bank", "death": "involuntary_life"}
_MATCH_DAYS = 62
"""A recorded reason belongs to a departure at most this many days away."""


@dataclass(frozen=True)
class Panel:
    """A panel as dense arrays: who, which months, who stood in which month's list."""

    customers: pl.Series
    months: Calendar
    row: Ints
    column: Ints
    present: Bools
    absences: bool = True
    """Whether a customer who is missing from every later list has left."""

    @classmethod
    def of(cls, customer_month: pl.DataFrame, accounts: pl.DataFrame | None, absences: bool = True) -> "Panel":
        months = calendar(customer_month["month"])
        known = [customer_month["customer_id"]] + ([accounts["customer_id"]] if accounts is not None else [])
        customers = pl.concat(known).unique().sort()
        row = positions(customer_month["customer_id"], customers)
        column = months.index(customer_month["month"].cast(pl.Int32).to_numpy().astype(np.int64))
        present = np.zeros((len(months), len(customers)), dtype=bool).T
        present[row, column] = True
        return cls(customers, months, row, column, present, absences)

    @property
    def place(self) -> Ints:
        """Where each row stands in a flat month × customer array."""
        return self.column * len(self.customers) + self.row

    def dense(self, values: pl.Series) -> Floats:
        """A number column as customer × month; NaN where there is no row. Months lie together in memory."""
        out = np.full((len(self.months), len(self.customers)), np.nan)
        out.ravel()[self.place] = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return out.T


def positions(ids: pl.Series, among: pl.Series) -> Ints:
    """Index of each id in the sorted series ``among``; −1 where it is absent."""
    found = ids.to_frame("id").join(among.to_frame("id").with_row_index("i"), on="id", how="left", maintain_order="left")
    return found["i"].cast(pl.Int64).fill_null(-1).to_numpy()


def encoded(values: pl.Series) -> tuple[npt.NDArray[np.int16], list[str]]:
    """A text column of few values as codes (−1: unknown) and its sorted texts."""
    texts = values.cast(pl.String).drop_nulls().unique().sort()
    codes = values.cast(pl.String).cast(pl.Enum(texts)).to_physical()
    return codes.cast(pl.Int16).fill_null(-1).to_numpy(), texts.to_list()


def dated(accounts: pl.DataFrame | None, churn_events: pl.DataFrame | None) -> bool:
    """Whether closings are told by dates rather than by absence."""
    return churn_events is not None or (accounts is not None and "close_date" in accounts.columns)


def known_forms(customer_month: pl.DataFrame, absences: bool = True, closings: bool = True) -> set[str]:
    """The forms of leaving that a panel with these columns can show; ``closings``: dates tell them, ``absences``: missing months do.

    >>> sorted(known_forms(pl.DataFrame({"aum_avg": [1.0]}), absences=False, closings=False))
    ['asset_out']
    """
    has = set(customer_month.columns)
    known = {"close"} if closings or absences else set()
    known |= {"absent"} if absences else set()
    known |= {"dormant"} if {"txn_count", "aum_end"} <= has else set()
    known |= {"asset_out"} if "aum_avg" in has else set()
    return known | ({"flag"} if "churned" in has else set())


def available(customer_month: pl.DataFrame, absences: bool = True, closings: bool = True) -> tuple[ChurnDefinition, ...]:
    """The definitions that a panel with these columns can answer; ``first`` is always there, whatever forms it finds."""
    known = known_forms(customer_month, absences, closings)
    return tuple(d for d in DEFINITIONS.values() if d.name == "first" or set(d.forms) <= known)


def spells(
    panel: Panel,
    customer_month: pl.DataFrame,
    customers: pl.DataFrame | None,
    accounts: pl.DataFrame | None,
    churn_events: pl.DataFrame | None,
) -> pl.DataFrame:
    """All spells of all definitions.

    Columns, in the order of the first three: definition, c (customer index), spell (1…), start_date, end_date (null: open), form
    (null: the spell ended outside the definition, or is open), why (voluntary, involuntary_bank, involuntary_life, unknown;
    null: no event).
    """
    everyone = np.arange(len(panel.customers))
    missing = absence(panel.present, panel.months) if panel.absences else np.full(len(everyone), OPEN, dtype=np.int64)
    entry = _entry(panel, customers, accounts)
    existence = _existence(panel, accounts, churn_events, missing, entry)
    sets: dict[str, Intervals] = {}
    if panel.absences or dated(accounts, churn_events):
        sets["close"] = existence
    if panel.absences:
        sets["absent"] = Intervals("absent", everyone, np.full(len(everyone), LONG_AGO), missing)
    definitions = available(customer_month, panel.absences, dated(accounts, churn_events))
    for definition in definitions:
        for form in definition.forms:
            if form == "dormant" and "txn_count" in customer_month.columns and "aum_end" in customer_month.columns and form not in sets:
                state = dormant(
                    panel.dense(customer_month["txn_count"]), panel.dense(customer_month["aum_end"]), panel.months, definition.dormancy
                )
                sets[form] = outside(form, state, panel.months)
            if form == "asset_out" and form not in sets:
                sets[form] = outside(form, asset_decline(panel.dense(customer_month["aum_avg"]), definition.asset_decline), panel.months)
            if form == "flag" and form not in sets:
                sets[form] = outside(form, _flagged(panel, customer_month), panel.months)
    reasons = _reasons(panel, accounts, churn_events)
    found = []
    for definition in definitions:
        forms = [f for f in definition.forms if f in sets]
        limits = [sets[f] for f in forms]
        if "close" not in forms:
            # Under these forms a closed account ends what can be seen, and is not an event; absence needs only the day of entry.
            limits.append(
                Intervals("", everyone, entry, np.full(len(everyone), OPEN))
                if forms == ["absent"]
                else Intervals("", existence.customer, existence.start, existence.end)
            )
        found.append(_numbered(_meet(limits)).with_columns(pl.lit(definition.name).alias("definition")))
    out = pl.concat(sorted(found, key=lambda part: str(part["definition"][0]) if len(part) else "")).with_row_index("i")
    ended = out.filter(pl.col("form").is_not_null()).select("i", "c", "end").sort("end")
    ended = ended.join_asof(
        reasons, left_on="end", right_on="day", by="c", strategy="nearest", tolerance=_MATCH_DAYS, check_sortedness=False
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


def _entry(panel: Panel, customers: pl.DataFrame | None, accounts: pl.DataFrame | None) -> Ints:
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


def _flagged(panel: Panel, customer_month: pl.DataFrame) -> Bools:
    """The extract's own flag at the end of each month; an unknown month keeps the state before it."""
    known = panel.dense(customer_month["churned"].cast(pl.Float64))
    state = np.zeros_like(known, dtype=bool)
    held = np.zeros(known.shape[0], dtype=bool)
    for t in range(known.shape[1]):
        held = np.where(np.isnan(known[:, t]), held, known[:, t] == 1)
        state[:, t] = held
    return state


def _meet(limits: list[Intervals]) -> pl.DataFrame:
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


def _numbered(intervals: pl.DataFrame) -> pl.DataFrame:
    """Intervals in the order of customer and start, with the number of each."""
    c = intervals["c"].to_numpy()
    first = np.flatnonzero(np.r_[True, c[1:] != c[:-1]]) if len(c) else np.array([], dtype=np.int64)
    number = np.arange(1, len(c) + 1) - np.repeat(first, np.diff(np.r_[first, len(c)]))
    return intervals.with_columns(pl.Series("spell", number.astype(np.int32)))


def _reasons(panel: Panel, accounts: pl.DataFrame | None, churn_events: pl.DataFrame | None) -> pl.DataFrame:
    """Every known reason of a departure: c, day, why; a recorded reason goes before who closed the account."""
    found = []
    if accounts is not None and {"close_date", "close_initiator"} <= set(accounts.columns):
        closed = accounts.filter(pl.col("close_date").is_not_null() & pl.col("close_initiator").is_not_null())
        found.append(_reason_rows(panel, closed, "close_date", "close_initiator", _INITIATORS, 1))
    if churn_events is not None and "reason_code" in churn_events.columns:
        found.append(_reason_rows(panel, churn_events.filter(pl.col("reason_code").is_not_null()), "event_date", "reason_code", REASONS, 0))
    empty = pl.DataFrame(schema={"c": pl.Int64, "day": pl.Int64, "why": pl.String, "rank": pl.Int32})
    rows = pl.concat([empty, *found]).sort("c", "day", "rank").unique(["c", "day"], keep="first", maintain_order=True)
    recorded = rows.filter(pl.col("rank") == 0).select("c").unique()
    kept = rows.join(recorded, on="c", how="anti")
    return pl.concat([kept, rows.filter(pl.col("rank") == 0)]).sort("day").drop("rank")


def _reason_rows(panel: Panel, frame: pl.DataFrame, day: str, code: str, names: dict[str, str], rank: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "c": positions(frame["customer_id"], panel.customers),
            "day": frame[day].cast(pl.Int32).to_numpy().astype(np.int64),
            "why": frame[code]
            .str.to_lowercase()
            .replace_strict(list(names), list(names.values()), default="unknown", return_dtype=pl.String),
        }
    ).with_columns(pl.lit(rank, dtype=pl.Int32).alias("rank"))
