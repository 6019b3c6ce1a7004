"""One customer month by month, beside similar customers."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.filters import dimension
from churn_dash.store import Dataset

_KEPT = ("aum_avg", "aum_end", "product_count", "tier", "txn_count", "login_count", "salary_in", "digital_active")
_PEERS_BY = "tier"


@dataclass(frozen=True)
class History:
    """What is known of a customer.

    ``months`` has a row a month, ascending: month, balance (CNY, average over the month, else at its end), products, tier (in force
    in the month; the one stated, where no month-average balance tells it), txn, logins, salary, digital (used digital banking); null
    where unknown. ``peers`` has month and balance: the median of customers of the same tier. ``now`` holds the dimensions by name as
    they last stood. For a cross-section both frames are empty.
    """

    customer_id: str
    months: pl.DataFrame
    peers: pl.DataFrame
    now: dict[str, str | None]
    peer_group: str | None


def history(ds: Dataset, customer_id: str, *, scope: Scope) -> History:
    """The customer's months. Raises ``NotFound`` for a number that these data do not hold, and for a customer whom a branch outside the
    viewer's scope keeps now: who has moved is seen, whole, by the new branch alone."""
    dims = list(ds.dimensions)
    cursor = ds.cursor()
    columns = {str(r[0]) for r in cursor.execute("describe months").fetchall()}
    in_force = f"tier_{ds.settings.tier_down.rule}"
    kept = [in_force if c == "tier" and in_force in columns else c for c in _KEPT]
    kept = [c for c in kept if c in columns] if ds.shape == "panel" else []
    wanted = ["month", *kept, *(d.column for d in dims)]
    sql = f"select {', '.join(wanted)} from months where customer_id = ? order by month nulls last"
    rows = ds.cursor().execute(sql, [customer_id]).fetchall()
    unknown = NotFound(_("There is no customer {name} in these data."), name=customer_id)
    if not rows:
        raise unknown
    found = [dict(zip(wanted, row, strict=True)) for row in rows]
    if in_force in kept:
        tiers = dict(enumerate(ds.settings.tiers))
        found = [r | {"tier": tiers.get(r[in_force])} for r in found]
    latest = next((r for r in reversed(found) if any(r[d.column] is not None for d in dims)), found[-1])
    now = {d.name: latest[d.column] for d in dims}
    if scope.branches is not None and now[dimension(ds, "branch_id").name] not in scope.branches:
        raise unknown
    group = now.get(_PEERS_BY)
    last = ds.months[-1] if ds.months else datetime.date.max
    return History(customer_id, _months(found, kept, last), _peers(ds, columns, group), now, group)


def _months(found: list[dict[str, object]], kept: list[str], last: datetime.date) -> pl.DataFrame:
    kinds = {
        "month": pl.Date,
        "balance": pl.Float64,
        "products": pl.Float64,
        "tier": pl.String,
        "txn": pl.Float64,
        "logins": pl.Float64,
        "salary": pl.Float64,
        "digital": pl.Boolean,
    }
    lines = [
        (
            r["month"],
            r.get("aum_avg") if r.get("aum_avg") is not None else r.get("aum_end"),
            r.get("product_count"),
            r.get("tier"),
            r.get("txn_count"),
            r.get("login_count"),
            r.get("salary_in"),
            r.get("digital_active"),
        )
        for r in found
        if kept and isinstance(r["month"], datetime.date) and r["month"] <= last
    ]
    return pl.DataFrame(lines, schema=kinds, orient="row", strict=False)


def _peers(ds: Dataset, columns: set[str], group: str | None) -> pl.DataFrame:
    """The median balance of the tier, month by month; of everybody where there are no tiers."""
    kinds = {"month": pl.Date, "balance": pl.Float64}
    held = next((c for c in ("aum_avg", "aum_end") if c in columns), None)
    if ds.shape != "panel" or held is None:
        return pl.DataFrame(schema=kinds)
    same = f"d_{_PEERS_BY} = ? and " if group is not None else ""
    sql = (
        f"select month, percentile_cont(0.5) within group (order by {held}) from months "
        f"where {same}{held} is not null group by month order by month nulls last"
    )
    rows = ds.cursor().execute(sql, [group] if group is not None else []).fetchall()
    return pl.DataFrame(rows, schema=kinds, orient="row")
