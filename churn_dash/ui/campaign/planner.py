"""What the page "Plan a campaign" shows: whether the plan can be judged, with which hold-out, at what cost, and when."""

import polars as pl
import streamlit as st

from churn_dash.campaigns.estimators.sequential import peeking
from churn_dash.campaigns.planner import Base, Plan, Terms, base_rate, plan
from churn_dash.campaigns.planner.base import declared
from churn_dash.campaigns.planner.plan import points
from churn_dash.charts import Chart, hold_outs
from churn_dash.charts import Held as Point
from churn_dash.errors import ChurnDashError
from churn_dash.measures.money.assumptions import Held
from churn_dash.retention.worklists.budget import Spending, under_budget
from churn_dash.ui import cache, session
from churn_dash.ui.amounts.assumptions import held
from churn_dash.ui.campaign.planner_grades import base_of, customers, listed
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.headings import badges
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Ratio, Text, _
from churn_dash.words.numbers import DASH

_SHARES = tuple(f"{i / 100:g}" for i in range(1, 51))
_KEPT = ("0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4", "0.5", "0.6", "0.8")
_HORIZONS = ("30", "60", "90", "180", "365")
_WEEKLY = ("50", "100", "200", "500", "1000", "2000", "5000", "20000")
_PEEKED = (1, 2, 3, 4, 5, 10)
_LOOKS = ("1", "2", "3", "4", "5")
_CLUSTERS = ("1", "5", "10", "20", "50")
_LIKENESS = ("0", "0.01", "0.02", "0.05", "0.1")
_RATES = ("0.01", "0.02", "0.05", "0.1", "0.15", "0.2", "0.3")
_BUDGETS = ("1000", "5000", "10000", "20000", "50000", "100000", "500000")
_GRADES = {"all": _("Everybody chosen"), "h": _("High risk"), "hm": _("High and medium risk")}


def base_control(question: PageQuestion) -> Base:
    """Choose whom the campaign is for and how long it runs; how many of such customers leave without it."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        days = int(
            controls.choice(
                session.say(_("Judged after")),
                _HORIZONS,
                key="horizon",
                words=lambda n: session.say(Text(_("{n} days"), n=n)),
                default="90",
                width=140,
            )
        )
        if question.timeless or not question.ds.flagged:
            label = session.say(_("Rate of churn without the campaign"))
            rate = controls.choice(label, _RATES, key="rate", words=_percent, default="0.1", width=220)
            return declared(float(rate), customers(question), days)
        words = {code: session.say(text) for code, text in _GRADES.items()}
        whom = controls.choice(session.say(_("For whom")), list(_GRADES), key="whom", words=words.__getitem__, width=220)
    if whom != "all":
        found = base_of(question, ("high",) if whom == "h" else ("high", "medium"), days)
        if found is not None:
            return found
    q = question

    def work(n: int, *_asked: object) -> Base:
        return base_rate(q, n)

    return cache.worked_out(q.ds, q.scope, work, days, q.filters.where, q.definition, name="base of a plan")


def _percent(code: str) -> str:
    return f"{float(code):.0%}"


def terms_control(question: PageQuestion, base: Base) -> Terms:
    """The sliders: share held out, leavers kept, customers a week; what few need stands folded away."""
    usual = _usual_kept(question)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        share = controls.slider(session.say(_("Held out at random")), _SHARES, key="held", words=_percent, default="0.2")
    with middle:
        hint = session.say(_("Of those who would leave, the share that the campaign is expected to keep."))
        kept = controls.slider(session.say(_("Leavers kept, expected")), _KEPT, key="kept", words=_percent, default=usual, help=hint)
    with right:
        weekly = controls.slider(session.say(_("Customers taken in a week")), _WEEKLY, key="weekly", words=_count, default="200")
    with st.expander(session.say(_("Looks before the end, groups drawn whole"))), st.container(horizontal=True, gap="medium"):
        looks = controls.choice(
            session.say(_("Looks at the result")),
            _LOOKS,
            key="looks",
            words=str,
            width=160,
            help=session.say(_("Looks before the end need a bar of their own each (Lan–DeMets, O'Brien–Fleming).")),
        )
        cluster = controls.choice(session.say(_("Customers a cluster")), _CLUSTERS, key="cluster", words=str, width=160)
        icc = controls.choice(session.say(_("Likeness within a cluster")), _LIKENESS, key="icc", words=str, default="0.02", width=180)
    effect = None if base.rate is None else base.rate * float(kept)
    return Terms(float(share), effect or None, None, float(weekly), float(cluster), float(icc), int(looks))


def _count(code: str) -> str:
    return f"{int(code):,}"


def _usual_kept(question: PageQuestion) -> str:
    rate = held(question)["save_rate"].value
    return min(_KEPT, key=lambda code: abs(float(code) - rate))


def planned(question: PageQuestion, base: Base, terms: Terms) -> Plan:
    """The plan."""
    assumed = held(question)
    values = {n: h.value for n, h in assumed.items()}
    return cache.worked_out(question.ds, question.scope, lambda *_asked: plan(base, terms, assumed), base, terms, values, name="plan")


def told(question: PageQuestion, base: Base, terms: Terms) -> tuple[Plan | None, Text | str]:
    """The plan and the page's sentence; None where nothing can be planned, and the sentence says why."""
    try:
        found = planned(question, base, terms)
    except ChurnDashError as problem:
        return None, session.say(problem)
    return found, headline(found)


def headline(found: Plan) -> Text | str:
    """The page's sentence."""
    named = {"n": Count(found.chosen.control), "effect": points(found.effect), "mde": points(found.chosen.mde)}
    if found.effect is None:
        return _("Nobody is chosen, so nothing can be planned")
    if found.enough:
        return Text(_("Enough: {n} held out can show a fall of {mde} points, and {effect} are expected"), **named)
    if found.chosen.mde is None:
        return _("The sample is not enough to detect any effect")
    return Text(_("The sample is not enough to detect the effect: it can show {mde} points, and {effect} are expected"), **named)


def facts(found: Plan) -> None:
    """Draw the badges and what to do."""
    looks = session.say(Text(_("{n} looks"), n=found.terms.looks)) if found.terms.looks > 1 else session.say(_("one look, at the end"))
    badges(
        (
            session.say(_("Can be judged") if found.enough else _("Cannot be judged so")),
            "check_circle" if found.enough else "warning",
            "blue" if found.enough else "orange",
        ),
        (session.say(Text(_("{n} customers may be contacted"), n=Count(found.base.eligible))), "group", "gray"),
        (looks, "visibility", "gray"),
    )


def tiles(found: Plan) -> list[Tile]:
    """The row of figures."""
    look, b, c = session.look(), found.base, found.chosen
    ends = Text(_("{low} to {high} · n={n}"), low=Ratio(b.low), high=Ratio(b.high), n=Count(b.n))
    counted = session.say(ends) if b.low is not None else session.say(_("said, not counted"))
    rate = Tile(_("Leave anyway"), look.show(b.rate, "ratio"), note=counted, help=session.say(b.why))
    wanted = session.say(Text(_("chance of finding the expected effect; {wanted} is wanted"), wanted=f"{found.terms.power:.0%}"))
    needed = session.say(Text(_("of {n} who may be contacted"), n=Count(found.members)))
    weeks = session.say(
        Text(_("to take in the {n} needed; the answer comes {days} days later"), n=Count(found.needed), days=b.horizon_days)
        if found.needed is not None
        else _("not known")
    )
    cost = session.say(Text(_("{n} not spent on contacts"), n=Money(c.saved)))
    assumed = session.say(Text(_("Held out × expected effect × {value} a customer kept."), value=Money(found.value_per_save)))
    return [
        rate,
        Tile(_("Power"), DASH if c.power is None else f"{c.power:.0%}", note=wanted),
        Tile(_("Members needed"), look.show(found.needed, "count"), note=needed),
        Tile(_("Weeks"), look.show(found.weeks, "count"), note=weeks),
        money_tile(_("Holding out costs"), c.cost, note=cost, help=assumed),
    ]


def share_chart(found: Plan) -> Chart:
    """What each share held out can show, and its cost."""
    points = [Point(p.hold_out, p.mde, p.cost) for p in found.by_share]
    return cache.chart(hold_outs, points, look=session.look(), chosen=found.terms.hold_out, effect=found.effect or 0.0)


def share_finding(found: Plan) -> Text | str:
    """Title of the chart."""
    if found.advice is not None:
        return found.advice
    return _("No smaller share held out would do")


SHARE_CAPTION = _("By the share held out · blue: the expected effect can be shown · orange: it cannot")


def share_table(found: Plan) -> Table:
    """The shares as rows."""
    rows = pl.DataFrame([(p.hold_out, p.treated, p.control, p.mde, p.power, p.cost, p.saved) for p in found.by_share], orient="row")
    rows.columns = ["share", "treated", "control", "mde", "power", "cost", "saved"]
    labels = {
        "share": _("Share held out"),
        "treated": _("Contacted"),
        "control": _("Customers held out"),
        "mde": _("Can show a fall of"),
        "power": _("Power"),
        "cost": _("Cost of holding out"),
        "saved": _("Not spent on contacts"),
    }
    units = {"share": "ratio", "treated": "count", "control": "count", "mde": "ratio", "power": "ratio", "cost": "money", "saved": "money"}
    return Table(rows, "hold-out", labels, units, how=session.say(_HOW))


_HOW = _(
    "Two rates with groups of unequal size, two-sided at 5%, power 80%; clusters multiply the members by 1 + (m − 1) · likeness. "
    "A hold-out costs held out × expected effect × value of a customer kept. After the campaign its range is read, never its power."
)


def looks_table(found: Plan) -> Table:
    """The bar at each look; where there is one look, what more of them would do without a bar."""
    if found.terms.looks == 1:
        rows = pl.DataFrame([(k, peeking(k, found.terms.level)) for k in _PEEKED], schema=["look", "spent"], orient="row")
        labels = {"look": _("Looks without a bar"), "spent": _("Wrong so often")}
        return Table(rows, "looks", labels, {"spent": "ratio"}, only=True)
    rows = pl.DataFrame([(i + 1, one.share, one.z, one.spent) for i, one in enumerate(found.looks)], orient="row")
    rows.columns = ["look", "share", "z", "spent"]
    labels = {"look": _("Look"), "share": _("Of the customers"), "z": _("Bar: z at least"), "spent": _("Error spent by then")}
    return Table(rows, "looks", labels, {"share": "ratio", "z": "score", "spent": "ratio"}, only=True)


def looks_finding(found: Plan) -> str:
    """Title of the looks."""
    if found.terms.looks == 1:
        return session.say(_("Look once, on the planned day"))
    return session.say(Text(_("{n} looks, each with its bar"), n=found.terms.looks))


def spending(question: PageQuestion) -> Spending | None:
    """Choose a budget; whom to call for it. None without a model."""
    one, assumed = listed(question, ("high", "medium")), held(question)
    if one is None:
        return None
    budget = controls.slider(session.say(_("Budget")), _BUDGETS, key="budget", words=_yuan, default="10000")
    return under_budget(one, float(budget), assumed)


def _yuan(code: str) -> str:
    return session.look().show(float(code), "money")


def spending_table(found: Spending | None) -> Table:
    """Whom to call, most gain for each yuan first."""
    labels = {
        "customer_id": _("Customer"),
        "owner": _("Owner"),
        "probability": _("Risk"),
        "gain": _("Expected gain"),
        "cost": _("Expected cost"),
    }
    rows = pl.DataFrame(schema=dict.fromkeys(labels, pl.String)) if found is None else found.rows.select(*labels)
    units = {"customer_id": "id", "probability": "bar", "gain": "money", "cost": "money"}
    return Table(rows, "for-the-budget", labels, units, is_list=True, only=True)


def assumptions(found: Plan, assumed: dict[str, Held]) -> str:
    """What the money rests on."""
    words = Text(
        _("Assumed: {value} a customer kept, {contact} a contact, {kept} of leavers kept where nothing else is set."),
        value=Money(found.value_per_save),
        contact=Money(found.contact_cost),
        kept=f"{assumed['save_rate'].value:.0%}",
    )
    return session.say(words)
