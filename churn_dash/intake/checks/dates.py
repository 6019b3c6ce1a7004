"""Days that cannot be, and months that come too late."""

import datetime

import polars as pl

from churn_dash.intake.checks.load import Load
from churn_dash.intake.findings import Finding
from churn_dash.words import Count, Text, _

_LATE = 10
"""Days behind the other months."""
_EARLIEST = datetime.date(1900, 1, 1)
_PLANNED = {"end_date", "start_date", "maturity_date", "due_at", "planned_date", "booked_at"}
"""Days of the contract that may lie ahead."""


def impossible_dates(load: Load) -> list[Finding]:
    """Days before 1900, days in the future that have already happened, births after the opening, months that have not begun."""
    found = []
    for table, frame in load.tables.items():
        for column, dtype in frame.schema.items():
            if dtype != pl.Date:
                continue
            days = frame[column]
            early = days < _EARLIEST
            if early.any():
                told = _("{n} values of {column} lie before 1900.")
                found.append(_finding(load, "date_before_1900", told, table, column, days.filter(early)))
            if column in _PLANNED or load.is_own(table, column):
                continue
            late = days > load.today
            if late.any():
                code, told = "date_in_future", _("{n} values of {column} lie in the future.")
                if column == "month":
                    code, told = "month_in_future", _("{n} rows of {column} are months that have not begun.")
                found.append(_finding(load, code, told, table, column, days.filter(late)))
        if {"birth_date", "open_date"} <= set(frame.columns):
            unborn = frame["birth_date"].filter((frame["birth_date"] > frame["open_date"]) & (frame["birth_date"] <= load.today))
            if len(unborn):
                told = _("{n} customers are born after they joined, by {column}.")
                found.append(_finding(load, "born_after_opening", told, table, "birth_date", unborn))
    return found


def _finding(load: Load, code: str, told: str, table: str, column: str, wrong: pl.Series) -> Finding:
    title, of = load.title(table, column), load.tables[table].height
    return Finding(
        code,
        "warning",
        Text(told, n=Count(len(wrong)), column=title),
        Text(_("The rows are kept. Correct the days in the source, or map the column as missing where they stand for unknown.")),
        table,
        title,
        len(wrong),
        len(wrong) / of,
        tuple(str(v) for v in wrong.unique(maintain_order=True).head(5).to_list()),
    )


def late_months(load: Load) -> list[Finding]:
    """Months that became known well after the usual time."""
    frame = load.tables.get("customer_month")
    if frame is None or "available_ts" not in frame.columns:
        return []
    lag = (pl.col("available_ts") - pl.col("month").dt.month_end()).dt.total_days()
    by_month = frame.group_by("month").agg(lag.median().alias("days"), pl.len().alias("n")).drop_nulls().sort("month")
    usual = by_month["days"].median()
    if len(by_month) < 3 or not isinstance(usual, int | float):
        return []
    late = by_month.filter(pl.col("days") >= pl.lit(usual) + _LATE)
    if late.is_empty():
        return []
    n = int(late["n"].sum())
    return [
        Finding(
            "month_late",
            "note",
            Text(
                _("{n} months became known {days} days later than usual or more: {months}."),
                n=Count(late.height),
                days=_LATE,
                months=", ".join(f"{m:%Y-%m}" for m in late["month"].head(5)),
            ),
            Text(_("Models use each row only from the day it was known; nothing to do.")),
            "customer_month",
            load.title("customer_month", "available_ts"),
            n,
            n / frame.height,
            tuple(f"{m:%Y-%m}" for m in late["month"].head(5)),
        )
    ]
