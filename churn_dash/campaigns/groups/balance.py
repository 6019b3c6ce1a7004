"""Were the groups alike at the start? Standardised mean differences. Source: METHODS C5 (|SMD| below 0.1 is alike)."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import Extract, of_month
from churn_dash.campaigns.groups.members import campaign, holdout_arm, roster
from churn_dash.campaigns.groups.numbered import beside
from churn_dash.store.reading import full_table, month_of
from churn_dash.words import Text, _

ALIKE = 0.1

_MONTHLY = (
    ("aum_avg", _("Average balance")),
    ("txn_count", _("Transactions a month")),
    ("product_count", _("Products held")),
    ("login_count", _("Logins a month")),
    ("fee_income", _("Fees a month")),
)

_SINCE = {"birth_date": ("age", _("Age, years")), "open_date": ("tenure", _("Years with the bank"))}

KNOWN_BEFORE = dict(_MONTHLY) | dict(_SINCE.values())
"""What each characteristic is called."""


@dataclass(frozen=True)
class BalanceRow:
    """One characteristic of a group and the hold-out before the start. ``smd``: difference of means in standard deviations."""

    arm: str
    covariate: str
    label: str
    treated: float
    control: float
    smd: float | None
    n: int

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The row as the CLI prints it."""
        return asdict(self) | {"label": Text(self.label).in_(language), "alike": self.alike}

    @property
    def alike(self) -> bool:
        """Whether the groups differ by no more than a tenth of a standard deviation."""
        return self.smd is not None and abs(self.smd) <= ALIKE


def smd(mean1: float, sd1: float, mean2: float, sd2: float) -> float | None:
    """Standardised mean difference; None where nothing varies.

    >>> smd(1.0, 1.0, 0.5, 1.0)
    0.5
    """
    spread = math.sqrt((sd1**2 + sd2**2) / 2)
    return (mean1 - mean2) / spread if spread > 0 else None


MONTHLY = tuple(c for c, _label in _MONTHLY)
"""Columns of the month before the start in which groups should be alike."""
SINCE = tuple(key for key, _label in _SINCE.values())
"""Years since a day, in which they should be alike too."""


def with_known(ds: Extract, members: pl.DataFrame, start: datetime.date, also: Sequence[str] = ()) -> pl.DataFrame:
    """``members`` with their balances, transactions, products, age and tenure before ``start``, a column each, those not in the data
    left out; and the columns ``also`` of the same month."""
    month = of_month(ds, month_of(start, -1), list(dict.fromkeys([*MONTHLY, *also])))
    month = month.with_columns(pl.col(c).cast(pl.Float64) for c in MONTHLY)
    found = beside(members, _present(month))
    people = full_table(ds, "customers")
    if people is None:
        return found
    years = [((pl.lit(start) - pl.col(c)).dt.total_days() / 365.25).alias(key) for c, (key, _label) in _SINCE.items()]
    return beside(found, _present(people.select("customer_id", *years)))


def _present(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("customer_id", *(c for c in frame.columns if c != "customer_id" and frame[c].null_count() < len(frame)))


def balance(ds: Extract, campaign_id: str, *, scope: Scope) -> tuple[BalanceRow, ...]:
    """Balances, transactions, products, age and tenure of the groups before the start; empty without a hold-out.

    Characteristics that are not in the data are left out. Raises NotFound and NotPossible as ``evaluate``.
    """
    settings = campaign(ds, campaign_id)
    members = roster(ds, campaign_id, scope).select("customer_id", "arm")
    arms = sorted(members["arm"].unique().to_list(), key=str.casefold)
    control = holdout_arm(arms)
    if control is None:
        return ()
    known = with_known(ds, members, settings.start)
    labels = KNOWN_BEFORE
    rows = []
    for key in (c for c in labels if c in known.columns):
        each = known.drop_nulls(key).group_by("arm").agg(pl.mean(key), pl.std(key).alias("s"), pl.len().alias("n"))
        about = {a: (m, s, n) for a, m, s, n in each.iter_rows()}
        for arm in arms:
            if arm != control and arm in about and control in about:
                (m1, s1, n1), (m0, s0, n0) = about[arm], about[control]
                rows.append(BalanceRow(arm, key, labels[key], m1, m0, smd(m1, s1 or 0.0, m0, s0 or 0.0), n1 + n0))
    return tuple(rows)
