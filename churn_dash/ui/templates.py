"""What the department that cuts the extract gets: a guide to all tables, and empty files with the right headers."""

import streamlit as st

from churn_dash.contract import TABLES
from churn_dash.report import data_guide
from churn_dash.ui import session
from churn_dash.words import _


def templates() -> None:
    """Draw the downloads for the department that cuts the extract."""
    language = session.language()
    labels = {name: session.say(table.label) for name, table in TABLES.items()}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.download_button(
            session.say(_("Guide to all tables (Excel)")),
            lambda: data_guide.workbook(language),
            file_name="churn-dash-extract-guide.xlsx",
            icon=":material/download:",
            on_click="ignore",
            key="guide",
        )
        name = st.selectbox(session.say(_("Empty table")), list(TABLES), format_func=labels.__getitem__, key="template", width=300)
        st.download_button(
            session.say(_("Headers (CSV)")),
            lambda: data_guide.template(TABLES[name], language),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="headers",
        )
