"""Whom does each manager call, and whom do we let go?"""

import streamlit as st

from churn_dash.evaluation.ledger.listed import calls_opened
from churn_dash.ui import footer, models, question, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.amounts.rests_on import rests_on
from churn_dash.ui.lists import handed_out, heard_enough, worklist
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.ui.risk import risk
from churn_dash.words import _

asked = question.current()
with errors_shown():
    kept = models.model(asked.ds)
    if kept is None:
        heading(question.where(_("Worklist"), asked), _("Without a risk model there is no worklist: train one on the Risk page."))
        if (problem := models.trouble(asked.ds)) is not None:
            shown(problem)
    else:
        footer.note_model(risk.model_words(kept))
        top = st.container()
        found = worklist.found(asked, kept)
        with top:
            heading(question.where(_("Worklist"), asked), session.say(worklist.answer(found)))
        tiles(worklist.tiles(found))
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            worklist.freeze_link()
            rests_on([calls_opened(found, assumptions.held(asked))], "worklist")

        with cards.card(_("Whom to call"), worklist.caption(found), key="worklist"):
            table = worklist.table(asked, found, kept, worklist.owned(found))
            cards.shown(table, height="auto" if table.rows.height < 12 else 440)
            st.caption(safe(session.say(heard_enough.left_out(found.counts["capped"], found.cap))))

        left, right = st.columns([3, 2], gap="small")
        checked = worklist.fair(asked, kept, found)
        table = worklist.fair_table(checked)
        caption = _("Share of the customers at enough risk who are not offered a call")
        with left, cards.card(worklist.fair_title(checked), caption, table, key="fair"):
            if checked:
                cards.shown(table, height=380)
            worklist.download(asked, kept, found, checked)
        table = worklist.verdicts(found)
        with right, cards.card(worklist.verdicts_title(found), _("Everybody with a risk, each counted once"), table, key="verdicts"):
            cards.shown(table)

        table = handed_out.table(asked)
        caption = _("Who was on one is on the next only after 60 days, or at a higher grade")
        with cards.card(handed_out.title(table), caption, table, key="handed-out"):
            cards.shown(table)

        with cards.card(_("Card for the talk"), _("One page to print: why, what to do, what may be offered, what not to say"), key="talk"):
            worklist.card(asked, kept, found)
