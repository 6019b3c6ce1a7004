"""Birthdays and holidays: care only, nothing is sold. Source: METHODS A3, plan 4.2.1."""

import datetime

import polars as pl

from churn_dash.care.holidays import NAMES, coming, window
from churn_dash.care.standing import Standing


def birthdays(standing: Standing) -> pl.DataFrame:
    """Customers whose birthday comes within the days of the settings, soonest first: customer_id, birthday, days_left, age (they reach).

    Who was born on 29 February has the birthday on 28 February in other years.
    """
    day = standing.day
    until = window(day, standing.settings.ahead_days)
    n = (until - day).days + 1
    days = pl.DataFrame(
        [(d, key) for d in (day + datetime.timedelta(days=i) for i in range(n)) for key in _keys(d)],
        schema={"birthday": pl.Date, "key": pl.Int32},
        orient="row",
    )
    born = standing.people.drop_nulls("birth_date").select(
        "customer_id", "birth_date", (pl.col("birth_date").dt.month().cast(pl.Int32) * 100 + pl.col("birth_date").dt.day()).alias("key")
    )
    found = born.join(days, on="key", how="inner").with_columns(
        (pl.col("birthday").dt.year() - pl.col("birth_date").dt.year()).alias("age")
    )
    left = (pl.col("birthday") - pl.lit(day)).dt.total_days().alias("days_left")
    return (
        found.filter(pl.col("age") > 0)
        .select("customer_id", "birthday", left, pl.col("age").cast(pl.Int64))
        .sort("birthday", "customer_id")
    )


def _keys(day: datetime.date) -> list[int]:
    """The birthdays kept on a day, as month times 100 and day."""
    own = [day.month * 100 + day.day]
    return [*own, 229] if own == [228] and (day + datetime.timedelta(days=1)).day == 1 else own


def greetings(standing: Standing) -> pl.DataFrame:
    """Core customers and those in need of special care, before a holiday that begins within the days of the settings or while it
    lasts, most balances first: customer_id, holiday (its code), first_day, last_day, core. Nobody where there is none."""
    found = coming(standing.day, standing.settings.ahead_days)[:1]
    wanted = standing.people.filter(pl.col("core") | pl.col("special_need").fill_null(False))
    wanted = wanted.sort("balance", "customer_id", descending=[True, False], nulls_last=True)
    wanted, holiday = (wanted, found[0]) if found else (wanted.clear(), None)
    return wanted.select(
        "customer_id",
        pl.lit(holiday and holiday.name, dtype=pl.Enum(list(NAMES))).cast(pl.String).alias("holiday"),
        pl.lit(holiday and holiday.first, dtype=pl.Date).alias("first_day"),
        pl.lit(holiday and holiday.last, dtype=pl.Date).alias("last_day"),
        "core",
    )
