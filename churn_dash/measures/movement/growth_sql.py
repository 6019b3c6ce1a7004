"""The SQL of growth: every customer's way through a period, summed over the groups in which he enters and ends it. METHODS B1."""

import datetime
from collections.abc import Sequence

from churn_dash.measures.conditions.condition import Condition
from churn_dash.store import shifted
from churn_dash.store.derive.facts import Span, month_rows

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
        f"{ways_sql(definition, (), [span], where, False, False)} select p.customer_id, {columns} from whole w join people p on p.c = w.c "
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
    """The CTE ``whole``, to be followed by a select: a row a customer in a period, and where he stands as he enters it and at its end.

    In most periods of most customers no spell begins or ends. They are told from their rows at both ends; only the others are
    followed spell by spell. Whoever is outside the condition at both ends may be left out.
    """
    listed = " union all ".join(
        f"select DATE '{s.period}' as period, DATE '{s.start - datetime.timedelta(days=1)}' as eve, DATE '{s.start}' as start_month, "
        f"DATE '{s.last_month}' as last_month, DATE '{s.last}' as last_day, DATE '{shifted(s.last_month, 1)}' as after_month"
        for s in spans
    )
    first, last = min(s.start for s in spans), max(s.last for s in spans)
    single = all(s.start == s.last_month for s in spans)
    chosen = f"case when {where.sql} then true else false end" if where.sql else "true"
    held = (
        f"select m.c, m.month{''.join(f', m.{d}' for d in dims)}, m.aum_start, m.aum_end, "
        f"{'m.valuation_change, ' if valued else ''}s.active, {chosen} as chosen from {month_rows(definition)} "
        f"where m.month between DATE '{first}' and DATE '{shifted(last.replace(day=1), 1)}'"
    )
    within = f"> DATE '{first - datetime.timedelta(days=1)}'"
    edges = " union all ".join(
        f"select c, {day} as day from spell_rows where definition = '{definition}' and {day} {within} and {day} <= DATE '{last}'"
        for day in ("start_date", "end_date")
    )
    moved = "select distinct p.*, e.c from edges e join periods p on e.day > p.eve and e.day <= p.last_day"
    worth = (
        f"select p.period, m.c, sum(coalesce(m.valuation_change, {_ZERO})) as valuation, "
        "max(case when m.valuation_change is null then 1 else 0 end) as unvalued from month_rows m "
        "join periods p on m.month between p.start_month and p.last_month group by p.period, m.c"
    )
    matured = f"coalesce(f.amount, {_ZERO})" if due else _ZERO
    money = f"coalesce(w.known_start, {_ZERO}) as aum_s, coalesce(w.known_end, {_ZERO}) as aum_e, "
    worthed = valued and not single
    told = (
        "coalesce(v.valuation, CAST(0 AS DOUBLE)) as valuation, coalesce(v.unvalued, 1) as unvalued" if worthed else _worth_of_month(valued)
    )
    whole = (
        f"select w.*, {money}{told}, {matured} as matured from (select * from restless union all by name select * from quiet) w "
        + ("left join worth v on v.c = w.c and v.period = w.period " if worthed else "")
        + ("left join due f on f.c = w.c and f.period = w.period " if due else "")
    )
    parts = [f"with periods as ({listed}), edges as ({edges}), moved as ({moved}), held as not materialized ({held})"]
    parts += [f", worth as ({worth})"] if worthed else []
    parts += [", due as (select d.period, p.c, d.amount from falls_due d join people p on p.customer_id = d.customer_id)"] if due else []
    parts.append(f", restless as ({_restless(definition, dims, single, valued)})")
    parts.append(f", quiet as ({_quiet(dims, single, valued, bool(dims or where.sql))}), whole as ({whole})")
    return "".join(parts)


_FLAGS = {
    "at_start": "at_start",
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
"""What may happen to a customer in a period, told of each of his spells that touch it."""


def _worth_of_month(valued: bool) -> str:
    """In a period of one month the change of value stands in the row itself."""
    if not valued:
        return f"{_ZERO} as valuation, 0 as unvalued"
    return f"coalesce(w.changed, {_ZERO}) as valuation, case when w.changed is null then 1 else 0 end as unvalued"


def _restless(definition: str, dims: Sequence[str], single: bool, valued: bool) -> str:
    """The periods in which a spell of the customer begins or ends."""
    # A spell is active at the end of a day if it began by then and ends later.
    spells = (
        "select k.period, k.start_month, k.last_month, k.after_month, x.c, x.spell, x.start_date, x.why, "
        "x.start_date <= k.eve as at_start, x.start_date > k.eve as begins, "
        "coalesce(x.end_date <= k.last_day, false) as ends, x.form is not null as event "
        "from moved k join spell_rows x on x.c = k.c and x.start_date <= k.last_day and (x.end_date is null or x.end_date > k.eve) "
        f"where x.definition = '{definition}'"
    )
    keys = "period, start_month, last_month, after_month, c"
    counts = ", ".join(f"sum(case when {rule} then 1 else 0 end) as {name}" for name, rule in _FLAGS.items())
    customers = f"select {keys}, min(case when begins then start_date end) as first_begin, {counts} from ({spells}) group by {keys}"
    entry = "case when t.at_start > 0 then t.start_month else CAST(date_trunc('month', t.first_begin) AS DATE) end"
    # In a period of one month the row in which somebody enters it is also that of its end.
    ending = "i" if single else "e"
    same = " and ".join(["coalesce(j.chosen, false)", *(f"i.{d} is not distinct from j.{d}" for d in dims)])
    return (
        f"select t.period, t.c, {', '.join(f't.{n}' for n in _FLAGS)}{_both(dims)}, coalesce(i.chosen, false) as inside, "
        f"t.at_end > 0 and coalesce(j.chosen, false) as inside_end, {same} as same, "
        f"case when t.at_start > 0 then i.aum_start end as known_start, "
        f"case when t.at_end > 0 then {ending}.aum_end end as known_end{', i.valuation_change as changed' if valued and single else ''} "
        f"from ({customers}) t left join held i on i.c = t.c and i.month = {entry} "
        "left join held j on j.c = t.c and j.month = t.after_month"
        + ("" if single else " left join held e on e.c = t.c and e.month = t.last_month")
    )


def _quiet(dims: Sequence[str], single: bool, valued: bool, grouped: bool) -> str:
    """The periods through which one spell of the customer lasts: he is there at both ends, and what he holds at the end stands in both
    the last row of the period and the row after it."""
    flags = ", ".join(f"{1 if name in ('at_start', 'at_end') else 0} as {name}" for name in _FLAGS)
    changed = ", i.valuation_change as changed" if valued and single else ""

    def there(month: str) -> str:
        return (
            f"select p.period, p.after_month, h.* from held h join periods p on h.month = p.{month} "
            "left join moved k on k.c = h.c and k.period = p.period where h.active and k.c is null"
        )

    if single and not grouped:  # everybody is inside, and in no other group afterwards
        return (
            f"select i.period, i.c, {flags}, true as inside, true as inside_end, true as same, i.aum_start as known_start, "
            f"i.aum_end as known_end{changed} from ({there('start_month')}) i"
        )
    same = " and ".join(["coalesce(i.chosen and j.chosen, false)", *(f"i.{d} is not distinct from j.{d}" for d in dims)])
    if single:
        return (
            f"select coalesce(i.period, j.period) as period, coalesce(i.c, j.c) as c, {flags}{_both(dims)}, i.c is not null as inside, "
            f"j.c is not null as inside_end, {same} as same, i.aum_start as known_start, "
            f"case when i.c is null then j.aum_start else i.aum_end end as known_end{changed} "
            f"from ({there('start_month')} and h.chosen) i full join ({there('after_month')} and h.chosen) j "
            "on j.c = i.c and j.period = i.period"
        )
    return (
        f"select i.period, i.c, {flags}{_both(dims)}, i.chosen as inside, j.chosen as inside_end, {same} as same, "
        f"i.aum_start as known_start, j.aum_start as known_end from ({there('start_month')}) i "
        "join held j on j.c = i.c and j.month = i.after_month where i.chosen or j.chosen"
    )


def _both(dims: Sequence[str]) -> str:
    """The groups in which a customer enters a period and in which he ends it, as columns."""
    return "".join(f", i.{d} as i_{d}" for d in dims) + "".join(f", j.{d} as j_{d}" for d in dims)


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
    every = {**by_entry, **{name: f"case when at_end > 0 then {rule} else {_nothing(name)} end" for name, rule in by_end.items()}}
    sums = ", ".join(f"sum({rule}) as {name}" for name, rule in every.items())
    # One pass over the customers by the groups at both ends; each end's own groups are summed from these few rows.
    cells = "".join(f", i_{d}, j_{d}" for d in dims)
    summed = f"select period{cells}, inside, inside_end, {sums} from whole group by period{cells}, inside, inside_end"

    def side(found: dict[str, str], keys: str, rule: str) -> str:
        columns = ", ".join(name if name in found else f"{_nothing(name)} as {name}" for name in every)
        return f"select period{keys}, {columns} from summed where {rule}"

    keys = ["period", *dims]
    totals = ", ".join(f"sum({name}) as {name}" for name in every)
    unions = f"{side(by_entry, entry, 'inside')} union all {side(by_end, end, 'inside_end')}"
    order = ", ".join(f"{k} nulls last" for k in keys)
    select = f"select {', '.join(keys)}, {totals} from ({unions}) u group by {', '.join(keys)}"
    # A group in which nobody enters and nobody ends has no row.
    return f", summed as ({summed}) {select} order by {order}"


def _nothing(name: str) -> str:
    return _ZERO if name.startswith("aum_") else "0"
