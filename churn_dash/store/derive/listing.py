"""A list of customers without months: one row a customer, and what it says of balances, tiers and silence. Source: METHODS A3, B0, B3."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Attribute
from churn_dash.contract.definitions import EXEMPT, Dormancy
from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tiers import FLOORS, NEAR, ranks
from churn_dash.intake.mapping.fields import plain
from churn_dash.intake.values.codes import coded

_BALANCES = ("balance", "balances", "accountbalance", "totalbalance", "余额", "账户余额", "总资产", "资产", "金融资产", "资产总额")
_LAST_USE = (
    "lasttxndate",
    "lasttransactiondate",
    "lasttransaction",
    "最近交易日",
    "最近交易日期",
    "最后交易日",
    "最后交易日期",
    "最近动账日期",
)
_IDLE_MONTHS = ("monthsinactive", "monthsinactive12mon", "inactivemonths", "未动账月数", "不活跃月数")
LISTED = ("near_downgrade", "dormant")
"""Columns that a list may answer beside its customers."""


def listing(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
    """One row a customer: a cross-section, a single month beside what is known of its customers, or the list of customers alone.

    None where there are several months, or no customers at all.
    """
    if "cross_section" in frames:
        return frames["cross_section"]
    monthly = frames.get("customer_month")
    if monthly is None or monthly.is_empty():
        return frames.get("customers")
    if monthly["month"].min() != monthly["month"].max():
        return None
    people = frames.get("customers")
    rows = monthly.drop("month", "available_ts", strict=False)
    if people is None:
        return rows
    more = [c for c in people.columns if c not in rows.columns]
    return rows.join(people.select("customer_id", *more), on="customer_id", how="left", maintain_order="left")


def stock(frame: pl.DataFrame, attributes: Iterable[Attribute], tiers: Mapping[str, float] = FLOORS) -> pl.DataFrame:
    """What a list says of each customer, in the order of its rows; a column is null throughout where the list does not say.

    ``aum_start``: balances, CNY. ``near_downgrade``: above the threshold of the own tier by at most ``NEAR``, or below it; the
    lowest tier has none; ``tiers`` are the bank's, with their thresholds, and balances count as they are: a list without months does not
    tell over how many days they are averages. ``dormant``: no transaction for the days of ``Dormancy`` before the last one in the list,
    and at most its balance left where balances are known, and no contract of ``EXEMPT``.

    >>> stock(pl.DataFrame({"customer_id": ["1", "2"], "aum_avg": [52_000.0, 70_000.0]}), ())["near_downgrade"].to_list()
    [True, False]
    """
    headers = {plain(a.label): a.column for a in attributes if a.column in frame.columns}
    balance = _number(frame, _named(frame, headers, ("aum_avg", "aum_end"), _BALANCES))
    stated = _named(frame, headers, ("tier",), ())
    floor = _floors(balance, coded(frame[stated], TIER) if stated is not None else None, tiers)
    near = pl.select(pl.when(floor > 0).then(balance <= floor * (1 + NEAR)).when(balance.is_not_null()).then(pl.lit(False))).to_series()
    idle = _idle(frame, headers)
    empty = pl.select((balance <= Dormancy().balance).fill_null(True)).to_series()
    held = [(_number(frame, _named(frame, headers, (c,), ())) > 0).fill_null(False) for c in EXEMPT]
    dormant = pl.select(pl.when(idle.is_not_null()).then(idle & empty & ~pl.any_horizontal(held))).to_series()
    return pl.DataFrame([balance.alias("aum_start"), near.alias("near_downgrade"), dormant.alias("dormant")])


def answered(found: pl.DataFrame) -> list[str]:
    """The columns of ``LISTED`` that the list can answer."""
    return [c for c in LISTED if found[c].null_count() < len(found)]


def _named(frame: pl.DataFrame, headers: Mapping[str, str], fields: Iterable[str], also: Iterable[str]) -> str | None:
    """The column of a field: under its own name, else the bank's own column with a header that stands for it."""
    for field in fields:
        if field in frame.columns:
            return field
    known = [plain(a) for field in fields for a in TABLES["customer_month"].aliases(field)]
    return next((headers[a] for a in (*known, *also) if a in headers), None)


def _number(frame: pl.DataFrame, column: str | None) -> pl.Series:
    if column is None or not frame.schema[column].is_numeric():
        return pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
    return frame[column].cast(pl.Float64).fill_nan(None)


def _floors(balance: pl.Series, stated: pl.Series | None, tiers: Mapping[str, float]) -> pl.Series:
    """The threshold of each customer's own tier; of the tier that the balances reach where the list names none."""
    reached: Any = pl.when(balance.is_null()).then(None)
    for floor in sorted(tiers.values(), reverse=True):
        reached = reached.when(balance >= floor).then(pl.lit(floor))
    by_balance = pl.select(reached.otherwise(pl.lit(0.0)).cast(pl.Float64)).to_series()
    if stated is None:
        return by_balance
    floors = list(tiers.values())
    of_tier = {name: floors[rank] for name, rank in ranks(tiers).items()}
    own = stated.replace_strict(of_tier, default=None, return_dtype=pl.Float64)
    return pl.select(pl.when(balance.is_not_null()).then(pl.coalesce(own, by_balance))).to_series()


def _idle(frame: pl.DataFrame, headers: Mapping[str, str]) -> pl.Series:
    """Whether nothing was done for the days of ``Dormancy``: by the day of the last transaction, or months without one."""
    day = next((headers[h] for h in _LAST_USE if h in headers), None)
    if day is not None and frame.schema[day] == pl.Date and frame[day].max() is not None:
        return pl.select((pl.lit(frame[day].max()) - frame[day]).dt.total_days() >= Dormancy().days).to_series()
    months = next((headers[h] for h in _IDLE_MONTHS if h in headers), None)
    if months is not None and frame.schema[months].is_numeric():
        return frame[months] >= Dormancy().months
    return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
