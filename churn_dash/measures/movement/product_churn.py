"""Churn of products: accounts closed, deposits moved to other banks, loans paid back early, cards no longer used. Source: METHODS B1.

None depends on the definition of customer churn: a customer may stay and take his deposits away.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.conditions.stood import stood
from churn_dash.measures.filters import Filters, Period, dimension
from churn_dash.measures.movement.product_units import accounts, cards, deposits, loans
from churn_dash.measures.query import TIMES, asked_spans
from churn_dash.measures.statistics.intervals import ratio_of_sums, wilson
from churn_dash.store import Dataset, Dimension
from churn_dash.words import nearest

KIND = "product"
"""Beside the dimensions of the data: the kind of account, loan or card."""


@dataclass(frozen=True)
class ProductMeasure:
    """One measure of a product. ``needs`` are the tables and columns without which it cannot be told, alternatives behind a slash."""

    name: str
    label: str
    meaning: str
    formula: str
    kind: Literal["proportion", "money"]
    needs: tuple[tuple[str, str], ...]
    source: str = "METHODS B1"


PRODUCT_MEASURES = {
    m.name: m
    for m in (
        ProductMeasure(
            "account_closure_rate",
            _("Accounts closed"),
            _("Accounts open at the start of the period that were closed in it."),
            "closed in the period / open at the start",
            "proportion",
            (("accounts", "close_date"),),
        ),
        ProductMeasure(
            "deposit_transfer_rate",
            _("Deposits moved to other banks"),
            _("Large transfers out to other banks, as a share of deposits before the period; moving money inside the bank is none."),
            "large transfers out to other banks / average deposits of the month before the period",
            "money",
            (("large_transactions", "amount"), ("large_transactions", "txn_date"), ("large_transactions", "direction"),
             ("large_transactions", "internal/counter_bank"), ("customer_month", "deposit_avg")),
        ),
        ProductMeasure(
            "loan_runoff_rate",
            _("Loans paid back early"),
            _("Principal paid back before it was due, as a share of the principal at the start less what fell due."),
            "prepaid / (principal at the start - scheduled)",
            "money",
            (("loans", "balance_start"), ("loans", "scheduled"), ("loans", "prepaid")),
        ),
        ProductMeasure(
            "card_dormancy_rate",
            _("Cards not used"),
            _("Activated cards at the end of the period with no use for 180 days."),
            "cards without use for 180 days / activated cards, at the end of the period",
            "proportion",
            (("cards", "activated_date"), ("cards", "last_txn_date")),
        ),
    )
}  # fmt: skip
"""The closed list, by name."""


def lacking(ds: Dataset, name: str) -> tuple[str, ...]:
    """What these data would have to hold for the measure: ``table.column``, or the table alone where it is missing; empty: nothing."""
    found = []
    for table, columns in PRODUCT_MEASURES[name].needs:
        if table not in ds.info.tables:
            found.append(table)
            continue
        known = ds.month_columns if table == "customer_month" else ds.columns_of(table)
        if not known & set(columns.split("/")):
            found.append(f"{table}.{columns}")
    return tuple(dict.fromkeys(found))


def product_churn(
    ds: Dataset,
    names: Sequence[str] = tuple(PRODUCT_MEASURES),
    by: Sequence[str] = (),
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """Product measures by dimensions, ``product``, and one of month, quarter, year.

    Customers count as they stood at the start of the period, for cards at its end. Returns a row a combination, ordered, with the
    ``by`` columns and for each measure ``<name>`` (0–1, a share of money can exceed 1; null where undefined), ``_low``, ``_high``
    (95 %, Wilson over accounts and cards, linearised over customers for money), ``_n`` (accounts, cards, customers), ``_part`` and
    ``_whole`` (counts or CNY), ``_unknown`` (rows that could not be counted: neither in part nor in whole).

    Raises ``NotFound`` for an unknown name, ``NotPossible`` where the data hold none of what the measures need.
    """
    for name in names:
        if name not in PRODUCT_MEASURES:
            near = nearest(name, PRODUCT_MEASURES) or ", ".join(PRODUCT_MEASURES)
            raise NotFound(_("There is no measure of products {name}; the nearest is {near}."), name=name, near=near)
    times = [b for b in by if b in TIMES]
    if len(times) > 1:
        raise NotPossible(_("Ask for one of month, quarter or year at a time."))
    spans = asked_spans(ds, period, times[0] if times else None)
    dims = {b: dimension(ds, b) for b in by if b not in (*TIMES, KIND)}
    answerable = [n for n in dict.fromkeys(names) if not lacking(ds, n)]
    if not answerable:
        wanted = ", ".join(dict.fromkeys(w for n in names for w in lacking(ds, n)))
        raise NotPossible(_("These data cannot tell how products are lost; they would need: {tables}."), tables=wanted)
    if not spans:
        types: dict[str, Any] = {b: pl.Date if b in times else pl.String if b == KIND else pl.Enum(dims[b].values) for b in by}
        return pl.DataFrame(schema=types | {c: t for n in dict.fromkeys(names) for c, t in _types(n).items()})
    view = at_starts(ds.default_definition, scope, [d for s in spans for d in (s.start, _after(s.last))])
    where = condition(ds, filters, scope, view)
    columns = list(dict.fromkeys(d.column for d in dims.values()))
    found: pl.DataFrame | None = None
    keys = [*(["period"] if times else []), *([KIND] if KIND in by else []), *columns]
    units_of = {"account_closure_rate": accounts, "deposit_transfer_rate": deposits, "loan_runoff_rate": loans, "card_dormancy_rate": cards}
    starts = {s.period: s.start for s in spans}
    ends = {s.period: _after(s.last) for s in spans}
    for name in answerable:
        units = units_of[name](ds, spans)
        if where.sql or columns:
            months = ends if name == "card_dormancy_rate" else starts
            at = pl.DataFrame({"period": list(months), "month": list(months.values())})
            people = stood(ds, months.values(), columns, where, list(dims.values()), view).join(at, on="month").drop("month")
            units = units.join(people, on=["customer_id", "period"], how="inner" if where.sql else "left")
        rows = _shares(name, units, keys)
        found = (
            rows
            if found is None
            else found.join(rows, on=keys, how="full", coalesce=True, nulls_equal=True)
            if keys
            else found.hstack(rows)
        )
    assert found is not None
    return _answered(found, names, answerable, by, dims, times)


def _after(last: datetime.date) -> datetime.date:
    return last + datetime.timedelta(days=1)


def _shares(name: str, units: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Sums of the units over the keys, with the rate and its interval."""
    counted, money = pl.col("part").is_not_null(), PRODUCT_MEASURES[name].kind == "money"
    sums = [
        pl.col("part").filter(counted).sum().alias("part"),
        pl.col("whole").filter(counted).sum().alias("whole"),
        (~counted).sum().alias("unknown"),
    ]
    if money:
        # One customer is one unit of the interval, however many loans or kinds he holds.
        known = units.filter(counted).group_by([*keys, "customer_id"]).agg(pl.sum("part"), pl.sum("whole"))
        y, x = pl.col("part"), pl.col("whole")
        squares = [(y * y).sum().alias("yy"), (x * y).sum().alias("xy"), (x * x).sum().alias("xx"), pl.len().alias("n")]
        more = known.group_by(keys).agg(squares) if keys else known.select(squares)
    else:
        more = units.filter(counted).group_by(keys).agg(pl.len().alias("n")) if keys else units.filter(counted).select(pl.len().alias("n"))
    if keys:
        rows = units.group_by(keys).agg(sums).join(more, on=keys, how="left", nulls_equal=True)
    else:
        rows = units.select(sums).hstack(more)
    out: list[dict[str, Any]] = []
    for row in rows.with_columns(pl.col("n").fill_null(0)).iter_rows(named=True):
        part, whole, n = float(row["part"]), float(row["whole"]), int(row["n"])
        if money:
            found = ratio_of_sums(part, whole, row["yy"], row["xy"], row["xx"], n, within=(0.0, float("inf"))) if whole > 0 else None
        else:
            found = wilson(part, whole)
        out.append(
            {k: row[k] for k in keys}
            | {
                name: part / whole if whole > 0 else None,
                f"{name}_low": found and found.low,
                f"{name}_high": found and found.high,
                f"{name}_n": n,
                f"{name}_part": part,
                f"{name}_whole": whole,
                f"{name}_unknown": int(row["unknown"]),
            }
        )
    types = {k: units.schema[k] for k in keys} | _types(name)
    return pl.DataFrame(out, schema=types)


def _types(name: str) -> dict[str, Any]:
    floats = dict.fromkeys((name, f"{name}_low", f"{name}_high"), pl.Float64)
    return floats | {f"{name}_n": pl.Int64, f"{name}_part": pl.Float64, f"{name}_whole": pl.Float64, f"{name}_unknown": pl.Int64}


def _answered(
    found: pl.DataFrame,
    names: Sequence[str],
    answerable: Sequence[str],
    by: Sequence[str],
    dims: dict[str, Dimension],
    times: Sequence[str],
) -> pl.DataFrame:
    """The columns as they were asked for, levels in their order; what the data cannot tell is undefined, of nobody."""
    columns = [
        pl.col("period").alias(b)
        if b in times
        else pl.col(KIND)
        if b == KIND
        else pl.col(dims[b].column).cast(pl.Enum(dims[b].values)).alias(b)
        for b in by
    ]
    rows = found.select(*columns, *(c for n in answerable for c in _types(n)))
    rows = rows.with_columns(pl.col(f"{n}_{end}").fill_null(0) for n in answerable for end in ("n", "part", "whole", "unknown"))
    for name in names:
        if name not in answerable:
            rows = rows.with_columns(pl.lit(None if t == pl.Float64 else 0, dtype=t).alias(c) for c, t in _types(name).items())
    rows = rows.select(*by, *(c for n in dict.fromkeys(names) for c in _types(n)))
    return rows.sort(list(by), nulls_last=True) if by else rows
