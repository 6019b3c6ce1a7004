"""The sums from which every rate is made, as SQL in the portable subset (PLATFORM 1.2).

Two relations, each a row a cell and period: ``stock`` (who was there at the start and what became of them) and ``flow``
(exposure, events, joiners inside the period). Names come only from closed lists; dates and values are bound or literal dates.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

STOCK = (
    "active_at_start",
    "churned",
    "churned_voluntary",
    "churned_involuntary",
    "returned",
    "aum_start_sum",
    "aum_start_squares",
    "aum_start_churned",
    "aum_start_squares_churned",
    "aum_known",
)
"""Additive within one grain and period, over cells."""
OUTCOME = ("aum_end_sum", "aum_kept_sum")
"""As ``STOCK``, but they need each customer's balance at the end of the period; the cube lacks them."""
FLOW = ("exposure_days", "events", "joiners", "joiners_churned")


@dataclass(frozen=True)
class Span:
    """One period of whole months: its label, its first month, its last day."""

    period: datetime.date
    start: datetime.date
    last: datetime.date

    @property
    def last_month(self) -> datetime.date:
        return self.last.replace(day=1)


def _periods(spans: Sequence[Span]) -> str:
    rows = " union all ".join(
        f"select DATE '{s.period}' as period, DATE '{s.start}' as start_month, DATE '{s.last_month}' as last_month, DATE '{s.last}' as last_day"
        for s in spans
    )
    return f"periods as ({rows})"


def _flag(condition: str) -> str:
    return f"sum(case when {condition} then 1 else 0 end)"


def _amount(value: str, condition: str = "1 = 1") -> str:
    return f"sum(case when {condition} then {value} else CAST(0 AS DOUBLE) end)"


def stock(definition: str, dims: Sequence[str], spans: Sequence[Span], where: str = "", outcome: bool = False, panel: bool = True) -> str:
    """SQL of the stock relation: period, dims, the columns of ``STOCK`` (with ``outcome`` also ``OUTCOME``)."""
    end, why = f"m.end_{definition}", f"m.why_{definition}"
    gone = f"{end} is not null and {end} <= p.last_day"
    willing = f"{gone} and {why} = 'voluntary'"
    unwilling = f"{gone} and {why} in ('involuntary_bank', 'involuntary_life')"
    keys = "".join(f", m.{d}" for d in dims)
    aum = "coalesce(m.aum_start, CAST(0 AS DOUBLE))"
    columns = [
        "count(*) as active_at_start",
        f"{_flag(gone)} as churned",
        f"{_flag(willing)} as churned_voluntary",
        f"{_flag(unwilling)} as churned_involuntary",
        f"{_flag(f'{gone} and r.customer_id is not null')} as returned" if panel else "CAST(0 AS BIGINT) as returned",
        f"{_amount(aum)} as aum_start_sum",
        f"{_amount(f'{aum} * {aum}')} as aum_start_squares",
        f"{_amount(aum, gone)} as aum_start_churned",
        f"{_amount(f'{aum} * {aum}', gone)} as aum_start_squares_churned",
        "count(m.aum_start) as aum_known",
    ]
    joins = "join periods p on m.month = p.start_month" if panel else "cross join periods p"
    if panel:
        joins += (
            f" left join returns r on r.definition = '{definition}' and r.customer_id = m.customer_id and r.lost_day = {end}"
            " and r.back_day <= p.last_day and (r.gone_day is null or r.gone_day > p.last_day)"
        )
    if outcome:
        columns += [
            f"{_amount('coalesce(e.aum_end, CAST(0 AS DOUBLE))')} as aum_end_sum",
            f"{_amount(f'case when coalesce(e.aum_end, CAST(0 AS DOUBLE)) < {aum} then coalesce(e.aum_end, CAST(0 AS DOUBLE)) else {aum} end')} as aum_kept_sum",
        ]
        joins += " left join months e on e.customer_id = m.customer_id and e.month = p.last_month"
    return (
        f"with {_periods(spans)} select p.period{keys}, {', '.join(columns)} from months m {joins} "
        f"where m.active_{definition}{_and(where)} group by p.period{keys}"
    )


def flow(definition: str, dims: Sequence[str], spans: Sequence[Span], where: str = "") -> str:
    """SQL of the flow relation: period, dims, the columns of ``FLOW``."""
    keys = "".join(f", m.{d}" for d in dims)
    return (
        f"with {_periods(spans)} select p.period{keys}, sum(m.exposure_{definition}) as exposure_days, sum(m.events_{definition}) as events, "
        f"{_flag('m.joined')} as joiners, {_flag(f'm.joined and m.end_{definition} is not null and m.end_{definition} <= p.last_day')} as joiners_churned "
        f"from months m join periods p on m.month >= p.start_month and m.month <= p.last_month where 1 = 1{_and(where)} group by p.period{keys}"
    )


def _and(where: str) -> str:
    return f" and {where}" if where else ""


RETURNS = """
select a.definition, a.customer_id, a.end_date as lost_day, b.start_date as back_day, b.end_date as gone_day
from spells a join spells b on b.definition = a.definition and b.customer_id = a.customer_id and b.spell > a.spell
where a.form is not null
"""
"""Every later spell of a customer who was lost: who is back at the end of a period is not net churn."""
