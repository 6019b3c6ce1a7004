"""What an analyst asks next: does the draw stand up, and what do other ways of reckoning give? Folded away below the verdict."""

import polars as pl
import streamlit as st

from churn_dash.campaigns import MEANING, Evaluation
from churn_dash.campaigns.groups.srm import ALARM
from churn_dash.charts.groups.effects import written
from churn_dash.ui import session
from churn_dash.ui.campaign.evidence import UNITS, range_words, unit_of
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text, _
from churn_dash.words.numbers import DASH


def fold(e: Evaluation) -> None:
    """Draw both tables in a fold; nothing before the campaign is due."""
    if not e.due or not e.effects:
        return
    with st.expander(session.say(_("For the analyst: checks of the draw, and other ways to reckon")), icon=":material/science:"):
        if e.outcome.name in MEANING:
            st.caption(safe(session.say(MEANING[e.outcome.name])))
        if e.design == "randomised":
            _table(_("Does the random draw stand up?"), checks_table(e))
        if not e.withheld:
            _table(_("The same comparison reckoned other ways"), beside_table(e))
        st.caption(safe(session.say(_HOW)))


_HOW = _(
    "The headline compares the groups as assigned, whoever was reached. Adjusting (Lin 2013) uses only what was known before the start. "
    "A check below 0.001 costs the campaign its grade A: one characteristic apart by chance does not, all of them together do."
)


def _table(title: str, table: Table) -> None:
    st.markdown(f"**{safe(session.say(title))}**")
    cards.shown(table)


def checks_table(e: Evaluation) -> Table:
    """Each check of a declared random draw: its chance, and what that says."""
    found, worst = e.checks, e.checks.worst_segment
    segment = Text(_("Sizes in the segment that fits least: {segment}"), segment=worst.segment) if worst else _("Sizes within segments")
    rows = [
        (_("Sizes of the groups against the plan"), found.sizes),
        (segment, worst.p_adjusted if worst else None),
        (_("Outcomes missing in both groups alike"), found.missing),
        (_("Alike before the start, all characteristics together"), found.unlike),
    ]
    written_rows = [(session.say(what), DASH if p is None else f"{p:.4f}", session.say(_reading(p))) for what, p in rows]
    labels = {"check": _("Check"), "p": "p", "says": _("What it says")}
    return Table(pl.DataFrame(written_rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "checks", labels, only=True)


def _reading(p: float | None) -> str:
    if p is None:
        return _("not tested")
    return _("not as a random draw") if p < ALARM else _("as a random draw would leave it")


def beside_table(e: Evaluation) -> Table:
    """The headline and the other ways for each group."""
    look, unit = session.look(), unit_of(e)
    rows = []
    for x in e.effects:
        arm = session.say(x.treated.label)
        p = DASH if x.p_value is None else f"{x.p_value:.4f}"
        rows.append(
            (arm, session.say(_WAYS.get(x.way, _("Headline"))), written(x.difference, unit, look), range_words(x.low, x.high, unit), p, "")
        )
        for b in x.beside:
            own = unit if b.unit is None else UNITS.get(b.unit)
            value = f"{b.value:.2f}" if own is None else written(b.value, own, look)
            ends = _ends(b.low, b.high) if own is None else range_words(b.low, b.high, own)
            note = session.say(b.note) if b.note else ""
            rows.append((arm, session.say(b.label), value, ends, DASH if b.p_value is None else f"{b.p_value:.4f}", note))
    labels = {"group": _("Group"), "way": _("Way"), "value": _("Difference"), "range": _("95% range"), "p": "p", "note": _("Note")}
    frame = pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row")
    empty = [c for c in ("group", "note") if frame[c].n_unique() == 1 and (c == "group" or frame[c][0] == "")]
    return Table(frame.drop(empty), "ways", labels, only=True)


def _ends(low: float | None, high: float | None) -> str:
    return DASH if low is None or high is None else session.say(Text(_("{low} to {high}"), low=f"{low:.2f}", high=f"{high:.2f}"))


_WAYS = {
    "newcombe": _("Headline: Newcombe's interval"),
    "welch": _("Headline: Welch's interval"),
    "strata": _("Headline: within strata"),
    "clusters": _("Headline: by cluster"),
    "strata+clusters": _("Headline: within strata, by cluster"),
    "two-way": _("Headline: change beyond the others, fixed effects"),
    "two-stage": _("Headline: change beyond the others, two stages"),
    "drawn": _("Headline: change beyond the others, the treated drawn anew"),
    "aipw": _("Headline: augmented inverse weights, five folds"),
}
