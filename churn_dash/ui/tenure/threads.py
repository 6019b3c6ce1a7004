"""Which thread broke first before customers left; two cards of the Survival page."""

from typing import Any

import polars as pl

from churn_dash.behind.words import THREADS
from churn_dash.charts import Bar, Chart, bars
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.tenure.threads import Order, Thread, Threads, threads
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

HOW = _(
    "A thread ran where at least 3 of the 12 months before the departure had it, and broke where at least 2 months running up to the "
    "departure had nothing and so long a gap is no chance (5%) at the customer's own rhythm; balances: at most half of the highest month. "
    "Days count from the end of the last month that had it. Who stayed is looked at in the same way on the day after the period. By a "
    "definition with dormancy, transactions end before the departure by definition."
)


def broken(question: PageQuestion) -> Threads:
    """The threads of those who left, remembered."""
    q = question

    def work(*_asked: Any) -> Threads:
        return threads(q)

    return cache.worked_out(q.ds, q.scope, work, q.filters, str(q.period), q.definition, name="threads")


def _told(t: Thread) -> bool:
    return t.n_ran >= TOO_FEW


def _name(kind: str) -> str:
    return session.say(THREADS[kind])


def finding(found: Threads) -> str:
    """Title of the threads: which breaks more often before a departure than it does for those who stay, most of all."""
    sure = [t for t in found.threads if _told(t) and t.stayed_ran >= TOO_FEW and t.low is not None and t.low > (t.stayed_high or 0)]
    if not sure:
        return session.say(_("Which thread broke before they left"))
    most = max(sure, key=lambda t: (t.share or 0) - (t.stayed_share or 0))
    named = {"thread": _name(most.kind), "share": Ratio(most.share), "stayed": Ratio(most.stayed_share)}
    return session.say(Text(_("{thread} broke before {share} of departures that had it; of those who stayed, {stayed}"), **named))


def caption(found: Threads) -> Text:
    """Under the title of the threads: what a bar is, and on how many it rests."""
    return Text(
        _("Share of those who left for whom the thread broke, of {n} with a year of data before; small: had the thread"),
        n=Count(found.n_left),
    )


def chart(found: Threads) -> Chart:
    """A bar a thread, with the days before the departure in its name."""
    rows = [Bar(_bar(t), t.share if _told(t) else None, t.n_ran, t.low, t.high) for t in found.threads]
    return cache.chart(
        bars, rows, unit="ratio", look=session.look(), what=session.say(_("Broke before leaving")), all_grey=True, longest_name=60
    )


def _bar(t: Thread) -> str:
    if not _told(t) or t.median is None:
        return _name(t.kind)
    stayed = t.stayed_share if t.stayed_ran >= TOO_FEW else None
    named = {"thread": _name(t.kind), "days": Count(t.median), "stayed": Ratio(stayed)}
    return session.say(Text(_("{thread}, {days} days before · stayed {stayed}"), **named))


def table(found: Threads) -> Table:
    """The threads as rows."""
    names: tuple[str, ...] = (
        "kind",
        "n_ran",
        "n_broken",
        "share",
        "low",
        "high",
        "median",
        "median_low",
        "median_high",
        "n_first",
        "stayed_ran",
    )
    names += ("stayed_broken", "stayed_share", "stayed_low", "stayed_high")
    rows = [(_name(t.kind), *(getattr(t, name) for name in names[1:])) for t in found.threads]
    ratios = {"share", "low", "high", "stayed_share", "stayed_low", "stayed_high"}
    floats = {*ratios, "median", "median_low", "median_high"}
    kinds = {n: pl.String if n == "kind" else pl.Float64 if n in floats else pl.Int64 for n in names}
    labels = {
        "kind": _("Thread"),
        "n_ran": _("Left, had it"),
        "n_broken": _("Broke"),
        "share": _("Share"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "median": _("Days before, median"),
        "median_low": _("days, 95% range from"),
        "median_high": _("days, 95% range to"),
        "n_first": _("Broke first"),
        "stayed_ran": _("Stayed, had it"),
        "stayed_broken": _("Stayed, broke"),
        "stayed_share": _("Stayed, share"),
        "stayed_low": _("stayed, 95% range from"),
        "stayed_high": _("stayed, 95% range to"),
    }
    units = {n: "ratio" if n in ratios else "count" for n in names[1:]}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "broken-threads", labels, units, how=session.say(HOW))


def order_finding(found: Threads) -> str:
    """Title of the orders: which thread most often broke first."""
    first = max(found.threads, key=lambda t: t.n_first, default=None)
    if first is None or found.n_broken < TOO_FEW:
        return session.say(_("In what order threads broke"))
    named = {"thread": _name(first.kind), "n": Count(first.n_first), "all": Count(found.n_broken)}
    return session.say(Text(_("First to break was most often: {thread}, {n} of {all} departures"), **named))


def order_caption(found: Threads) -> Text:
    """Under the title of the orders: of whom they are, and how many orders there were."""
    text = _("The commonest of {orders} orders, of {n} departures with two broken threads or more; +: in the same month")
    return Text(text, orders=Count(found.n_orders), n=Count(found.n_several))


def order_chart(found: Threads) -> Chart:
    """A bar an order."""
    rows = [Bar(_steps(o), o.share, o.n, o.low, o.high, found.n_several) for o in found.orders] if found.n_several >= TOO_FEW else []
    return cache.chart(
        bars, rows, unit="ratio", look=session.look(), what=session.say(_("Order of breaking")), all_grey=True, longest_name=60
    )


def _steps(order: Order) -> str:
    return " → ".join(" + ".join(_name(kind) for kind in step) for step in order.steps)


def order_table(found: Threads) -> Table:
    """The orders as rows."""
    rows = [(_steps(o), o.n, o.share, o.low, o.high) for o in found.orders]
    kinds = {"order": pl.String, "n": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    labels = {"order": _("Order"), "n": _("Left"), "share": _("Share"), "low": _("95% range from"), "high": _("95% range to")}
    units = {"n": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "orders-of-breaking", labels, units, how=session.say(HOW))
