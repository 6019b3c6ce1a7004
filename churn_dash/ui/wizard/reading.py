"""The second step: how the file is read, and what its first rows are then."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.intake import Preview, preview
from churn_dash.ui import session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.wizard import questions, state
from churn_dash.words import Text, _

ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16", "cp1252")
SEPARATORS = {",": ",", ";": ";", "\t": "Tab", "|": "|"}


def previewed(upload: state.Upload) -> Preview:
    """A look at the first file, kept until something else is said of it. Raises what ``preview`` raises."""
    found: Preview | None = state.held("preview", upload.asked)
    if found is None:
        with st.spinner(session.say(_("Reading the first rows"))):
            found = preview(upload.sources[0], upload.options)
        state.hold("preview", upload.asked, found)
    return found


def read(upload: state.Upload) -> tuple[state.Upload, Preview]:
    """Draw what may be said of the file as a whole; the upload with what was said, and its preview."""
    first = previewed_as_found(upload)
    said: dict[str, Any] = {}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if first.encoding is not None:
            said["encoding"] = _choice(upload, "encoding", _("Encoding"), ENCODINGS, first.encoding, {}, 180)
        if first.separator is not None:
            said["separator"] = _choice(upload, "separator", _("Separator"), list(SEPARATORS), first.separator, SEPARATORS, 130)
        if len(first.sheets) > 1:
            said["sheet"] = _choice(upload, "sheet", _("Sheet"), first.sheets, first.sheet or first.sheets[0], {}, 200)
        tables = {name: session.say(t.label) for name, t in TABLES.items()}
        said["table"] = _choice(upload, "table", _("What the file holds"), list(tables), first.table or "", tables, 240)
    upload = upload.saying(**{name: value for name, value in said.items() if value is not None})
    found = previewed(upload)
    upload = questions.answered(upload, [q for q in found.questions if not q.header and q.option not in said])
    return upload, previewed(upload)


def previewed_as_found(upload: state.Upload) -> Preview:
    """A look at the file with nothing said of it: what the choices call "as found"."""
    found: Preview | None = state.held("as-found", upload.key)
    if found is None:
        found = previewed(upload)
        state.hold("as-found", upload.key, found)
    return found


def _choice(
    upload: state.Upload, option: str, label: str, codes: Sequence[str], found: str, words: dict[str, str], width: int
) -> str | None:
    """A choice whose first entry is what was found; None where that one stays."""
    found_words = words.get(found, found) or session.say(_("not recognised"))
    automatic = session.say(Text(_("as found: {what}"), what=found_words))
    labels = {"": automatic, **{c: words.get(c, c) for c in codes if c != found}}
    picked = st.selectbox(session.say(label), list(labels), format_func=labels.__getitem__, key=f"{option}-{upload.key}", width=width)
    return picked or None


def words(found: Preview) -> str:
    """Under the title of the preview: name, rows, columns."""
    if found.n_rows is None:
        return session.say(Text(_("{name} · {columns} columns · first rows"), name=found.name, columns=found.n_columns))
    return session.say(
        Text(_("{name} · {rows} rows · {columns} columns · first rows"), name=found.name, rows=f"{found.n_rows:,}", columns=found.n_columns)
    )


def rows(found: Preview) -> None:
    """Draw the first rows as they are read, and what else the file holds."""
    st.dataframe(found.rows.head(5), hide_index=True, placeholder="—")
    for other in found.more:
        table = session.say(TABLES[other.table].label) if other.table else session.say(_("not recognised"))
        st.caption(safe(session.say(Text(_("{name}: {table}, {columns} columns"), name=other.name, table=table, columns=other.n_columns))))


def unusable(found: Preview) -> ChurnDashError | None:
    """Why the file cannot be loaded as it is; None where it can."""
    if found.problem is not None:
        return found.problem
    if found.table is not None:
        return None
    return BadInput(
        _(
            "{name} is no customer extract: none of its columns is known as a customer number, a month or a churn flag. "
            "If it is one, choose above what the file holds."
        ),
        name=found.name,
    )
