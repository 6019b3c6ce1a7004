"""Were the groups alike at the start? Standardised mean differences. Source: METHODS C5 (|SMD| below 0.1 is alike)."""

import math
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import Extract, full_table, month_of, month_values
from churn_dash.campaigns.groups.members import campaign, holdout_arm, roster
from churn_dash.words import _

ALIKE = 0.1

_MONTHLY = (
    ("aum_avg", _("Average balance")),
    ("txn_count", _("Transactions a month")),
    ("product_count", _("Products held")),
    ("login_count", _("Logins a month")),
    ("fee_income", _("Fees a month")),
)


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


def balance(ds: Extract, campaign_id: str, scope: Scope | None = None) -> tuple[BalanceRow, ...]:
    """Balances, transactions, products, age and tenure of the groups before the start; empty without a hold-out.

    Characteristics that are not in the data are left out. Raises NotFound and NotPossible as ``evaluate``.
    """
    settings = campaign(ds, campaign_id)
    members = roster(ds, campaign_id, scope or Scope.everything()).select("customer_id", "arm")
    arms = sorted(members["arm"].unique().to_list(), key=str.casefold)
    control = holdout_arm(arms)
    if control is None:
        return ()
    found: list[tuple[str, str, pl.DataFrame]] = []
    before = month_of(settings.start, -1)
    found += [(c, label, month_values(ds, c, [before]).select("customer_id", "v")) for c, label in _MONTHLY]
    people = full_table(ds, "customers")
    if people is not None:
        since = {"birth_date": ("age", _("Age, years")), "open_date": ("tenure", _("Years with the bank"))}
        for column, (key, label) in since.items():
            years = (pl.lit(settings.start) - pl.col(column)).dt.total_days() / 365.25
            found.append((key, label, people.select("customer_id", years.alias("v"))))
    rows = []
    for key, label, values in found:
        known = members.join(values.drop_nulls("v"), on="customer_id")
        about = {
            a: (m, s, n) for a, m, s, n in known.group_by("arm").agg(pl.mean("v"), pl.std("v").alias("s"), pl.len().alias("n")).iter_rows()
        }
        for arm in arms:
            if arm != control and arm in about and control in about:
                (m1, s1, n1), (m0, s0, n0) = about[arm], about[control]
                rows.append(BalanceRow(arm, key, label, m1, m0, smd(m1, s1 or 0.0, m0, s0 or 0.0), n1 + n0))
    return tuple(rows)
