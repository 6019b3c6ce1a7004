"""The SQL of growth: every customer's way through a period, summed over the groups in which he enters and ends it. METHODS B1."""

import datetime
from collections.abc import Sequence

from churn_dash.measures.conditions.condition import Condition
from churn_dash.store import shifted
from churn_dash.store.derive.facts import Span

_ZERO = "CAST(0 AS DOUBLE)"


def growth_sql(definition: str, dims: Sequence[str], spans: Sequence[Span], where: Condition, valued: bool, due: bool) -> str:
    """A row a period and cell: the sums of both waterfalls. The condition's values are bound once.

    ``valued``: the month table tells changes of value; ``due``: a relation ``falls_due`` (customer_id, period, amount) is registered.
    """
    return ways_sql(definition, dims, spans, where, valued, due) + _summed(dims)


def steps_sql(definition: str, span: Span, where: Condition) -> str:
    """A row a customer of the period with how often each step was his: customer_id and the columns of ``growth.STEPS``."""
    columns = ", ".join(
        f"case when {'at_end > 0 and inside_end' if n in BY_END else 'inside'} then {rule} else 0 end as {n}"
        for n, rule in {**STEPS, **BY_END}.items()
    )
    return (
        f"{ways_sql(definition, (), [span], where, False, False)}select p.customer_id, {columns} from whole w join people p on p.c = w.c "
        "where inside or (at_end > 0 and inside_end) order by p.customer_id nulls last"
    )


STEPS = {
    "start": "at_start",
    "new": "joined",
    "returned": "returned",
    "lost": "lost",
    "left_otherwise": "otherwise",
    "moved_out": "case when at_end > 0 and not same then 1 else 0 end",
    "lost_voluntary": "voluntary",
    "lost_involuntary": "involuntary",
    "lost_unexplained": "lost - voluntary - involuntary",
}
"""Steps of the group in which a customer enters the period, as columns of the CTE ``whole``."""
BY_END = {"moved_in": "case when not (inside and same) then 1 else 0 end", "end": "1"}
"""Steps of the group in which he stands at its end."""


def ways_sql(definition: str, dims: Sequence[str], spans: Sequence[Span], where: Condition, valued: bool, due: bool) -> str:
    """The CTE ``whole``, to be followed by a select: a row a customer in a period, and where he stands as he enters it and at its end."""
    listed = " union all ".join(
        f"select DATE '{s.period}' as period, DATE '{s.start - datetime.timedelta(days=1)}' as eve, DATE '{s.start}' as start_month, "
        f"DATE '{s.last_month}' as last_month, DATE '{s.last}' as last_day, DATE '{shifted(s.last_month, 1)}' as after_month"
        for s in spans
    )
    first, last = min(s.start for s in spans), shifted(max(s.last_month for s in spans), 1)
    whole_months = ", ".join(f"DATE '{m}'" for m in sorted({m for s in spans for m in (s.last_month, shifted(s.last_month, 1))}))
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
    # Most customers have one spell: only the others need adding up, and a row a customer and period is too many to do it for nothing.
    keys = "period, start_month, last_month, after_month, c"
    once = ", ".join(f"case when {rule} then 1 else 0 end as {name}" for name, rule in flags.items())
    counts = ", ".join(f"sum(case when {rule} then 1 else 0 end) as {name}" for name, rule in flags.items())
    often = f"select c from spell_rows where definition = '{definition}' group by c having count(*) > 1"
    customers = (
        f"select {keys}, case when begins then start_date end as first_begin, {once} from spells where c not in (select c from often) "
        f"union all select {keys}, min(case when begins then start_date end) as first_begin, {counts} from spells "
        f"where c in (select c from often) group by {keys}"
    )
    chosen = f"case when {where.sql} then true else false end" if where.sql else "true"
    rows = (
        f"select m.c, m.month{held}, m.aum_start, m.aum_end, {chosen} as chosen from month_rows m "
        f"where m.month between DATE '{first}' and DATE '{last}'"
    )
    worth = (
        "select p.period, m.c, sum(coalesce(m.valuation_change, CAST(0 AS DOUBLE))) as valuation, "
        "max(case when m.valuation_change is null then 1 else 0 end) as unvalued from month_rows m "
        "join periods p on m.month between p.start_month and p.last_month group by p.period, m.c"
    )
    valuation = "coalesce(v.valuation, CAST(0 AS DOUBLE)) as valuation, coalesce(v.unvalued, 1) as unvalued"
    told = valuation if valued else f"{_ZERO} as valuation, 0 as unvalued"
    matured = f"coalesce(f.amount, {_ZERO})" if due else _ZERO
    entered = "".join(f", i.{d} as i_{d}" for d in dims)
    ended = "".join(f", j.{d} as j_{d}" for d in dims)
    same = " and ".join(["coalesce(j.chosen, false)", *(f"i.{d} is not distinct from j.{d}" for d in dims)])
    # In a period of one month the row in which somebody enters it is also that of its end.
    ending = "i" if all(s.start == s.last_month for s in spans) else "e"
    known_start, known_end = "case when t.at_start > 0 then i.aum_start end", f"case when t.at_end > 0 then {ending}.aum_end end"
    entry = "case when t.at_start > 0 then t.start_month else CAST(date_trunc('month', t.first_begin) AS DATE) end"
    whole = (
        f"select t.*{entered}{ended}, coalesce(i.chosen, false) as inside, t.at_end > 0 and coalesce(j.chosen, false) as inside_end, "
        f"{same} as same, {known_start} as known_start, {known_end} as known_end, "
        f"coalesce({known_start}, {_ZERO}) as aum_s, coalesce({known_end}, {_ZERO}) as aum_e, {told}, {matured} as matured from cust t "
        f"left join held i on i.c = t.c and i.month = {entry} "
        f"left join held j on j.c = t.c and j.month = t.after_month and j.month in ({whole_months}) "
        + ("" if ending == "i" else f"left join held e on e.c = t.c and e.month = t.last_month and e.month in ({whole_months})")
        + (" left join worth v on v.c = t.c and v.period = t.period" if valued else "")
        + (" left join due f on f.c = t.c and f.period = t.period" if due else "")
    )
    parts = [f"with periods as ({listed}), spells as ({spells}), often as ({often}), cust as ({customers}), held as ({rows})"]
    parts += [f", worth as ({worth})"] if valued else []
    parts += [", due as (select d.period, p.c, d.amount from falls_due d join people p on p.customer_id = d.customer_id)"] if due else []
    parts.append(f", whole as ({whole}) ")
    return "".join(parts)


def _summed(dims: Sequence[str]) -> str:
    """The sums over the groups, after ``ways_sql``."""
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
        "aum_outflow_due": f"case when {stayed} and {flow} < 0 then least(-({flow}), matured) else CAST(0 AS DOUBLE) end",
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
    return f"select {', '.join(keys)}, {totals} from ({unions}) u group by {', '.join(keys)} order by {order}"
