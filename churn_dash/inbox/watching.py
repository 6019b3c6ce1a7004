"""The watch over one folder: look, wait until nothing is written any more, load, file away, look again."""

import datetime
import pathlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from filelock import FileLock, Timeout

from churn_dash.errors import BadInput, NotPossible
from churn_dash.inbox.arrivals import DONE, FAILED, Arrival, Look, arrival, arrivals, shown
from churn_dash.inbox.loading import apart, spoken
from churn_dash.inbox.reports import filed
from churn_dash.marks import _
from churn_dash.store.versions.merging import MODES
from churn_dash.words import Text

Event = dict[str, Any]
_SETTLE = 2.0
"""Seconds between two looks where there are only two."""
_PATIENCE = 600.0
"""Seconds for which a single run waits for a workspace that cannot be written."""


@dataclass(frozen=True)
class Plan:
    """What is asked of a watch. ``once``: take what is there and end. ``every``: seconds between looks."""

    folder: pathlib.Path
    workspace: pathlib.Path
    once: bool = False
    every: float = 10.0
    mode: str = "append"


@dataclass
class Tally:
    """What became of the loads: moved to done/, moved to failed/, and left where they are."""

    done: int = 0
    failed: int = 0
    left: int = 0


@dataclass(frozen=True)
class _Finished:
    """A load that is read or refused, and not yet moved."""

    look: Look
    report: Event
    aside: bytes | None


@dataclass
class _Watch:
    plan: Plan
    tell: Callable[[Event], None]
    stopped: Callable[[], bool]
    tally: Tally = field(default_factory=Tally)
    unmoved: dict[str, _Finished] = field(default_factory=dict)
    """Loads that are finished but could not be moved: not to be read again."""
    given_up: bool = False
    """A single run has waited long enough for the workspace."""


def watch(plan: Plan, tell: Callable[[Event], None] = lambda event: None, stopped: Callable[[], bool] = lambda: False) -> Tally:
    """Load what arrives until ``stopped`` says so, or once. ``tell`` gets one event a load: time, event, file and its report.

    Events: watching, done, failed, waiting (the workspace is locked, full or read-only), left (still being written, or given up for
    now), unmoved, stopped. Raises ``BadInput`` or ``NotPossible`` where the folder cannot be an inbox.
    """
    _fit(plan)
    lock = FileLock(plan.folder / ".inbox.lock", timeout=0)
    try:
        for name in (DONE, FAILED):
            (plan.folder / name).mkdir(exist_ok=True)
        lock.acquire()
    except Timeout as problem:
        raise NotPossible(_("Another inbox already watches {folder}."), folder=plan.folder) from problem
    except OSError as problem:
        raise NotPossible(
            _("{folder} cannot be written ({why}): what is loaded could not be moved to done/."), folder=plan.folder, why=problem.strerror
        ) from problem
    with lock:
        return _watched(_Watch(plan, tell, stopped))


def _fit(plan: Plan) -> None:
    if plan.mode not in MODES:
        raise BadInput(_("There is no mode {mode}; use append, replace-months or replace-all."), mode=plan.mode)
    if not plan.folder.is_dir():
        raise BadInput(_("{folder} is no folder. Make it first."), folder=plan.folder)
    folder, space = plan.folder.resolve(), plan.workspace.resolve()
    if folder == space or folder in space.parents or space in folder.parents:
        raise BadInput(
            _("The inbox {folder} and the workspace {path} must not lie one inside the other: give each a folder of its own."),
            folder=plan.folder,
            path=plan.workspace,
        )
    if folder in (pathlib.Path.home().resolve(), pathlib.Path(folder.anchor)) or (folder / ".git").exists():
        raise BadInput(
            _("{folder} holds more than files to load, and all would be moved: give the inbox a folder of its own."), folder=folder
        )


def _watched(watch: _Watch) -> Tally:
    plan = watch.plan
    _tell(watch, "watching", shown(str(plan.folder)), workspace=shown(str(plan.workspace)))
    before: dict[str, Look] = {}
    looks = 0
    while not watch.stopped():
        now = _listed(watch)
        ready = [a for a in now if a.finished and before.get(a.path.name) == a.look]
        before = {a.path.name: a.look for a in now}
        looks += 1
        for one in ready:
            if watch.stopped():
                break
            if watch.given_up:
                _leave(watch, one, _later(one))
                continue
            _taken(watch, one)
        if plan.once and looks == 2:
            for one in now:
                if one not in ready:
                    _leave(watch, one, Text(_("{name} is still being written; it is left for the next run."), name=one.name))
            break
        _pause(watch, min(_SETTLE, plan.every) if plan.once else plan.every)
    _tell(watch, "stopped", shown(str(plan.folder)), done=watch.tally.done, failed=watch.tally.failed, left=watch.tally.left)
    return watch.tally


def _listed(watch: _Watch) -> list[Arrival]:
    try:
        return arrivals(watch.plan.folder)
    except OSError as problem:
        told = Text(_("{name} cannot be read: {why}."), name=shown(str(watch.plan.folder)), why=problem.strerror or "")
        _tell(watch, "waiting", shown(str(watch.plan.folder)), sentence=spoken(told))
        return []


def _taken(watch: _Watch, one: Arrival) -> None:
    """Load one arrival and file it away."""
    known = watch.unmoved.get(one.path.name)
    finished = known if known is not None and known.look == one.look else _loaded(watch, one)
    if finished is None:
        return
    after = arrival(one.path)
    if after is not None and after.look != one.look:
        _leave(watch, one, Text(_("{name} was changed while it was read; it is loaded again."), name=one.name))
        return
    report = finished.report
    done = report["outcome"] == "done"
    try:
        target = filed(one.path, watch.plan.folder / (DONE if done else FAILED), report, finished.aside)
    except OSError as problem:
        if finished is not known:
            told = _("{name} is dealt with but cannot be moved ({why}). Make the folder writable; it is tried again.")
            _tell(watch, "unmoved", one.name, sentence=spoken(Text(told, name=one.name, why=problem.strerror or str(problem))))
            watch.tally.left += 1
            watch.unmoved[one.path.name] = finished
        return
    watch.tally.left -= watch.unmoved.pop(one.path.name, None) is not None
    watch.tally.done += done
    watch.tally.failed += not done
    _tell(watch, report["outcome"], one.name, filed=f"{target.parent.name}/{shown(target.name)}", **_brief(report))


def _loaded(watch: _Watch, one: Arrival) -> _Finished | None:
    """A load and what became of it; None where it has to wait for a later look."""
    with tempfile.TemporaryDirectory(prefix="churn-dash-inbox-") as room:
        report, aside = _report(watch, one, pathlib.Path(room)), pathlib.Path(room) / "aside.csv"
        return None if report is None else _Finished(one.look, report, aside.read_bytes() if aside.exists() else None)


def _report(watch: _Watch, one: Arrival, room: pathlib.Path) -> Event | None:
    """What became of the load, for its report; None where it has to wait for a later look."""
    plan, began = watch.plan, _clock()
    about: Event = {"name": one.name, "files": [shown(f.name) for f in one.files], "began": began, "workspace": shown(str(plan.workspace))}
    about["mode"] = plan.mode
    if one.refusal is not None:
        return about | {"ended": _clock(), "outcome": "failed", "sentence": spoken(one.refusal), "options": {}}
    files = [(shown(f.name), str(f)) for f in one.files]
    order = {"workspace": str(plan.workspace), "mode": plan.mode, "files": files}
    until, told = time.monotonic() + _PATIENCE, None
    while True:
        found = apart(order, room)
        if found["outcome"] != "later":
            return about | {"ended": _clock()} | found
        if found["sentence"] != told:
            told = found["sentence"]
            _tell(watch, "waiting", one.name, sentence=told, again_in_seconds=plan.every)
        _pause(watch, plan.every)
        watch.given_up = plan.once and time.monotonic() > until
        if watch.stopped() or watch.given_up:
            _leave(watch, one, _later(one))
            return None


def _later(one: Arrival) -> Text:
    return Text(_("{name} is left for the next run: the workspace could not be written."), name=one.name)


def _brief(report: Mapping[str, Any]) -> Event:
    keys = ("sentence", "version", "published", "rows_in", "rows_good", "rows_quarantined", "rows_repeated", "rows_updated")
    return {k: report[k] for k in keys if k in report}


def _leave(watch: _Watch, one: Arrival, why: Text) -> None:
    watch.tally.left += 1
    _tell(watch, "left", one.name, sentence=spoken(why))


def _tell(watch: _Watch, event: str, name: str, **more: Any) -> None:
    watch.tell({"time": _clock(), "event": event, "file": name, **more})


def _pause(watch: _Watch, seconds: float) -> None:
    """Sleep in short pieces: a flag set by a signal is seen soon, and nothing is locked that a signal could meet."""
    until = time.monotonic() + seconds
    while not watch.stopped() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.2))


def _clock() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
