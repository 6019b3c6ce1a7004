"""Were we warned in time?"""

import streamlit as st

from churn_dash.ui import question
from churn_dash.ui.evaluation import warning_tables, warnings
from churn_dash.ui.over_time import trends
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    top = st.container()
    if asked.timeless:
        found, why_not, by = *warnings.found(asked, None, int(warnings.HORIZONS[2])), None
    else:
        with st.container(horizontal=True, gap="medium"):
            horizon = warnings.horizon_control()
            by = warnings.group_control(asked)
            trends.definition_control(asked)
        asked = question.current()
        found, why_not = warnings.found(asked, by, horizon)
    with top:
        heading(question.where(_("Early warning"), asked), warnings.answer(found) if found else why_not)
    if found:
        with top:
            tiles(warnings.tiles(found))
            cards.note(warnings.counted(found))
            cards.note(warnings.honesty(found))
        left, right = st.columns([3, 2], gap="small")
        caption, table = warnings.months_caption(found), warning_tables.months_table(found)
        with left, cards.card(warnings.months_finding(found), caption, table, key="warn-months") as as_table:
            cards.picture(warnings.months_chart(asked, found), as_table, key="chart-months")
        caption, table = _("Share of alerts that came true; the table has the grades, too"), warning_tables.sources_table(found)
        with right, cards.card(warnings.sources_finding(found), caption, table, key="warn-rules") as as_table:
            cards.picture(warnings.sources_chart(found), as_table, key="chart-rules")
        if by:
            by_group, table = warnings.groups_caption(found), warning_tables.groups_table(asked, found, by)
            with cards.card(warnings.groups_finding(asked, found, by), by_group, table, key="warn-groups") as as_table:
                cards.picture(warnings.groups_chart(asked, found, by), as_table, key="chart-groups")
