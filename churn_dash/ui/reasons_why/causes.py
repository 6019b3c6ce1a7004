"""What the page "Why they left" shows: reasons, destinations, deficits, the profile of those lost."""

import polars as pl
import streamlit as st

from churn_dash.causes import departures, profile
from churn_dash.causes.departures import Departures
from churn_dash.causes.profile import ALIKE, Feature
from churn_dash.causes.reading import STILL_THERE
from churn_dash.causes.settings import reason_map
from churn_dash.charts import Bar, CauseBar, Chart, Mark, bars, forest, pareto
from churn_dash.contract.causes import CLASSES, DEFICITS, REASON_LABELS, SIDES
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import ChurnDashError, NotPossible
from churn_dash.measures import Question
from churn_dash.ui import address, cache, session
from churn_dash.ui.answers import answered, shown
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS, RANGE_UNITS
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.values import value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

BY = {"classes": _("By kind of cause"), "reasons": _("By reason")}
NEEDS_MONTHS = _("Reasons, new banks and the plan's hypotheses need a row a customer a month, and churn events with their reasons.")
_MOST_FEATURES = 10
_MOST_BARS = 12


def found(question: PageQuestion) -> Departures:
    """The departures of the question, by the reason map in force. Raises ``NotPossible`` where nothing tells the reasons."""
    return answered(question, _departures, reason_map(question.ds).about)


def _departures(question: Question, _map: object) -> Departures:
    return departures(question)


def answer(question: PageQuestion) -> str:
    """The page's sentence: the cause named most, and how many departures have no known reason; that nobody leaves by this definition."""
    if not question.ds.rules[question.definition].leaves:
        return session.say(STILL_THERE)
    try:
        d = found(question)
    except NotPossible:
        return _by_profile(question)
    if not d.lost:
        return session.say(_("Nobody left among the customers chosen."))
    known = d.classes.filter(pl.col("side") != "unknown")
    if known.is_empty():
        return session.say(Text(_("{n} customers left, and for none of them is the reason known."), n=Count(d.lost)))
    top = known.row(0, named=True)
    if d.lost < TOO_FEW:
        counts = {"k": Count(top["n"]), "n": Count(d.lost), "unknown": Count(_of_side(d, "unknown"))}
        words = _("{cause}: named by {k} of the {n} customers lost; for {unknown} of them the reason is not known.")
        return session.say(Text(words, cause=CLASSES[top["cause_class"]].label, **counts))
    named = {
        "cause": CLASSES[top["cause_class"]].label,
        "share": Ratio(top["share"]),
        "n": Count(d.lost),
        "unknown": Ratio(d.unknown_share),
    }
    return session.say(Text(_("{cause}: named by {share} of the {n} customers lost; for {unknown} the reason is not known."), **named))


def _of_side(d: Departures, side: str) -> int:
    """How many of those lost had a cause on one side."""
    return int(d.sides.filter(pl.col("side") == side)["n"].sum())


def _by_profile(question: PageQuestion) -> str:
    """Without reasons: what sets those lost apart most."""
    try:
        first = features(question)[0]
    except (ChurnDashError, IndexError):
        return session.say(_("These data do not say why customers left."))
    named = {"label": feature_words(question, first), "lost": _written(first, first.lost), "stayed": _written(first, first.stayed)}
    return session.say(Text(_("No reasons are recorded; those lost differ most in: {label} ({lost} against {stayed})."), **named))


def tiles(question: PageQuestion) -> list[Tile]:
    """Customers lost, and the share of each side."""
    d, look = found(question), session.look()
    rows = [Tile(_("Customers lost"), look.show(d.lost, "count"))]
    for side, n, share, low, high in d.sides.select("side", "n", "share", "low", "high").iter_rows():
        rows.append(Tile(SIDES[side], shown(share, d.lost), note=_between(low, high, n) if d.lost else ""))
    return rows


def _between(low: float | None, high: float | None, n: int) -> str:
    return session.say(Text(_("{n} customers, {low} to {high}"), n=Count(n), low=Ratio(low), high=Ratio(high)))


def chosen_by() -> str:
    """Kinds of causes or reasons, before the control is drawn."""
    code = st.session_state.get("by") or next(iter(address.accepted("by", BY)), "")
    return code if code in BY else next(iter(BY))


def by_control() -> str:
    """Choose kinds of causes or the reasons themselves."""
    return controls.choice(session.say(_("Causes")), list(BY), key="by", words=lambda k: session.say(BY[k]), kind="segments", hidden=True)


def reasons_finding(question: PageQuestion) -> str:
    """Title of the Pareto: what is in the bank's own hands."""
    d = found(question)
    inside = d.sides.row(by_predicate=pl.col("side") == "internal", named=True)
    if not d.lost:
        return session.say(_("Nobody left"))
    if d.lost < TOO_FEW:
        return session.say(Text(_("{k} of {n} left for a cause inside the bank"), k=Count(inside["n"]), n=Count(d.lost)))
    return session.say(Text(_("{share} of those lost left for a cause inside the bank"), share=Ratio(inside["share"])))


REASONS_CAPTION = _("Share of all customers lost · blue inside the bank, grey outside, hatched not known · Σ adds up from the top")


def reasons_chart(question: PageQuestion, by: str) -> Chart:
    """The Pareto of causes."""
    d = found(question)
    rows = (d.classes if by == "classes" else d.reasons).with_columns((pl.col("n").cum_sum() / max(d.lost, 1)).alias("sum"))
    marks = []
    for r in rows.head(_MOST_BARS).iter_rows(named=True):
        name = session.say(CLASSES[r["cause_class"]].label) if by == "classes" else reason_words(r["code"])
        rates = (r["share"], r["sum"]) if d.lost >= TOO_FEW else (None, None)
        marks.append(CauseBar(name, rates[0], r["n"], r["low"], r["high"], r["side"], rates[1]))
    return cache.chart(pareto, marks, look=session.look(), what=session.say(_("causes of leaving")))


def reasons_levels(question: PageQuestion, by: str) -> list[dict[str, str] | None]:
    """What a click on each bar of the Pareto means."""
    d = found(question)
    codes = (d.classes["cause_class"] if by == "classes" else d.reasons["code"]).head(_MOST_BARS).to_list()
    return clicks.of_split(SPLIT_OF[by], codes)


SPLIT_OF = {"classes": "cause", "reasons": "reason"}
OUTCOMES = ("cause", "reason", "destination", "deficit")
"""Splits of those who left."""


def reason_words(code: str) -> str:
    """A reason code as people read it; a bank's own code as it is written."""
    return session.say(REASON_LABELS[code]) if code in REASON_LABELS else code


def reasons_table(question: PageQuestion) -> Table:
    """Every reason with its class, share and range."""
    d = found(question)
    rows = d.reasons.select(
        pl.Series("reason", [reason_words(c) for c in d.reasons["code"]], dtype=pl.String),
        pl.Series("class", [session.say(CLASSES[c].label) for c in d.reasons["cause_class"]], dtype=pl.String),
        pl.Series("side", [session.say(SIDES[s]) for s in d.reasons["side"]], dtype=pl.String),
        "n", "share", "low", "high", "cumulative", "n_named",
    )  # fmt: skip
    labels = {
        "reason": _("Reason"), "class": _("Kind of cause"), "side": _("Side"), "n": _("Customers lost"), "share": _("Share"),
        "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"], "cumulative": _("Added up"), "n_named": _("Named at all"),
    }  # fmt: skip
    units = {"share": "bar", "low": "ratio", "high": "ratio", "cumulative": "ratio", "n": "count", "n_named": "count"}
    return Table(rows, "reasons", labels, units, how=session.say(REASONS_HOW))


REASONS_HOW = _(
    "The recorded event nearest to the departure, at most 62 days away, tells the reason; without one, who closed the account. "
    "The first reason named counts, so that the shares add up. Ranges: Wilson."
)


def destinations_finding(question: PageQuestion) -> str:
    """Title of the destinations."""
    d = found(question)
    if not d.told:
        return session.say(_("Nobody's new bank is known"))
    top = d.destinations.row(0, named=True)
    if d.told < TOO_FEW:
        counts = {"k": Count(top["n"]), "n": Count(d.told)}
        return session.say(Text(_("{bank} took most: {k} of {n} whose new bank is known"), bank=top["destination"], **counts))
    return session.say(
        Text(_("{bank} took most: {share} of those whose new bank is known"), bank=top["destination"], share=Ratio(top["share"]))
    )


def destinations_caption(question: PageQuestion) -> Text:
    """Under the title: for how many the new bank is known."""
    d = found(question)
    return Text(_("Known for {told} of {n} customers lost"), told=Count(d.told), n=Count(d.lost))


def destinations_chart(question: PageQuestion) -> Chart:
    """The new banks as bars."""
    d = found(question)
    listed = d.destinations.select("destination", "share", "n", "low", "high").head(7).iter_rows()
    rows = [Bar(name, share, n, low, high, d.told) for name, share, n, low, high in listed]
    return cache.chart(bars, rows, unit="ratio", look=session.look(), what=session.say(_("new banks")), all_grey=True)


def destinations_levels(question: PageQuestion) -> list[dict[str, str] | None]:
    """What a click on each new bank means."""
    return clicks.of_split("destination", found(question).destinations["destination"].head(7).to_list())


def destinations_table(question: PageQuestion) -> Table:
    """The new banks as rows."""
    labels = {"destination": _("New bank"), "share": _("Share"), **RANGE_LABELS, "n": _("Customers lost")}
    return Table(found(question).destinations, "destinations", labels, {"share": "bar", **RANGE_UNITS})


def deficits_finding(question: PageQuestion) -> str:
    """Title of the deficits: the one that most departures point to."""
    d = found(question)
    top = d.deficits.sort("n", descending=True).row(0, named=True)
    if not top["n"]:
        return session.say(_("No departure points to one of the four deficits"))
    if d.lost < TOO_FEW:
        counts = {"k": Count(top["n"]), "n": Count(d.lost)}
        return session.say(Text(_("{deficit}: {k} of {n} departures point to it"), deficit=DEFICITS[top["deficit"]], **counts))
    named = {"deficit": DEFICITS[top["deficit"]], "share": Ratio(top["share"])}
    return session.say(Text(_("{deficit}: {share} of departures point to it"), **named))


def deficits_caption(question: PageQuestion) -> Text:
    """Under the title: where the deficits come from."""
    d = found(question)
    return Text(
        _("From reasons and from complaints in the half year before leaving; several may apply · {n} point to none"),
        n=Count(d.without_deficit),
    )


def deficits_chart(question: PageQuestion) -> Chart:
    """The four deficits as bars."""
    d = found(question)
    rows = d.deficits.sort("n", descending=True)
    listed = rows.select("deficit", "share", "n", "low", "high").iter_rows()
    marks = [Bar(session.say(DEFICITS[k]), s, n, lo, hi, d.lost) for k, s, n, lo, hi in listed]
    return cache.chart(bars, marks, unit="ratio", look=session.look(), what=session.say(_("deficits")), all_grey=True)


def deficits_levels(question: PageQuestion) -> list[dict[str, str] | None]:
    """What a click on each deficit means."""
    rows = found(question).deficits.sort("n", descending=True)
    return clicks.of_split("deficit", [k if n else None for k, n in rows.select("deficit", "n").iter_rows()])


def deficits_table(question: PageQuestion) -> Table:
    """The four deficits as rows, with the complaints of those who stayed."""
    d = found(question).deficits
    rows = d.with_columns(pl.Series("deficit", [session.say(DEFICITS[k]) for k in d["deficit"]], dtype=pl.String))
    labels = {
        "deficit": _("Deficit"), "by_reason": _("By reason"), "by_complaint": _("By complaint"), "n": _("Customers lost"),
        "share": _("Share"), "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"],
        "stayed_n": _("Stayed and complained of it"), "stayed_share": _("Share of those who stayed"),
    }  # fmt: skip
    units = {"share": "bar", "low": "ratio", "high": "ratio", "stayed_share": "ratio", "n": "count"}
    return Table(rows, "deficits", labels, units)


def features(question: PageQuestion) -> tuple[Feature, ...]:
    """What sets those lost apart, furthest first."""
    return answered(question, profile)


def feature_words(question: PageQuestion, f: Feature) -> str:
    """A characteristic in words, with its level."""
    known = question.dimensions
    own = {a.label for a in question.ds.attributes}
    label = f.label if f.label in own or (f.name in known and known[f.name].own_words) else session.say(f.label)
    if not f.level:
        return label
    level = value_words(known[f.name], f.level) if f.name in known else f.level
    return session.say(Text(_("{name}: {value}"), name=label, value=level))


def _written(f: Feature, value: float | None) -> str:
    return session.look().show(value, f.unit)


def profile_finding(rows: tuple[Feature, ...]) -> str:
    """Title of the profile: how many characteristics set those lost apart."""
    if not rows:
        return session.say(_("Too few left to set them beside those who stayed"))
    apart = [f for f in rows if f.low is not None and f.high is not None and (f.low > ALIKE or f.high < -ALIKE)]
    return session.say(Text(_("{n} of {all} characteristics set those lost clearly apart"), n=Count(len(apart)), all=Count(len(rows))))


PROFILE_CAPTION = _("Lost against stayed, in standard deviations, as they stood before the period · the ten furthest apart")


def profile_chart(question: PageQuestion, rows: tuple[Feature, ...]) -> Chart:
    """The characteristics furthest apart."""
    marks = []
    for f in rows[:_MOST_FEATURES]:
        both = session.say(Text(_("{lost} against {stayed}"), lost=_written(f, f.lost), stayed=_written(f, f.stayed)))
        marks.append(Mark(feature_words(question, f), f.difference, f.low, f.high, both))
    less, more = session.say(_("less among those lost")), session.say(_("more among those lost"))
    what = session.say(_("Lost against stayed"))
    return cache.chart(forest, marks, look=session.look(), what=what, less=less, more=more, worse="")


def profile_picture(question: PageQuestion, rows: tuple[Feature, ...], as_table: bool) -> None:
    """The picture on the page, where there is anything to draw."""
    if rows:
        cards.picture(profile_chart(question, rows), as_table, key="profile-picture")


def profile_table(question: PageQuestion, rows: tuple[Feature, ...]) -> Table:
    """Every characteristic as a row."""
    lines = [
        (feature_words(question, f), _written(f, f.lost), _written(f, f.stayed), f.difference, f.low, f.high, f.n_lost, f.n_stayed)
        for f in rows
    ]
    kinds = {
        "what": pl.String, "lost": pl.String, "stayed": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64,
        "n_lost": pl.Int64, "n_stayed": pl.Int64,
    }  # fmt: skip
    labels = {
        "what": _("Characteristic"), "lost": _("Lost"), "stayed": _("Stayed"), "difference": _("Standard deviations"),
        "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"], "n_lost": _("Customers lost"), "n_stayed": _("Customers who stayed"),
    }  # fmt: skip
    units = {"difference": "score", "low": "score", "high": "score", "n_lost": "count", "n_stayed": "count"}
    how = _("Difference of means (of logarithms for amounts, which are shown as medians) over the pooled standard deviation.")
    return Table(pl.DataFrame(lines, schema=kinds, orient="row"), "profile", labels, units, how=session.say(how))
