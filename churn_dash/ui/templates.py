"""What the department that cuts the extract gets: a guide to all tables, and files with the right headers and one example row."""

import streamlit as st

from churn_dash.contract import TABLES
from churn_dash.report import data_guide
from churn_dash.report import templates as files
from churn_dash.ui import session
from churn_dash.words import _

_HEADERS = {"zh": _("Chinese headers"), "en": _("English headers")}


def templates() -> None:
    """Draw the downloads for the department that cuts the extract."""
    language = session.language()
    labels = {name: session.say(table.label) for name, table in TABLES.items()}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = st.selectbox(session.say(_("Template of a table")), list(TABLES), format_func=labels.__getitem__, key="template", width=300)
        kinds = {code: session.say(words) for code, words in _HEADERS.items()}
        headers = st.segmented_control(
            session.say(_("Headers")), list(kinds), default=language, required=True, format_func=kinds.__getitem__, key="template-headers"
        )
        chosen = str(headers or language)
        st.download_button(
            "CSV",
            lambda: files.csv(TABLES[name], chosen),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="template-csv",
        )
        st.download_button(
            "Excel",
            lambda: files.xlsx(TABLES[name], chosen),
            file_name=f"{name}.xlsx",
            icon=":material/table_view:",
            on_click="ignore",
            key="template-xlsx",
        )
        st.download_button(
            session.say(_("Guide to all tables (Excel)")),
            lambda: data_guide.workbook(language),
            file_name="churn-dash-extract-guide.xlsx",
            icon=":material/menu_book:",
            on_click="ignore",
            key="guide",
        )
