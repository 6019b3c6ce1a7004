"""Who leaves?"""

from functools import partial

import streamlit as st

from churn_dash.ui import question, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.front import stock
from churn_dash.ui.kinds import people, segments
from churn_dash.ui.parts import cards, saving
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    if not asked.ds.flagged and asked.dimensions:
        heading(question.where(_("Segments"), asked), stock.answer(asked))
        stock.groups_card(asked, stock.segment_control(asked))
        cards.needs_time(stock.NEEDED)
    elif len(asked.dimensions) < 2:
        heading(question.where(_("Segments"), asked), _("These data say too little about the customers to compare groups."))
    else:
        top = st.container()
        with st.container(horizontal=True, gap="medium"):
            rows, columns, metric = segments.dimension_controls(asked)
        found = segments.grid(asked.apart(segments.CHART), rows, columns, metric)
        with top:
            heading(question.where(_("Segments"), asked), segments.answer(found))

        left, right = st.columns([5, 4], gap="small")
        table = segments.ranking(found)
        with left, cards.card(segments.finding(found), segments.caption(found), table, key="heat") as as_table:
            if session.on_phone() and not as_table:
                segments.cells_shown(found)
            else:
                clicks.picture(asked.ds, segments.CHART, segments.chart(found), segments.levels(found), as_table, listed=False)
        caption = segments.ranking_caption(found)
        with right, cards.card(_("The same customers, by group"), caption, table, key="ranking"):
            picked = segments.ranking_shown(table, found.height)

        chosen = picked or segments.clicked(found)
        title, listed, total = people.listed(found, chosen)
        with cards.card(title, people.caption(total), listed, key="people"):
            saving.offered(asked.ds, people.rule(found, chosen), key="people", ids=partial(people.numbers, found, chosen))
            cards.shown(listed, height=320)
