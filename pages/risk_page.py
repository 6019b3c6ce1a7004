"""Who is about to leave?"""

import streamlit as st

from churn_dash.ui import footer, question, session
from churn_dash.ui.action import explained, models, risk
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    kept = models.model(asked.ds)
    if kept is None:
        heading(question.where(_("Risk"), asked), _("No risk model can be used with these data yet."))
        if (problem := models.trouble(asked.ds)) is not None:
            shown(problem)
        with cards.card(_("Train the models"), _("Four models side by side, each tested on customers it has not seen"), key="train"):
            if risk.train_form(asked):
                st.rerun()
    else:
        footer.note_model(risk.model_words(kept))
        heading(risk.where(asked, kept), risk.answer(asked, kept))
        tiles(risk.tiles(asked, kept))

        left, right = st.columns([3, 2], gap="small")
        table = risk.worklist(asked, kept)
        with left, cards.card(_("Whom to call first"), risk.worklist_caption(table), table, key="calls"):
            cards.shown(table, height=380)
        caption, table = _("Customers by predicted risk"), risk.scores_table(asked, kept)
        with right, cards.card(_("Most customers have little risk"), caption, table, key="scores") as as_table:
            cards.picture(risk.scores_chart(asked, kept), as_table)

        left, right = st.columns([3, 2], gap="small")
        caption, table = _("Tested on customers that the model had not seen; guessing is the first line"), risk.comparison(kept)
        with left, cards.card(risk.comparison_finding(kept), caption, table, key="models"):
            cards.shown(table)
            if left_out := risk.left_out(kept):
                with st.expander(session.say(_("Columns left out")), icon=":material/visibility_off:"):
                    st.text("\n".join(left_out))
            with st.expander(session.say(_("Train again")), icon=":material/model_training:"):
                if risk.train_form(asked):
                    st.rerun()
        caption, table = _("Predicted against observed, with 95% ranges"), risk.calibration_table(kept)
        with right, cards.card(risk.calibration_finding(kept), caption, table, key="calibration") as as_table:
            cards.picture(risk.calibration_chart(kept), as_table)

        explained.importance_card(kept)
        left, right = st.columns(2, gap="small")
        with left:
            explained.dependence_card(asked, kept)
        with right:
            explained.drivers_card(asked, kept)
