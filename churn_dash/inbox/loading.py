"""One load of the inbox, in a process of its own: whatever a file does to it, the inbox lives on.

The process (``main``) reads an order as JSON and leaves ``outcome.json`` in the folder named there.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from churn_dash import intake
from churn_dash.errors import BadInput, ChurnDashError, WorkspaceProblem
from churn_dash.intake.findings import Finding
from churn_dash.intake.quarantine import spoken as in_language
from churn_dash.intake.questions import Question
from churn_dash.marks import _
from churn_dash.report.files import csv
from churn_dash.store import Recalled, Workspace, publish, recall, remember, stopped
from churn_dash.words import LANGUAGES, Count, Text, say

Spoken = dict[str, str]
"""A sentence in every language."""
_LONGEST = 3600.0
# -P: what lies in the current folder, which may be the inbox, is no program.
_COMMAND = [sys.executable, "-P", "-c", f"from {__name__} import main; main()"]


def spoken(what: Text | ChurnDashError) -> Spoken:
    """A sentence in every language.

    >>> spoken(Text("No file was given."))
    {'en': 'No file was given.', 'zh': '没有给出文件。'}
    """
    return {language: say(what, language) for language in LANGUAGES}


def load(workspace: pathlib.Path, sources: Sequence[intake.Source], mode: str, aside: pathlib.Path) -> dict[str, Any]:
    """Read, check and publish; rows set aside are written to ``aside`` as CSV.

    The ``outcome`` is done, failed (the files are at fault) or later (the workspace is: locked, full, read-only), the last two with
    a ``sentence``. Nothing is raised that a person could mend.
    """
    said: dict[str, Any] = {"options": {}}
    try:
        before = Recalled(intake.Options())
        if (workspace / "workspace.json").exists():
            with Workspace.open(workspace).writing():
                pass  # rather than read a long file while somebody else writes
            before = recall(Workspace.open(workspace), sources, before.options)
            stopped(before)
        options = before.options
        said = {"options": options.said(), "differences": [spoken(s) for d in before.differences for s in d.sentences()]}
        _answered(sources, options)
        extract = intake.extract(sources, options)
        space = Workspace.create(workspace)
        loaded = publish(space, extract, mode)
        remember(space, extract, options)
    except WorkspaceProblem as problem:
        return said | {"outcome": "later", "sentence": spoken(problem)}
    except ChurnDashError as problem:
        return said | {"outcome": "failed", "sentence": spoken(problem)}
    if len(loaded.quarantine):
        aside.write_bytes(csv(in_language(loaded.quarantine, "en")))
    counts = loaded.as_json() | {"warnings": [spoken(w) for w in loaded.warnings], "findings": [_finding(f) for f in loaded.findings]}
    sentence = None
    if loaded.rows_in == loaded.rows_quarantined:
        told = _("None of the {n} rows was loaded: all are set aside, with reasons beside this report.")
        sentence = spoken(Text(told, n=Count(loaded.rows_in)))
    said |= {"outcome": "failed" if sentence else "done", "sentence": sentence, "content_hash": extract.content_hash}
    return said | counts


@dataclass(frozen=True)
class _Together:
    """Several sentences as one value of another."""

    sentences: tuple[Text, ...]

    def in_(self, language: str) -> str:
        return " ".join(say(s, language) for s in self.sentences)

    def __str__(self) -> str:
        return self.in_("en")


def _answered(sources: Sequence[intake.Source], options: intake.Options) -> None:
    """Raise ``BadInput`` where a file asks what nobody has answered and nothing is proposed for."""
    for source in sources:
        first = intake.preview(source, options)
        asked: list[Question] = [q for part in (first, *first.more) for q in part.questions if q.proposal is None]
        if asked:
            raise BadInput(
                _(
                    "{name} leaves questions open: {questions} Load it once by hand with churn-dash load or on the Data page; "
                    "the answers are remembered for the next file like it."
                ),
                name=source.name,
                questions=_Together(tuple(q.sentence for q in asked)),
            )


def _finding(found: Finding) -> dict[str, Any]:
    advice = spoken(found.advice) if found.advice is not None else None
    plain = {k: getattr(found, k) for k in ("code", "severity", "table", "column", "count", "share", "examples")}
    return plain | {"sentence": spoken(found.sentence), "advice": advice}


def apart(order: dict[str, Any], room: pathlib.Path) -> dict[str, Any]:
    """``load`` in a process of its own, which no signal to this one reaches. A process that dies is a failed load.

    ``order``: workspace, mode, files as (name, path). ``room`` is a folder for ``aside.csv``.
    """
    alone: dict[str, Any] = {"start_new_session": True} if os.name != "nt" else {"creationflags": 0x200}  # a group of its own
    with tempfile.TemporaryFile("w+") as asked:
        json.dump(order | {"room": str(room)}, asked)
        asked.seek(0)
        child = subprocess.Popen(_COMMAND, stdin=asked, stdout=subprocess.DEVNULL, **alone)  # noqa: S603
        try:
            code = child.wait(_LONGEST)
        except subprocess.TimeoutExpired:
            _ended(child)
            return _broken(Text(_("Reading it took longer than {n} minutes and was broken off. Split it."), n=int(_LONGEST // 60)))
    answer = room / "outcome.json"
    if code == 0 and answer.exists():
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found
    if -code in (signal.SIGINT, signal.SIGTERM):  # between fork and setsid the child is still in this group
        return _broken(Text(_("Reading it was interrupted; it is taken again.")), "later")
    if code < 0:
        told = _(
            "Reading it was broken off by the system (signal {n}): it may want more memory than there is. Nothing of it was published."
        )
        return _broken(Text(told, n=-code))
    told = _("Something went wrong in Churn Dash itself while reading it (exit code {n}); the details are in the log of the inbox.")
    return _broken(Text(told, n=code))


def _ended(child: "subprocess.Popen[bytes]") -> None:
    if os.name != "nt":
        os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()


def _broken(sentence: Text, outcome: str = "failed") -> dict[str, Any]:
    return {"outcome": outcome, "sentence": spoken(sentence), "options": {}}


def main() -> None:
    """The process of one load."""
    order = json.load(sys.stdin)
    room = pathlib.Path(order["room"])
    sources = [intake.Source(name, pathlib.Path(path)) for name, path in order["files"]]
    found = load(pathlib.Path(order["workspace"]), sources, order["mode"], room / "aside.csv")
    staged = room / "outcome.part"
    staged.write_text(json.dumps(found, default=str), encoding="utf-8")
    os.replace(staged, room / "outcome.json")
