"""What do we call lost?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question
from churn_dash.ui.filtering import clicks
from churn_dash.ui.lab import headline, judged, official, overlap, settings
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(
            question.where(_("Definitions"), asked),
            Text(ONE_LIST, what=_("Comparing definitions needs months: these data hold one row a customer")),
        )
        cards.needs_time(_("Load an extract with a row a customer a month: then each definition can be followed on the same customers."))
    else:
        top = st.container()
        left, right = st.columns([1, 2], gap="small")
        with left, cards.card(_("Move a definition"), official.words(asked), key="settings", tall=False):
            chosen = settings.settings(asked)
            horizon = settings.horizon_control()
        if chosen is None:
            with top:
                heading(question.where(_("Definitions"), asked), _("These settings cannot be: the sentence under them says why."))
        else:
            with left, cards.card(_("Make one official"), _("Every number then carries its name and date"), key="freeze", tall=False):
                if official.form(asked, chosen):
                    st.rerun()
            found = judged.lab(asked, chosen, horizon)
            with top:
                heading(question.where(_("Definitions"), asked), judged.answer(asked, found))
            with right, cards.card(judged.finding(found), judged.caption(found), judged.table(found), key="definitions", tall=False):
                cards.shown(judged.table(found))
                cards.sentences([*judged.blank_words(found), *settings.not_shown_words(asked, chosen)])

            caption, table = _("The same months a year before, each definition of the customers there by it"), headline.table(asked, found)
            with right, cards.card(headline.finding(asked, found), caption, table, key="headline", tall=False) as as_table:
                clicks.rows(asked.ds, "lost_before", headline.chart(asked, found), headline.levels(asked, found, chosen), as_table)

            counted, table = overlap.caption(found), overlap.table(found)
            with right, cards.card(overlap.finding(found), counted, table, key="overlap", tall=False) as as_table:
                clicks.rows(asked.ds, "overlap", overlap.chart(found), overlap.levels(asked, found, chosen), as_table)
            if (history := official.table(asked)) is not None:
                with left, cards.card(_("Official definitions so far"), table=history, key="official-history", tall=False):
                    cards.shown(history)
