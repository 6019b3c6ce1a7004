"""Why this customer?"""

import streamlit as st

from churn_dash.risk import REASONS_NOTE
from churn_dash.ui import cards, customer, footer, models, question, reasons, risk, whatif
from churn_dash.ui.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.tiles import tiles
from churn_dash.words import _

asked = question.current()
with errors_shown():
    kept = models.model(asked.ds)
    if kept is not None:
        footer.note_model(risk.model_words(kept))
    chosen = customer.chooser(asked, kept)
    if not chosen:
        heading(customer.where(), _("Choose a customer to see the risk, its reasons, and what would change it."))
    else:
        found = customer.person(asked, kept, chosen)
        heading(customer.where(chosen), customer.answer(found))
        customer.facts(asked, found)
        tiles(customer.tiles(found))

        why = found.explanation
        left, right = st.columns([3, 2], gap="small")
        with left:
            if asked.timeless:
                cards.needs_time(_("How balances moved needs months: these data hold one row a customer."))
            else:
                caption, table = _("Balances, ¥ · dotted: similar customers"), customer.balances_table(found)
                with cards.card(customer.balances_finding(found), caption, table, key="balances") as as_table:
                    cards.picture(customer.balances_chart(found), as_table)
        with right:
            if why is None:
                cards.note(customer.why_no_risk(kept))
            else:
                caption = _("Risk of leaving, percentage points · the steps add up exactly")
                with cards.card(reasons.waterfall_finding(why), caption, reasons.waterfall_table(why), key="waterfall") as as_table:
                    cards.picture(reasons.waterfall_chart(why), as_table)

        if why is not None:
            left, right = st.columns([3, 2], gap="small")
            with left, cards.card(_("Reasons in words"), REASONS_NOTE, key="reasons"):
                reasons.listed(why)
            caption = _("Only what the bank can change, within what similar customers show")
            with right, cards.card(_("What if?"), caption, key="what-if"):
                whatif.panel(found)
