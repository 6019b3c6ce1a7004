"""Where a load ends up: in done/ or failed/, with a report beside it for people and for programs."""

import datetime
import errno
import json
import os
import pathlib
import shutil
from collections.abc import Mapping
from typing import Any

from churn_dash.inbox.arrivals import shown
from churn_dash.marks import _
from churn_dash.words import LANGUAGES, Count, Text, say

REPORTS = (".report.json", ".report.txt", ".aside.csv")
_LONGEST_STEM = 200
"""Bytes of a name that leave room for a time and the ending of a report: file systems allow 255."""


def filed(path: pathlib.Path, folder: pathlib.Path, report: Mapping[str, Any], aside: bytes | None) -> pathlib.Path:
    """Move a load to ``folder`` under a name that is free there, its report beside it; returns where it is now.

    What is gone already leaves its report alone. Raises OSError where the folder cannot be written; then nothing is left behind in it.
    The report comes first: broken off between the two, the load is still in the inbox, and loading it again changes nothing.
    """
    folder.mkdir(exist_ok=True)
    target = _free(folder, path.name)
    body = dict(report) | {
        "filed": f"{folder.name}/{shown(target.name)}",
        "aside": None if aside is None else shown(target.name) + ".aside.csv",
    }
    written = [target.with_name(target.name + ending) for ending in REPORTS]
    try:
        if aside is not None:
            written[2].write_bytes(aside)
        written[1].write_text(text(body), encoding="utf-8-sig", newline="\r\n")
        written[0].write_text(json.dumps(body, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
        if os.path.lexists(path):
            _moved(path, target)
    except OSError:
        for left in written:
            left.unlink(missing_ok=True)
        raise
    return target


def _moved(path: pathlib.Path, target: pathlib.Path) -> None:
    """Rename; only where done/ lies on another disk, copy and delete."""
    try:
        path.rename(target)
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
        shutil.move(path, target)


def _free(folder: pathlib.Path, name: str) -> pathlib.Path:
    """The name, or the name with the time in it, such that neither it nor a report of it is there; a very long name is cut."""
    stem, suffix = os.path.splitext(name)
    if len(os.fsencode(suffix)) > 12:
        stem, suffix = name, ""
    while len(os.fsencode(stem)) > _LONGEST_STEM:
        stem = stem[:-1]
    path = folder / f"{stem}{suffix}"
    stamp = datetime.datetime.now().strftime("_%Y%m%d-%H%M%S")
    n = 1
    while any(os.path.lexists(f"{path}{ending}") for ending in ("", *REPORTS)):
        path = folder / f"{stem}{stamp if n == 1 else f'{stamp}-{n}'}{suffix}"
        n += 1
    return path


def text(report: Mapping[str, Any]) -> str:
    """The report to be read, in every language."""
    head = [", ".join(report["files"]) or report["name"], f"{report['began']} – {report['ended']}  {report['outcome']}  {report['filed']}"]
    parts = ["\n".join(head)]
    for language, title in LANGUAGES.items():
        parts.append("\n".join([f"{title}:", *(f"- {line}" for line in _lines(report, language))]))
    return "\n\n".join(parts) + "\n"


def _lines(report: Mapping[str, Any], language: str) -> list[str]:
    why = [report["sentence"][language]] if report["sentence"] else []
    if "rows_in" not in report:
        return why
    counts = {"total": "rows_in", "good": "rows_good", "aside": "rows_quarantined", "repeated": "rows_repeated"}
    lines = [
        Text(
            _("{total} rows in the files: {good} good, {aside} set aside, {repeated} repeated."),
            **{k: Count(report[v]) for k, v in counts.items()},
        )
    ]
    if report["published"]:
        lines.append(Text(_("Published as version {version}: {n} rows."), version=report["version"], n=Count(report["rows_good"])))
    else:
        lines.append(Text(_("Nothing is new in these files, so no version was made.")))
    if report["aside"]:
        lines.append(
            Text(_("The rows set aside, with reasons: {name}. Correct them there and put the file into the inbox."), name=report["aside"])
        )
    said = why + [say(line, language) for line in lines] + [warning[language] for warning in report["warnings"]]
    for found in report["findings"]:
        said.append(" ".join(s[language] for s in (found["sentence"], found["advice"]) if s))
    return said
