"""The tables a model may look at, and when each row of them had happened and was known. Source: METHODS D1, E1.

A row counts at a score date if it had happened by then and was known when the bank's data of that day usually are in: the gap between
score date and outcome is there for that lag. A row that arrives later is as if it did not exist, and what was known before it stands.
SQL in the portable subset (PLATFORM 1.2): DuckDB and Spark read it alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from churn_dash.marks import _
from churn_dash.risk.features.score_dates import ScoreDate

PREFIX = "known_"
"""Names of the tables that features are read from begin so."""


@dataclass(frozen=True)
class Known:
    """One table. ``days``: columns of which the first filled one says when a row happened; a month happens at its end.

    ``arrived``: the column with the day it became known, if it has one; empty there, and without it, the row was known when it
    happened. ``when``: the same in words. ``key``: what rows are about. ``order``: what tells rows of one day apart.
    """

    table: str
    days: tuple[str, ...]
    when: str
    arrived: str = ""
    key: str = "customer_id"
    order: str = ""

    @property
    def monthly(self) -> bool:
        """Whether a row is a month of something."""
        return self.days == ("month",)

    @property
    def happened(self) -> str:
        """SQL of the day on which a row happened."""
        if self.monthly:
            return "last_day(r.month)"
        columns = [f"r.{c}" for c in self.days]
        return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"

    @property
    def known(self) -> str:
        """SQL of the day on which a row became known."""
        return f"coalesce(r.{self.arrived}, {self.happened})" if self.arrived else self.happened


KNOWN: Mapping[str, Known] = {
    k.table: k
    for k in (
        Known("months", ("month",), _("at the end of its month, or when the row arrived"), "available_ts"),
        Known("joined", ("joined",), _("on the day the customer joined")),
        Known("complaints", ("created_at",), _("on the day of the complaint"), order="complaint_id"),
        Known("surveys", ("answered_at",), _("on the day of the answer"), order="survey_id"),
        Known("contacts", ("ts",), _("on the day of the contact"), order="contact_id"),
        Known("large_transactions", ("booked_at", "txn_date"), _("on the day it was announced, else done"), order="txn_id"),
        Known("product_holdings", ("recorded_at", "start_date"), _("on the day it was recorded, else its first day"), order="holding_id"),
        Known("loans", ("month",), _("at the end of its month")),
        Known("cards", ("issued_date", "activated_date"), _("on the day of issue"), order="card_id"),
        Known("fees", ("charged_at",), _("on the day of the charge; a dispute on its own day"), order="fee_id"),
        Known(
            "campaign_answers",
            ("contacted_at",),
            _("on the day of the contact; an acceptance at the end of the campaign"),
            order="campaign_id",
        ),
        Known("market_month", ("month",), _("at the end of its month, or when the row arrived"), "available_ts", key="city"),
        Known("balances", ("month",), _("when the last row of its month arrived"), "available_ts", key="city"),
    )
}
"""``months`` is the month table with the day each row arrived, ``joined`` when each customer did, ``campaign_answers`` the treated
members of campaigns, ``balances`` the bank's balances by city. The customers table has no days: it says how things are today."""
TODAY = "customers"
TODAY_WORDS = _("as it is today: no past is kept of it")
"""The one table that says how things are today, not how they were."""


def as_of(known: Known, at: ScoreDate, columns: Sequence[str], months: int | None = None, ranked: Sequence[str] = ()) -> str:
    """SQL of the rows of a table that had happened by the end of the score date, of the last ``months`` only where given, and were known
    then; rows of tables that say when they arrived may have done so by ``at.arrived``. Of several dates, the rows of each.

    Beside key, columns and those of ``at``: ``event_ts``, ``available_ts``; ``back``, whole months from the row to the day's month; for
    tables of months ``k``, months before the newest known row of the same customer or city; for each ranked column ``<column>_rank``, 1
    for the newest row in which it is filled.
    """
    arrived = at.arrived if known.arrived else at.day
    number = f"year({known.happened}) * 12 + month({known.happened}) - 1"
    wanted = "".join(f", r.{c}" for c in dict.fromkeys((*columns, *ranked, *([known.order] if ranked else []))) if c != known.key)
    days = f"{known.happened} as event_ts, {known.known} as available_ts, {at.number} - ({number}) as back{at.listed}"
    rows = (
        f"select r.{known.key}{wanted}, {days} from {PREFIX}{known.table} r{at.joined} "
        f"where {known.happened} <= {at.day} and {known.known} <= {arrived}"
    )
    if months is not None:
        rows += f" and {number} > {at.number} - {months}"
    each = ", ".join(f"w.{c}" for c in (known.key, *at.columns[:1]))
    beside = [f"w.back - min(w.back) over (partition by {each}) as k"] if known.monthly else []
    tie = f", w.{known.order} desc nulls last" if known.order else ""
    beside += [
        f"row_number() over (partition by {each} order by case when w.{c} is null then 1 else 0 end asc nulls last, "
        f"w.event_ts desc nulls last{tie}) as {c}_rank"
        for c in ranked
    ]
    return f"select w.*{''.join(f', {b}' for b in beside)} from ({rows}) w" if beside else rows
