"""The versions of the data: what there is, what a load would change, undo, redo, open, and what is kept."""

import pathlib
from typing import Annotated, Any

import typer

from churn_dash import measures
from churn_dash.cli.common import AsJson, Where, app, printed, progress, workspace_path
from churn_dash.errors import BadInput
from churn_dash.intake import Extract
from churn_dash.marks import _
from churn_dash.store import Health, Retention, Version, Workspace, examined, keep, repaired, retention
from churn_dash.store import redo as redone
from churn_dash.store import undo as undone
from churn_dash.words import Text, say, show


@app.command()
def versions(
    workspace: Where = None,
    keep_newest: Annotated[int | None, typer.Option("--keep", help="Remove the rows of all but the newest N loads.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it, only say which.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the data versions, newest first; or keep only the rows of the newest."""
    place = Workspace.open(workspace_path(workspace))
    if keep_newest is not None:
        found = keep(place, keep_newest) if yes else retention(place, keep_newest)
        printed(_kept_json(found, yes), as_json, lambda: _kept_text(found, yes))
        return
    if yes:
        raise BadInput(_("Say how many versions to keep: --keep N --yes."))
    listed = [_entry(v) for v in place.versions()]
    lines = (f"{v['version']:>4}  {v['created']}  {v['who']:<10} {v['mode']:<14} {_what(v)}" for v in listed)
    printed({"versions": listed}, as_json, lambda: "\n".join(lines))


def _entry(v: Version) -> dict[str, Any]:
    return {
        "version": v.version,
        "created": v.created,
        "who": v.who,
        "mode": v.mode,
        "kind": v.kind,
        "state": v.state,
        "undone": v.undone or None,
        "files": list(v.files),
        "sha256": [digest for _name, digest in v.sources],
        "options": dict(v.options),
        "mapping": v.notes.get("mapping", {}),
        "shape": v.shape,
        "removed": v.removed or None,
        **v.counts,
    }


def _what(v: dict[str, Any]) -> str:
    files = ", ".join(v["files"])
    if v["kind"] != "load":
        files = f"of version {v['undone']} ({files}), serves version {v['state']} again"
    return f"{files}  (rows removed {v['removed'][:10]})" if v["removed"] else files


def _kept_json(found: Retention, done: bool) -> dict[str, Any]:
    return {"kept": list(found.kept), "removed": list(found.removed), "bytes_freed": found.bytes_freed, "done": done}


def _kept_text(found: Retention, done: bool) -> str:
    gone = ", ".join(map(str, found.removed)) or "none"
    lines = [f"kept: {', '.join(map(str, found.kept))}", f"removed: {gone}", f"disk freed: {found.bytes_freed / 1e6:,.1f} MB"]
    return "\n".join(lines if done else [*lines, say(_("Nothing was removed yet: run it again with --yes."))])


@app.command()
def undo(workspace: Where = None, as_json: AsJson = False) -> None:
    """Serve the data as before the newest load, as a new version."""
    _moved(undone(Workspace.open(workspace_path(workspace))), as_json)


@app.command()
def redo(workspace: Where = None, as_json: AsJson = False) -> None:
    """Serve again what was undone last; possible until the next load."""
    _moved(redone(Workspace.open(workspace_path(workspace))), as_json)


def _moved(row: Version, as_json: bool) -> None:
    told = Text(_("Version {version} serves what version {state} held."), version=row.version, state=row.state)
    result = {"version": row.version, "state": row.state, "undone": row.undone, "kind": row.kind}
    printed(result, as_json, lambda: say(told))


@app.command("open")
def opened(
    version: Annotated[int, typer.Argument(help="Version to look at; it stays as it is.", min=0, max=2**31)],
    workspace: Where = None,
    as_json: AsJson = False,
) -> None:
    """Say what an older version holds, and how to ask it; nothing is changed."""
    place = Workspace.open(workspace_path(workspace))
    ds, current = place.dataset(version), place.current()
    result = _entry(ds.info) | {
        "newest": current is not None and current.version,
        "months": [f"{m:%Y-%m}" for m in ds.all_months],
        "definitions": list(ds.definitions),
        "headlines": measures.headlines(ds),
    }
    printed(result, as_json, lambda: _opened_text(result))


def _opened_text(found: dict[str, Any]) -> str:
    months = f"{found['months'][0]} – {found['months'][-1]}" if found["months"] else found["shape"]
    numbers = [f"{n} {show(v, measures.METRICS[n].unit)}" for n, v in found["headlines"].items()]
    told = Text(
        _("Ask it with --version {version}, for example: churn-dash measure churn_rate --version {version}"), version=found["version"]
    )
    return "\n".join([f"version {found['version']}  {found['created']}  {_what(found)}", months, *numbers, say(told)])


def shown(path: pathlib.Path, extract: Extract, mode: str, as_json: bool) -> None:
    """Print what a load would change; nothing is published."""
    found = measures.outlook(Workspace.create(path), extract, mode, progress(as_json))
    found.discard()
    result = found.as_json()
    printed(result, as_json, lambda: _outlook_text(result))


def _outlook_text(found: dict[str, Any]) -> str:
    lines = [f"would become version {found['version']}" if found["changes"] else "nothing would change"]
    kinds = ("new", "changed", "repeated", "conflict", "gone")
    for r in found["rows"]:
        counts = ", ".join(f"{r[f'n_{k}']} {k}" for k in kinds if r[f"n_{k}"])
        lines.append(f"  {r['table']} {r['month'] or ''}: {r['n_before']} → {r['n_after']} rows ({counts})")
    lines += [f"  column {c['label']} of {c['table']}: {c['what']} ({c['before']} → {c['after']})" for c in found["columns"]]
    people = found["customers"]
    lines.append(f"  customer numbers: {people['before']} → {people['after']} ({people['new']} new, {people['gone']} gone)")
    for name, h in found["headlines"].items():
        before, after, same = (show(h[k], measures.METRICS[name].unit) for k in ("before", "after", "after_over_the_same_period"))
        lines.append(f"  {name}: {before} → {after} (over the period published now: {same})")
    told = [
        f"{f['severity']}: {f['sentence']}" for f in found["findings"] if f["severity"] != "note" and f["sentence"] not in found["warnings"]
    ]
    return "\n".join([*lines, *found["warnings"], *told])


@app.command()
def doctor(
    workspace: Where = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended without other files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look whether the workspace is sound and what takes its disk; exit 1 where something is broken."""
    place = Workspace.open(workspace_path(workspace))
    done = [say(t) for t in (repaired(place) if repair else ())]
    found = examined(place)
    printed(found.as_json() | {"repaired": done}, as_json, lambda: _health_text(found, done))
    if not found.sound:
        raise typer.Exit(1)


def _health_text(found: Health, done: list[str]) -> str:
    lines = list(done)
    for c in found.checks:
        lines.append(f"{c.state:<6}  {c.name}: {say(c.sentence)}")
        if c.advice is not None and c.state != "ok":
            lines.append(f"        {say(c.advice)}")
    parts = ", ".join(f"{part} {size / 1e6:,.1f}" for part, size in found.disk.items())
    return "\n".join([*lines, f"disk in MB: {parts}; free {found.free / 1e6:,.0f}"])
