"""The mean loyalty index of the bank at many month ends: what ``loyalty`` gives of one, from one reading of the month table.

Source: METHODS B8. Every part is as ``loyalty`` declares it; here it is worked out for all customers at once, by their numbers.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.access import Scope
from churn_dash.causes.loyalty import LEAST_OBSERVED, Rules, rules
from churn_dash.contract.calendar import month_end, shifted
from churn_dash.measures.layout import Layout, numbers
from churn_dash.measures.statistics.estimates import Estimate, mean
from churn_dash.store import Dataset
from churn_dash.store.reading import some_columns

Floats = npt.NDArray[np.float64]
Part = tuple[str, Floats]
"""The name of a part of the index, and its value of each customer by number: 0–1, NaN where it is not known."""
_BACK = 5
"""Months that are read before a month end: two times three with its own."""
_EPOCH = datetime.date(1970, 1, 1)
_STEADY = {"activity": "txn_count", "balances": "aum_avg"}
_NOW = ("product_count", "salary_in", "autopay_count")


@dataclass(frozen=True)
class AtEnd:
    """The bank at the end of a month: the mean index of those of whom enough is known, and how many customers there were."""

    index: Estimate
    customers: int


def loyalty_at_ends(ds: Dataset, definition: str, months: Sequence[datetime.date], scope: Scope, by: Rules | None = None) -> list[AtEnd]:
    """Of each of the ``months`` (first days, one after the other): whoever the viewer may see and who was a customer at its end."""
    force = by or rules(ds)
    read = _Months(ds, definition, months)
    events = _Events(ds, scope)
    found = []
    for month in months:
        parts = {**dict(events.parts(month_end(month))), **dict(read.parts(month))}
        index = _index(parts, force, events.n)
        there = read.there(month) & events.seen
        found.append(AtEnd(mean(pl.Series(index[there]).fill_nan(None)), int(there.sum())))
    return found


def _index(parts: dict[str, Floats], by: Rules, n: int) -> Floats:
    """The index of each customer, NaN where too little of the weight is known."""
    observed, total = np.zeros(n), np.zeros(n)
    for name, weight in by.weights.items():
        if name in parts and weight > 0:
            known = ~np.isnan(parts[name])
            observed += weight * known
            total += weight * np.where(known, parts[name], 0.0)
    enough = (observed >= LEAST_OBSERVED * sum(by.weights.values()) - 1e-9) & (observed > 0)
    index: Floats = 100 * np.divide(total, observed, out=np.full(n, np.nan), where=enough)
    return index


class _Months:
    """What the month table tells of every customer in some months and the five before the first, month × customer."""

    def __init__(self, ds: Dataset, definition: str, months: Sequence[datetime.date]) -> None:
        self._layout = Layout(ds.cursor(), shifted(months[0], -_BACK), months[-1])
        names = [c for c in (*_STEADY.values(), *_NOW) if c in ds.month_columns]
        self._values = {name: self._layout.filled(np.nan, np.float64 if name in _STEADY.values() else np.float32) for name in names}
        self._there = self._layout.filled(0, np.bool_)
        self._means: dict[tuple[str, int], Floats] = {}
        kept = {name: a.reshape(-1) for name, a in self._values.items()}
        there = self._there.reshape(-1)
        listed = "".join(f", CAST(m.{name} AS DOUBLE) as {name}" for name in names)
        sql = (
            f"select m.c, m.month, coalesce((s.active or m.joined) and s.end_day is null, false) as there{listed} from month_rows m "
            f"left join states s on s.definition = '{definition}' and s.code = m.s_{definition} where m.month between ? and ?"
        )
        for at, rows in self._layout.parts(sql, [self._layout.months[0], months[-1]]):
            there[at] = rows["there"].to_numpy()
            for name, a in kept.items():
                a[at] = numbers(rows[name])

    def there(self, month: datetime.date) -> npt.NDArray[np.bool_]:
        """Who was a customer at the end of the month."""
        found: npt.NDArray[np.bool_] = self._there[self._layout.months.index(month)]
        return found

    def parts(self, month: datetime.date) -> Iterator[Part]:
        """Breadth, main bank, activity and balances at the end of the month."""
        at = self._layout.months.index(month)
        if "product_count" in self._values:
            yield "breadth", np.clip((self._values["product_count"][at].astype(np.float64) - 1) / 4, 0, 1)
        marks = [_mark(self._values[name][at]) for name in ("salary_in", "autopay_count") if name in self._values]
        if marks:
            yield "main_bank", _known_mean(np.array(marks))
        for part, name in _STEADY.items():
            if name in self._values:
                late, early = self._three(name, at - 2), self._three(name, at - _BACK)
                self._means.pop((name, at - _BACK))
                yield part, np.clip(np.divide(late, early, out=np.full(len(late), np.nan), where=early > 0), 0, 1)

    def _three(self, name: str, first: int) -> Floats:
        """The mean of three months; those before one month end are those of another."""
        if (name, first) not in self._means:
            self._means[name, first] = _known_mean(self._values[name][first : first + 3])
        return self._means[name, first]


def _mark(values: npt.NDArray[np.float32]) -> Floats:
    return np.where(np.isnan(values), np.nan, (values > 0).astype(np.float64))


def _known_mean(rows: Floats) -> Floats:
    """The mean of what is known of each column, NaN where nothing is."""
    known = ~np.isnan(rows)
    n, total = known.sum(axis=0), np.nansum(rows, axis=0)
    found: Floats = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    return found


class _Events:
    """What stands beside the months, by number: since when, what was answered, who complained; whom the viewer sees."""

    def __init__(self, ds: Dataset, scope: Scope) -> None:
        people = pl.DataFrame(ds.cursor().sql("select c, customer_id from people order by c").to_arrow_table())
        self.n = len(people)
        customers = some_columns(ds, "customers", "customer_id", "open_date", "branch_id")
        self._opened = None
        if customers is not None:
            joined = people.join(customers, on="customer_id", how="left", maintain_order="left")
            self._opened = numbers(joined["open_date"].cast(pl.Int32))
        self.seen = np.full(self.n, scope.branches is None)
        if scope.branches is not None and customers is not None:
            own = customers.filter(pl.col("branch_id").is_in(list(scope.branches))).select("customer_id")
            self.seen[people.join(own, on="customer_id", how="semi")["c"].to_numpy()] = True
        answers = some_columns(ds, "surveys", "customer_id", "survey_id", "answered_at", "nps")
        self._answers = None
        if answers is not None:
            known = answers.filter(pl.col("nps").is_not_null() & pl.col("answered_at").is_not_null())
            score = pl.when(pl.col("nps") >= 9).then(1.0).when(pl.col("nps") >= 7).then(0.5).otherwise(0.0)
            told = known.join(people, on="customer_id").sort("answered_at", "survey_id")
            self._answers = told.select("c", "answered_at", score=score)
        made = some_columns(ds, "complaints", "customer_id", "created_at")
        self._complaints = None if made is None else made.join(people, on="customer_id").select("c", "created_at")

    def parts(self, end: datetime.date) -> Iterator[Part]:
        """Years with the bank, promoter and no complaint, as known on the day ``end``."""
        if self._opened is not None:
            years = ((end - _EPOCH).days - self._opened) / 365.25
            yield "tenure", np.clip(years / 10, 0, 1)
        if self._answers is not None:
            year = end - datetime.timedelta(days=365)
            last = self._answers.filter((pl.col("answered_at") > year) & (pl.col("answered_at") <= end))
            found = np.full(self.n, np.nan)
            # Of several answers the last in the order of days stands.
            found[last["c"].to_numpy()] = last["score"].to_numpy()
            yield "promoter", found
        if self._complaints is not None:
            since = end - datetime.timedelta(days=182)
            some = self._complaints.filter((pl.col("created_at") > since) & (pl.col("created_at") <= end))
            free = np.ones(self.n)
            free[some["c"].to_numpy()] = 0.0
            yield "complaint_free", free
