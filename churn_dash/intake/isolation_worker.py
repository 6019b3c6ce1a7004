"""The process that reads files: takes limits upon itself, does one task, leaves the answer as JSON and Arrow files, and ends.

Arguments: the folder with the request, bytes of address space, seconds. Progress goes to standard output, one JSON line a sentence.
"""

import json
import os
import pathlib
import shutil
import sys
import threading
from typing import IO, TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from churn_dash.words import Text

NEEDED = tuple(f"churn_dash.intake.{name}" for name in ("experiment", "extraction", "previewing", "sheets", "wire"))
"""What ``main`` imports."""


def limit(memory: int, seconds: int) -> None:
    """Bounds on address space, processor time and core files, where the system knows them."""
    try:
        import resource
    except ImportError:
        return
    processor = seconds * max(2, os.cpu_count() or 1)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with_the_parent(room: pathlib.Path) -> None:
    """Wait for standard input to close, which it does when the process that asked is gone; then clear up and end."""
    sys.stdin.buffer.read()
    shutil.rmtree(room, ignore_errors=True)
    os._exit(1)


def main(room: pathlib.Path, told: IO[str]) -> None:
    """Do what ``request.json`` asks, and write ``answer.json``."""
    from churn_dash.errors import ChurnDashError
    from churn_dash.intake import experiment, extraction, previewing, sheets, wire

    def tell(text: "Text", share: float) -> None:
        print(json.dumps([wire.written(text, room), share]), file=told, flush=True)

    request = json.loads((room / "request.json").read_text())
    answers = room / "answer"
    sources = [wire.read(s, answers) for s in request["sources"]]
    options = wire.read(request["options"], answers)
    answer: object
    try:
        if request["task"] == "extract":
            answer = extraction.extract(sources, options, tell)
        elif request["task"] == "preview":
            answer = previewing.preview(sources[0], options)
        elif request["task"] == "read_sheets":
            answer = sheets.read_sheets(sources[0], options)
        else:
            answer = experiment.read_rows(sources[0], options)
    except ChurnDashError as problem:
        answer = problem
    draft = room / "answer.draft"
    draft.write_text(json.dumps(wire.written(answer, answers)))
    draft.rename(room / "answer.json")


def run(room: pathlib.Path, memory: int, seconds: int) -> NoReturn:
    """Be the reading process: from limits to the end."""
    limit(memory, seconds)
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=end_with_the_parent, args=(room,), daemon=True).start()
    main(room, lines)
    lines.close()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    run(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
