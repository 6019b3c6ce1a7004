"""What the Growth page shows of heads and balances: from the start of the period to its end, and period by period."""

from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Chart, Flow, Side, flows, sides
from churn_dash.charts.ground.axes import time_text
from churn_dash.measures.movement.growth import balances_known, beyond_money, growth
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.over_time.months import CHART, levels
from churn_dash.ui.over_time.overtime import asked, events, partial_months, settle_column, settled_words, unsettled
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.choices import GRAINS
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Text, _

_HEADS = {
    "new": _("New customers"),
    "returned": _("Came back"),
    "moved_in": _("Moved into this group"),
    "lost_voluntary": _("Lost by their own decision"),
    "lost_involuntary": _("Lost by the bank or by life"),
    "lost_unexplained": _("Lost without a reason known"),
    "left_otherwise": _("Left in another way"),
    "moved_out": _("Moved out of this group"),
}
_MONEY = {
    "aum_new": _("Brought by new customers"),
    "aum_returned": _("Brought back by returners"),
    "aum_inflow": _("Paid in by those who stayed"),
    "aum_moved_in": _("Moved into this group"),
    "aum_outflow_due": _("Taken out as products fell due"),
    "aum_outflow_else": _("Taken out otherwise by those who stayed"),
    "aum_lost": _("Gone with those who left"),
    "aum_moved_out": _("Moved out of this group"),
    "aum_valuation": _("Market prices"),
}
_GOES = (
    "lost_voluntary",
    "lost_involuntary",
    "lost_unexplained",
    "left_otherwise",
    "moved_out",
    "aum_outflow_due",
    "aum_outflow_else",
    "aum_lost",
    "aum_moved_out",
)
LABELS = {
    "start": _("Customers at the start"),
    **_HEADS,
    "lost": _("Lost"),
    "lost_new": _("of these new in the period"),
    "end": _("Customers at the end"),
    "aum_start": _("Balances at the start, ¥"),
    **_MONEY,
    "aum_end": _("Balances at the end, ¥"),
    "settles_on": _("Settles on"),
}


@dataclass(frozen=True)
class Grown:
    """The whole period as one row, and the periods of the grain."""

    question: PageQuestion
    grain: str
    whole: dict[str, float | None]
    rows: pl.DataFrame

    @property
    def net(self) -> int:
        return int(self.whole["end"] or 0) - int(self.whole["start"] or 0)

    @property
    def has_money(self) -> bool:
        return self.whole.get("aum_end") is not None


def grown(question: PageQuestion, grain: str) -> Grown:
    """Growth over the question's period and by the grain."""

    def rows(*by: str) -> pl.DataFrame:
        return cache.worked_out(
            question.ds,
            question.scope,
            lambda *_asked: growth(question, by),
            *asked(question),
            by,
            name="growth",
        )

    return Grown(question, grain, _split(rows()).row(0, named=True), _split(rows(grain)))


def _split(rows: pl.DataFrame) -> pl.DataFrame:
    """The outflow in two: what fell due to those who took it out, and the rest."""
    rest = pl.col("aum_outflow") - pl.col("aum_outflow_due").fill_null(0.0)
    return rows.with_columns(rest.alias("aum_outflow_else"))


def answer(found: Grown) -> str:
    """The page's sentence."""
    whole = found.whole
    named = {name: Count(whole[name]) for name in ("new", "returned", "lost", "end")} | {"n": Count(abs(found.net))}
    if not whole["start"] and not whole["end"]:
        return session.say(_("Nobody is left by these filters."))
    if found.net > 0:
        return session.say(Text(_("{n} customers more: {new} joined, {returned} came back, {lost} left; now {end}."), **named))
    if found.net < 0:
        return session.say(Text(_("{n} customers fewer: {new} joined, {returned} came back, {lost} left; now {end}."), **named))
    return session.say(Text(_("As many customers as before: {new} joined, {returned} came back, {lost} left; now {end}."), **named))


def heads_finding(found: Grown) -> str:
    """Title of the waterfall of heads."""
    came, lost = (found.whole["new"] or 0) + (found.whole["returned"] or 0), found.whole["lost"] or 0
    if not lost:
        return session.say(_("Nobody left"))
    return session.say(Text(_("For every 100 customers lost, {n} came"), n=Count(100 * came / lost)))


def heads_caption(found: Grown) -> str:
    """What the heads are: the definition is that of the page."""
    words = _("Customers, every departure and return counted")
    if found.whole["left_otherwise"]:
        words = _("Customers; left in another way: closed accounts, which this definition does not count as churn")
    return session.say(words)


def money_finding(found: Grown) -> str:
    """Title of the waterfall of balances."""
    whole = found.whole
    if not found.has_money and found.question.period and not balances_known(found.question.ds, found.question.period.start):
        return session.say(_("The month before did not come whole: balances at the start are not known"))
    if not found.has_money and beyond_money(found.question.ds):
        return session.say(_("Some balances are beyond all the money of the country and cannot be added up: load those rows corrected"))
    if not found.has_money:
        return session.say(_("These data hold no balances"))
    stayed = (whole["aum_inflow"] or 0.0) - (whole["aum_outflow"] or 0.0)
    named = {"lost": Money(whole["aum_lost"]), "net": Money(abs(stayed))}
    if stayed < 0:
        return session.say(Text(_("Leavers took {lost}; those who stayed took out {net} net"), **named))
    return session.say(Text(_("Leavers took {lost}; those who stayed added {net} net"), **named))


def money_caption(found: Grown) -> str:
    """What the balances are, and what they cannot tell."""
    if found.has_money and found.whole["aum_valuation"] is None:
        return session.say(_("¥ · changes of price are part of the flows: the data do not tell them apart (valuation_change)"))
    missing = int(found.whole.get("no_valuation") or 0)
    if missing:
        return session.say(Text(_("¥ · of {n} customers who stayed the change of price is not known and counts as flow"), n=Count(missing)))
    return session.say(_("¥ · flows net for each customer, changes of price apart"))


def heads_chart(found: Grown) -> Chart:
    """The waterfall of heads."""
    return _waterfall(found, _HEADS, "", "count", (_("Customers at the start"), _("Customers at the end")))


def heads_levels(found: Grown) -> list[dict[str, str] | None]:
    """What a click on each step of the waterfall of heads means: a list of its customers."""
    return clicks.of_split("growth", ["start", *(n for n in _HEADS if found.whole[n]), "end"])


def money_chart(found: Grown) -> Chart:
    """The waterfall of balances."""
    return _waterfall(found, _MONEY, "aum_", "money", (_("Balances at the start"), _("Balances at the end")))


def _waterfall(found: Grown, steps: dict[str, str], prefix: str, unit: str, ends: tuple[str, str]) -> Chart:
    if found.whole["aum_outflow_due"] is None:
        steps = steps | {"aum_outflow_else": _("Taken out by those who stayed")} if "aum_outflow_else" in steps else steps
    listed = [Flow(session.say(label), (-1.0 if name in _GOES else 1.0) * float(found.whole[name] or 0)) for name, label in steps.items()]
    return cache.chart(
        flows,
        listed,
        start=float(found.whole[f"{prefix}start"] or 0),
        end=float(found.whole[f"{prefix}end"] or 0),
        start_label=session.say(ends[0]),
        end_label=session.say(ends[1]),
        unit=unit,
        look=session.look(),
    )


def waterfall_table(found: Grown, money: bool) -> Table:
    """The steps of a waterfall as rows."""
    prefix, steps = ("aum_", _MONEY) if money else ("", _HEADS)
    names = [f"{prefix}start", *steps, f"{prefix}end"]
    rows = [
        (session.say(LABELS[n]), None if found.whole[n] is None else (-1.0 if n in _GOES else 1.0) * float(found.whole[n] or 0))
        for n in names
    ]
    frame = pl.DataFrame(rows, schema={"step": pl.String, "amount": pl.Float64}, orient="row")
    how = _HOW_MONEY if money else _HOW_HEADS
    labels = {"step": session.say(_("Step")), "amount": session.say(_("Amount, ¥") if money else _("Customers"))}
    return Table(
        frame,
        "balances-waterfall" if money else "customers-waterfall",
        labels,
        {"amount": "money" if money else "count"},
        how=session.say(how),
    )


_HOW_HEADS = _(
    "Start + new + returned − lost = end, counted customer by customer. A customer belongs to the group in which he entered the period; "
    "who stands in another group at the end moved."
)
_HOW_MONEY = _(
    "Start + new + returned + paid in − taken out − lost + market prices = end, customer by customer. Lost: the balance at the start of "
    "those who left; new and returned: what they hold at the end."
)


def heads_over_time(found: Grown) -> Chart:
    """Who came and who went, period by period."""
    rows = found.rows
    moved = bool(rows["moved_in"].sum() or rows["moved_out"].sum())
    back = (rows["returned"] + rows["moved_in"]).to_list()
    gone = (rows["moved_out"] + rows["left_otherwise"]).to_list()
    listed = [
        Side(session.say(_("new")), _values(rows["new"].to_list())),
        Side(session.say(_("back, moved in") if moved else _("back")), _values(back)),
        Side(session.say(_("lost")), _values(rows["lost"].to_list()), goes=True),
    ]
    if any(gone):
        listed.append(Side(session.say(_("moved out") if moved else _("left otherwise")), _values(gone), goes=True))
    return _sides(found, listed, "count", session.say(_("net")))


def money_over_time(found: Grown) -> Chart:
    """What came and what went, period by period; changes of price left out, and periods whose balances are not known."""
    rows = found.rows.drop_nulls("aum_start")
    came, gone = rows["aum_new"] + rows["aum_returned"] + rows["aum_moved_in"], rows["aum_lost"] + rows["aum_moved_out"]
    listed = [
        Side(session.say(_("paid in")), _values(rows["aum_inflow"].to_list())),
        Side(session.say(_("new, back")), _values(came.to_list())),
        Side(session.say(_("taken out")), _values(rows["aum_outflow"].to_list()), goes=True),
        Side(session.say(_("lost")), _values(gone.to_list()), goes=True),
    ]
    return _sides(found, listed, "money", session.say(_("net")), rows)


def over_time(found: Grown, money: bool, as_table: bool) -> None:
    """A picture over time on the page: a click on a time limits the other charts to it."""
    chart = money_over_time(found) if money else heads_over_time(found)
    notes = [] if money else partial_words(found)
    key = "money-time" if money else "heads-time"
    clicks.times(found.question.ds, CHART, chart, levels(found.rows, found.grain), as_table, key, notes)


def _values(values: list[float | None]) -> tuple[float, ...]:
    return tuple(float(v or 0) for v in values)


def _sides(found: Grown, listed: list[Side], unit: str, net: str, rows: pl.DataFrame | None = None) -> Chart:
    times = (found.rows if rows is None else rows)[found.grain].to_list()
    more = {
        "unit": unit,
        "look": session.look(),
        "time": found.grain,
        "net_name": net,
        "provisional": unsettled(found.question, times, found.grain),
        "events": events(found.question),
    }
    return cache.chart(sides, times, listed, **more)


def over_time_finding(found: Grown, money: bool) -> str:
    """Title of a picture over time: the best and the worst period."""
    rows = found.rows.drop_nulls("aum_start") if money else found.rows
    if rows.is_empty():
        return session.say(_("No whole period of this length lies inside the months chosen."))
    if money:
        net = (rows["aum_end"] - rows["aum_start"] - rows["aum_valuation"].fill_null(0.0)).to_list()
        shown: list[Money] | list[Count] = [Money(v) for v in net]
    else:
        net = (rows["end"] - rows["start"]).to_list()
        shown = [Count(v) for v in net]
    best, worst = max(range(len(net)), key=lambda i: net[i] or 0), min(range(len(net)), key=lambda i: net[i] or 0)
    times = [time_text(t, found.grain, session.language(), lines=False) for t in rows[found.grain].to_list()]
    named = {"high": shown[best], "best": times[best], "low": shown[worst], "worst": times[worst]}
    if money:
        return session.say(Text(_("Money: most in {best}, {high} net; least in {worst}, {low}"), **named))
    return session.say(Text(_("Customers: most in {best}, {high} net; least in {worst}, {low}"), **named))


def over_time_caption(found: Grown) -> str:
    """Under a picture over time: what stands where, and what has not settled."""
    times = found.rows[found.grain].to_list()
    words = session.say(_("What came stands above zero, what went below"))
    late = settled_words(found.question, times, found.grain)
    return f"{words} · {late}" if late else words


def partial_words(found: Grown) -> list[str]:
    """What the months that did not come whole say so far; they have no column."""
    return [p.words for p in partial_months(found.question, found.grain)]


def table(found: Grown, only: bool = False) -> Table:
    """Every step of both waterfalls, a row a period, with the day on which it settles."""
    rows = settle_column(found.question, found.rows, found.grain)
    columns = [
        c
        for c in LABELS
        if c in rows.columns and (c not in ("moved_in", "moved_out", "aum_moved_in", "aum_moved_out", "left_otherwise") or rows[c].sum())
    ]
    units = {c: "date" if c == "settles_on" else "money" if c.startswith("aum_") else "count" for c in columns}
    labels = {found.grain: session.say(GRAINS[found.grain]), **{c: session.say(LABELS[c]) for c in columns}}
    return Table(
        rows.select(found.grain, *columns), "growth", labels, {found.grain: "month", **units}, how=session.say(_HOW_HEADS), only=only
    )
