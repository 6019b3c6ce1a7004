"""An experiment in a file of its own: upload it, say what its columns are, see it judged."""

import hashlib

import polars as pl
import streamlit as st

from churn_dash.campaigns import DESIGNS, Columns, Evaluation, evaluate_rows, planned_shares
from churn_dash.intake import Source, read_rows
from churn_dash.ui import cache, session
from churn_dash.ui.parts.progress import progress
from churn_dash.words import Count, Text, _

MOST_GROUPS = 20
_ENDINGS = ["csv", "gz", "bz2", "zip", "xlsx", "parquet", "txt", "tsv"]


def from_file() -> tuple[Evaluation, str] | None:
    """Upload a flat file, choose its columns, and judge it; None until that is done. Raises what ``evaluate_rows`` raises."""
    label = session.say(_("One row a member: the group, and what came of it. CSV, Excel or Parquet"))
    uploaded = st.file_uploader(label, type=_ENDINGS, key="experiment")
    if uploaded is None:
        return None
    data = uploaded.getvalue()
    rows = cache.rows_of(hashlib.sha256(data).hexdigest(), lambda: read_rows(Source(uploaded.name, data)))
    groups = [c for c in rows.columns if 2 <= rows[c].n_unique() <= MOST_GROUPS]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        arm = _column(_("Column of the group"), groups, "arm")
        values = sorted(rows[arm].drop_nulls().cast(pl.String).unique().to_list()) if arm else []
        control = _column(_("Its value for the hold-out"), values, "control")
        outcome = _column(_("Column of the outcome"), [c for c in rows.columns if c != arm], "outcome")
    design = _design()
    ratio = _ratio(values, control) if design == "randomised" and values else None
    further = _further([c for c in rows.columns if c not in (arm, outcome)])
    if not (arm and control and outcome):
        st.caption(session.say(Text(_("{n} rows read. Choose the three columns to see the result."), n=Count(rows.height))))
        return None
    with progress() as told:
        found = evaluate_rows(rows, arm, control, outcome, design, ratio, columns=further, told=told)
    return found, uploaded.name


def _column(label: str, options: list[str], key: str) -> str | None:
    return st.selectbox(session.say(label), options, index=None, key=key, width=220, placeholder=session.say(_("Choose")))


def _design() -> str | None:
    """How the groups were made, as somebody declares it; None while nobody does."""
    return st.selectbox(
        session.say(_("How the groups were made")),
        list(DESIGNS),
        index=None,
        key="file-design",
        width=320,
        placeholder=session.say(_("Nobody has declared it")),
        format_func=lambda code: session.say(DESIGNS[code]),
    )


def _ratio(values: list[str], control: str | None) -> dict[str, float] | None:
    hint = ";".join(f"{v}={1 / len(values):.2g}" for v in values)
    planned = st.text_input(
        session.say(_("Planned shares of the groups, to check the draw; may stay empty")), key="file-ratio", placeholder=hint
    )
    found = planned_shares(planned, values, control) if planned.strip() else None
    if planned.strip() and found is None:
        st.caption(session.say(Text(_("These shares cannot be read; write them like {hint}."), hint=hint)))
    return found


def _further(columns: list[str]) -> Columns:
    """What an analyst may say besides; all of it may stay empty."""
    with (
        st.expander(session.say(_("For the analyst: how the groups were drawn, and what was known before")), icon=":material/science:"),
        st.container(horizontal=True, gap="medium", vertical_alignment="bottom"),
    ):
        strata = _column(_("Drawn within each value of"), columns, "strata")
        cluster = _column(_("Whole values were drawn of"), columns, "cluster")
        reached = _column(_("Who was reached in the end"), columns, "reached")
        unit = _column(_("Number of the customer or unit"), columns, "unit")
        time = _column(_("Period, to compare before and after"), columns, "time")
        start = _column(_("First treated period of each"), columns, "start") if time else None
        before = st.multiselect(
            session.say(_("Numbers known before the draw")), columns, key="before", placeholder=session.say(_("Choose"))
        )
        known = st.multiselect(
            session.say(_("Known before a choice that was not random")), columns, key="known", placeholder=session.say(_("Choose"))
        )
    return Columns(strata, cluster, tuple(before), reached, unit, time, start, tuple(known))
