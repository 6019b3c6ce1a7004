"""What stands in place of the result while the draw is doubtful: who was in each group, and the difference folded away. METHODS C3."""

import polars as pl
import streamlit as st

from churn_dash.campaigns import Evaluation
from churn_dash.charts.groups.effects import written
from churn_dash.ui import session
from churn_dash.ui.campaign.evidence import range_words, unit_of
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import _

_TITLE = _("No result is shown while the draw is doubtful")
_CAPTION = _("Members of each group · how many have an outcome")
_UNCLAIMED = _("A group that was not drawn as planned differs by itself, so this difference says nothing of the campaign.")


def card(e: Evaluation) -> None:
    """Draw the counts of the groups, and in a fold what the difference would be, without p."""
    table = counts_table(e)
    with cards.card(_TITLE, _CAPTION, table, key="counts"):
        cards.shown(table)
        with st.expander(session.say(_("The difference all the same")), icon=":material/visibility_off:"):
            st.caption(safe(session.say(_UNCLAIMED)))
            cards.shown(difference_table(e))


def counts_table(e: Evaluation) -> Table:
    """The members of each group as assigned, and those with an outcome."""
    rows = [(session.say(g.label), g.n, g.known) for g in e.groups]
    labels = {"group": _("Group"), "n": _("Members"), "known": _("With an outcome")}
    frame = pl.DataFrame(rows, schema={"group": pl.String, "n": pl.Int64, "known": pl.Int64}, orient="row")
    return Table(frame, "counts", labels, {"n": "count", "known": "count"}, only=True)


def difference_table(e: Evaluation) -> Table:
    """What each group came to and how far apart they are."""
    look, unit = session.look(), unit_of(e)
    rows = [
        (
            session.say(x.treated.label),
            look.show(x.treated.mean, unit),
            look.show(x.base.mean, unit),
            written(x.difference, unit, look),
            range_words(x.low, x.high, unit),
        )
        for x in e.effects
    ]
    labels = {
        "group": _("Group"),
        "treated": session.say(e.outcome.label),
        "base": _("In the hold-out"),
        "difference": _("Difference"),
        "range": _("95% range"),
    }
    return Table(pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "withheld", labels, only=True)
