"""Why those who left did so: reasons by class and side, the four deficits, and where they went. Source: METHODS A1 1.1, 2.2, 2.3, 8.2.1."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.reading import Asked, cohort, gone, needed, resolved
from churn_dash.causes.settings import ReasonMap, reason_map
from churn_dash.contract.causes import CLASSES, DECIDED, DEFICITS, SIDES, reason_codes
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.store.reading import full_table

MATCH_DAYS = 62
"""A recorded reason belongs to a departure at most this many days away, as in the churn rates."""
COMPLAINED_DAYS = 182
"""How long before leaving a complaint points to a deficit."""
_SHARES = {"n": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}


@dataclass(frozen=True)
class Departures:
    """The departures of a period by cause; every frame is ordered, the largest first, the unknown ones last.

    ``lost`` is ``customers_lost`` of the same question. ``reasons``: code, cause_class, side, n (first reason named), share of
    all lost with low and high, cumulative, n_named (named at all). ``classes``, ``sides``, ``decided``: name and shares, which
    add up. ``deficits`` (several may apply): deficit, by_reason, by_complaint, n (either), shares, stayed_n, stayed_share (who
    stayed and complained of it). ``destinations``: bank and shares of those whose destination is known (``told``).
    """

    lost: int
    unknown: int
    told: int
    stayed: int
    without_deficit: int
    reasons: pl.DataFrame
    classes: pl.DataFrame
    sides: pl.DataFrame
    decided: pl.DataFrame
    deficits: pl.DataFrame
    destinations: pl.DataFrame

    @property
    def unknown_share(self) -> float | None:
        """Share of the departures without a reason that says anything; None where nobody left."""
        return self.unknown / self.lost if self.lost else None


def departures(question: Question, mapping: ReasonMap | None = None) -> Departures:
    """Why the customers of the start who left in the period did so. Raises what ``measure`` raises.

    Raises ``NotPossible`` where neither churn events with reasons nor accounts with who closed them are in the data.
    """
    ds = question.ds
    found = mapping or reason_map(ds)
    asked = resolved(question)
    gone(asked)
    everyone, lost = _departed(asked, found)
    codes = lost.with_columns(code=pl.col("codes").list.first().fill_null(""))
    named = lost.explode("codes").drop_nulls("codes").unique(["customer_id", "codes"])["codes"].value_counts(name="n_named")
    total = len(lost)
    counted = codes["code"].value_counts(name="n")
    counted = counted.join(named.rename({"codes": "code"}), on="code", how="full", coalesce=True).with_columns(
        pl.col("n", "n_named").fill_null(0).cast(pl.Int64)
    )
    classes = {c: found.cause(c).cause_class for c in counted["code"]}
    counted = counted.with_columns(
        cause_class=pl.col("code").replace_strict(classes, default="none", return_dtype=pl.String),
    ).with_columns(side=pl.col("cause_class").replace_strict({n: c.side for n, c in CLASSES.items()}, return_dtype=pl.String))
    reasons = _ranked(shares(counted, total), "code")
    decided = codes.with_columns(
        decided=pl.col("code").replace_strict(
            {c: found.cause(c).decided for c in codes["code"].unique()}, default="unknown", return_dtype=pl.String
        )
    )
    deficits, without = _deficits(asked, lost, everyone.filter(~pl.col("left")), full_table(ds, "complaints"), found)
    banks = lost.drop_nulls("destination")
    return Departures(
        lost=total,
        unknown=int(counted.filter(pl.col("side") == "unknown")["n"].sum()),
        told=len(banks),
        stayed=len(everyone) - total,
        without_deficit=without,
        reasons=reasons.select(
            "code", "cause_class", "side", *_SHARES, (pl.col("n").cum_sum() / max(total, 1)).alias("cumulative"), "n_named"
        ),
        classes=_grouped(counted, "cause_class", total),
        sides=_every(_grouped(counted, "side", total), "side", list(SIDES)),
        decided=_every(shares(decided["decided"].value_counts(name="n"), total), "decided", list(DECIDED)),
        deficits=deficits,
        destinations=shares(banks["destination"].value_counts(name="n"), len(banks)).sort(["n", "destination"], descending=[True, False]),
    )


def departed_customers(question: Question, mapping: ReasonMap | None = None) -> pl.DataFrame:
    """The customers behind ``departures``, one row each: customer_id, reason (the first named, empty: none), cause_class,
    destination (null where not known), deficits (the list that reason and complaints point to)."""
    ds = question.ds
    found = mapping or reason_map(ds)
    asked = resolved(question)
    gone(asked)
    _everyone, lost = _departed(asked, found)
    first = lost["codes"].list.first().fill_null("")
    pointed = pl.concat([_by_reason(lost, found), _complained(lost, full_table(ds, "complaints"), found, None)]).unique()
    deficits = pointed.sort("deficit").group_by("customer_id", maintain_order=True).agg(pl.col("deficit").alias("deficits"))
    rows = lost.select(
        "customer_id",
        first.alias("reason"),
        pl.Series("cause_class", [found.cause(c).cause_class for c in first], dtype=pl.String),
        "destination",
    )
    return rows.join(deficits, on="customer_id", how="left", maintain_order="left").sort("customer_id")


def _departed(asked: Asked, mapping: ReasonMap) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everybody there at the start, and those of them who left, with what is told of why."""
    ds = asked.ds
    events, accounts = full_table(ds, "churn_events"), full_table(ds, "accounts")
    if events is None and (accounts is None or accounts["close_initiator"].null_count() == len(accounts)):
        needed(ds, "churn_events")
    everyone = cohort(asked)
    return everyone, told_reasons(everyone.filter("left"), events, accounts, mapping)


def told_reasons(lost: pl.DataFrame, events: pl.DataFrame | None, accounts: pl.DataFrame | None, mapping: ReasonMap) -> pl.DataFrame:
    """``lost`` (customer_id, left_on) with codes (the reasons named, first one first; empty: none) and destination.

    The recorded event nearest to the departure, at most 62 days away, tells; without any recorded reason, who closed the account.
    """
    empty = {"customer_id": pl.String, "reason": pl.String, "destination": pl.String}
    told = pl.DataFrame(schema=empty)
    recorded = pl.Series("customer_id", [], dtype=pl.String)
    if events is not None:
        near = _near(lost, events, "event_date", "event_id")
        told = near.group_by("customer_id", maintain_order=True).agg(
            pl.col("reason_code").drop_nulls().first().alias("reason"), pl.col("destination").drop_nulls().first()
        )
        recorded = events.filter(pl.col("reason_code").is_not_null())["customer_id"].unique()
    closed = pl.DataFrame(schema={"customer_id": pl.String, "closed_by": pl.String})
    if accounts is not None:
        rest = lost.filter(~pl.col("customer_id").is_in(recorded.implode()))
        ended = accounts.filter(pl.col("close_date").is_not_null() & pl.col("close_initiator").is_not_null())
        near = _near(rest, ended, "close_date", "account_id")
        closed = near.group_by("customer_id", maintain_order=True).agg(pl.col("close_initiator").first().alias("closed_by"))
    out = lost.join(told, on="customer_id", how="left", maintain_order="left")
    out = out.join(closed, on="customer_id", how="left", maintain_order="left")
    named = [r or c for r, c in out.select("reason", "closed_by").iter_rows()]
    codes = {said: reason_codes(said, mapping.reasons) for said in set(named)}
    words = [codes[said] for said in named]
    return out.with_columns(pl.Series("codes", words, dtype=pl.List(pl.String))).drop("reason", "closed_by")


def _near(lost: pl.DataFrame, rows: pl.DataFrame, day: str, key: str) -> pl.DataFrame:
    """The rows of each lost customer, nearest to the departure first; where no day of leaving is known, the latest first."""
    away = (pl.col(day) - pl.col("left_on")).dt.total_days().abs()
    joined = lost.select("customer_id", "left_on").join(rows, on="customer_id", how="inner").with_columns(away.alias("_away"))
    within = joined.filter(pl.col("_away").is_null() | (pl.col("_away") <= MATCH_DAYS))
    return within.sort(["_away", day, key], descending=[False, True, False])


def shares(counts: pl.DataFrame, total: int) -> pl.DataFrame:
    """Counts ``n`` with their share of ``total`` and Wilson's interval; null where the total is 0."""
    found = [wilson(n, total) for n in counts["n"].to_list()]
    return counts.with_columns(
        pl.col("n").cast(pl.Int64),
        (pl.col("n") / total if total else pl.lit(None, dtype=pl.Float64)).cast(pl.Float64).alias("share"),
        pl.Series("low", [i and i.low for i in found], dtype=pl.Float64),
        pl.Series("high", [i and i.high for i in found], dtype=pl.Float64),
    )


def _ranked(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Largest first, what is not known at the end."""
    last = pl.col("side") == "unknown" if "side" in rows.columns else pl.lit(value=False)
    return rows.with_columns(last.alias("_last")).sort(["_last", "n", name], descending=[False, True, False]).drop("_last")


def _grouped(counted: pl.DataFrame, by: str, total: int) -> pl.DataFrame:
    rows = shares(counted.group_by(by).agg(pl.col("n").sum(), pl.col("side").first().alias("_side")), total)
    return _ranked(rows.rename({"_side": "side"}) if by != "side" else rows.drop("_side"), by)


def _every(rows: pl.DataFrame, name: str, known: list[str]) -> pl.DataFrame:
    """Every name of the closed list, in its order, also those without a case."""
    total = int(rows["n"].sum())
    return shares(
        pl.DataFrame({name: known})
        .join(rows.select(name, "n"), on=name, how="left", maintain_order="left")
        .with_columns(pl.col("n").fill_null(0)),
        total,
    )


def _deficits(
    asked: Asked, lost: pl.DataFrame, stayed: pl.DataFrame, complaints: pl.DataFrame | None, mapping: ReasonMap
) -> tuple[pl.DataFrame, int]:
    """The four deficits among those lost, by reason and by complaint, beside complaints of those who stayed; and who had none."""
    by_reason = _by_reason(lost, mapping)
    end = asked.period.last_day if asked.period else None
    of_lost = _complained(lost, complaints, mapping, None)
    of_stayed = _complained(stayed, complaints, mapping, end)
    either = pl.concat([by_reason, of_lost]).unique()
    rows = []
    for name in DEFICITS:
        counts = [f.filter(pl.col("deficit") == name)["customer_id"].n_unique() for f in (by_reason, of_lost, either, of_stayed)]
        rows.append((name, *counts))
    kinds = dict.fromkeys(("by_reason", "by_complaint", "n", "stayed_n"), pl.Int64)
    frame = pl.DataFrame(rows, schema={"deficit": pl.String, **kinds}, orient="row")
    known = complaints is not None and len(stayed) > 0
    stayed_share = pl.col("stayed_n") / len(stayed) if known else pl.lit(None, dtype=pl.Float64)
    return shares(frame, len(lost)).with_columns(stayed_share.alias("stayed_share")), len(lost) - either["customer_id"].n_unique()


def _by_reason(lost: pl.DataFrame, mapping: ReasonMap) -> pl.DataFrame:
    """customer_id and deficit of the reasons named."""
    reason = lost.select("customer_id", "codes").explode("codes").drop_nulls("codes")
    pointed = {c: mapping.cause(c).deficit for c in reason["codes"].unique()}
    point = pl.col("codes").replace_strict(pointed, default="", return_dtype=pl.String)
    return reason.select("customer_id", point.alias("deficit")).filter(pl.col("deficit") != "")


def _complained(rows: pl.DataFrame, complaints: pl.DataFrame | None, mapping: ReasonMap, until: datetime.date | None) -> pl.DataFrame:
    """customer_id and deficit of the complaints in the 182 days up to the departure, or up to ``until``."""
    none = pl.DataFrame(schema={"customer_id": pl.String, "deficit": pl.String})
    if complaints is None:
        return none
    ends = rows.select("customer_id", pl.lit(until).alias("end") if until is not None else pl.col("left_on").alias("end"))
    found = complaints.join(ends, on="customer_id").filter(
        pl.col("created_at").is_between(pl.col("end") - pl.duration(days=COMPLAINED_DAYS), pl.col("end"))
    )
    point = pl.col("category").replace_strict(mapping.complaints, default="", return_dtype=pl.String)
    return found.select("customer_id", point.alias("deficit")).filter(pl.col("deficit") != "").unique()
