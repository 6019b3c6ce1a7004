"""Why did they leave?"""

import streamlit as st

from churn_dash.ui import footer, question
from churn_dash.ui.filtering import clicks
from churn_dash.ui.front import stock
from churn_dash.ui.over_time import trends
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.reasons_why import causes, hypotheses, reason_map
from churn_dash.words import _

asked = question.current()
with errors_shown():
    heading(question.where(_("Why they left"), asked), causes.answer(asked.apart(*causes.SPLIT_OF.values())))
if not asked.ds.flagged:
    cards.needs_time(stock.NEEDED)
    st.stop()
if not asked.ds.rules[asked.definition].leaves:
    trends.definition_control(asked)
    footer.footer()
    st.stop()
if asked.timeless:
    with errors_shown():
        rows = causes.features(asked)
        table = causes.profile_table(asked, rows)
        with cards.card(causes.profile_finding(rows), causes.PROFILE_CAPTION, table, key="profile") as as_table:
            causes.profile_picture(asked, rows, as_table)
        cards.needs_time(causes.NEEDS_MONTHS)
    st.stop()

with errors_shown():
    tiles(causes.tiles(asked.apart(*causes.SPLIT_OF.values())))
    left, right = st.columns([3, 2], gap="small")
    split = causes.SPLIT_OF[causes.chosen_by()]
    apart = asked.apart(split)
    table = causes.reasons_table(apart)
    with left, cards.card(causes.reasons_finding(apart), causes.REASONS_CAPTION, table, key="pareto") as as_table:
        by = causes.by_control()
        clicks.rows(asked.ds, split, causes.reasons_chart(apart, by), causes.reasons_levels(apart, by), as_table, "pareto-picture")
        reason_map.editor(asked)
    with right:
        apart = asked.apart("destination")
        table, caption, levels = causes.destinations_table(apart), causes.destinations_caption(apart), causes.destinations_levels(apart)
        with cards.card(causes.destinations_finding(apart), caption, table, key="destinations", tall=False) as as_table:
            clicks.rows(asked.ds, "destination", causes.destinations_chart(apart), levels, as_table, "destinations-picture")
        apart = asked.apart("deficit")
        caption, table, levels = causes.deficits_caption(apart), causes.deficits_table(apart), causes.deficits_levels(apart)
        with cards.card(causes.deficits_finding(apart), caption, table, key="deficits") as as_table:
            clicks.rows(asked.ds, "deficit", causes.deficits_chart(apart), levels, as_table, "deficits-picture")

left, right = st.columns(2, gap="small")
below = st.container()
# Why somebody left chooses among those who left; these two set them beside those who stayed.
asked = asked.apart(*causes.OUTCOMES)
with left, errors_shown():
    rows = causes.features(asked)
    table = causes.profile_table(asked, rows)
    with cards.card(causes.profile_finding(rows), causes.PROFILE_CAPTION, table, key="profile") as as_table:
        causes.profile_picture(asked, rows, as_table)
with right, errors_shown():
    tested = hypotheses.tested(asked)
    table = hypotheses.table(tested)
    with cards.card(hypotheses.finding(tested), hypotheses.caption(tested), table, key="hypotheses"):
        cards.picture(hypotheses.chart(tested), key="hypotheses-picture")
    with below, cards.card(_("Hypothesis by hypothesis"), hypotheses.TABLE_CAPTION, table, key="hypotheses-table"):
        cards.shown(table)
