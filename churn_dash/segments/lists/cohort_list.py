"""The customers behind a cell of the retention triangle. Source: METHODS B2."""

import datetime
from typing import Literal

import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures import dimensions
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.question import Question
from churn_dash.measures.tenure.cohort_rows import began, members
from churn_dash.measures.tenure.cohorts import Grain, Mode
from churn_dash.measures.tenure.first_events import JOINED, event
from churn_dash.segments.lists.members import WHOLE_LIST
from churn_dash.store import GRAINS
from churn_dash.words import Month

Who = Literal["there", "gone", "all"]


def cohort_customers(
    question: Question,
    cohort: datetime.date,
    age: int,
    who: Who = "there",
    event_name: str = JOINED,
    grain: Grain = "month",
    mode: Mode = "on",
    most: int = WHOLE_LIST,
) -> pl.DataFrame:
    """The customers of one cell: those whom it counts (``there``), those of the cohort whom it does not (``gone``), or ``all``.

    ``cohort`` is the first month of the cohort. A row a customer, by number. Columns: customer_id, began (month), there, left_on
    (of those who are gone), balance (CNY at the end of that age; null where unknown), the dimensions by name as they stood in the
    month of the beginning. Raises what ``cohorts`` raises, and ``NotPossible`` for a cell that has not come.
    """
    ds = question.ds
    if ds.shape != "panel" or not ds.months:
        raise NotPossible(ONE_LIST, what=_("Cohorts need customers by month: these data hold one row a customer"))
    chosen, rule = event(ds, event_name), question.chosen
    months = [shifted(cohort, i) for i in range(GRAINS[grain])]
    if age < 0 or cohort.day != 1:
        raise BadInput(_("A cell is a cohort's first month and an age in months: {cohort}, {age}."), cohort=cohort, age=age)
    if shifted(months[-1], age) > ds.months[-1]:
        raise NotPossible(
            _("The cohort of {cohort} has not reached {age} months: the data end in {last}."),
            cohort=Month(cohort), age=age, last=Month(ds.months[-1]),
        )  # fmt: skip
    found = members(ds, chosen, rule, condition(question, began(chosen, rule, question.scope, months)), months)
    known = list(dimensions(ds).values())
    at = f"e.cohort + interval {int(age) + 1} month"
    end = shifted(ds.months[-1], 1)
    begin, then = (
        f"DATE '{months[0]}' and DATE '{months[-1]}'",
        f"DATE '{shifted(cohort, age + 1)}' and DATE '{shifted(months[-1], age + 1)}'",
    )
    later = (
        f"(select x.c, max(x.month) as last from members k join month_rows x on x.c = k.c and x.month <= DATE '{end}' "
        f"join states y on y.definition = '{rule}' and y.code = x.s_{rule} where y.active group by x.c)"
    )
    counted = "coalesce(s.active, false)" if mode == "on" else f"coalesce(l.last >= {at}, false)"
    lasts = "" if mode == "on" else f"left join {later} l on l.c = e.c "
    ended = f"z.c = e.c and z.definition = '{rule}' and z.form is not null and z.end_date < {at}"
    wanted = {"there": counted, "gone": f"not {counted}", "all": "1 = 1"}[who]
    columns = [
        "p.customer_id",
        "e.cohort",
        f"{counted} as there",
        f"(select max(z.end_date) from spell_rows z where {ended})",
        "m.aum_start",
        *(f'b.{d.column} as "{i}"' for i, d in enumerate(known)),
    ]
    sql = (
        f"select {', '.join(columns)} from members e join people p on p.c = e.c left join month_rows b on b.c = e.c and b.month = e.cohort "
        f"and b.month between {begin} "
        f"left join month_rows m on m.c = e.c and m.month = {at} and m.month between {then} "
        f"left join states s on s.definition = '{rule}' and s.code = m.s_{rule} {lasts}"
        f"where {wanted} and e.cohort >= DATE '{found.first}' order by p.customer_id nulls last limit {int(most)}"
    )
    with found.closed():
        rows = found.cursor.execute(sql).fetchall()
    kinds = {"customer_id": pl.String, "began": pl.Date, "there": pl.Boolean, "left_on": pl.Date, "balance": pl.Float64}
    frame = pl.DataFrame(rows, schema={**kinds, **{d.name: pl.String for d in known}}, orient="row")
    return frame.with_columns(left_on=pl.when(~pl.col("there")).then(pl.col("left_on")))
