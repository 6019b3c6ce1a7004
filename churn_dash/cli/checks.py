"""What is odd about a file before it is loaded, and which rows a version set aside."""

import pathlib
from collections.abc import Sequence
from typing import Annotated, Any

import polars as pl
import typer

from churn_dash import intake
from churn_dash.cli import reading
from churn_dash.cli.common import AsJson, Language, Where, app, printed, progress, workspace_path
from churn_dash.errors import BadInput
from churn_dash.intake.findings import Finding
from churn_dash.intake.quarantine import by_reason, spoken
from churn_dash.marks import _
from churn_dash.report import files
from churn_dash.store import Workspace
from churn_dash.store.catalogue import Version
from churn_dash.store.versions.planning import plan
from churn_dash.words import say


@app.command()
@reading.reads
def check(
    files: reading.Files,
    workspace: Annotated[
        pathlib.Path | None, typer.Option("--workspace", help="Folder of published data to compare with; nothing is written.")
    ] = None,
    *,
    options: intake.Options,
    as_json: AsJson = False,
) -> None:
    """Read and check files; nothing is published. With --workspace they are also held against the published version."""
    extract = intake.extract(reading.sources(files), options, progress(as_json))
    found = extract.findings if workspace is None else _against(Workspace.open(workspace), extract)
    reasons = by_reason(extract.quarantine).to_dicts()
    result: dict[str, Any] = {
        "rows_in": extract.rows_in,
        "rows_good": extract.rows_good,
        "rows_quarantined": extract.rows_quarantined,
        "rows_repeated": extract.rows_repeated,
        "findings": [f.as_json() for f in found],
        "quarantine": reasons,
    }
    printed(result, as_json, lambda: _checked_text(extract, found))


def _against(space: Workspace, extract: intake.Extract) -> tuple[Finding, ...]:
    """The findings of the extract with those against the published version, as an append would find them."""
    return extract.findings if space.current() is None else plan(space, extract).findings


def _checked_text(extract: intake.Extract, found: Sequence[Finding]) -> str:
    parts = f"{extract.rows_good} good + {extract.rows_quarantined} set aside + {extract.rows_repeated} repeated"
    lines = [f"{extract.rows_in} rows in = {parts}"]
    for f in found:
        such = f"  e.g. {', '.join(f.examples[:3])}" if f.examples else ""
        lines.append(f"{f.severity:<8} {say(f.sentence)}{such}")
        if f.advice is not None and f.severity != "note":
            lines.append(f"         {say(f.advice)}")
    return "\n".join(lines)


@app.command()
def quarantine(
    workspace: Where = None,
    version: Annotated[int | None, typer.Option(help="Data version; else the newest.")] = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="File for the rows, .csv or .xlsx, to correct and load.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """The rows that a version set aside, with the reasons; --out writes them to be corrected and loaded again."""
    space = Workspace.open(workspace_path(workspace))
    info = space.dataset(version).info
    rows = spoken(kept_rows(space, info), language)
    if out is not None:
        _write(rows, out)
    result = {"version": info.version, "rows": rows.height, "out": str(out) if out else None}
    counted = rows.group_by("reason").agg(pl.len().cast(pl.Int64).alias("n")).sort(["n", "reason"], descending=[True, False]).to_dicts()
    listed = rows.head(0 if out else 1000).select(pl.all().cast(pl.String)).to_dicts()
    cells = [{k: v for k, v in row.items() if v is not None} for row in listed]
    printed(result | {"reasons": counted, "set_aside": cells}, as_json, lambda: "\n".join(_lines(rows, counted, out)))


def _write(rows: pl.DataFrame, out: pathlib.Path) -> None:
    if out.suffix.casefold() not in (".csv", ".xlsx"):
        raise BadInput(_("{path} is neither .csv nor .xlsx."), path=out)
    try:
        out.write_bytes(files.xlsx(rows) if out.suffix.casefold() == ".xlsx" else files.csv(rows))
    except OSError as problem:
        raise BadInput(_("{path} cannot be written: {why}"), path=out, why=problem.strerror or problem) from problem


def kept_rows(space: Workspace, info: Version) -> pl.DataFrame:
    """The rows a version set aside; no row where it set none aside."""
    path = space.root / "quarantine" / info.quarantine
    if not info.quarantine or not path.exists():
        return pl.DataFrame(schema={"file": pl.String, "source_row": pl.Int64, "why": pl.String})
    return pl.read_parquet(path)


def _lines(rows: pl.DataFrame, counted: list[dict[str, Any]], out: pathlib.Path | None) -> list[str]:
    lines = [f"{rows.height} rows set aside", *(f"{r['n']:>8}  {r['reason']}" for r in counted)]
    if out is not None:
        return [*lines, f"written to {out}"]
    return [*lines, *(f"{r['file']}:{r['source_row']}  {r['reason']}" for r in rows.head(20).iter_rows(named=True))]
