"""What people say of levers on the What-if page: what is one, what a unit costs, which campaign measures it."""

import polars as pl
import streamlit as st

from churn_dash.campaigns import campaign_ids
from churn_dash.errors import ChurnDashError
from churn_dash.risk import Model
from churn_dash.risk.whatif.declared import barred, put
from churn_dash.store import Records
from churn_dash.ui import session
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.whatif.levers import settings
from churn_dash.words import _


def form(question: PageQuestion, kept: Model) -> None:
    """Draw the levers as an editable table, folded; save what was changed."""
    with st.expander(session.say(_("What a bank can change, and what it costs")), icon=":material/tune:"):
        st.caption(
            session.say(
                _(
                    "A lever is what is recognised as one or marked here. Costs of a unit are assumptions, kept with who and when. Name a "
                    "campaign with a random hold-out, and its measured effect stands in place of the model's answer."
                )
            )
        )
        said = settings(question)
        on = {f.name for f in said.levers(kept.design.features)}
        possible = [f for f in kept.design.features if not barred(f)]
        rows = pl.DataFrame(
            {
                "feature": [f.name for f in possible],
                "lever": [session.say(f.label) for f in possible],
                "on": [f.name in on for f in possible],
                "cost": [said.cost(f) for f in possible],
                "campaign": [said.of(f.name).campaign for f in possible],
            },
            schema={"feature": pl.String, "lever": pl.String, "on": pl.Boolean, "cost": pl.Float64, "campaign": pl.String},
        ).sort("on", descending=True, maintain_order=True)
        edited = st.data_editor(
            rows,
            hide_index=True,
            disabled=["lever"],
            column_config={
                "feature": None,
                "lever": st.column_config.TextColumn(session.say(_("What the model looks at"))),
                "on": st.column_config.CheckboxColumn(session.say(_("Can be changed")), width="small"),
                "cost": st.column_config.NumberColumn(session.say(_("Cost of one, ¥")), min_value=0.0, width="small"),
                "campaign": st.column_config.SelectboxColumn(session.say(_("Measured by")), options=list(campaign_ids(question.ds))),
            },
            key="whatif-settings",
            height=280,
        )
        if st.button(session.say(_("Save")), key="whatif-save", icon=":material/save:"):
            _save(question, kept, rows, pl.DataFrame(edited))


def _save(question: PageQuestion, kept: Model, before: pl.DataFrame, after: pl.DataFrame) -> None:
    records = Records(question.ds.root)
    try:
        for was, now in zip(before.iter_rows(named=True), after.iter_rows(named=True), strict=True):
            if now == was:
                continue
            put(
                records,
                kept.design.features,
                now["feature"],
                marked=now["on"] if now["on"] != was["on"] else None,
                cost=now["cost"] if now["cost"] != was["cost"] else None,
                campaign=(now["campaign"] or "") if now["campaign"] != was["campaign"] else None,
            )
    except ChurnDashError as problem:
        shown(problem)
        return
    st.session_state.pop("whatif-settings", None)
    st.rerun()
