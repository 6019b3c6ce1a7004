"""The sums from which every rate is made, as SQL in the portable subset (PLATFORM 1.2).

Each relation has a row a cell and period: ``stock`` (who was there at the start and what became of them), ``returned``,
``outcome`` (what they hold at its end) and ``flow`` (exposure, events, joiners inside it). Sums of counts are cast to BIGINT. Names come only from closed lists; dates and values are bound or literal dates.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

STOCK = (
    "active_at_start",
    "churned",
    "churned_voluntary",
    "churned_involuntary",
    "aum_start_sum",
    "aum_start_squares",
    "aum_start_churned",
    "aum_start_squares_churned",
    "aum_known",
)
"""Additive within one grain and period, over cells."""
RETURNED = ("returned",)
"""Those lost and back at the end of the period: churned less returned is net churn."""
OUTCOME = ("aum_end_sum", "aum_kept_sum")
"""As ``STOCK``, but they need each customer's balance at the end of the period; the cube lacks them."""
LISTS = ("near_downgrade", "dormant")
"""Of a list without months: customers near a downgrade, customers who are dormant."""
FLOW = ("exposure_days", "events", "joiners", "joiners_churned")


@dataclass(frozen=True)
class Span:
    """One period of whole months: its label, its first month, its last day; of the cube also its grain."""

    period: datetime.date
    start: datetime.date
    last: datetime.date
    grain: str = ""

    @property
    def last_month(self) -> datetime.date:
        return self.last.replace(day=1)


def _periods(spans: Sequence[Span]) -> str:
    rows = ", ".join(f"('{s.grain}', DATE '{s.period}', DATE '{s.start}', DATE '{s.last_month}', DATE '{s.last}')" for s in spans)
    return f"periods as (select * from (values {rows}) as v(grain, period, start_month, last_month, last_day))"


def _count(condition: str) -> str:
    return f"CAST(sum(case when {condition} then m.n else 0 end) AS BIGINT)"


def _amount(value: str, condition: str) -> str:
    return f"sum(case when {condition} then {value} else CAST(0 AS DOUBLE) end)"


_NONE = "CAST(0 AS DOUBLE)"
_AUM = f"coalesce(m.aum_start, {_NONE})"


def month_rows(definition: str) -> str:
    """The month table with what its code of this definition stands for, as ``m`` and ``s``."""
    return f"month_rows m join states s on s.definition = '{definition}' and s.code = m.s_{definition}"


def cells(definition: str, dims: Sequence[str], where: str = "", spans: Sequence[Span] = (), inside: bool = True) -> str:
    """SQL of the month table summed over cells and codes of a definition: one scan from which stock and flow both follow.

    Columns: month, dims, code, joined, n, aum, squares, known. ``spans`` limits the months to their first ones, ``inside`` to all in them.
    """
    keys = "".join(f", m.{d}" for d in dims)
    limits = [where] if where else []
    if spans and inside:
        limits.append(f"m.month between DATE '{min(s.start for s in spans)}' and DATE '{max(s.last_month for s in spans)}'")
    elif spans:
        first = ", ".join(f"DATE '{s.start}'" for s in spans)
        limits.append(f"m.month in ({first})")
    chosen = f" where {' and '.join(limits)}" if limits else ""
    return (
        f"select m.month{keys}, m.s_{definition} as code, m.joined, count(*) as n, sum({_AUM}) as aum, sum({_AUM} * {_AUM}) as squares, "
        f"count(m.aum_start) as known from month_rows m{chosen} group by m.month{keys}, m.s_{definition}, m.joined"
    )


def _cells(definition: str, source: str) -> str:
    return f"({source}) m join states s on s.definition = '{definition}' and s.code = m.code"


def starts(definition: str, dims: Sequence[str], source: str) -> str:
    """SQL of who is there at the start of each month, over ``cells``, by the month in which the spell will end.

    Columns: month, dims, end_month (null: open), why, n, aum, squares, known. Any period that starts there follows from it.
    """
    keys = "".join(f", m.{d}" for d in dims)
    return (
        f"select m.month{keys}, date_trunc('month', s.end_day) as end_month, s.why, sum(m.n) as n, sum(m.aum) as aum, "
        f"sum(m.squares) as squares, sum(m.known) as known from {_cells(definition, source)} "
        f"where s.active group by m.month{keys}, date_trunc('month', s.end_day), s.why"
    )


def stock(source: str, dims: Sequence[str], spans: Sequence[Span], panel: bool = True) -> str:
    """SQL of the stock relation over ``starts``: period, dims, the columns of ``STOCK`` but ``returned``."""
    gone = "m.end_month is not null and m.end_month <= p.last_month"
    keys = "".join(f", m.{d}" for d in dims)
    willing = f"{gone} and m.why = 'voluntary'"
    unwilling = f"{gone} and m.why in ('involuntary_bank', 'involuntary_life')"
    columns = [
        "CAST(sum(m.n) AS BIGINT) as active_at_start",
        f"{_count(gone)} as churned",
        f"{_count(willing)} as churned_voluntary",
        f"{_count(unwilling)} as churned_involuntary",
        "sum(m.aum) as aum_start_sum",
        "sum(m.squares) as aum_start_squares",
        f"{_amount('m.aum', gone)} as aum_start_churned",
        f"{_amount('m.squares', gone)} as aum_start_squares_churned",
        "CAST(sum(m.known) AS BIGINT) as aum_known",
    ]
    joins = "join periods p on m.month = p.start_month" if panel else "cross join periods p"
    return f"with {_periods(spans)} select p.grain, p.period{keys}, {', '.join(columns)} from ({source}) m {joins} group by p.grain, p.period{keys}"


def returned(definition: str, dims: Sequence[str], spans: Sequence[Span], where: str = "") -> str:
    """SQL of those lost in the period and back at its end: period, dims, ``returned``."""
    keys = "".join(f", m.{d}" for d in dims)
    return (
        f"with {_periods(spans)} select p.grain, p.period{keys}, count(*) as returned from {month_rows(definition)} join returns r "
        f"on r.definition = '{definition}' and r.c = m.c and r.lost_day = s.end_day "
        f"join periods p on m.month = p.start_month and r.lost_day <= p.last_day and r.back_day <= p.last_day "
        f"and (r.gone_day is null or r.gone_day > p.last_day) where s.active{_and(where)} group by p.grain, p.period{keys}"
    )


def outcome(definition: str, dims: Sequence[str], spans: Sequence[Span], where: str = "") -> str:
    """SQL of what the customers of the start hold at the end of the period: period, dims, the columns of ``OUTCOME``."""
    keys = "".join(f", m.{d}" for d in dims)
    end = f"coalesce(e.aum_end, {_NONE})"
    return (
        f"with {_periods(spans)} select p.grain, p.period{keys}, sum({end}) as aum_end_sum, sum(case when {end} < {_AUM} then {end} else {_AUM} end) as aum_kept_sum "
        f"from {month_rows(definition)} join periods p on m.month = p.start_month left join month_rows e on e.c = m.c and e.month = p.last_month "
        f"where s.active{_and(where)} group by p.grain, p.period{keys}"
    )


def lists(definition: str, dims: Sequence[str], spans: Sequence[Span], where: str = "") -> str:
    """SQL of what a list without months says of its customers: period, dims, the columns of ``LISTS``."""
    keys = "".join(f", m.{d}" for d in dims)
    counted = ", ".join(f"CAST(sum(case when m.{name} then 1 else 0 end) AS BIGINT) as {name}" for name in LISTS)
    return (
        f"with {_periods(spans)} select p.grain, p.period{keys}, {counted} from {month_rows(definition)} cross join periods p "
        f"where s.active{_and(where)} group by p.grain, p.period{keys}"
    )


def moves(definition: str, dims: Sequence[str], source: str) -> str:
    """SQL of what happens inside each month, over ``cells``, by the month in which a joiner's spell will end.

    Columns: month, dims, end_month (joiners only; null: open), exposure, events, joined.
    """
    keys = "".join(f", m.{d}" for d in dims)
    end = "case when m.joined then date_trunc('month', s.end_day) end"
    return (
        f"select m.month{keys}, {end} as end_month, sum(m.n * s.exposure) as exposure, sum(m.n * s.events) as events, "
        f"sum(case when m.joined then m.n else 0 end) as joined from {_cells(definition, source)} group by m.month{keys}, {end}"
    )


def flow(source: str, dims: Sequence[str], spans: Sequence[Span]) -> str:
    """SQL of the flow relation over ``moves``: period, dims, the columns of ``FLOW``."""
    keys = "".join(f", m.{d}" for d in dims)
    return (
        f"with {_periods(spans)} select p.grain, p.period{keys}, CAST(sum(m.exposure) AS BIGINT) as exposure_days, CAST(sum(m.events) AS BIGINT) as events, "
        f"CAST(sum(m.joined) AS BIGINT) as joiners, "
        f"CAST(sum(case when m.end_month is not null and m.end_month <= p.last_month then m.joined else 0 end) AS BIGINT) as joiners_churned "
        f"from ({source}) m join periods p on m.month >= p.start_month and m.month <= p.last_month group by p.grain, p.period{keys}"
    )


def gathered(parts: Sequence[tuple[str, Sequence[str]]], select: str, keys: Sequence[str]) -> str:
    """SQL that lays relations of the same keys over one another, each with columns of its own; what is missing is 0."""
    every = [c for _sql, columns in parts for c in columns]
    unions = " union all ".join(
        f"select {', '.join([*keys, *(c if c in columns else f'0 as {c}' for c in every)])} from ({sql}) g" for sql, columns in parts
    )
    sums = ", ".join(f"CAST(sum({c}) AS {'DOUBLE' if c.startswith('aum_') and c != 'aum_known' else 'BIGINT'}) as {c}" for c in every)
    return f"select {select}, {sums} from ({unions}) h group by {', '.join(keys)}"


def _and(where: str) -> str:
    return f" and {where}" if where else ""


RETURNS = """
select a.definition, a.c, a.end_date as lost_day, b.start_date as back_day, b.end_date as gone_day
from spell_rows a join spell_rows b on b.definition = a.definition and b.c = a.c and b.spell > a.spell
where a.form is not null
"""
"""Every later spell of a customer who was lost: who is back at the end of a period is not net churn."""
