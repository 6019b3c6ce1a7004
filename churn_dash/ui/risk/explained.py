"""What the model looks at across customers: importance over refits, how risk moves with a value, what drives it in each group."""

import polars as pl

from churn_dash.charts import Cell, Chart, Mark, forest, heat
from churn_dash.risk import GROUPS, Drivers, Feature, Model, dependence, driven
from churn_dash.risk import DependenceStep as Step
from churn_dash.risk import spoken_value as spoken
from churn_dash.ui import cache, session
from churn_dash.ui.kinds.segments import telling
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table, card, note, picture, shown
from churn_dash.ui.parts.values import CODES, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Points, Text, _

TOP = 12
_CHOICES = 8
_MOST_LEVELS = 8


def importance_table(kept: Model) -> Table:
    """Features by importance with the range over the refits."""
    rows = [
        (
            session.say(i.feature.label), session.say(GROUPS[i.feature.group]), i.share, i.low, i.high,
            f"{i.best_rank}–{i.worst_rank}" if i.best_rank != i.worst_rank else f"{i.best_rank}",
        )
        for i in kept.ranking
    ]  # fmt: skip
    kinds = {"what": pl.String, "group": pl.String, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64, "rank": pl.String}
    labels = {
        "what": _("What the model looks at"),
        "group": _("Group"),
        "share": _("Importance"),
        "low": _("range from"),
        "high": _("range to"),
        "rank": _("Rank over refits"),
    }
    units = {"share": "bar", "low": "ratio", "high": "ratio"}
    every = pl.DataFrame(rows, schema=kinds, orient="row")
    return Table(every.head(TOP), "importance", labels, units, how=session.say(_HOW), only=True, whole=lambda: every)


_HOW = _(
    "Importance: the mean size of a feature's contributions, as a share of those of all features. A refit learns the same kind of model "
    "from other customers drawn at random from these; the range is the share times lowest and highest of the refits relative to their "
    "mean. Where ranks move far, do not read much into the order."
)


def importance_card(kept: Model) -> None:
    """The card of importance."""
    first = kept.ranking[0]
    title = Text(_("{what} moves the risk most"), what=first.feature.label)
    if first.worst_rank > 1:
        named = {"what": first.feature.label, "best": first.best_rank, "worst": first.worst_rank}
        title = Text(_("{what} moves the risk most here, rank {best} to {worst} over refits"), **named)
    caption = Text(_("Share of all contributions, with the range over {n} refits"), n=len(kept.card.data["refits"]["means"]))
    table = importance_table(kept)
    with card(title, caption, table, key="importance"):
        shown(table, height=460)


def _sample(question: PageQuestion, kept: Model) -> pl.DataFrame:
    return cache.worked_out(question.ds, session.scope(), lambda _id: kept.sample(), kept.id, name="explained sample")


def _words(step: Step, feature: Feature) -> str:
    if step.level is not None:
        return session.say(CODES.get(feature.name, {}).get(step.level, step.level))
    if step.low is None or step.high is None:
        return session.say(_("not known"))
    low, high = (session.say(Text("{value}", value=spoken(v, feature.unit))) for v in (step.low, step.high))
    return low if low == high else session.say(Text(_("{low} to {high}"), low=low, high=high))


def dependence_chart(found: tuple[Step, ...], feature: Feature) -> Chart:
    """Mean points of each step of values with their 95 % range."""
    marks = [
        Mark(
            _words(s, feature),
            s.points,
            s.points_low,
            s.points_high,
            session.say(Text("{points}", points=Points(s.points))),
            f"n={s.n:,}",
        )
        for s in found
    ]
    return cache.chart(
        forest,
        marks,
        look=session.look(),
        what=session.say(feature.label),
        less=session.say(_("lowers the risk")),
        more=session.say(_("raises the risk")),
    )


def dependence_table(found: tuple[Step, ...], feature: Feature) -> Table:
    """The steps as rows."""
    rows = pl.DataFrame(
        [(_words(s, feature), s.n, s.points, s.points_low, s.points_high, s.spread_low, s.spread_high) for s in found],
        schema={
            "value": pl.String, "n": pl.Int64, **dict.fromkeys(("points", "low", "high", "least", "most"), pl.Float64),
        },
        orient="row",
    )  # fmt: skip
    labels = {
        "value": _("Value"),
        "n": _("Customers"),
        "points": _("Contribution"),
        "low": _("95% from"),
        "high": _("95% to"),
        "least": _("a tenth below"),
        "most": _("a tenth above"),
    }
    return Table(rows, f"dependence-{feature.name}", labels, {"n": "count", **dict.fromkeys(rows.columns[2:], "ratio")})


def dependence_card(question: PageQuestion, kept: Model) -> None:
    """The card of dependence, below the choice among the features that matter most."""
    known = {i.feature.name: i.feature for i in kept.ranking[:_CHOICES]}
    words = {name: session.say(f.label) for name, f in known.items()}
    name = controls.choice(session.say(_("What the model looks at")), list(known), key="feature", words=words.__getitem__)
    feature = known[name]
    found = cache.worked_out(
        question.ds, session.scope(), lambda _id, f: dependence(_sample(question, kept), known[f]), kept.id, name, name="dependence"
    )
    title = Text(_("How the risk moves with: {what}"), what=feature.label)
    with card(title, _CAPTION, dependence_table(found, feature), key="dependence") as as_table:
        picture(dependence_chart(found, feature), as_table)


_CAPTION = _("Mean contribution in percentage points with 95% range, all else as it is; the model's view, not an effect")


def dimension_choice(question: PageQuestion) -> str:
    """By which dimension drivers are shown."""
    known = question.dimensions
    usual = [n for n in ("tier", *telling(question)) if n in known]
    names = list(dict.fromkeys([*usual, *known]))
    words = {n: known[n].label if known[n].own_words else session.say(known[n].label) for n in names}
    return controls.choice(session.say(_("Split by")), names, key="drivers-by", words=words.__getitem__)


def _drivers(question: PageQuestion, kept: Model, by: str) -> tuple[Drivers, ...]:
    """Of the customers whom filters and scope leave, as they stood at the start of the last month."""

    def work(*_asked: object) -> tuple[Drivers, ...]:
        return driven(question, kept, by)[:_MOST_LEVELS]

    return cache.worked_out(question.ds, question.scope, work, question.filters.where, question.definition, by, kept.id, name="drivers")


def drivers_chart(question: PageQuestion, found: tuple[Drivers, ...], by: str) -> Chart:
    """Levels down, groups of the plan across; mean points with range in every cell."""
    there = [g for g in GROUPS if any(d.groups[g][0] for d in found)]
    named = {g: session.say(GROUPS[g]) for g in there}
    rows = {d.level: value_words(question.dimensions[by], d.level) for d in found}
    cells = [Cell(rows[d.level], named[g], d.groups[g][0], d.n, d.groups[g][1], d.groups[g][2]) for d in found for g in there]
    return cache.chart(
        heat,
        cells,
        list(rows.values()),
        list(named.values()),
        unit="ratio",
        look=session.look(),
        what=session.say(_("Contribution")),
        bank=0.0,
        fewest=1,
    )


def drivers_table(question: PageQuestion, found: tuple[Drivers, ...], by: str) -> Table:
    """Levels as rows: risk, groups, and the three features that raise it most."""
    lines = []
    for d in found:
        top = [f"{session.say(f.label)} {session.say(Text('{points}', points=Points(v)))}" for f, v in d.features[:3] if v > 0]
        lines.append((value_words(question.dimensions[by], d.level), d.n, d.probability, *(d.groups[g][0] for g in GROUPS), "; ".join(top)))
    kinds = {"level": pl.String, "n": pl.Int64, "risk": pl.Float64, **dict.fromkeys(GROUPS, pl.Float64), "top": pl.String}
    labels = {"level": _("Group"), "n": _("Customers"), "risk": _("Risk"), **GROUPS, "top": _("Raises it most")}
    units = {"n": "count", "risk": "ratio", **dict.fromkeys(GROUPS, "ratio")}
    return Table(pl.DataFrame(lines, schema=kinds, orient="row"), "drivers", labels, units)


def drivers_card(question: PageQuestion, kept: Model) -> None:
    """The card of what drives the risk in each group of customers."""
    if not question.dimensions:
        note(session.say(_("These data have nothing by which customers could be grouped.")))
        return
    by = dimension_choice(question)
    found = _drivers(question, kept, by)
    with card(
        _("What drives the risk in each group of customers"), _DRIVERS, drivers_table(question, found, by), key="drivers"
    ) as as_table:
        if not found:
            note(session.say(_("No group has the thirty customers that a mean needs.")))
        else:
            picture(drivers_chart(question, found, by), as_table)


_DRIVERS = _("Mean contribution, percentage points above the average customer, with 95% range; riskiest first; a sample of at most 5,000")
