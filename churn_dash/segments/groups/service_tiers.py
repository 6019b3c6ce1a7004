"""The three kinds of customers that are served differently: high net worth, middle, small. Source: METHODS A2 (003).

By the bank's own tier where its names are known (platinum and private banking; affluent and gold; mass), else by balances at the start,
from the thresholds of these tiers.
"""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import Period, dimensions
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import Interval, newcombe, wilson
from churn_dash.segments.groups.starters import Grouped, counted, next_month, once, rates, standing
from churn_dash.store import Dataset

TIERS = {"private": "high", "platinum": "high", "gold": "middle", "affluent": "middle", "mass": "small"}
LABELS = {"high": _("High net worth"), "middle": _("Middle"), "small": _("Small balances"), "unknown": _("Unknown")}
_MANAGERS = ("manager", "wealth_manager")


@dataclass(frozen=True)
class Managed:
    """Of one kind's customers: how many have a manager, and how many of those with and without one left.

    ``per_manager``: customers of this kind for each manager who has any.
    """

    group: str
    n: int
    n_managed: int
    lost_managed: int | None
    lost_unmanaged: int | None
    per_manager: float | None

    @property
    def share(self) -> float | None:
        """The share with an assigned manager, 0–1."""
        return self.n_managed / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of that share."""
        return wilson(self.n_managed, self.n)

    @property
    def difference(self) -> Interval | None:
        """The 95 % interval of churn with less churn without a manager; a description, since managers are not assigned by lot."""
        if self.lost_managed is None or self.lost_unmanaged is None:
            return None
        return newcombe(self.lost_managed, self.n_managed, self.lost_unmanaged, self.n - self.n_managed)


@dataclass(frozen=True)
class ServiceTiers(Grouped):
    """``people``: the columns of ``standing``, then group (high, middle, small, unknown), manager and managed.

    ``by_tier``: by the bank's own tiers, else by balances from ``least`` of the high and the middle kind (CNY).
    ``has_managers``: the data say who has a manager. ``by_staff``: a manager counts only while the staff list has one of that number in
    office.
    """

    people: pl.DataFrame
    period: Period | None
    by_tier: bool
    has_managers: bool
    by_staff: bool
    least: tuple[float, float]

    @once
    def groups(self) -> pl.DataFrame:
        """A row a kind: group and the columns of ``starters.rates``."""
        return rates(self.people, ["group"], {"group": tuple(LABELS)})

    @once
    def managed(self) -> list[Managed]:
        """Who has a manager, by kind; empty where the data do not say."""
        if not self.has_managers:
            return []
        found, asked = [], self.people.filter("asked")
        for group in LABELS:
            mine = asked.filter(pl.col("group") == group)
            if not len(mine):
                continue
            known = mine["left"].null_count() < len(mine)
            having = mine.filter(pl.col("managed"))
            lacking = mine.filter(~pl.col("managed"))
            managers = having["manager"].n_unique()
            found.append(
                Managed(
                    group,
                    len(mine),
                    len(having),
                    int(having["left"].sum()) if known else None,
                    int(lacking["left"].sum()) if known else None,
                    len(having) / managers if managers else None,
                )
            )
        return found

    @property
    def portfolio(self) -> float | None:
        """Customers of every kind for each manager who has any; None where the data do not say."""
        having = self.people.filter("managed")
        return len(having) / having["manager"].n_unique() if len(having) else None


def least(tiers: Mapping[str, float]) -> tuple[float, float]:
    """The least balances (CNY) of high net worth and of middle customers, by the thresholds of a bank's tiers; infinite where it has no
    tier of the kind.

    >>> least({"mass": 0.0, "gold": 200_000.0, "private": 5e6})
    (5000000.0, 200000.0)
    """
    high, middle = (min((floor for name, floor in tiers.items() if TIERS[name] == kind), default=math.inf) for kind in ("high", "middle"))
    return high, middle


def service_tiers(question: Question) -> ServiceTiers:
    """The three kinds at the start of the period, churn in it. Raises ``NotPossible`` where neither tiers nor balances are known."""
    ds = question.ds
    months = counted(ds, question.period) if ds.shape == "panel" else None
    return _served(question.over(months), months.start if months else None)


def assigned(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope) -> pl.DataFrame:
    """The kind of each customer at the start of the month ``at`` (None: as the data end): customer_id, group."""
    day = at or next_month(ds) if ds.shape == "panel" else None
    return _served(Question(ds, scope, definition=definition), day).people.select("customer_id", "group")


def _served(question: Question, at: datetime.date | None) -> ServiceTiers:
    ds = question.ds
    known = dimensions(ds)
    by_tier = "tier" in known and bool(set(known["tier"].values) & set(TIERS))
    dims = [n for n in ("tier", "rm_id") if n in known and (n != "tier" or by_tier)]
    people = standing(question, at, question.period.end if question.period else None, dims)
    if not by_tier and not people["balance"].is_not_null().any():
        raise NotPossible(_("The three kinds of customers need tiers or balances; these data have neither."))
    high, middle = bounds = least(ds.settings.tiers)
    named = pl.when(pl.col("balance") >= high).then(pl.lit("high")).when(pl.col("balance") >= middle).then(pl.lit("middle"))
    by_balance = named.when(pl.col("balance").is_not_null()).then(pl.lit("small")).otherwise(pl.lit("unknown"))
    group = pl.col("tier").replace_strict(TIERS, default="unknown").fill_null("unknown") if by_tier else by_balance
    people, has_managers = _with_manager(ds, people, "rm_id" in dims)
    people, by_staff = _in_office(ds, people, at)
    return ServiceTiers(people.with_columns(group.alias("group")), question.period, by_tier, has_managers, by_staff, bounds)


def _with_manager(ds: Dataset, people: pl.DataFrame, is_dimension: bool) -> tuple[pl.DataFrame, bool]:
    """The column manager: as a dimension it stood at the start; of very many managers, the list of customers says who it is."""
    if is_dimension:
        return people.rename({"rm_id": "manager"}), True
    customers = ds.table("customers")
    if customers is None or "rm_id" not in customers.columns:
        return people.with_columns(pl.lit(None, dtype=pl.String).alias("manager")), False
    named = customers.select("customer_id", pl.col("rm_id").alias("manager")).unique("customer_id", keep="last", maintain_order=True)
    return people.join(named, on="customer_id", how="left", maintain_order="left"), True


def _in_office(ds: Dataset, people: pl.DataFrame, at: datetime.date | None) -> tuple[pl.DataFrame, bool]:
    """The column managed. An empty manager is no manager; one whom the staff list no longer has in office is none either."""
    staff = ds.table("staff")
    has = pl.col("manager").is_not_null() & (pl.col("manager").str.strip_chars() != "")
    if (
        staff is None
        or "staff_id" not in staff.columns
        or not people.select(pl.col("manager").is_in(staff["staff_id"].to_list()).any()).item()
    ):
        return people.with_columns(has.fill_null(value=False).alias("managed")), False
    if "end_date" in staff.columns and at is not None:
        staff = staff.filter(pl.col("end_date").is_null() | (pl.col("end_date") >= at))
    if "role" in staff.columns:
        staff = staff.filter(pl.col("role").is_null() | pl.col("role").is_in(_MANAGERS))
    return people.with_columns((has & pl.col("manager").is_in(staff["staff_id"].to_list())).fill_null(value=False).alias("managed")), True
