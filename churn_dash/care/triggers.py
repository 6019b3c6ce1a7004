"""The closed list of triggers: what puts a customer on a list, declared once each. Source: METHODS A3."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from churn_dash.care import bookings, maturities, occasions, quiet, satisfaction, tiers
from churn_dash.care.holidays import HOLIDAYS, known
from churn_dash.care.standing import Standing
from churn_dash.contract import TABLES
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotPossible
from churn_dash.marks import _

Kind = Literal["service", "care", "marketing"]
Need = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Trigger:
    """One list: its name, how it is called, whom it holds, where the rule stands, what it needs, and the function that gives its rows.

    ``meaning`` leaves open what the settings say. ``kind``: marketing lists leave out who has not agreed to marketing contact.
    ``needs``: tables with the columns without which it cannot be told, each group of ``any_of`` at least once.
    """

    name: str
    label: str
    meaning: str
    source: str
    kind: Kind
    rows: Callable[[Standing], pl.DataFrame]
    needs: tuple[Need, ...]
    any_of: tuple[Need, ...] = ()
    without_months: bool = True
    calendar: bool = False
    """Whether public holidays or working days are counted."""
    by: tuple[str, ...] = ("owner",)
    """What its rows are counted by: the owner, or branch and day."""

    def told(self, standing: Standing) -> None:
        """Raises ``NotPossible`` where these data cannot give the list, with what they lack."""
        if not self.without_months and standing.month is None:
            raise NotPossible(ONE_LIST, what=_("This list needs months: these data hold one row a customer"))
        if standing.month is None and self.name == "near_downgrade":
            if "near_downgrade" not in standing.ds.listed:
                raise NotPossible(_("This list needs balances and tiers, which these data do not hold."))
            return
        if self.name == "holiday" and not known(standing.day):
            first, last = HOLIDAYS[0].first.year, HOLIDAYS[-1].last.year
            raise NotPossible(
                _("The holidays of {year} are not known; the calendar holds {first} to {last}."),
                year=standing.day.year,
                first=first,
                last=last,
            )
        for name, columns in self.needs:
            if not standing.has(name, columns):
                raise NotPossible(_NEEDS, table=TABLES[name].label, columns=_listed(columns))
        if self.any_of and not any(standing.has(*need) for need in self.any_of):
            name, columns = self.any_of[0][0], tuple(c for _name, found in self.any_of for c in found)
            raise NotPossible(
                _("This list needs the table {table} with one of: {columns}."), table=TABLES[name].label, columns=_listed(columns)
            )


_NEEDS = _("This list needs the table {table} with: {columns}.")


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(columns)


_HELD: Need = ("product_holdings", ("maturity_date",))
TRIGGERS = {
    t.name: t
    for t in (
        Trigger(
            "maturity_own",
            _("Products falling due here"),
            _(
                "Products at this bank that fall due within {ahead_days} days, beside what this bank and others offer of the same kind "
                "and term."
            ),
            "METHODS A3; plan 7.2.3; 002-1",
            "service",
            maturities.own,
            (_HELD,),
            calendar=True,
        ),
        Trigger(
            "maturity_other",
            _("Products falling due elsewhere"),
            _("Products at other banks that fall due within {ahead_days} days, with our own product of the same kind and term to offer."),
            "METHODS A3; 002-1 (T-7)",
            "marketing",
            maturities.elsewhere,
            (("product_holdings", ("maturity_date", "bank")),),
            calendar=True,
        ),
        Trigger(
            "large_booking",
            _("Large amounts booked"),
            _(
                "Withdrawals and transfers to other banks booked for the next {ahead_days} days: at least ¥{booked_amount} and "
                "{booked_share} of the customer's balances."
            ),
            "METHODS A3; 002-3",
            "service",
            bookings.booked,
            (("large_transactions", ("booked_at", "amount", "direction")),),
            calendar=True,
            by=("branch_id", "day"),
        ),
        Trigger(
            "asset_fall",
            _("Balances falling fast"),
            _("Month-average balances {fall} or more below the month before."),
            "METHODS A3",
            "marketing",
            quiet.falling,
            (),
            (("customer_month", ("aum_avg",)), ("customer_month", ("aum_end",))),
            without_months=False,
        ),
        Trigger(
            "near_downgrade",
            _("Near a downgrade"),
            _("On watch with month-average balances below the threshold of the own tier, or at most 10% above it."),
            "METHODS A3, B3; 002-1; 003",
            "service",
            tiers.near,
            (),
            (("customer_month", ("aum_avg",)), ("customer_month", ("tier", "aum_end"))),
        ),
        Trigger(
            "satisfaction_drop",
            _("Satisfaction dropped"),
            _(
                "Satisfaction at least {drop_csat} of 5 points ({drop_nps} of 10) below the customer's own last answer, in the last "
                "{answer_days} days; "
                "core customers first, whom the branch head calls."
            ),
            "METHODS A3; plan 2.4(4); 002-3",
            "care",
            satisfaction.drops,
            (("surveys", ("answered_at",)),),
            (("surveys", ("csat",)), ("surveys", ("nps",))),
        ),
        Trigger(
            "complaint_open",
            _("Complaints waiting"),
            _("Complaints not settled after more than {waits_days} working days."),
            "METHODS A3; plan 4.3.4",
            "service",
            satisfaction.waiting,
            (("complaints", ("created_at",)),),
            calendar=True,
        ),
        Trigger(
            "silence",
            _("Fallen silent"),
            _("Neither a transaction nor a login in {silent_months} whole months."),
            "METHODS A3, B0",
            "marketing",
            quiet.silent,
            (),
            (("customer_month", ("txn_count",)), ("customer_month", ("login_count",))),
            without_months=False,
        ),
        Trigger(
            "core_uncontacted",
            _("Core customers not contacted"),
            _("Customers of the gold tier and above whom nobody has contacted for more than {uncontacted_days} days."),
            "METHODS A3; plan 4.2.1",
            "care",
            quiet.uncontacted,
            (("contacts", ("ts",)),),
        ),
        Trigger(
            "special_care",
            _("Customers in need of care"),
            _(
                "Customers who need special care, for example elderly or disabled, whom nobody has contacted for more than "
                "{care_days} days."
            ),
            "METHODS A3; plan 4.2.1",
            "care",
            quiet.special,
            (("customers", ("special_need",)), ("contacts", ("ts",))),
        ),
        Trigger(
            "birthday",
            _("Birthdays"),
            _("Birthdays within {ahead_days} days: good wishes only, nothing is sold."),
            "METHODS A3; plan 4.2.1",
            "care",
            occasions.birthdays,
            (("customers", ("birth_date",)),),
            calendar=True,
        ),
        Trigger(
            "holiday",
            _("Holiday greetings"),
            _("Core customers and those in need of care, when a public holiday begins within {ahead_days} days."),
            "METHODS A3; plan 4.2.1",
            "care",
            occasions.greetings,
            (),
            calendar=True,
        ),
    )
}
"""The closed list of triggers, by name, in the order of urgency."""
