"""Classes of loyalty: who is in which, and who leaves. A class can be saved as a segment. Source: METHODS B8, A1 4.3.1."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.causes.departures import shares
from churn_dash.causes.loyalty import CLASSES, Rules, loyalty, rules
from churn_dash.causes.reading import asked, cohort, fetched
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.estimates import Estimate, mean, rate
from churn_dash.measures.filters import Filters, Period
from churn_dash.measures.query import definition_of
from churn_dash.store import Dataset, shifted
from churn_dash.store.derive.facts import month_rows


@dataclass(frozen=True)
class Standing:
    """Customers of the start of a period by class: group, n, share with low and high, left, churn with churn_low and churn_high.

    ``index``: mean of those whose index is known. ``rules`` in force.
    """

    classes: pl.DataFrame
    index: Estimate
    rules: Rules
    at: datetime.date


def assigned(ds: Dataset, at: datetime.date | None = None, definition: str | None = None) -> pl.DataFrame:
    """The class of each customer active at the end of month ``at`` (else the last complete one): customer_id, group, by number.

    Raises ``NotPossible`` where that month is not in the data.
    """
    month = _month(ds, at)
    d = definition_of(ds, definition)
    sql = f"select p.customer_id from {month_rows(d)} join people p on p.c = m.c where s.active and m.month = ? order by 1"
    people = fetched(ds, sql, [shifted(month, 1)])
    return classed(ds, people, month)


def classed(ds: Dataset, people: pl.DataFrame, month: datetime.date, by: Rules | None = None) -> pl.DataFrame:
    """The class of each of ``people`` at the end of ``month``: customer_id, group."""
    found, force = loyalty(ds, people, month, by), by or rules(ds)
    groups = [force.group(i) for i in found["index"].to_list()]
    return found.select("customer_id", pl.Series("group", groups, dtype=pl.String))


def standing(
    ds: Dataset,
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
    by: Rules | None = None,
) -> Standing:
    """The classes as they stood when the period began, and who of each left in it. An association. Raises what ``measure`` raises."""
    question = asked(ds, filters, period, definition, scope)
    month = shifted(question.whole.start, -1)
    people = cohort(question).select("customer_id", "left")
    force = by or rules(ds)
    index = loyalty(ds, people, month, force)
    groups = pl.Series("group", [force.group(i) for i in index["index"].to_list()], dtype=pl.String)
    rows = index.with_columns(groups).join(people, on="customer_id")
    counts = rows.group_by("group").agg(pl.len().alias("n"), pl.col("left").sum())
    table = pl.DataFrame({"group": list(CLASSES)}).join(counts, on="group", how="left").with_columns(pl.col("n", "left").fill_null(0))
    if index["index"].null_count() == len(index):
        raise NotPossible(
            _(
                "The loyalty index needs more of each customer: years with the bank, products, salary and standing payments, "
                "transactions, balances, answers or complaints."
            )
        )
    left = [rate(int(k), int(n)) for k, n in table.select("left", "n").iter_rows()]
    churn = {
        f"churn{end}": pl.Series([getattr(e, a) for e in left], dtype=pl.Float64)
        for end, a in (("", "value"), ("_low", "low"), ("_high", "high"))
    }
    return Standing(shares(table, len(rows)).with_columns(**churn), mean(index["index"]), force, month)


def _month(ds: Dataset, at: datetime.date | None) -> datetime.date:
    if not ds.months:
        raise NotPossible(_("This needs months; these data hold one row a customer."))
    month = (at or ds.months[-1]).replace(day=1)
    if month not in ds.all_months:
        raise NotPossible(_("The month {month} is not in these data."), month=month.strftime("%Y-%m"))
    return month
