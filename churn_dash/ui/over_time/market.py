"""What the Market page shows of the market: rates beside each other, a series beside churn, offers, destinations, what falls due."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.charts import Chart, Column, Series, months, trend
from churn_dash.measures.calendar.market import SERIES, Market, market, offers
from churn_dash.measures.movement.product_measures import KINDS
from churn_dash.ui import cache, session
from churn_dash.ui.over_time.overtime import asked, bands, due, events, partial_months, unsettled
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion, month_words
from churn_dash.words import Money, Points, Ratio, Text, _

DUE = _("Term deposits and wealth products by the month they fall due · hatched: ahead of the data · orange: over 1.25 times the median")
OFFERS = _("What we paid on sales of the last three months beside offers that stand, per cent a year")
_PERCENT = ("own_rate", "competitor_rate", "rate_gap", "lpr", "cpi", "unemployment")
_UNITS = {"rate_gap": "points", "competitor_campaign": "ratio", "hhi": "number", "market_share": "ratio"}
_MEANINGS = {
    "rate_gap": _("Best rate of competitors less ours on one-year deposits, percentage points"),
    "competitor_campaign": _("Share of customers in whose city a competitor runs a campaign"),
    "lpr": _("Loan prime rate, one year, per cent"),
    "cpi": _("Consumer prices against a year before, per cent"),
    "unemployment": _("Unemployment, per cent"),
    "hhi": _("Concentration of the banks (Herfindahl), 0 to 1; low means much competition"),
    "market_share": _("Our deposits as a share of all banks' in the same cities"),
}


@dataclass(frozen=True)
class Around:
    """The market of the question; rates as 0–1 so that they are written in per cent."""

    question: PageQuestion
    found: Market
    rows: pl.DataFrame

    @property
    def series(self) -> list[str]:
        """The series that the data tell and that can stand beside churn."""
        return [s for s in _MEANINGS if self.rows[s].is_not_null().any()]


def around(question: PageQuestion) -> Around:
    """The market month by month. Raises ``NotPossible`` without ``market_month``."""
    found = cache.worked_out(
        question.ds,
        question.scope,
        lambda *_asked: market(question),
        *asked(question),
        name="market",
    )
    return Around(question, found, found.rows.with_columns(pl.col(c) / 100 for c in _PERCENT))


def label(name: str) -> str:
    """A series in the reader's language."""
    return session.say(SERIES[name] if name in SERIES else _("Market share"))


def rates_finding(shown: Around) -> str:
    """Title of the rates: the gap now and at the start."""
    known = shown.rows.drop_nulls("rate_gap")
    if known.is_empty():
        return session.say(_("The rates of competitors are not known"))
    first, last = known.row(0, named=True), known.row(-1, named=True)
    named = {"gap": Points(last["rate_gap"]), "month": month_words(last["month"]), "before": Points(first["rate_gap"])}
    named["first"] = month_words(first["month"])
    if last["rate_gap"] > 0:
        return session.say(Text(_("Competitors pay more: {gap} in {month}, {before} in {first}"), **named))
    return session.say(Text(_("We pay as much as competitors or more: {gap} in {month}, {before} in {first}"), **named))


def rates_caption(shown: Around) -> str:
    """What the rates are, and how far they reach."""
    words = session.say(_("One-year deposits, per cent; each city weighs as many customers as it has"))
    covered = shown.rows["coverage"].drop_nulls()
    least = float(covered.min()) if len(covered) else 0.0  # type: ignore[arg-type]
    if least < 0.995:
        return f"{words} · {session.say(Text(_('cities of {share} of the customers are known'), share=Ratio(least)))}"
    return words


def rates_chart(shown: Around, calendar: str) -> Chart:
    """Our rate beside the competitors'."""
    series = [Series("own_rate", session.say(_("ours"))), Series("competitor_rate", session.say(_("competitors")))]
    shaded = bands(shown.question, calendar, shown.rows["month"].to_list())
    rows = shown.rows.select("month", "own_rate", "competitor_rate")
    return cache.chart(trend, rows, series, unit="ratio", look=session.look(), bands=shaded, events=events(shown.question), height=430)


def table(shown: Around) -> Table:
    """Every series as a row a month."""
    names = [*SERIES, "market_share"]
    kept = [n for n in names if shown.rows[n].is_not_null().any()]
    units = {n: "score" if n == "hhi" else "ratio" for n in kept} | {"churn_rate": "ratio", "coverage": "ratio"}
    labels = {"month": session.say(_("Month")), **{n: label(n) for n in kept}, "churn_rate": session.say(_("Churn rate"))}
    labels["coverage"] = session.say(_("Customers in known cities"))
    return Table(shown.rows.select("month", *kept, "churn_rate", "coverage"), "market", labels, {"month": "month", **units})


def series_control(shown: Around) -> str:
    """Choose the series that stands beside churn."""

    def beside(name: str) -> str:
        return session.say(Text(_("Beside churn: {what}"), what=label(name)))

    return controls.choice(
        session.say(_("Beside churn")),
        shown.series,
        key="series",
        words=beside,
        hidden=True,
        icon=":material/stacked_line_chart:",
        width=320,
    )


def beside_finding(shown: Around, name: str) -> str:
    """Title of the pair: churn in months of a wide gap beside the others; otherwise what is shown."""
    found = shown.found.sentence if name == "rate_gap" else None
    return session.say(found or Text(_("Churn and {what}, month by month"), what=label(name)))


def beside_caption(shown: Around, name: str) -> str:
    """What stands below, how far the months tell a difference, and that going together is no cause."""
    parts: list[str | Text] = [_MEANINGS[name]]
    found = shown.found.difference
    if name == "rate_gap" and found is not None:
        words = _("difference in churn, month against month: {low} to {high} (95%, {n} months against {others})")
        named = {"low": Points(found.low), "high": Points(found.high), "n": shown.found.n_wide, "others": shown.found.n_narrow}
        parts.append(Text(words, **named))
    parts.append(_("description only: what goes together need not be a cause"))
    return " · ".join(session.say(p) for p in parts)


def churn_chart(shown: Around, calendar: str) -> Chart:
    """Churn month by month, above the series."""
    rows = shown.rows.select("month", "churn_rate", "churn_rate_low", "churn_rate_high", "churn_rate_n")
    times = rows["month"].to_list()
    return cache.chart(
        trend, rows, [Series("churn_rate", session.say(_("churn")))], unit="ratio", look=session.look(), height=190,
        provisional=unsettled(shown.question, times, "month"), events=events(shown.question),
        bands=bands(shown.question, calendar, times), partial=partial_months(shown.question, "month"),
    )  # fmt: skip


def series_chart(shown: Around, name: str, calendar: str) -> Chart:
    """The series under churn, over the same months."""
    shaded = bands(shown.question, calendar, shown.rows["month"].to_list())
    unit = _UNITS.get(name, "ratio")
    return cache.chart(
        trend,
        shown.rows.select("month", name),
        [Series(name, label(name))],
        unit=unit,
        look=session.look(),
        height=190,
        bands=shaded,
        events=events(shown.question),
    )


def due_finding(question: PageQuestion) -> str:
    """Title of what falls due: what lies ahead, and the heaviest month of it."""
    rows = due(question)
    ahead = rows.filter("ahead")
    shown = ahead if len(ahead) and ahead["amount"].sum() else rows
    if not shown["amount"].sum():
        return session.say(_("Nothing falls due in these months"))
    top = shown.sort("amount", descending=True).row(0, named=True)
    named: dict[str, Any] = {"sum": Money(float(shown["amount"].sum())), "n": len(shown), "month": month_words(top["month"])}
    named["most"] = Money(top["amount"])
    if shown is ahead:
        return session.say(Text(_("{sum} fall due in the next {n} months, most in {month}: {most}"), **named))
    return session.say(Text(_("{sum} fell due in {n} months, most in {month}: {most}"), **named))


def due_chart(question: PageQuestion) -> Chart:
    """What falls due month by month."""
    rows = due(question)
    columns = [Column(r["amount"], marked=r["much"], ahead=r["ahead"]) for r in rows.to_dicts()]
    return cache.chart(
        months, rows["month"].to_list(), columns, unit="money", look=session.look(), what=session.say(_("products falling due"))
    )


def due_table(question: PageQuestion) -> Table:
    """What falls due as rows."""
    labels = {"month": _("Month"), "amount": _("Falls due, ¥"), "n": _("Products"), "much": _("Much"), "ahead": _("Ahead of the data")}
    return Table(due(question), "maturities", labels, {"month": "month", "amount": "money", "n": "count"})


def offers_table(question: PageQuestion) -> Table | None:
    """Our rates beside competitors' by product and term; None where the data do not tell them."""
    rows = cache.worked_out(question.ds, question.scope, lambda *_asked: offers(question.ds), name="offers")
    if rows is None or rows.is_empty():
        return None
    named = rows.with_columns(
        pl.Series("product_kind", [session.say(KINDS[k]) if k in KINDS else k for k in rows["product_kind"].to_list()], dtype=pl.String),
        pl.col("own_rate", "best_rate", "mean_rate", "gap") / 100,
    )
    labels = {
        "product_kind": _("Kind of product"), "term_months": _("Term, months"), "own_rate": _("We pay"), "best_rate": _("Best offer"),
        "best_bank": _("Bank"), "mean_rate": _("Mean offer"), "gap": _("Rate gap"), "n_own": _("Our sales"), "n_offers": _("Offers"),
    }  # fmt: skip
    units = dict.fromkeys(("own_rate", "best_rate", "mean_rate", "gap"), "ratio") | {"n_own": "count", "n_offers": "count"}
    return Table(named.select(list(labels)), "offers", labels, units, only=True)


def offers_finding(shown: Table) -> str:
    """Title of the offers: the widest gap."""
    top = shown.rows.row(0, named=True)
    named = {"product": top["product_kind"], "n": top["term_months"], "gap": Points(top["gap"]), "bank": top["best_bank"] or "—"}
    if top["term_months"] is None:
        return session.say(Text(_("Widest gap: {product}, {gap} at {bank}"), **named))
    return session.say(Text(_("Widest gap: {product} of {n} months, {gap} at {bank}"), **named))
