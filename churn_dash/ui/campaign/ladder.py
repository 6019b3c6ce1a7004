"""Why a campaign has its grade: the ladder of evidence, the way of both groups around the start, and how alike members were made."""

import polars as pl
import streamlit as st

from churn_dash.campaigns import RUNGS, Evaluation
from churn_dash.charts import Chart, Period, around
from churn_dash.charts.groups.effects import written
from churn_dash.ui import cache, session
from churn_dash.ui.campaign.evidence import range_words, unit_of
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Count, Text, _
from churn_dash.words.numbers import DASH


def fold(e: Evaluation) -> None:
    """Draw the ladder in a fold, and under it what an adjusted comparison rests on."""
    if not e.ladder:
        return
    with st.expander(session.say(_("Why this grade: the ladder of evidence")), icon=":material/stairs:"):
        for r in e.ladder:
            words = Text(_("{design}: {reached}"), design=RUNGS[r.rung], reached=_REACHED[r.possible])
            st.markdown(f":{_COLOURS[r.possible]}-badge[{r.rung}] **{safe(session.say(words))}** · {safe(session.say(r.why))}")
        for arm, found in e.adjusted.items():
            about = Text(
                _("{arm}: overlap of the groups, AUC {auc}; {share} outside; as good as {treated} and {control} members."),
                arm=arm,
                auc=f"{found.overlap.auc:.2f}",
                share=session.look().show(found.overlap.outside, "ratio"),
                treated=Count(round(found.overlap.effective[0])),
                control=Count(round(found.overlap.effective[1])),
            )
            st.caption(safe(session.say(about)))
            cards.shown(gaps_table(e, arm))


_REACHED = {True: _("this far it holds"), False: _("passed over")}
_COLOURS = {True: "blue", False: "gray"}


def gaps_table(e: Evaluation, arm: str) -> Table:
    """How far the groups lay apart in each characteristic: as they were, weighted, in pairs."""
    rows = [(session.say(g.label), g.plain, g.weighted, g.matched) for g in e.adjusted[arm].gaps]
    labels = {"what": _("Characteristic"), "plain": _("Gap as it was"), "weighted": _("Gap after weighting"), "matched": _("Gap in pairs")}
    schema = {"what": pl.String, "plain": pl.Float64, "weighted": pl.Float64, "matched": pl.Float64}
    numbers = dict.fromkeys(("plain", "weighted", "matched"), "score")
    return Table(pl.DataFrame(rows, schema=schema, orient="row"), f"gaps-{arm}", labels, numbers, only=True)


def has_path(e: Evaluation) -> bool:
    """Whether there are periods enough to draw."""
    return e.trends is not None and len(e.trends.path) > 3


def path_finding(e: Evaluation) -> str:
    """Title of the way around the start."""
    p = e.trends.before.p_value if e.trends else None
    if p is None:
        return session.say(_("Whether the groups moved alike before the start is not known"))
    if p < 0.05:
        return session.say(_("The groups did not move alike before the start"))
    return session.say(_("The groups moved alike before the start, as far as can be seen"))


def path_caption(e: Evaluation) -> str:
    """What the picture shows, with the checks in numbers."""
    found = e.trends
    if found is None:
        return ""
    words = Text(
        _("Treated less untreated by month, against the last before the start · chance of such a way before: p {p} · break-even {times}"),
        p=DASH if found.before.p_value is None else f"{found.before.p_value:.3f}",
        times=DASH if found.break_even is None else f"{found.break_even:.1f}",
    )
    return session.say(words)


def path_chart(e: Evaluation) -> Chart:
    """The differences around the start."""
    steps = e.trends.path if e.trends else ()
    return cache.chart(around, [Period(s.k, s.difference, s.low, s.high) for s in steps], unit=unit_of(e), look=session.look())


def path_table(e: Evaluation) -> Table:
    """The differences as rows."""
    look, unit = session.look(), unit_of(e)
    steps = e.trends.path if e.trends else ()
    rows = [(s.k, written(s.difference, unit, look), range_words(s.low, s.high, unit)) for s in steps]
    labels = {"k": _("Periods from the start"), "difference": _("Difference"), "range": _("95% range")}
    return Table(pl.DataFrame(rows, schema={"k": pl.Int64, "difference": pl.String, "range": pl.String}, orient="row"), "around", labels)
