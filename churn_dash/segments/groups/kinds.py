"""The groups of the pages Behaviour and Value as dimensions of every question, by the very functions that those pages ask."""

import functools

from churn_dash.marks import _
from churn_dash.measures.conditions.groupings import Grouping, declare
from churn_dash.measures.conditions.rule_columns import columns
from churn_dash.measures.conditions.saved_segments import declare_ready
from churn_dash.segments.groups import clusters, orientation, rfm, service_tiers, tenths
from churn_dash.segments.groups.behaviour import LEAST
from churn_dash.store import Dataset

UNKNOWN = "unknown"
SERVICE = "service_tier"


@functools.lru_cache(maxsize=16)
def _balances(ds: Dataset) -> bool:
    """Whether any customer's balance at the start of a row is known."""
    return bool(ds.cursor().execute("select count(m.aum_start) > 0 from month_rows m").fetchall()[0][0])


def _behaves(ds: Dataset) -> bool:
    return ds.shape == "panel" and bool(ds.measurable) and len(ds.months) >= LEAST


def _rfm(ds: Dataset) -> bool:
    known = columns(ds)
    return _behaves(ds) and "txn_count" in known and bool({"aum_avg", "aum_end", "txn_amount"} & set(known))


def _clusters(ds: Dataset) -> bool:
    known = columns(ds)
    told = {n for n in clusters.FEATURES if n in known} | {"balances" for n in ("aum_avg", "aum_end") if n in known}
    told |= {new for new, old in (("transactions", "txn_count"), ("amount", "txn_amount")) if old in known}
    return _behaves(ds) and len(told) >= 2


def _orientation(ds: Dataset) -> bool:
    if not _behaves(ds):
        return False
    known = set(columns(ds))
    held = {"amount", "product_kind"} <= ds.columns_of("product_holdings")
    product = held or ("aum_avg" in known and bool({"wealth_avg", "fund_avg"} & known))
    touched = "ts" in ds.columns_of("contacts") or "created_at" in ds.columns_of("complaints")
    return product and bool({"loan_balance", "card_txn_count"} & known) and ("branch_visits" in known or touched)


def _tenths(ds: Dataset) -> bool:
    return ds.shape != "empty" and _balances(ds)


def _service(ds: Dataset) -> bool:
    tiers = next((d.values for d in ds.dimensions if d.name == "tier"), ())
    return bool(set(tiers) & set(service_tiers.TIERS)) or _tenths(ds)


declare(Grouping("rfm", _("RFM kind"), tuple(rfm.LABELS), rfm.UNKNOWN, rfm.assigned, _rfm))
declare(
    Grouping(
        "cluster",
        _("Behaviour group"),
        (*(str(i + 1) for i in range(clusters.MOST)), UNKNOWN),
        UNKNOWN,
        clusters.assigned,
        _clusters,
    )
)
declare(
    Grouping(
        "value_tenth",
        _("Tenth by value"),
        (*(str(i + 1) for i in range(tenths.TENTHS)), UNKNOWN),
        UNKNOWN,
        tenths.assigned,
        _tenths,
    )
)
declare(Grouping("orientation", _("Orientation"), tuple(orientation.LABELS), orientation.UNKNOWN, orientation.assigned, _orientation))
declare(Grouping(SERVICE, _("Kind of service"), tuple(service_tiers.LABELS), UNKNOWN, service_tiers.assigned, _service))

_HOW = _("By the bank's tiers, else by balances from the thresholds of these tiers; who gets which service.")
declare_ready(_("High net worth customers"), SERVICE, ("high",), _HOW)
declare_ready(_("Middle customers"), SERVICE, ("middle",), _HOW)
declare_ready(_("Small-balance customers"), SERVICE, ("small",), _HOW)
