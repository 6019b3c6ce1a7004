"""The customers behind a rate: exactly those it counts, with who of them left."""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import dimensions
from churn_dash.measures.conditions.condition import condition, virtual
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.filters import dimension
from churn_dash.measures.question import Question
from churn_dash.store.derive.facts import month_rows

WHOLE_LIST = 1_000_000


def members(
    question: Question, most: int = WHOLE_LIST, only: Literal["near_downgrade", "dormant"] | None = None, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Customers active at the start of the period who match the filters, a row each, by number.

    Columns: customer_id, the dimensions by name as they stood then, balance (CNY at the start; null where unknown), left (in the
    period), left_on (null for a cross-section), why (voluntary, involuntary_bank, involuntary_life, unknown; null for those who
    stayed). ``only``: of a list without months, those near a downgrade or dormant. ``by``: segments (``segment:NAME``) to stand
    beside the dimensions, ``in`` or ``out``. Their count is the ``churn_rate_n`` and those
    who left its numerator (METHODS B1). Raises what ``measure`` raises.
    """
    ds, chosen = question.ds, question.chosen
    known = [*dimensions(ds).values(), *(dimension(ds, name) for name in by)]
    whole = question.months if ds.shape == "panel" else None
    view = at_starts(chosen, question.scope, [whole.start] if whole is not None else [])
    laid_over, first = virtual(ds, known, view)
    where = condition(question, view)
    conditions, bound = ["s.active", *([where.sql] if where.sql else [])], [*first, *where.bound]
    if only is not None:
        if only not in ds.listed:
            raise NotPossible(_("These data do not say who is near a downgrade or dormant: a list without months with balances does."))
        conditions.append(f"m.{only}")
    if whole is not None:
        conditions.append(f"m.month = DATE '{whole.start}'")
        gone = f"coalesce(s.end_day <= DATE '{whole.last_day}', false)"
        left_on = f"case when {gone} then s.end_day end"
    else:
        gone, left_on = "s.end_day is not null", "CAST(NULL AS DATE)"
    columns = [
        "p.customer_id",
        *(f'm.{d.column} as "{i}"' for i, d in enumerate(known)),
        "m.aum_start as balance",
        f"{gone} as gone",
        f"{left_on} as left_on",
        f"case when {gone} then s.why end as why",
    ]
    rows_of = f"{month_rows(chosen)} join people p on p.c = m.c"
    ordered = f"order by p.customer_id nulls last limit {int(most)}"
    sql = f"{laid_over}select {', '.join(columns)} from {rows_of} where {' and '.join(conditions)} {ordered}"
    rows = ds.cursor().execute(sql, bound).fetchall()
    kinds = {
        "customer_id": pl.String,
        **{d.name: pl.String for d in known},
        "balance": pl.Float64,
        "left": pl.Boolean,
        "left_on": pl.Date,
        "why": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")
