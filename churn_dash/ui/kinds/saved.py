"""What the page of the saved segments shows: a rule being built beside everybody else, and how segments lie over one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Chart
from churn_dash.charts import overlap as overlap_chart
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import ChurnDashError
from churn_dash.measures.conditions.saved_segments import PREFIX, stamp
from churn_dash.segments import Rule, Segment, members, saved
from churn_dash.segments.lists.contrast import Contrast, contrast
from churn_dash.segments.lists.overlap import MOST, Layers, layers
from churn_dash.segments.lists.saved import gone
from churn_dash.ui import cache, session
from churn_dash.ui.kinds import building
from churn_dash.ui.parts import cards, controls, saving
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.tiles import tiles as tiles_drawn
from churn_dash.ui.parts.values import dimension_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import points

_FIRST_LAID = 6


@dataclass(frozen=True)
class Kept:
    """A saved segment with its figures under the reader's filters; where it cannot be asked, ``problem`` says why instead."""

    segment: Segment
    beside: Contrast | None
    gone: int
    problem: str


def label(one: Segment) -> str:
    """The name as people read it: their own, or that of a ready one in their language."""
    return dimension_words(one.dimension)


def kept(question: PageQuestion) -> list[Kept]:
    """The saved segments, by name. Raises ``WorkspaceProblem`` where the records cannot be read."""
    found = []
    for one in saved(question.ds).values():
        try:
            found.append(Kept(one, beside(question, PREFIX + one.name), _gone(question, one), ""))
        except ChurnDashError as problem:
            found.append(Kept(one, None, 0, session.say(problem)))
    return found


def _gone(question: PageQuestion, one: Segment) -> int:
    return cache.worked_out(question.ds, question.scope, lambda *_a: gone(question.ds, one), PREFIX, one.name, one.version, name="gone")


def beside(question: PageQuestion, name: str) -> Contrast:
    """A segment, or a rule as a dimension, beside everybody else under the reader's filters."""
    q = question
    asked = (name, q.filters.where, str(q.period), q.definition)
    return cache.worked_out(q.ds, q.scope, lambda *_a: contrast(q, name), *asked, name="contrast")


def answer(question: PageQuestion, rule: Rule | None, found: Sequence[Kept]) -> str:
    """The page's sentence: the rule being built beside the rest, else the segment of people's own that leaves fastest."""
    found = [k for k in found if not k.segment.ready]
    if rule is not None:
        return _rule_answer(beside(question, rule.dimension))
    rated = [
        (k.segment.name, k.beside) for k in found if k.beside is not None and enough(k.beside) and k.beside.inside["churn_rate"] is not None
    ]
    if not found:
        return session.say(_("No segment is saved yet: build a rule here, or save any cell of the page Segments."))
    if not rated:
        return session.say(Text(_("Saved segments: {n}"), n=Count(len(found))))
    name, top = max(rated, key=lambda pair: float(pair[1].inside["churn_rate"]))
    named = {"name": name, "rate": Ratio(top.inside["churn_rate"]), "rest": Ratio(top.outside["churn_rate"]), "n": Count(len(found))}
    if len(found) == 1:
        return session.say(Text(_("In {name} {rate} left, of everybody else {rest}."), **named))
    return session.say(Text(_("Of {n} saved segments {name} leaves fastest: {rate}, everybody else {rest}."), **named))


def _rule_answer(found: Contrast) -> str:
    n = found.inside["customers"]
    named = {
        "n": Count(n),
        "share": Ratio(found.share),
        "rate": Ratio(found.inside["churn_rate"]),
        "rest": Ratio(found.outside["churn_rate"]),
    }
    if not n:
        return session.say(_("Nobody meets this rule."))
    if found.inside["churn_rate"] is None or not enough(found):
        return session.say(Text(_("{n} customers meet this rule, {share} of all."), **named))
    if found.difference_low is None or found.difference_high is None or found.difference_low <= 0 <= found.difference_high:
        return session.say(Text(_("{n} customers meet this rule; they leave about as fast as the rest: {rate} against {rest}."), **named))
    if found.difference_low > 0:
        return session.say(Text(_("{n} customers meet this rule, and leave faster than the rest: {rate} against {rest}."), **named))
    return session.say(Text(_("{n} customers meet this rule, and leave more slowly than the rest: {rate} against {rest}."), **named))


def enough(found: Contrast) -> bool:
    """Whether a rate may be shown: on a page small groups have only their count."""
    return int(found.inside["customers"]) >= TOO_FEW


def builder_card(question: PageQuestion) -> Rule | None:
    """The card of the builder: conditions, the live figures, save; the rule that it holds."""
    with cards.card(
        _("Build a segment"), _("Customers as they stood at the start of the period; numbers are those of the month before"), key="builder"
    ):
        rule = building.chosen(question.ds)
        waits = building.unfinished(question.ds)
        if waits:
            st.caption(waits)
        if rule is not None:
            tiles_drawn(tiles(beside(question, rule.dimension)))
            saving.offered(question.ds, rule, key="builder", ids=lambda: _numbers(question, rule.dimension))
    return rule


def _numbers(question: PageQuestion, name: str) -> list[str]:
    q = question
    inside = type(q.filters)((*q.filters.where, (name, ("in",))))
    return members(q.of(inside))["customer_id"].to_list()


def tiles(found: Contrast) -> list[Tile]:
    """A segment beside the rest as figures."""
    look, inside, outside = session.look(), found.inside, found.outside
    share = session.say(Text(_("{share} of customers"), share=Ratio(found.share)))
    shown = [Tile(_("Customers in it"), look.show(inside["customers"], "count"), note=share)]
    if inside["churn_rate"] is None and outside["churn_rate"] is None:
        return shown
    if not enough(found):
        few = session.say(Text(_("fewer than {n} customers: only the count"), n=TOO_FEW))
        return [*shown, Tile(_("Churn in it"), "—", note=few)]
    shown.append(Tile(_("Churn in it"), look.show(inside["churn_rate"], "ratio"), note=_range(inside)))
    shown.append(Tile(_("Everybody else"), look.show(outside["churn_rate"], "ratio"), note=_range(outside)))
    if found.difference is not None:
        middle, low, high = (points(v, "en").removesuffix(" pp") for v in (found.difference, found.difference_low, found.difference_high))
        note = session.say(Text(_("95% range {low} to {high}"), low=low, high=high))
        # The unit stands in the label: beside the figure it would be cut.
        shown.append(Tile(_("Difference, points"), middle, note=note))
    if inside["aum_lost"] is not None:
        shown.append(Tile(_("Balances lost"), look.show(inside["aum_lost"], "money")))
    return shown


def _range(side: dict[str, float | None]) -> str:
    low, high = Ratio(side["churn_rate_low"]), Ratio(side["churn_rate_high"])
    return session.say(Text(_("95% range {low} to {high}"), low=low, high=high)) if side["churn_rate"] is not None else ""


def laid_over(question: PageQuestion, names: Sequence[str]) -> Layers:
    """How the named segments lie over one another, under the reader's filters."""
    q = question
    asked = (tuple(PREFIX + n for n in names), q.filters.where, str(q.period), q.definition, stamp(q.ds))
    return cache.worked_out(q.ds, q.scope, lambda *_a: layers(q, names), *asked, name="layers")


def overlap_card(question: PageQuestion, found: Sequence[Kept]) -> None:
    """The card of the overlap; nothing with fewer than two segments that can be asked."""
    labels = {k.segment.name: label(k.segment) for k in found if not k.problem}
    names = list(labels)
    if len(names) < 2:
        return
    with cards.card(
        _("How they lie over one another"), _("Customers in both; under it the share of the segment at the left"), key="overlap"
    ):
        picked = controls.choices(
            session.say(_("Which segments")), names, key="laid", words=labels.__getitem__, placeholder=session.say(_("the first six"))
        )
        chosen = (picked or tuple(names[:_FIRST_LAID]))[:MOST]
        if len(picked) > MOST:
            st.caption(session.say(Text(_("The first {n} are shown."), n=MOST)))
        cards.picture(overlap_picture(laid_over(question, chosen), labels), key="overlap")


def overlap_picture(found: Layers, labels: Mapping[str, str]) -> Chart:
    """The square of counts."""
    n = range(len(found.names))
    return cache.chart(overlap_chart, [labels[n] for n in found.names], [[found.both(i, j) for j in n] for i in n], look=session.look())


def tags_card(question: PageQuestion, found: Sequence[Kept]) -> None:
    """The card of the tags: how many customers carry each, and how many of them another one too."""
    marks = [k for k in found if k.segment.tag and not k.problem]
    if not marks:
        return
    over = laid_over(question, [k.segment.name for k in marks])
    carrying = sum(n for inside, n in over.rows if any(inside))
    rows = []
    for i, k in enumerate(marks):
        size = over.both(i, i)
        rate = k.beside.inside["churn_rate"] if k.beside is not None and enough(k.beside) else None
        rows.append((k.segment.name, size, size / over.customers if over.customers else None, over.also(i), rate))
    kinds: dict[str, Any] = {"name": pl.String, "n": pl.Int64, "share": pl.Float64, "also": pl.Int64, "rate": pl.Float64}
    shown = pl.DataFrame(rows, schema=kinds, orient="row").sort("n", descending=True).select("name", "n", "rate", "also", "share")
    labels = {"name": _("Tag"), "n": _("Customers"), "share": _("Share"), "also": _("Also with another tag"), "rate": _("Churn rate")}
    listed = Table(shown, "tags", labels, {"n": "count", "share": "bar", "also": "count", "rate": "ratio"}, only=True)
    title = Text(_("{share} of customers carry a tag"), share=Ratio(carrying / over.customers if over.customers else None))
    with cards.card(title, saving.TAG_MEANS, listed, key="tags"):
        cards.shown(listed)
