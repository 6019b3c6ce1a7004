"""Where growth comes from: heads and balances from the start of a period to its end, step by step. Source: METHODS A1 1.2(3), B1.

Heads: start + new + returned − lost − left otherwise + moved in − moved out = end. Balances: start + new + inflow + returned −
outflow − lost + valuation + moved in − moved out = end. Both are counted customer by customer and must hold to the last customer.

Everything that happens to a customer in a period belongs to the group in which he entered it: at its start, or when he joined or
returned. Who stands in another group at the end is moved out of the one and into the other.
"""

import datetime
import math
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from churn_dash.contract.tables.columns import MOST_MONEY
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition, laid_over
from churn_dash.measures.conditions.groupings import within
from churn_dash.measures.filters import dimension
from churn_dash.measures.movement.growth_sql import BY_END, STEPS, growth_sql, steps_sql
from churn_dash.measures.movement.maturities import due_holdings
from churn_dash.measures.query import TIMES, asked_spans
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, Dimension, shifted
from churn_dash.store.derive.facts import Span
from churn_dash.words import Month, Text

HEADS = (
    "start", "new", "returned", "lost", "left_otherwise", "moved_in", "moved_out", "end",
    "lost_of_start", "lost_new", "lost_voluntary", "lost_involuntary", "lost_unexplained",
)  # fmt: skip
"""Counts. ``lost`` counts departures: ``lost_of_start`` are customers there at the start (the ``customers_lost`` of ``measure``),
``lost_new`` joined in the period; the rest left a second time or after they had returned. The reasons add up to ``lost``."""
MONEY = ("start", "new", "returned", "inflow", "outflow", "lost", "valuation", "moved_in", "moved_out", "end")
"""CNY. Flows are net of each customer who stayed, less the change of value by market prices where the data tell it. Beside them
stands ``outflow_due``: the part of each customer's outflow that is no more than what fell due to him in the period."""
MONEY_COUNTS = ("no_balance_at_start", "no_balance_at_end", "no_valuation")
"""Customers whose balance is not known and counts as 0; customers who stayed and lack a change of value in some month."""


def growth(question: Question, by: Sequence[str] = ()) -> pl.DataFrame:
    """The two waterfalls by dimensions and one of month, quarter, year.

    Returns a row a combination, ordered, with the ``by`` columns (time as the first day), the columns of ``HEADS``, those of
    ``MONEY`` behind ``aum_``, ``aum_outflow_due``, and ``MONEY_COUNTS``. Money is null where the data hold no balances, where the
    month before did not come whole, or where amounts beyond all money were loaded (``beyond_money``); ``aum_valuation`` where they
    tell no change of value, which then is part of the flows;
    ``aum_outflow_due`` where they do not tell what falls due. Raises what ``measure`` raises.
    """
    ds, chosen = question.ds, question.chosen
    times = [b for b in by if b in TIMES]
    if len(times) > 1:
        raise NotPossible(_("Ask for one of month, quarter or year at a time."))
    spans = asked_spans(ds, question.period, times[0] if times else None)
    dims = {b: dimension(ds, b) for b in by if b not in TIMES}
    if not spans:
        return _answered(pl.DataFrame(), by, dims, times, valued=False, due=False)
    view = within(chosen, question.scope, spans, also=[shifted(s.last_month, 1) for s in spans])
    where = condition(question, view)
    valued = "valuation_change" in ds.month_columns
    names = list(dict.fromkeys(d.column for d in dims.values()))
    due = _falls_due(ds, spans)
    # Where the list of the month before did not come whole, most balances at the start are missing, not nothing.
    blind = {s.period for s in spans if not balances_known(ds, s.start)}
    sql, bound = laid_over(ds, list(dims.values()), growth_sql(chosen, names, spans, where, valued, due is not None), where.bound, view)
    rows = _rows(ds, sql, bound, due)
    return _answered(rows, by, dims, times, valued, due is not None, blind)


def steps(question: Question) -> pl.DataFrame:
    """Who made each step of the waterfall of heads: customer_id, step (as the counts of ``growth`` are called), times.

    A row a customer and step; the ``times`` of a step add up to its count. By step and customer number. Raises what ``growth`` raises.
    """
    ds, chosen = question.ds, question.chosen
    names = (*STEPS, *BY_END)
    kinds = {"customer_id": pl.String, **dict.fromkeys(names, pl.Int64)}
    spans = asked_spans(ds, question.period, None)
    where = condition(question, within(chosen, question.scope, spans, also=[shifted(s.last_month, 1) for s in spans]))
    rows = ds.cursor().execute(steps_sql(chosen, spans[0], where), list(where.bound)).fetchall() if spans else []
    wide = pl.DataFrame(rows, schema=kinds, orient="row")
    long = wide.unpivot(names, index="customer_id", variable_name="step", value_name="times").filter(pl.col("times") > 0)
    return long.sort("step", "customer_id")


def balances_known(ds: Dataset, start: datetime.date) -> bool:
    """Whether the balances at the start of a month are known: the month before it came whole."""
    return shifted(start, -1) in ds.months


def without_start(ds: Dataset, start: datetime.date) -> Text | None:
    """Why nobody's balance at the start of a month is known, where that is for want of the month before; None where it is not."""
    if balances_known(ds, start):
        return None
    return Text(
        _("Balances and tiers at the start of {start} are those of the end of {month}, which is missing or did not come whole."),
        start=Month(start),
        month=Month(shifted(start, -1)),
    )


def beyond_money(ds: Dataset) -> bool:
    """Whether balances were loaded, before that was refused, that are larger than all the money there is: their sums say nothing."""
    if "aum_end" not in ds.month_columns:
        return False
    found = ds.cursor().execute("select coalesce(max(abs(aum_end)), 0) > ? from month_rows", [MOST_MONEY]).fetchone()
    return bool(found and found[0])


def _falls_due(ds: Dataset, spans: Sequence[Span]) -> pl.DataFrame | None:
    """What fell due to each customer in each period: customer_id, period, amount; None where the data do not tell."""
    held = due_holdings(ds)
    if held is None:
        return None
    inside = [
        held.filter(pl.col("maturity_date").is_between(s.start, s.last)).with_columns(pl.lit(s.period).alias("period")) for s in spans
    ]
    return pl.concat(inside).group_by("customer_id", "period").agg(pl.col("amount").sum())


def _rows(ds: Dataset, sql: str, bound: Sequence[Any], due: pl.DataFrame | None) -> pl.DataFrame:
    cursor = ds.cursor()
    if due is not None:
        cursor.register("falls_due", due.to_arrow())
    result = cursor.execute(sql, list(bound))
    names = [d[0] for d in result.description or ()]
    return pl.DataFrame(result.fetchall(), schema=names, orient="row", infer_schema_length=None)


def _answered(
    rows: pl.DataFrame,
    by: Sequence[str],
    dims: dict[str, Dimension],
    times: Sequence[str],
    valued: bool,
    due: bool,
    blind: Collection[datetime.date] = (),
) -> pl.DataFrame:
    out = []
    for row in rows.to_dicts():
        heads = {name: int(row[{"end": "end_count"}.get(name, name)]) for name in HEADS if name != "lost_unexplained"}
        heads["lost_unexplained"] = heads["lost"] - heads["lost_voluntary"] - heads["lost_involuntary"]
        known = (row["known"] or row["known_end_count"]) and row["period"] not in blind
        money = {f"aum_{name}": float(row["aum_end_sum" if name == "end" else f"aum_{name}"]) for name in MONEY}
        summed = all(math.isfinite(v) for v in money.values())
        known = known and summed
        _held(heads, money if summed else {})
        values: dict[str, object] = {b: row["period"] if b in times else row[dims[b].column] for b in by}
        values |= heads
        values |= {name: value if known and (valued or name != "aum_valuation") else None for name, value in money.items()}
        values["aum_outflow_due"] = float(row["aum_outflow_due"]) if known and due else None
        values |= {name: int(row[name]) if known and (valued or name != "no_valuation") else None for name in MONEY_COUNTS}
        out.append(values)
    types: dict[str, pl.DataType | type[pl.DataType]] = {b: pl.Date if b in times else pl.Enum(dims[b].values) for b in by}
    types |= (
        dict.fromkeys(HEADS, pl.Int64) | {f"aum_{n}": pl.Float64 for n in (*MONEY, "outflow_due")} | dict.fromkeys(MONEY_COUNTS, pl.Int64)
    )
    if not out and not by:
        out = [dict.fromkeys(HEADS, 0)]
    frame = pl.DataFrame(out, schema=types)
    return frame.sort(list(by), nulls_last=True) if by else frame


def _held(heads: dict[str, int], money: dict[str, float]) -> None:
    """Both identities, the second where there is money; a waterfall that does not add up is a mistake of ours and is not shown."""
    end = (
        heads["start"] + heads["new"] + heads["returned"] - heads["lost"] - heads["left_otherwise"] + heads["moved_in"] - heads["moved_out"]
    )
    assert end == heads["end"], heads
    if not money:
        return
    plus = sum(money[f"aum_{n}"] for n in ("start", "new", "returned", "inflow", "valuation", "moved_in"))
    minus = sum(money[f"aum_{n}"] for n in ("outflow", "lost", "moved_out"))
    scale = sum(abs(v) for v in money.values())
    assert math.isclose(plus - minus, money["aum_end"], rel_tol=1e-9, abs_tol=1e-9 * scale + 1e-6), money
