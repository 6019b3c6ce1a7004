"""Churn of products: accounts closed, deposits moved to other banks, loans paid back early, cards no longer used. Source: METHODS B1.

None depends on the definition of customer churn: a customer may stay and take his deposits away.
"""

import datetime
from collections.abc import Sequence
from typing import Any

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import Condition, condition
from churn_dash.measures.conditions.groupings import View, at_starts
from churn_dash.measures.conditions.stood import stood
from churn_dash.measures.filters import dimension
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES, lacking, measure_of
from churn_dash.measures.movement.product_units import Units, accounts, cards, deposits, loans
from churn_dash.measures.query import TIMES, asked_spans
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import ratio_of_sums, wilson
from churn_dash.store import Dataset, Dimension
from churn_dash.store.derive.facts import Span
from churn_dash.store.reading import fetched

KIND = "product"
"""Beside the dimensions of the data: the kind of account, loan or card."""


def product_churn(
    question: Question,
    names: Sequence[str] = tuple(PRODUCT_MEASURES),
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Product measures by dimensions, ``product``, and one of month, quarter, year.

    Customers count as they stood at the start of the period, for cards at its end. Returns a row a combination, ordered, with the
    ``by`` columns and for each measure ``<name>`` (0–1, a share of money can exceed 1; null where undefined), ``_low``, ``_high``
    (95 %, Wilson over accounts and cards, linearised over customers for money), ``_n`` (accounts, cards, customers), ``_part`` and
    ``_whole`` (counts or CNY), ``_unknown`` (rows that could not be counted: neither in part nor in whole).

    Raises ``NotFound`` for an unknown name, ``NotPossible`` where the data hold none of what the measures need.
    """
    ds = question.ds
    for name in names:
        measure_of(name)
    times = [b for b in by if b in TIMES]
    if len(times) > 1:
        raise NotPossible(_("Ask for one of month, quarter or year at a time."))
    spans = asked_spans(ds, question.period, times[0] if times else None)
    dims = {b: dimension(ds, b) for b in by if b not in (*TIMES, KIND)}
    answerable = [n for n in dict.fromkeys(names) if not lacking(ds, n)]
    if not answerable:
        wanted = ", ".join(dict.fromkeys(w for n in names for w in lacking(ds, n)))
        raise NotPossible(_("These data cannot tell how products are lost; they would need: {tables}."), tables=wanted)
    if not spans:
        types: dict[str, Any] = {b: pl.Date if b in times else pl.String if b == KIND else pl.Enum(dims[b].values) for b in by}
        return pl.DataFrame(schema=types | {c: t for n in dict.fromkeys(names) for c, t in _types(n).items()})
    view = at_starts(ds.default_definition, question.scope, [d for s in spans for d in (s.start, _after(s.last))])
    where = condition(question, view)
    columns = list(dict.fromkeys(d.column for d in dims.values()))
    found: pl.DataFrame | None = None
    inside = [*([KIND] if KIND in by else []), *columns]
    keys = [*(["period"] if times else []), *inside]
    for name in answerable:
        each = []
        for s, units in zip(spans, _counted(ds, name, spans, where, list(dims.values()), view), strict=True):
            shares = _shares(name, units, inside).with_columns(period=pl.lit(s.period))
            # A period without a unit has no row; without periods the total stands, of nobody.
            each.append(shares if units.height or not times else shares.clear())
        rows = pl.concat(each) if times else each[0].drop("period")
        found = (
            rows
            if found is None
            else found.join(rows, on=keys, how="full", coalesce=True, nulls_equal=True)
            if keys
            else found.hstack(rows)
        )
    assert found is not None
    return _answered(found, names, answerable, by, dims, times)


def behind_products(question: Question) -> pl.DataFrame:
    """The customers behind the parts of ``product_churn`` over the whole period, for every measure that the data can tell: measure,
    customer_id, product (null where unknown), a row each account, loan, card or customer with deposits of which a part is lost.

    Raises ``NotPossible`` where the data tell none.
    """
    ds = question.ds
    spans = asked_spans(ds, question.period, None)
    names = [n for n in PRODUCT_MEASURES if not lacking(ds, n)]
    if not names or not spans:
        wanted = ", ".join(dict.fromkeys(w for n in PRODUCT_MEASURES for w in lacking(ds, n)))
        raise NotPossible(_("These data cannot tell how products are lost; they would need: {tables}."), tables=wanted)
    view = at_starts(ds.default_definition, question.scope, [d for s in spans for d in (s.start, _after(s.last))])
    where = condition(question, view)
    people = fetched(ds, "select CAST(c AS BIGINT) as c, customer_id from people")
    found = []
    for n in names:
        for units in _counted(ds, n, spans, where, [], view):
            lost = units.filter(pl.col("part") > 0).with_columns(measure=pl.lit(n))
            known = lost if "customer_id" in lost.columns else lost.join(people, on="c")
            found.append(known.select("measure", "customer_id", "product"))
    return pl.concat(found)


def _counted(ds: Dataset, name: str, spans: Sequence[Span], where: Condition, dims: Sequence[Dimension], view: View | None) -> Units:
    """The units of a measure, period by period, of customers who meet the condition, with the columns of the dimensions."""
    units_of = {"account_closure_rate": accounts, "deposit_transfer_rate": deposits, "loan_runoff_rate": loans, "card_dormancy_rate": cards}
    columns = list(dict.fromkeys(d.column for d in dims))
    for s, units in zip(spans, units_of[name](ds, spans), strict=True):
        if not where.sql and not columns:
            yield units
            continue
        month = _after(s.last) if name == "card_dormancy_rate" else s.start
        people = stood(ds, [month], columns, where, dims, view, "c").drop("month")
        yield units.join(people, on="c", how="inner" if where.sql else "left")


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
        known = units.filter(counted).group_by([*keys, "c"]).agg(pl.sum("part"), pl.sum("whole"))
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
