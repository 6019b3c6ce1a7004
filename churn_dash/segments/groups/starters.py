"""Who is there at the start of a month, what they hold, and whether they leave in the months that follow: one row a customer.

Groups are made of every customer in the viewer's scope and shown for those whom the reader's filters choose, so that a filter never
moves a customer into another group and the parts of a split add up to the whole.
"""

import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import METRICS, Filters, Period, last_12
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.filters import covered, dimension
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, shifted
from churn_dash.store.derive.facts import month_rows
from churn_dash.words import Month

S = TypeVar("S")
T = TypeVar("T")
P = ParamSpec("P")
RATES = ("customers", "customers_lost", "churn_rate", "churn_rate_low", "churn_rate_high", "churn_rate_n", "aum_start", "aum_lost")


def next_month(ds: Dataset) -> datetime.date:
    """The month after the last complete one: at its start customers stand as the data end."""
    return shifted(ds.months[-1], 1)


def counted(ds: Dataset, period: Period | None, least: int = 0) -> Period:
    """The months over which leaving is counted: the period asked for, else the last twelve; without its first months where fewer
    than ``least`` complete months lie before it. Raises ``NotPossible`` where none is left, and for data without months."""
    if ds.shape != "panel":
        raise NotPossible(ONE_LIST, what=_("Behaviour and stages need months: these data hold one row a customer"))
    whole = covered(ds, period) if period is not None else last_12(ds)
    start = whole.start
    while start <= whole.end and sum(m < start for m in ds.months) < least:
        start = shifted(start, 1)
    if start > whole.end:
        raise NotPossible(
            _(
                "This needs {n} months of data before the months counted; the data begin in {first}. Choose later months or load "
                "earlier ones."
            ),
            n=least,
            first=Month(ds.months[0]),
        )
    return Period(start, whole.end)


def standing(question: Question, at: datetime.date | None, until: datetime.date | None, dims: Sequence[str] = ()) -> pl.DataFrame:
    """Customers active at the start of the month ``at`` (None: one row a customer), by number.

    Columns: c, customer_id, asked (the filters choose this customer), balance (CNY at the start; null where unknown), left (by the
    last day of the month ``until``; null without one, or where the data do not say who has left), and the dimensions ``dims`` by name
    as they stood then. Raises ``NotFound`` for an unknown dimension or definition, ``NotPossible`` for a month without data.
    """
    ds, chosen = question.ds, question.chosen
    view = at_starts(chosen, question.scope, [at] if at is not None else [])
    asked, where = condition(replace(question, scope=Scope.everything()), view), condition(question.of(Filters()), view)
    limits = ["s.active", *([where.sql] if where.sql else [])]
    if ds.shape == "panel":
        if at is None or not ds.all_months[0] < at <= shifted(ds.all_months[-1], 1):
            raise NotPossible(_("The data do not say how customers stood at the start of {month}."), month=Month(at))
        limits.append(f"m.month = DATE '{at}'")
        gone = f"coalesce(s.end_day < DATE '{shifted(until, 1)}', false)" if until is not None else "CAST(NULL AS BOOLEAN)"
    else:
        gone = "s.end_day is not null" if ds.flagged else "CAST(NULL AS BOOLEAN)"
    columns = [
        "m.c",
        "p.customer_id",
        f"case when {asked.sql} then true else false end as asked" if asked.sql else "true as asked",
        "m.aum_start as balance",
        f"{gone} as gone",
        *(f'CAST(m.{dimension(ds, name).column} AS VARCHAR) as "d{i}"' for i, name in enumerate(dims)),
    ]
    sql = (
        f"select {', '.join(columns)} from {month_rows(chosen)} join people p on p.c = m.c "
        f"where {' and '.join(limits)} order by p.customer_id nulls last"
    )
    rows = rows_of(ds, sql, [*asked.bound, *where.bound])
    return rows.rename({"gone": "left", **{f"d{i}": name for i, name in enumerate(dims)}})


def among(question: Question, people: pl.DataFrame, at: datetime.date | None) -> pl.DataFrame:
    """Rows of ``standing`` without filters, as the question chooses them: whom stands in ``asked``, all else is the same."""
    chosen = question.chosen
    asked = condition(replace(question, scope=Scope.everything()), at_starts(chosen, question.scope, [at] if at is not None else []))
    if not asked.sql:
        return people
    month = f" and m.month = DATE '{at}'" if at is not None else ""
    found = rows_of(question.ds, f"select m.c from {month_rows(chosen)} where s.active{month} and {asked.sql}", asked.bound)
    return people.with_columns(pl.col("c").is_in(found["c"].implode()).alias("asked"))


def rows_of(ds: Dataset, sql: str, bound: Sequence[object] = ()) -> pl.DataFrame:
    """The rows of a query, drained."""
    found: pl.DataFrame = ds.cursor().sql(sql, params=list(bound)).pl()
    return found


def rates(people: pl.DataFrame, by: Sequence[str], levels: Mapping[str, Sequence[str]] | None = None) -> pl.DataFrame:
    """The groups of the customers asked for, a row a combination of ``by``.

    Columns: ``by``, then ``RATES``: counts, the churn rate 0–1 with its 95 % interval and n, balances and balances lost (CNY). The rate
    is undefined where it is not known who left. ``levels`` orders a column; else it sorts by value. Source: METHODS B1.
    """
    known = people["left"].null_count() < len(people)
    levels = levels or {}
    summed = (
        people.filter("asked")
        .group_by(list(by))
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            pl.col("left").sum().cast(pl.Int64).alias("customers_lost"),
            pl.when(pl.col("balance").is_not_null().any()).then(pl.col("balance").sum()).alias("aum_start"),
            pl.when(pl.col("balance").is_not_null().any()).then(pl.col("balance").filter(pl.col("left")).sum()).alias("aum_lost"),
        )
    )
    if not known:
        summed = summed.with_columns(pl.lit(None, dtype=pl.Int64).alias("customers_lost"), pl.lit(None, dtype=pl.Float64).alias("aum_lost"))
    metric = METRICS["churn_rate"]
    found = []
    for n, lost in summed.select("customers", "customers_lost").iter_rows():
        interval = None if lost is None else metric.interval({"churned": lost, "active_at_start": n})
        found.append((None if lost is None or not n else lost / n, interval and interval.low, interval and interval.high, n))
    kinds = {"churn_rate": pl.Float64, "churn_rate_low": pl.Float64, "churn_rate_high": pl.Float64, "churn_rate_n": pl.Int64}
    whole = summed.hstack(pl.DataFrame(found, schema=kinds, orient="row")).select(*by, *RATES)
    keys = [
        pl.col(b).replace_strict(list(levels[b]), range(len(levels[b])), default=len(levels[b])) if b in levels else pl.col(b) for b in by
    ]
    return whole.sort(keys, nulls_last=True)


def whole(people: pl.DataFrame) -> dict[str, float | None]:
    """The same figures of everybody asked for, together; no customers: all undefined but the count."""
    found = rates(people.with_columns(pl.lit("all").alias("_all")), ["_all"])
    return found.drop("_all").row(0, named=True) if len(found) else dict.fromkeys(RATES) | {"customers": 0, "churn_rate_n": 0}


def once(work: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A method worked out once for each object and its few arguments; what it rests on does not change."""

    @functools.wraps(work)
    def remembered(one: S, *args: P.args, **named: P.kwargs) -> T:
        name = f"_once_{work.__name__}{(args, named) if args or named else ''}"
        found: T = vars(one)[name] if name in vars(one) else vars(one).setdefault(name, work(one, *args, **named))
        return found

    return remembered  # type: ignore[return-value]  # mypy names the first argument of it


class Grouped:
    """What is found of ``people``, the rows of ``standing`` with their groups."""

    people: pl.DataFrame

    @once
    def whole(self) -> dict[str, float | None]:
        """The figures of everybody asked for, together."""
        return whole(self.people)
