"""Loading a file on the page: choose, read, match columns, check, publish. Each step keeps what the one before found."""

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.intake import Extract, Options, Preview, Source, extract, preview
from churn_dash.intake.mapping.headers import fields
from churn_dash.intake.quarantine import by_reason
from churn_dash.store import Loaded, publish
from churn_dash.ui import address, places, session
from churn_dash.ui.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.words import Text, _

ENDINGS = ["csv", "txt", "tsv", "gz", "bz2", "zip", "xlsx", "parquet"]
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16", "cp1252")
STEPS = (_("Choose a file"), _("Read"), _("Match columns"), _("Check"), _("Publish"))
MODES = {
    "append": _("Add to what is there"),
    "replace-months": _("Replace the months in the file"),
    "replace-all": _("Replace everything"),
}
ATTRIBUTE, OMITTED = "·attribute", "·omitted"
_CHECKED, _DONE, _UPLOADS = "_checked", "_published", "_uploads"


@dataclass(frozen=True)
class Upload:
    """The chosen files with the options so far; ``key`` changes whenever either does."""

    sources: tuple[Source, ...]
    key: str
    options: Options = field(default_factory=Options)


def uploader() -> list[UploadedFile]:
    """Draw the uploader; files that belong together may be chosen together."""
    number = st.session_state.get(_UPLOADS, 0)
    label = session.say(_("One or several files of one extract: CSV, Excel or Parquet"))
    return st.file_uploader(label, type=ENDINGS, accept_multiple_files=True, key=f"files-{number}")


def upload(files: Sequence[UploadedFile]) -> Upload:
    """The files as sources, without options."""
    sources = tuple(Source(f.name, f.getvalue()) for f in files)
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.name.encode() + bytes(source.data))
    return Upload(sources, digest.hexdigest()[:16])


def reading(chosen: Upload) -> tuple[Upload, Preview]:
    """Choose encoding and sheet, and look at the first file. Raises what ``preview`` raises."""
    first = preview(chosen.sources[0])
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        encoding, sheet = None, None
        if first.encoding is not None:
            automatic = session.say(Text(_("as found: {encoding}"), encoding=first.encoding))
            options = ["", *(e for e in ENCODINGS if e != first.encoding)]
            encoding = st.selectbox(
                session.say(_("Encoding")),
                options,
                format_func={e: e or automatic for e in options}.__getitem__,
                key=f"encoding-{chosen.key}",
                width=220,
            )
        if len(first.sheets) > 1:
            usual = first.sheets.index(first.sheet) if first.sheet in first.sheets else 0
            sheet = st.selectbox(session.say(_("Sheet")), first.sheets, index=usual, key=f"sheet-{chosen.key}", width=220)
        tables = ["", *TABLES]
        found = session.say(TABLES[first.table].label) if first.table else session.say(_("not recognised"))
        automatic_table = session.say(Text(_("as found: {table}"), table=found))
        labels = {"": automatic_table, **{name: session.say(t.label) for name, t in TABLES.items()}}
        table = st.selectbox(
            session.say(_("What the file holds")),
            tables,
            format_func=labels.__getitem__,
            key=f"table-{chosen.key}",
            width=300,
        )
    options_now = Options(table=table or None, encoding=encoding or None, sheet=sheet)
    return Upload(chosen.sources, chosen.key, options_now), preview(chosen.sources[0], options_now)


def preview_words(found: Preview) -> str:
    """Under the title of the preview: name, rows, columns."""
    if found.n_rows is None:
        return session.say(Text(_("{name} · {columns} columns · first rows"), name=found.name, columns=found.n_columns))
    return session.say(
        Text(_("{name} · {rows} rows · {columns} columns · first rows"), name=found.name, rows=f"{found.n_rows:,}", columns=found.n_columns)
    )


def matching(chosen: Upload, found: Preview) -> Upload:
    """Draw a choice for each header that is not known for sure; the options with what was chosen."""
    if found.table is None:
        return chosen
    known = list(fields(found.table))
    unsure = [m for m in found.mapping if m.confidence < 1.0]
    mapping: dict[str, str | None] = {}
    for match in unsure:
        proposed = match.field or (OMITTED if match.field == "" else ATTRIBUTE)
        options = [ATTRIBUTE, OMITTED, *known]
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            with st.container(gap=None):
                st.markdown(f"**{safe(match.header)}**")
                st.caption(safe(f"{session.say(match.reason)} · {_sample(found, match.header)}"))
            picked = st.selectbox(
                safe(match.header),
                options,
                index=options.index(proposed) if proposed in options else 0,
                format_func={code: _field_words(code) for code in options}.__getitem__,
                label_visibility="collapsed",
                key=f"map-{chosen.key}-{match.header}",
                width=260,
            )
        if picked != proposed:
            mapping[match.header] = {OMITTED: "", ATTRIBUTE: None}.get(picked, picked)
    return dataclasses.replace(chosen, options=dataclasses.replace(chosen.options, mapping=mapping))


def _field_words(code: str) -> str:
    if code == ATTRIBUTE:
        return session.say(_("a column of its own"))
    return session.say(_("leave out")) if code == OMITTED else code


def _sample(found: Preview, header: str) -> str:
    values = found.rows[header].drop_nulls().unique(maintain_order=True).head(3).to_list() if header in found.rows.columns else []
    return ", ".join(str(v) for v in values)


def unknown(found: Preview) -> ChurnDashError | None:
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


def matched_words(found: Preview) -> str:
    """Title of the matching step."""
    unsure = sum(1 for m in found.mapping if m.confidence < 1.0)
    if not unsure:
        return session.say(_("Every column is known"))
    return session.say(Text(_("{n} of {all} columns to look at"), n=unsure, all=len(found.mapping)))


def check(chosen: Upload) -> Extract | None:
    """Draw the button that checks, and say by stages what happens; the checked extract, kept until the options change."""
    asked = f"{chosen.key} {chosen.options}"
    held: tuple[str, Extract] | None = st.session_state.get(_CHECKED)
    pressed = st.button(
        session.say(_("Check the file")), icon=":material/fact_check:", key="check", type="primary" if not held else "secondary"
    )
    if pressed:
        progress = st.progress(0.0, session.say(_("Starting")))

        def told(stage: Text, share: float) -> None:
            progress.progress(min(max(share, 0.0), 1.0), session.say(stage))

        try:
            st.session_state[_CHECKED] = (asked, extract(chosen.sources, chosen.options, told))
            st.rerun()
        except ChurnDashError as problem:
            st.session_state.pop(_CHECKED, None)
            shown(problem)
        finally:
            progress.empty()
    held = st.session_state.get(_CHECKED)
    return held[1] if held and held[0] == asked else None


def publishing(checked: Extract) -> None:
    """Draw the choice of mode and the button that publishes into the bank's own data; on success the page starts over."""
    target = places.places().own
    there = places.opened(target)
    mode = "append"
    if there is not None and there.current() is not None:
        labels = {code: session.say(words) for code, words in MODES.items()}
        mode = st.selectbox(session.say(_("How to load")), list(MODES), format_func=labels.__getitem__, key="mode", width=300)
    if not st.button(session.say(_("Publish")), icon=":material/publish:", key="publish", type="primary"):
        return
    progress = st.progress(0.0, session.say(_("Starting")))

    def told(stage: Text, share: float) -> None:
        progress.progress(min(max(share, 0.0), 1.0), session.say(stage))

    try:
        loaded = publish(places.usable(target), checked, mode, told)
    except ChurnDashError as problem:
        shown(problem)
        return
    finally:
        progress.empty()
    _start_over(loaded)
    st.rerun()


def _start_over(loaded: Loaded) -> None:
    """Show the bank's own data from now on, and forget the upload."""
    st.session_state[_DONE] = loaded
    st.session_state.pop(_CHECKED, None)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1
    if places.places().sample is not None:
        address.touched()
        address.hold("data", ("own",), ("sample",), shared=True)
        st.session_state.pop("data", None)


def published() -> Loaded | None:
    """What was published just now; None otherwise."""
    found: Loaded | None = st.session_state.get(_DONE)
    return found


def counts(checked: Extract) -> pl.DataFrame:
    """What became of the rows, as reasons and counts, most first; empty where every row is good."""
    if checked.quarantine.is_empty():
        return pl.DataFrame(schema={"reason": pl.String, "n": pl.Int64})
    return by_reason(checked.quarantine, session.language()).select("reason", "n")
