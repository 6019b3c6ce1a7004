"""The third step: what each column is taken for, with how sure that is and why; the person corrects."""

import polars as pl
import streamlit as st

from churn_dash.contract import TABLES
from churn_dash.intake import Match, Preview
from churn_dash.intake.mapping.headers import fields
from churn_dash.ui import session
from churn_dash.ui.wizard import questions, state
from churn_dash.words import Text, _

ATTRIBUTE, OMITTED = "·attribute", "·omitted"
_SURE, _LIKELY = 0.85, 0.7


def unsure(found: Preview) -> list[Match]:
    """The matches that are proposals rather than known headers."""
    return [m for m in found.mapping if m.field and m.confidence < _SURE]


def title(found: Preview) -> str:
    """The step's finding."""
    n, own = len(unsure(found)), len([m for m in found.mapping if m.field is None])
    if n:
        return session.say(Text(_("{n} of {all} columns to look at"), n=n, all=len(found.mapping)))
    if not own:
        return session.say(_("Every column is known"))
    return session.say(Text(_("{n} columns are known, {own} are your own"), n=len(found.mapping) - own, own=own))


def caption(found: Preview) -> str:
    """Under the title: what to do."""
    return session.say(_("Correct what is wrong; the surest is proposed") if unsure(found) else _("Correct what is wrong"))


def _rank(match: Match) -> int:
    """What to look at first: proposals, then known headers, then columns of the bank's own."""
    return 0 if match.field and match.confidence < _SURE else 1 if match.field else 2


def matched(upload: state.Upload, found: Preview) -> state.Upload:
    """Draw the table of columns, unsure ones first; the upload with what was corrected and answered."""
    if found.table is None:
        return upload
    ordered = sorted(found.mapping, key=_rank)
    codes = [ATTRIBUTE, OMITTED, *fields(found.table)]
    words = {code: field_words(code, found.table) for code in codes}
    rest = st.segmented_control(
        session.say(_("Columns that nobody knows")),
        [ATTRIBUTE, OMITTED],
        default=ATTRIBUTE,
        required=True,
        format_func={ATTRIBUTE: session.say(_("keep as columns of your own")), OMITTED: session.say(_("leave out"))}.__getitem__,
        key=f"rest-{upload.key}",
    )
    proposed = [_code(m, str(rest)) for m in ordered]
    edited = st.data_editor(
        pl.DataFrame(
            {
                "header": [m.header for m in ordered],
                "field": proposed,
                "sure": [_sureness(m) for m in ordered],
                "sample": [sample(found, m.header) for m in ordered],
                "why": [session.say(m.reason) for m in ordered],
            },
            schema=dict.fromkeys(("header", "field", "sure", "sample", "why"), pl.String),
        ),
        hide_index=True,
        disabled=["header", "sample", "sure", "why"],
        column_config={
            "header": st.column_config.TextColumn(session.say(_("Column of the file")), pinned=True),
            "sample": st.column_config.TextColumn(session.say(_("For example"))),
            "field": st.column_config.SelectboxColumn(
                session.say(_("Means")), options=codes, format_func=lambda code: words[str(code)], required=True, width="medium"
            ),
            "sure": st.column_config.TextColumn(session.say(_("How sure")), width="small"),
            "why": st.column_config.TextColumn(session.say(_("Why"))),
        },
        height="auto",
        key=f"columns-{upload.key}-{found.table}-{rest}",
    )
    mapping = dict(upload.options.mapping)
    for match, picked in zip(ordered, edited["field"].to_list(), strict=True):
        if picked != _code(match, ATTRIBUTE):
            mapping[match.header] = {OMITTED: "", ATTRIBUTE: None}.get(picked, picked)
    return questions.answered(upload.saying(mapping=mapping), [q for q in found.questions if q.header])


def _code(match: Match, rest: str) -> str:
    """What a match proposes, as the code of the choice."""
    if match.field == "":
        return OMITTED
    return match.field if match.field is not None else rest


def _sureness(match: Match) -> str:
    if match.field is None:
        return session.say(_("own column"))
    if match.confidence >= _SURE:
        return session.say(_("known"))
    return session.say(_("likely")) if match.confidence >= _LIKELY else session.say(_("a guess"))


def field_words(code: str, table: str) -> str:
    """A column of the contract as the reader calls it, with its name."""
    if code == ATTRIBUTE:
        return session.say(_("a column of its own"))
    if code == OMITTED:
        return session.say(_("leave out"))
    home = next((t for t in (table, "customers", "customer_month") if code in TABLES[t].columns), None)
    chinese = (TABLES[home].columns[code].metadata or {})["zh"] if home is not None else code
    return f"{chinese} · {code}" if session.language() == "zh" else code


def sample(found: Preview, header: str) -> str:
    """The first few different values of a column."""
    values = found.rows[header].drop_nulls().unique(maintain_order=True).head(3).to_list() if header in found.rows.columns else []
    return ", ".join(str(v) for v in values)
