"""How the files themselves came: encodings other than UTF-8, headers known under another name."""

from collections.abc import Sequence

from churn_dash.contract import TABLES
from churn_dash.intake.files.parts import Part
from churn_dash.intake.findings import Finding
from churn_dash.intake.recognition import Form
from churn_dash.words import Count, Text, _

_USUAL = {"utf-8", "utf-8-sig", "utf8", "ascii"}


def headers(members: Sequence[tuple[Part, Form]]) -> list[Finding]:
    """Notes on the encoding of each file and on headers that are the contract's under another name."""
    found = []
    for part, form in members:
        table = str(form.table)
        if part.encoding is not None and part.encoding.casefold() not in _USUAL:
            told = Text(_("{name} is read as {encoding}."), name=part.name, encoding=part.encoding)
            advice = Text(_("If letters look wrong in the preview, say another with --encoding."))
            found.append(Finding("encoding", "note", told, advice, table, "", None, None, (part.encoding,)))
        other = [m for m in form.matches if m.field and m.header != m.field]
        if other:
            told = Text(
                _("{n} headers of {name} are columns of {table} under another name."),
                n=Count(len(other)),
                name=part.name,
                table=TABLES[table].label,
            )
            advice = Text(_("Look at the columns; correct one with --map COLUMN=FIELD."))
            pairs = tuple(f"{m.header} → {m.field}" for m in other)
            found.append(Finding("headers_renamed", "note", told, advice, table, "", len(other), len(other) / len(form.matches), pairs))
    return found
