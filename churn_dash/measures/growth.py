"""Where growth comes from: heads and balances from the start of a period to its end, step by step. Source: METHODS A1 1.2(3), B1.

Heads: start + new + returned − lost − left otherwise + moved in − moved out = end. Balances: start + new + inflow + returned −
outflow − lost + valuation + moved in − moved out = end. Both are counted customer by customer and must hold to the last customer.

Everything that happens to a customer in a period belongs to the group in which he entered it: at its start, or when he joined or
returned. Who stands in another group at the end is moved out of the one and into the other.
"""

import datetime
import math
from collections.abc import Sequence

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.condition import Condition, condition
from churn_dash.measures.filters import Filters, Period, dimension
from churn_dash.measures.query import TIMES, asked_spans, definition_of
from churn_dash.measures.standing import month_columns
from churn_dash.store import Dataset, Dimension, shifted
from churn_dash.store.derive.facts import Span

HEADS = (
    "start", "new", "returned", "lost", "left_otherwise", "moved_in", "moved_out", "end",
    "lost_of_start", "lost_new", "lost_voluntary", "lost_involuntary", "lost_unexplained",
)  # fmt: skip
"""Counts. ``lost`` counts departures: ``lost_of_start`` are customers there at the start (the ``customers_lost`` of ``measure``),
``lost_new`` joined in the period; the rest left a second time or after they had returned. The reasons add up to ``lost``."""
MONEY = ("start", "new", "returned", "inflow", "outflow", "lost", "valuation", "moved_in", "moved_out", "end")
"""CNY. Flows are net of each customer who stayed, less the change of value by market prices where the data tell it."""
MONEY_COUNTS = ("no_balance_at_start", "no_balance_at_end", "no_valuation")
"""Customers whose balance is not known and counts as 0; customers who stayed and lack a change of value in some month."""


def growth(
    ds: Dataset,
    by: Sequence[str] = (),
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """The two waterfalls by dimensions and one of month, quarter, year.

    Returns a row a combination, ordered, with the ``by`` columns (time as the first day), the columns of ``HEADS``, those of
    ``MONEY`` behind ``aum_`` (null where the data hold no balances; ``aum_valuation`` null where they tell no change of value,
    which then is part of the flows), and ``MONEY_COUNTS``. Raises what ``measure`` raises.
    """
    chosen = definition_of(ds, definition)
    times = [b for b in by if b in TIMES]
    if len(times) > 1:
        raise NotPossible(_("Ask for one of month, quarter or year at a time."))
    spans = asked_spans(ds, period, times[0] if times else None)
    dims = {b: dimension(ds, b) for b in by if b not in TIMES}
    if not spans:
        return _answered(pl.DataFrame(), by, dims, times, valued=False)
    where = condition(ds, filters, scope)
    valued = "valuation_change" in month_columns(ds)
    names = list(dict.fromkeys(d.column for d in dims.values()))
    rows = _rows(ds, _sql(chosen, names, spans, where, valued), where)
    return _answered(rows, by, dims, times, valued)


_ZERO = "CAST(0 AS DOUBLE)"


def _sql(definition: str, dims: Sequence[str], spans: Sequence[Span], where: Condition, valued: bool) -> str:
    """A row a period and cell. ``cust`` is a customer in a period; ``i`` and ``j`` are where he stands as he enters and at the end."""
    listed = " union all ".join(
        f"select DATE '{s.period}' as period, DATE '{s.start - datetime.timedelta(days=1)}' as eve, DATE '{s.start}' as start_month, "
        f"DATE '{s.last_month}' as last_month, DATE '{s.last}' as last_day, DATE '{shifted(s.last_month, 1)}' as after_month"
        for s in spans
    )
    first, last = min(s.start for s in spans), shifted(max(s.last_month for s in spans), 1)
    held = "".join(f", m.{d}" for d in dims)
    # One row a spell that touches the period; a spell is active at the end of a day if it began by then and ends later.
    spells = (
        "select p.period, p.start_month, p.last_month, p.after_month, x.c, x.spell, x.start_date, x.why, "
        "x.start_date <= p.eve as at_start, x.start_date > p.eve as begins, "
        "coalesce(x.end_date <= p.last_day, false) as ends, x.form is not null as event "
        f"from spell_rows x join periods p on x.start_date <= p.last_day and (x.end_date is null or x.end_date > p.eve) "
        f"where x.definition = '{definition}'"
    )
    flags = {
        "at_start": "at_start",
        "began": "begins",
        "joined": "begins and spell = 1",
        "returned": "begins and spell > 1",
        "lost": "ends and event",
        "otherwise": "ends and not event",
        "lost_of_start": "ends and event and at_start",
        "lost_new": "ends and event and begins and spell = 1",
        "voluntary": "ends and event and why = 'voluntary'",
        "involuntary": "ends and event and why in ('involuntary_bank', 'involuntary_life')",
        "at_end": "not ends",
    }
    counts = ", ".join(f"sum(case when {rule} then 1 else 0 end) as {name}" for name, rule in flags.items())
    customers = (
        "select period, start_month, last_month, after_month, c, min(case when begins then start_date end) as first_begin, "
        f"{counts} from spells group by period, start_month, last_month, after_month, c"
    )
    inside = f"select m.c, m.month{held} from month_rows m where m.month between DATE '{first}' and DATE '{last}'{where.and_sql}"
    worth = (
        "select p.period, m.c, sum(coalesce(m.valuation_change, CAST(0 AS DOUBLE))) as valuation, "
        "max(case when m.valuation_change is null then 1 else 0 end) as unvalued from month_rows m "
        "join periods p on m.month between p.start_month and p.last_month group by p.period, m.c"
    )
    valuation = "coalesce(v.valuation, CAST(0 AS DOUBLE)) as valuation, coalesce(v.unvalued, 1) as unvalued"
    told = valuation if valued else f"{_ZERO} as valuation, 0 as unvalued"
    entered = "".join(f", i.{d} as i_{d}" for d in dims)
    ended = "".join(f", j.{d} as j_{d}" for d in dims)
    same = " and ".join(["j.c is not null", *(f"i.{d} is not distinct from j.{d}" for d in dims)])
    whole = (
        f"select t.*{entered}{ended}, i.c is not null as inside, j.c is not null as inside_end, {same} as same, "
        "s.aum_start as known_start, e.aum_end as known_end, "
        f"coalesce(s.aum_start, {_ZERO}) as aum_s, coalesce(e.aum_end, {_ZERO}) as aum_e, {told} from cust t "
        "left join inside i on i.c = t.c "
        "and i.month = case when t.at_start > 0 then t.start_month else date_trunc('month', t.first_begin) end "
        "left join inside j on j.c = t.c and j.month = t.after_month and t.at_end > 0 "
        "left join month_rows s on s.c = t.c and s.month = t.start_month and t.at_start > 0 "
        "left join month_rows e on e.c = t.c and e.month = t.last_month and t.at_end > 0"
        + (" left join worth v on v.c = t.c and v.period = t.period" if valued else "")
    )
    parts = [f"with periods as ({listed}), spells as ({spells}), cust as ({customers}), inside as ({inside})"]
    parts += [f", worth as ({worth})"] if valued else []
    parts.append(f", whole as ({whole}) ")
    entry = "".join(f", i_{d} as {d}" for d in dims)
    end = "".join(f", j_{d} as {d}" for d in dims)
    stayed = "at_start > 0 and at_end > 0 and lost = 0 and otherwise = 0"
    flow = "aum_e - aum_s - valuation"
    gone = "at_start > 0 and (lost > 0 or otherwise > 0)"
    came = "at_end > 0 and (at_start = 0 or lost > 0 or otherwise > 0)"
    fresh = f"{came} and at_start = 0 and joined > 0"
    by_entry = {
        "start": "at_start",
        "new": "joined",
        "returned": "returned",
        "lost": "lost",
        "left_otherwise": "otherwise",
        "moved_out": "case when at_end > 0 and not same then 1 else 0 end",
        "lost_of_start": "lost_of_start",
        "lost_new": "lost_new",
        "lost_voluntary": "voluntary",
        "lost_involuntary": "involuntary",
        "aum_start": "case when at_start > 0 then aum_s else CAST(0 AS DOUBLE) end",
        "aum_new": f"case when {fresh} then aum_e else CAST(0 AS DOUBLE) end",
        "aum_returned": f"case when {came} and not ({fresh}) then aum_e else CAST(0 AS DOUBLE) end",
        "aum_inflow": f"case when {stayed} and {flow} > 0 then {flow} else CAST(0 AS DOUBLE) end",
        "aum_outflow": f"case when {stayed} and {flow} < 0 then -({flow}) else CAST(0 AS DOUBLE) end",
        "aum_lost": f"case when {gone} then aum_s else CAST(0 AS DOUBLE) end",
        "aum_valuation": f"case when {stayed} then valuation else CAST(0 AS DOUBLE) end",
        "aum_moved_out": "case when at_end > 0 and not same then aum_e else CAST(0 AS DOUBLE) end",
        "no_balance_at_start": "case when at_start > 0 and known_start is null then 1 else 0 end",
        "no_valuation": f"case when {stayed} and unvalued > 0 then 1 else 0 end",
        "known": "case when at_start > 0 and known_start is not null then 1 else 0 end",
    }
    by_end = {
        "end_count": "1",
        "moved_in": "case when not (inside and same) then 1 else 0 end",
        "aum_end_sum": "aum_e",
        "aum_moved_in": "case when not (inside and same) then aum_e else CAST(0 AS DOUBLE) end",
        "no_balance_at_end": "case when known_end is null then 1 else 0 end",
        "known_end_count": "case when known_end is not null then 1 else 0 end",
    }
    every = [*by_entry, *by_end]

    def side(found: dict[str, str], keys: str, rule: str) -> str:
        sums = ", ".join(found.get(name, _ZERO if name.startswith("aum_") else "0") + f" as {name}" for name in every)
        return f"select period{keys}, {sums} from whole where {rule}"

    keys = ["period", *dims]
    totals = ", ".join(f"sum({name}) as {name}" for name in every)
    unions = f"{side(by_entry, entry, 'inside')} union all {side(by_end, end, 'at_end > 0 and inside_end')}"
    order = ", ".join(f"{k} nulls last" for k in keys)
    parts.append(f"select {', '.join(keys)}, {totals} from ({unions}) u group by {', '.join(keys)} order by {order}")
    return "".join(parts)


def _rows(ds: Dataset, sql: str, where: Condition) -> pl.DataFrame:
    result = ds.cursor().execute(sql, list(where.bound))
    names = [d[0] for d in result.description or ()]
    return pl.DataFrame(result.fetchall(), schema=names, orient="row", infer_schema_length=None)


def _answered(rows: pl.DataFrame, by: Sequence[str], dims: dict[str, Dimension], times: Sequence[str], valued: bool) -> pl.DataFrame:
    out = []
    for row in rows.to_dicts():
        heads = {name: int(row[{"end": "end_count"}.get(name, name)]) for name in HEADS if name != "lost_unexplained"}
        heads["lost_unexplained"] = heads["lost"] - heads["lost_voluntary"] - heads["lost_involuntary"]
        known = row["known"] or row["known_end_count"]
        money = {f"aum_{name}": float(row["aum_end_sum" if name == "end" else f"aum_{name}"]) for name in MONEY}
        _held(heads, money)
        values: dict[str, object] = {b: row["period"] if b in times else row[dims[b].column] for b in by}
        values |= heads
        values |= {name: value if known and (valued or name != "aum_valuation") else None for name, value in money.items()}
        values |= {name: int(row[name]) if known and (valued or name != "no_valuation") else None for name in MONEY_COUNTS}
        out.append(values)
    types: dict[str, pl.DataType | type[pl.DataType]] = {b: pl.Date if b in times else pl.Enum(dims[b].values) for b in by}
    types |= dict.fromkeys(HEADS, pl.Int64) | {f"aum_{n}": pl.Float64 for n in MONEY} | dict.fromkeys(MONEY_COUNTS, pl.Int64)
    if not out and not by:
        out = [dict.fromkeys(HEADS, 0)]
    frame = pl.DataFrame(out, schema=types)
    return frame.sort(list(by), nulls_last=True) if by else frame


def _held(heads: dict[str, int], money: dict[str, float]) -> None:
    """Both identities; a waterfall that does not add up is a mistake of ours and is not shown."""
    end = (
        heads["start"] + heads["new"] + heads["returned"] - heads["lost"] - heads["left_otherwise"] + heads["moved_in"] - heads["moved_out"]
    )
    assert end == heads["end"], heads
    plus = sum(money[f"aum_{n}"] for n in ("start", "new", "returned", "inflow", "valuation", "moved_in"))
    minus = sum(money[f"aum_{n}"] for n in ("outflow", "lost", "moved_out"))
    scale = sum(abs(v) for v in money.values())
    assert math.isclose(plus - minus, money["aum_end"], rel_tol=1e-9, abs_tol=1e-9 * scale + 1e-6), money
