"""What a rule may ask of a customer: the closed list of dimensions, numbers and flags of the month table."""

import contextlib
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.filters import dimension
from churn_dash.store import Dataset, Dimension
from churn_dash.store.derive.facts import LISTS
from churn_dash.words import nearest

LABELS = {
    "aum_avg": _("Balances, average of the month"),
    "aum_end": _("Balances at month end"),
    "deposit_avg": _("Deposits"),
    "wealth_avg": _("Wealth products"),
    "fund_avg": _("Funds"),
    "loan_balance": _("Loans"),
    "fee_income": _("Fees in the month"),
    "net_flow": _("Net inflow in the month"),
    "valuation_change": _("Change by market prices"),
    "txn_count": _("Transactions in the month"),
    "txn_amount": _("Amount of transactions"),
    "login_count": _("Logins in the month"),
    "branch_visits": _("Branch visits in the month"),
    "card_txn_count": _("Card transactions in the month"),
    "product_count": _("Number of products"),
    "points": _("Loyalty points"),
    "salary_in": _("Salary received in the month"),
    "autopay_count": _("Standing payments in the month"),
    "digital_active": _("Used digital banking"),
    "near_downgrade": _("Near a downgrade"),
    "dormant": _("Dormant"),
}
_NUMBERS = (
    "DOUBLE",
    "FLOAT",
    "BIGINT",
    "INTEGER",
    "SMALLINT",
    "TINYINT",
    "HUGEINT",
    "UBIGINT",
    "UINTEGER",
    "USMALLINT",
    "UTINYINT",
    "DECIMAL",
)
_OURS = ("c", "month", "aum_start", "listed", "joined", "churned")
_WORKED_OUT = ("s_", "d_", "g_", "idle_months", "decline_", "tier_", "watch_")
"""Columns that only definitions and dimensions rest on begin so; a bank's own columns begin with x_."""


@dataclass(frozen=True)
class Column:
    """A number or flag of the month table: its name there, how it is shown, what it holds."""

    name: str
    label: str
    kind: Literal["number", "flag"]
    own_words: bool = False
    """The label is the header of the extract, not a word of the catalogue."""

    @property
    def sql(self) -> str:
        """Its quoted name."""
        return '"' + self.name.replace('"', '""') + '"'


def columns(ds: Dataset) -> dict[str, Column]:
    """The numbers and flags that a rule may ask for, by name, in the order of the extract."""
    return dict(_columns(ds))


def number(ds: Dataset, name: str) -> Column:
    """The number by name or header, whatever the case. Raises ``NotFound`` with the nearest known where these data lack it."""
    found = {n: c for n, c in _columns(ds) if c.kind == "number"}
    one = _named(found, name)
    if one is None:
        raise _lacking(name, list(found))
    return one


def levels(ds: Dataset, name: str) -> Dimension | Column:
    """The dimension, else the flag, by name, header or alias. Raises ``NotFound`` with the nearest known where these data lack it."""
    flags = {n: c for n, c in _columns(ds) if c.kind == "flag"}
    with contextlib.suppress(NotFound):
        return dimension(ds, name)
    one = _named(flags, name)
    if one is None:
        raise _lacking(name, [*(d.name for d in ds.dimensions), *flags])
    return one


def _named(known: Mapping[str, Column], name: str) -> Column | None:
    wanted = name.strip().casefold()
    return next((c for c in known.values() if wanted in (c.name.casefold(), c.label.casefold())), None)


def _lacking(name: str, known: Sequence[str]) -> NotFound:
    near = nearest(name, known)
    if near:
        return NotFound(_("These data do not hold {name}, which the rule asks for; the nearest is {near}."), name=name, near=near)
    listed = ", ".join(known) or "—"
    return NotFound(_("These data do not hold {name}, which the rule asks for; they hold: {known}."), name=name, known=listed)


@functools.lru_cache(maxsize=16)
def _described(ds: Dataset) -> tuple[tuple[str, str], ...]:
    """The columns of the month table that hold anything, and their types."""
    listed = [(str(r[0]), str(r[1])) for r in ds.cursor().execute("describe month_rows").fetchall()]
    listed = [(name, kind) for name, kind in listed if name not in _OURS and not name.startswith(_WORKED_OUT)]
    if not listed:
        return ()
    counts = ", ".join(f"count({Column(name, name, 'number').sql})" for name, _kind in listed)
    found = ds.cursor().execute(f"select {counts} from month_rows").fetchall()[0]
    return tuple(pair for pair, n in zip(listed, found, strict=True) if n)


def _columns(ds: Dataset) -> tuple[tuple[str, Column], ...]:
    own = {a.column: a.label for a in ds.attributes}
    found = []
    for name, kind in _described(ds):
        if name in LISTS and name not in ds.listed:
            continue
        number = kind.startswith(_NUMBERS)
        if number or kind == "BOOLEAN":
            found.append((name, Column(name, own.get(name, LABELS.get(name, name)), "number" if number else "flag", name in own)))
    return tuple(found)
