"""Saved segments: listed, shown, saved, renamed, retired."""

import pathlib
from typing import Annotated, Any

import typer

from churn_dash import measures, segments
from churn_dash.cli.common import AsJson, Definition, FromMonth, ToMonth, Where, app, opened, printed, tagged
from churn_dash.cli.measure import asked, conditions
from churn_dash.contract import TABLES
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments import Segment
from churn_dash.segments.lists.contrast import contrast
from churn_dash.segments.lists.overlap import overlap
from churn_dash.segments.lists.saved import gone
from churn_dash.store import Dataset
from churn_dash.words import show

_SIZE = ("customers", "churn_rate")


@app.command()
def saved(
    name: Annotated[str | None, typer.Argument(help="A segment; without it all are listed.")] = None,
    workspace: Where = None,
    rule: Annotated[str | None, typer.Option(help="Its rule as JSON; see docs/CLI.md.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIMENSION=VALUE; repeatable. With --save the rule, else what is shown.")] = None,
    customers: Annotated[pathlib.Path | None, typer.Option("--list", help="File with one customer number a line.")] = None,
    save: Annotated[bool, typer.Option("--save", help="Save --rule, --where or --list under the name.")] = False,
    tag: Annotated[bool, typer.Option("--tag", help="The rule marks customers as a tag.")] = False,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    who: Annotated[str | None, typer.Option(help="Who saves it; else the user of the machine.")] = None,
    retire: Annotated[bool, typer.Option("--retire", help="Take it out of use; its history stays.")] = False,
    rename: Annotated[str | None, typer.Option(help="Another name for it.")] = None,
    copy: Annotated[str | None, typer.Option(help="Save its rule once more under this name.")] = None,
    with_overlap: Annotated[bool, typer.Option("--overlap", help="Also how the segments lie over one another.")] = False,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Definition = None,
    as_json: AsJson = False,
) -> None:
    """Saved segments: rules and lists of customers by name, to filter and to break down by in every question."""
    ds = opened(workspace)
    saving = save or rule is not None or customers is not None
    if name is None and (saving or retire or rename is not None or copy is not None or tag):
        raise BadInput(_("Name the segment first: churn-dash saved NAME."))
    if name is not None and (retire or rename is not None):
        one = segments.retire(ds, name, who) if rename is None else segments.rename(ds, name, rename, who)
        done = {"name": one.name, "segment_version": one.version, "retired": one.retired, "renamed_to": rename}
        printed(done, as_json, lambda: f"{one.name} v{one.version}")
        return
    if name is not None and copy is not None:
        name = _copied(ds, name, copy, who, tag, note)
    about: dict[str, Any] = {"version": ds.version, **tagged(ds, definition)}
    read: dict[str, int] = {}
    if name is not None and saving:
        chosen = None
        if sum((rule is not None, bool(where), customers is not None)) != 1:
            raise BadInput(_("A segment is saved from one of --rule, --where and --list."))
        if customers is not None:
            if tag:
                raise BadInput(_("A tag is a rule; a list of customers cannot be one."))
            ids = _customers_of(customers)
            read = {"rows_in": len(ids), "rows_repeated": len(ids) - len(set(ids))}
            segments.save_list(ds, name, ids, who, note=note)
        else:
            written = segments.rule_in(rule) if rule is not None else segments.rule_of_where(conditions(ds, where).where)
            segments.save_rule(ds, name, written, who, tag=tag, note=note)
    else:
        chosen = where
    question = asked(ds, chosen, start, end, definition)
    if name is not None:
        one = segments.segment(ds, name)
        beside = contrast(question, one.dimension.name)
        result = about | read | {"segment": _described(ds, one) | {"rule": one.rule.as_json() if one.rule else None}, **beside.as_json()}
        result["segment"]["history"] = [
            {"segment_version": v.version, "who": v.who, "made": v.made, "retired": v.retired, "renamed_to": v.renamed_to}
            for v in segments.versions(ds, name)
        ]
        printed(result, as_json, lambda: "\n".join([_line(result["segment"]), _side("in", beside.inside), _side("out", beside.outside)]))
        return
    found = [_described(ds, s) | _sized(question, s) for s in segments.saved(ds).values()]
    result = about | {"segments": found}
    if with_overlap:
        result["overlap"] = overlap(
            question,
            [s.name for s in segments.saved(ds).values() if not s.ready],
        ).to_dicts()
    printed(result, as_json, lambda: "\n".join(_line(s) for s in found) or "—")


def _copied(ds: Dataset, name: str, copy: str, who: str | None, tag: bool, note: str) -> str:
    """Save the rule of a segment under another name; that name. Raises ``BadInput`` for a list, which has no rule, and a taken name."""
    one = segments.segment(ds, name)
    if one.rule is None:
        raise BadInput(_("The segment {name} is a list of customers; only a rule can be copied."), name=one.name)
    if " ".join(copy.split()) in segments.saved(ds):
        raise BadInput(_("There is a segment {name} already."), name=copy)
    return segments.save_rule(ds, copy, one.rule, who, tag=tag, note=note or one.note).name


def _described(ds: Dataset, one: Segment) -> dict[str, Any]:
    kept = {
        "name": one.name,
        "kind": one.kind,
        "ready": one.ready,
        "tag": one.tag,
        "segment_version": one.version,
        "who": one.who,
        "made": one.made,
    }
    return kept | {"note": one.note, "n_listed": one.n_listed, "n_gone": gone(ds, one)}


def _sized(question: Question, one: Segment) -> dict[str, Any]:
    """Its customers and their churn; nobody in it: no customers, no rate."""
    inside = question.of(measures.Filters((*question.filters.where, (one.dimension.name, ("in",)))))
    row = measures.measure(inside, _SIZE).row(0, named=True)
    return {k: row[k] for k in ("customers", "churn_rate", "churn_rate_low", "churn_rate_high")}


def _customers_of(path: pathlib.Path) -> list[str]:
    """The customer numbers of a file, one a line; of a table the first column, without its header. Raises ``BadInput``."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(_("{path} cannot be read."), path=path) from problem
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    cells = [line.split(",")[0].split("\t")[0].strip().strip('"').strip() for line in text.splitlines()]
    headers = {a.casefold() for a in TABLES["customer_month"].aliases("customer_id")}
    return [c for i, c in enumerate(cells) if c and not (i == 0 and c.casefold() in headers)]


def _line(one: dict[str, Any]) -> str:
    size = f"  n={one['customers']}  churn {show(one['churn_rate'], 'ratio')}" if "customers" in one else ""
    about = "ready" if one["ready"] else f"v{one['segment_version']}  {one['who']}  {one['made'][:10]}"
    return f"{one['name']}  {one['kind']}{' tag' if one['tag'] else ''}  {about}{size}"


def _side(side: str, row: dict[str, Any]) -> str:
    low, high = row["churn_rate_low"], row["churn_rate_high"]
    spread = f" ({show(low, 'ratio')} – {show(high, 'ratio')})" if low is not None else ""
    return f"{side}  churn_rate {show(row['churn_rate'], 'ratio')}{spread} n={row['churn_rate_n']}"
