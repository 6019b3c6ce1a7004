"""What becomes of the customers of one day under several definitions, a row a customer."""

from collections.abc import Mapping

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.definitions import ChurnDefinition
from churn_dash.measures.condition import condition
from churn_dash.measures.filters import Filters, Period
from churn_dash.measures.lab.relabelled import changed, month_index, relabelled
from churn_dash.store import Dataset
from churn_dash.store.derive.activity import OPEN

LEAVES = ("close", "absent")
"""By which definition somebody has really left: the first of these that the data can answer."""


def outcomes(
    ds: Dataset, definitions: Mapping[str, ChurnDefinition], period: Period, filters: Filters, scope: Scope
) -> tuple[pl.DataFrame, str | None]:
    """The customers who are in the month table at the start of the period, and by which definition they really leave.

    Columns: c, aum (CNY at the start, null where unknown), and for each name in ``definitions`` ``<name>_active`` (at the start),
    ``<name>_lost`` (the day on which the spell of the start ends by an event, whenever; null: it does not), ``<name>_back`` (the day
    on which the next spell begins). ``gone``: the day of the real leave, null where it is not known or did not come.
    """
    leave = next((name for name in LEAVES if name in ds.definitions), None)
    wanted = dict.fromkeys([*definitions, *([leave] if leave else [])])
    stored = [name for name in wanted if name in ds.definitions]
    joins = " ".join(f"join states s_{n} on s_{n}.definition = '{n}' and s_{n}.code = m.s_{n}" for n in stored)
    backs = " ".join(
        f"left join (select c, lost_day, min(back_day) as back from returns where definition = '{n}' group by c, lost_day) r_{n} "
        f"on r_{n}.c = m.c and r_{n}.lost_day = s_{n}.end_day"
        for n in stored
    )
    columns = ", ".join(
        f"s_{n}.active as {n}_active, CAST(s_{n}.end_day AS DATE) as {n}_lost, CAST(r_{n}.back AS DATE) as {n}_back" for n in stored
    )
    where = condition(ds, filters, scope)
    sql = (
        f"select m.c, m.aum_start as aum, {columns} from month_rows m {joins} {backs} where m.month = DATE '{period.start}'{where.and_sql}"
    )
    rows = pl.DataFrame(ds.cursor().sql(sql, params=list(where.bound)).to_arrow_table())
    for name, definition in definitions.items():
        if changed(ds, definition):
            rows = _replaced(rows, name, relabelled(ds, definition), period)
    gone = pl.col(f"{leave}_lost") if leave else pl.lit(None, dtype=pl.Date)
    return rows.with_columns(gone.alias("gone")), leave


def _replaced(rows: pl.DataFrame, name: str, spells: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The rows with another view of the customers in ``spells``, who may also not be active at all."""
    first, last = month_index(spells["start"], period.start), month_index(spells["end"], period.start)
    following = pl.col("start").shift(-1).over("c", order_by="spell")
    own = spells.with_columns(following.alias("back"), first.alias("first"), last.alias("last"))
    own = own.filter((pl.col("first") < 0) & (pl.col("last") >= 0))
    happened = pl.col("form").is_not_null() & (pl.col("end") != OPEN)
    own = own.select(
        "c",
        pl.lit(True).alias("active"),
        pl.when(happened).then(_date("end")).alias("lost"),
        pl.when(happened).then(_date("back")).alias("back"),
    )
    seen = spells.select(pl.col("c").unique().cast(pl.Int32)).with_columns(pl.lit(True).alias("seen"))
    joined = rows.join(own.with_columns(pl.col("c").cast(pl.Int32)), on="c", how="left", maintain_order="left")
    joined = joined.join(seen, on="c", how="left", maintain_order="left")
    for column in ("active", "lost", "back"):
        mine = pl.col(column).fill_null(False) if column == "active" else pl.col(column)
        joined = joined.with_columns(pl.when(pl.col("seen")).then(mine).otherwise(pl.col(f"{name}_{column}")).alias(f"{name}_{column}"))
    return joined.drop("active", "lost", "back", "seen")


def _date(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date)
