"""Who is about to leave?"""

import streamlit as st

from churn_dash.ui import footer, models, question
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.ui.risk import registry, risk, train_form
from churn_dash.ui.risk.views import view_control
from churn_dash.words import _

asked = question.current()
with errors_shown():
    kept = models.model(asked.ds)
    if kept is None:
        heading(question.where(_("Risk"), asked), _("No risk model can be used with these data yet."))
        if (problem := models.trouble(asked.ds)) is not None:
            shown(problem)
        with cards.card(_("Train the models"), _("Models side by side, each tested on customers it has not seen"), key="train"):
            if train_form.train_form(asked):
                st.rerun()
        registry.kept_card(asked)
    else:
        footer.note_model(risk.model_words(kept))
        heading(risk.where(asked, kept), risk.answer(asked, kept))
        if banner := risk.leaks(kept):
            cards.note(banner, "visibility_off")
        tiles(risk.tiles(asked, kept))
        view_control()(asked, kept)
