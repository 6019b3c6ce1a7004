"""What a cohort can begin with: joining the bank, or a customer's first event of a kind; the closed list. Source: METHODS B2, E1."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.store import Dataset
from churn_dash.words import nearest

JOINED = "joined"


@dataclass(frozen=True)
class FirstEvent:
    """One way to begin: its name and label, the table and the date column that tell it.

    ``only``: a column and the value that a row must have, for a state or a kind. ``monthly``: the table says month by month what
    is so; who stands in its first month may have begun before, and is not counted.
    """

    name: str
    label: str
    table: str
    column: str
    only: tuple[str, object] | None = None
    monthly: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return ("customer_id", self.column, *((self.only[0],) if self.only else ()))


EVENTS = {
    e.name: e
    for e in (
        FirstEvent(JOINED, _("Joining the bank"), "customer_month", "month"),
        FirstEvent("first_product", _("First product"), "product_holdings", "start_date"),
        FirstEvent("first_loan", _("First loan"), "loans", "month", monthly=True),
        FirstEvent("first_card", _("First card"), "cards", "issued_date"),
        FirstEvent("first_digital", _("First digital use"), "customer_month", "month", ("digital_active", True), monthly=True),
        FirstEvent("first_large_transaction", _("First large transaction"), "large_transactions", "txn_date"),
        FirstEvent("first_fee", _("First fee"), "fees", "charged_at"),
        FirstEvent("first_complaint", _("First complaint"), "complaints", "created_at"),
        FirstEvent("first_answer", _("First survey answered"), "surveys", "answered_at"),
        FirstEvent("first_contact", _("First contact"), "contacts", "ts"),
        FirstEvent("first_campaign", _("First campaign contact"), "campaign_assignments", "contacted_at"),
        FirstEvent("first_warning", _("First warning"), "warnings", "ts"),
        FirstEvent("first_intervention", _("First retention task done"), "interventions", "done_at"),
        FirstEvent("first_downgrade", _("First downgrade"), "tier_history", "valid_from", ("change", "down")),
        FirstEvent("first_return", _("First return after a loss"), "winbacks", "returned_date"),
    )
}
"""The closed list, by name."""


def events(ds: Dataset) -> dict[str, FirstEvent]:
    """Those that the tables of a version can tell, by name; joining always, where there are months."""
    if ds.shape != "panel":
        return {}
    found = {name: e for name, e in EVENTS.items() if e.table in ds.info.tables}
    return {name: e for name, e in found.items() if name == JOINED or set(e.columns) <= ds.columns_of(e.table)}


def event(ds: Dataset, name: str) -> FirstEvent:
    """The event by name. Raises ``NotFound`` for an unknown one, ``NotPossible`` where these data lack its table or columns."""
    if name not in EVENTS:
        near = nearest(name, EVENTS) or ", ".join(EVENTS)
        raise NotFound(_("There is no first event {name}; the nearest is {near}."), name=name, near=near)
    known, chosen = events(ds), EVENTS[name]
    if name not in known:
        raise NotPossible(
            _("These data do not tell the event {name}: load the table {table} with its column {column}."),
            name=chosen.label, table=chosen.table, column=", ".join(chosen.columns[1:]),
        )  # fmt: skip
    return chosen


def first_days(ds: Dataset, chosen: FirstEvent) -> tuple[pl.DataFrame, int, datetime.date]:
    """The first day of each customer's first event: columns customer_id, day; how many began before the data, left out; and the
    first month in which the data can see one begin.

    Of a monthly table, those of its first month began before. Rows without customer or day are no event.
    """
    rows = ds.columns(chosen.table, *chosen.columns)
    assert rows is not None, "asked for through event()"
    start = ds.all_months[0]
    begins = rows[chosen.column].min() if chosen.monthly else None
    if isinstance(begins, datetime.date):
        start = max(start, shifted(begins.replace(day=1), 1))
    if chosen.only is not None:
        rows = rows.filter(pl.col(chosen.only[0]) == chosen.only[1])
    dated = rows.select("customer_id", pl.col(chosen.column).alias("day")).drop_nulls()
    first = dated.group_by("customer_id").agg(pl.col("day").min())
    seen = first.filter(pl.col("day") >= start)
    return seen, len(first) - len(seen), start


def entries_known(ds: Dataset) -> bool:
    """Whether the data saw who joined in their first month: everybody whose time begins on its first day has an opening day on it.

    Otherwise the first month's list is simply where the data begin, and tells nothing of joining.
    """
    start = ds.all_months[0]
    found = [ds.columns(name, "customer_id", "open_date") for name in ("accounts", "customers")]
    opened = pl.concat(f.filter(pl.col("open_date") == start).select("customer_id") for f in [*found, _NOBODY] if f is not None)
    cursor = ds.cursor()
    cursor.register("opened", opened.unique().to_arrow())
    unsure = (
        f"select count(*) from {ENTRIES} e join people p on p.c = e.c where e.day = DATE '{start}' "
        "and p.customer_id not in (select customer_id from opened)"
    )
    return int(cursor.execute(unsure).fetchall()[0][0]) == 0


_NOBODY = pl.DataFrame(schema={"customer_id": pl.String, "open_date": pl.Date})
ENTRIES = "(select c, min(start_date) as day from spell_rows where spell = 1 group by c)"
"""SQL of the day each customer came: c, day."""
