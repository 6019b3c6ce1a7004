"""One portrait of one customer, from every table that tells of him. Source: METHODS A1 7.1.1, 4.2.1."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.segments.lists.history import History, history
from churn_dash.segments.lists.overlap import tags_of
from churn_dash.segments.portrait.happenings import Happening, happened
from churn_dash.segments.portrait.holdings import holdings
from churn_dash.segments.portrait.rows import rows_about
from churn_dash.segments.portrait.tier_standing import TierStanding, tier_standing
from churn_dash.store import Dataset

PROFILE = (
    "customer_type",
    "gender",
    "birth_date",
    "education",
    "occupation",
    "income_monthly",
    "city",
    "branch_id",
    "rm_id",
    "open_date",
    "risk_appetite",
    "special_need",
    "consent_marketing",
)
"""The columns of the table of customers that a portrait shows, in their order."""


@dataclass(frozen=True)
class Portrait:
    """What is known of a customer on ``as_of``, the last day of the data.

    ``profile``: what the table of customers says, by column of ``PROFILE``, and ``age`` (full years) where the day of birth is known; only
    what is known. ``holdings``: as ``holdings``; None where the bank brought no such table. ``happenings`` ascending by day. ``lacking``:
    the tables that would tell of more, by name.
    """

    customer_id: str
    as_of: datetime.date
    history: History
    profile: Mapping[str, Any]
    tags: tuple[str, ...]
    tier: TierStanding | None
    holdings: pl.DataFrame | None
    happenings: tuple[Happening, ...]
    lacking: tuple[str, ...]

    @property
    def stage(self) -> str | None:
        """The stage of the customer's life at the end of the data; None where unknown."""
        return self.history.now.get("lifecycle")

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it: amounts in CNY, days as YYYY-MM-DD, undefined null; documented in docs/CLI.md."""
        months = self.history.months
        known = [c for c in months.columns if months[c].is_not_null().any()]
        peers = dict(self.history.peers.iter_rows())
        return {
            "customer_id": self.customer_id,
            "as_of": self.as_of.isoformat(),
            "profile": {k: v.isoformat() if isinstance(v, datetime.date) else v for k, v in self.profile.items()},
            "dimensions": {k: v for k, v in self.history.now.items() if v is not None},
            "tags": list(self.tags),
            "stage": self.stage,
            "tier": self.tier and self.tier.as_json(),
            "holdings": None if self.holdings is None else _said(self.holdings),
            "months": [
                {**r, "month": f"{r['month']:%Y-%m}", "similar_customers": peers.get(r["month"])} for r in months.select(known).to_dicts()
            ],
            "happenings": [h.as_json(language) for h in self.happenings],
            "lacking": list(self.lacking),
        }


def _said(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return [{k: v.isoformat() if isinstance(v, datetime.date) else v for k, v in r.items()} for r in rows.to_dicts()]


def portrait(ds: Dataset, customer_id: str, *, scope: Scope) -> Portrait:
    """Everything about the customer. Raises ``NotFound`` for a number that these data, or the viewer's branches, do not hold."""
    found = history(ds, customer_id, scope=scope)
    as_of = ds.data_end or datetime.date.fromisoformat(ds.info.created[:10])
    what = happened(ds, customer_id, found.months)
    held = holdings(ds, customer_id, as_of)
    lacking = what.lacking if held is not None else ("product_holdings", *what.lacking)
    return Portrait(
        customer_id,
        as_of,
        found,
        _profile(ds, customer_id, as_of),
        tuple(tags_of(ds, customer_id)),
        tier_standing(ds, customer_id),
        held,
        what.rows,
        lacking,
    )


def _profile(ds: Dataset, customer_id: str, as_of: datetime.date) -> dict[str, Any]:
    row = next(iter(rows_about(ds, "customers", customer_id) or []), {})
    found = {c: row[c] for c in PROFILE if row.get(c) is not None}
    born = found.get("birth_date")
    if isinstance(born, datetime.date) and born <= as_of:
        found["age"] = as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))
    return found
