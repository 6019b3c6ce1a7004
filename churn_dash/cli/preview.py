"""A look at a file before it is loaded."""

import dataclasses
import pathlib
from typing import Annotated, Any

import typer

from churn_dash import intake
from churn_dash.cli import reading
from churn_dash.cli.common import AsJson, Where, app, printed, workspace_path
from churn_dash.intake.mapping.differences import Differences, compare
from churn_dash.store import Recalled, Workspace, recall, remembered
from churn_dash.words import say


@app.command()
@reading.reads
def preview(
    file: Annotated[pathlib.Path, typer.Argument(help="CSV (also gz, bz2, zip), xlsx, xls, Parquet, or a folder of them.")],
    workspace: Where = None,
    *,
    options: intake.Options,
    as_json: AsJson = False,
) -> None:
    """Show what a file is taken for, what it leaves open, and what is different from last time. Nothing is loaded."""
    source, root = intake.Source(file.name, file), workspace_path(workspace)
    space = Workspace.open(root) if (root / "workspace.json").exists() else None
    before = recall(space, [source], options) if space else Recalled(options)
    first = intake.preview(source, before.options)
    looks = [first, *first.more]
    parts = [_part(look, options, before.options, _differences(space, look, before)) for look in looks]
    printed({"file": file.name, "parts": parts}, as_json, lambda: "\n\n".join(_text(p) for p in parts))


def _differences(space: Workspace | None, look: intake.Preview, before: Recalled) -> Differences | None:
    found = next((d for d in before.differences if look.seen and d.file == look.seen.name), None)
    if found is None and space is not None and look.seen is not None and (known := remembered(space, look)) is not None:
        return compare(known, look.seen)
    return found


def _part(look: intake.Preview, said: intake.Options, asked: intake.Options, differences: Differences | None) -> dict[str, Any]:
    again = {h for h in asked.mapping if h not in said.mapping}
    return {
        "name": look.name,
        "kind": look.kind,
        "encoding": look.encoding,
        "separator": look.separator,
        "sheet": look.sheet,
        "sheets": list(look.sheets),
        "table": look.table,
        "rows": look.n_rows,
        "problem": say(look.problem) if look.problem else None,
        "columns": [
            {
                "header": m.header,
                "field": m.field,
                "confidence": round(m.confidence, 3),
                "reason": "As last time" if m.header in again else say(m.reason),
                "factor": m.factor,
                "looks": look.looks.get(m.header),
                "samples": list(look.samples.get(m.header, ())),
            }
            for m in look.mapping
        ],
        "proposals": [
            {"header": m.header, "field": m.field, "confidence": round(m.confidence, 3), "reason": say(m.reason)} for m in look.proposals
        ],
        "questions": [q.as_json() for q in look.questions],
        "differences": differences.as_json() if differences else None,
        "options": dataclasses.replace(asked).said(),
    }


def _text(part: dict[str, Any]) -> str:
    about = [part["kind"], part["encoding"], part["separator"] and repr(part["separator"]), part["rows"] and f"{part['rows']} rows"]
    lines = [f"{part['name']}: {part['table'] or '—'}  ({', '.join(str(a) for a in about if a)})"]
    lines += [part["problem"]] if part["problem"] else []
    for c in part["columns"]:
        field = {None: "(attribute)", "": "(left out)"}.get(c["field"], c["field"])
        lines.append(f"  {c['header']} → {field}  {c['confidence']:.0%}  {c['reason']}  {' | '.join(c['samples'])}")
    lines += [f"  {p['header']} may be {p['field']}  {p['confidence']:.0%}  {p['reason']}" for p in part["proposals"]]
    lines += [f"? {q['question']} [{' / '.join(c['value'] or '—' for c in q['choices'])}]  {q['reason']}" for q in part["questions"]]
    if part["differences"]:
        lines += part["differences"]["sentences"] or ["Same as last time."]
    return "\n".join(lines)
