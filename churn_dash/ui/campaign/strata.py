"""Within what, and by what whole values, the groups of a loaded campaign were drawn: said by who knows, folded away."""

import streamlit as st

from churn_dash.ui import session
from churn_dash.ui.parts.values import dimension_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import _

MOST_STRATA = 50


def choices(question: PageQuestion, campaign_id: str) -> tuple[str | None, str | None]:
    """The stratum and the cluster that the reader names for this campaign; None where he names none."""
    dimensions = {d.name: d for d in question.ds.dimensions}
    strata = [name for name, d in dimensions.items() if 2 <= len(d.values) <= MOST_STRATA]
    people = question.ds.table("customers")
    further = [c for c in (() if people is None else people.columns) if c.endswith("_id") and c != "customer_id" and c not in dimensions]

    def words(name: str) -> str:
        return dimension_words(dimensions[name]) if name in dimensions else name

    with (
        st.expander(session.say(_("For the analyst: how the groups were drawn")), icon=":material/account_tree:"),
        st.container(horizontal=True, gap="medium", vertical_alignment="bottom"),
    ):
        found = [
            st.selectbox(
                session.say(label),
                options,
                index=None,
                key=f"{key}-{campaign_id}",
                width=260,
                format_func=words,
                placeholder=session.say(_("As the table says")),
            )
            for key, label, options in (
                ("strata", _("Drawn within each value of"), strata),
                ("cluster", _("Whole values were drawn of"), [*dimensions, *further]),
            )
        ]
    return found[0], found[1]
