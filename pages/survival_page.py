"""How long do they stay?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question
from churn_dash.ui.front import stock
from churn_dash.ui.over_time import trends
from churn_dash.ui.parts import cards, tiles
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.tenure import survival
from churn_dash.ui.tenure.views import view_control
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(
            question.where(_("Survival"), asked),
            Text(ONE_LIST, what=_("How long customers stay needs months: these data hold one row a customer")),
        )
        more = _("Load an extract with a row a customer a month, and the days on which customers joined, to see how long they stay.")
        cards.needs_time(more if asked.ds.flagged else stock.NEEDED)
    else:
        top = st.container()
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            by = survival.group_control(asked)
            trends.definition_control(asked)
        asked = question.current()
        found, why_not = survival.stay(asked, by)
        with top:
            heading(question.where(_("Survival"), asked), survival.answer(found) if found else why_not)
        if found:
            with top:
                tiles.tiles(survival.tiles(found))
            view_control()(asked, found, by)
