"""Sources as they were last loaded: recalled when they come again, with what is different, and remembered once they are published."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.intake import Extract, Options, Preview, Source, preview
from churn_dash.intake.mapping.differences import Differences, compare
from churn_dash.intake.mapping.remembered import Remembered, agreed, matches_source, reading_options, recalled, remembering, stem, unread
from churn_dash.intake.mapping.seen import Seen
from churn_dash.marks import _
from churn_dash.store.records import Records
from churn_dash.store.workspace import Workspace

KIND = "source"


@dataclass(frozen=True)
class Recalled:
    """Options completed by what was said of these sources before, and what is different since, one entry a source that is known."""

    options: Options
    differences: tuple[Differences, ...] = ()

    @property
    def known(self) -> bool:
        """Whether any of the sources was loaded before."""
        return bool(self.differences)


def remembered(workspace: Workspace, look: Preview) -> Remembered | None:
    """The source that a previewed file is again, as it was last loaded; None where it is new."""
    return _nearest(_known(workspace), look.seen) if look.seen else None


def remember(workspace: Workspace, extract: Extract, options: Options, who: str | None = None) -> None:
    """Record how each file of a published extract was read and mapped; nothing is recorded twice.

    Raises WorkspaceProblem where the workspace cannot be written.
    """
    records = Records(workspace.root)
    known = _known(workspace)
    for seen in extract.seen:
        before = next((r for r in known if (r.source, r.table) == (stem(seen.name), seen.table)), None)
        fits = before is not None and matches_source(before, seen.name, seen.header)
        now = remembering(seen, options, before if fits else None)
        if before is None or now != dataclasses.replace(before, file=now.file):
            records.add(KIND, f"{now.source}|{now.table}", now.as_json(), who)
            known = [*(r for r in known if r is not before), now]


def recall(workspace: Workspace, sources: Sequence[Source], options: Options) -> Recalled:
    """What was said of these files before, where nothing is said now, and what is different.

    Raises what ``preview`` raises. Reads no file where nothing is remembered.
    """
    known = _known(workspace)
    if not known:
        return Recalled(options)
    pairs: list[tuple[Source, Remembered, Seen]] = []
    for source in sources:
        looks, kept = _looks(source, options, [r for r in known if r.source == stem(source.name)])
        for look in looks:
            before = _nearest(known, look.seen) if look.seen else None
            if before is not None and look.seen is not None:
                pairs.append((source, before if kept else unread(before), look.seen))
    shared = agreed([before for _source, before, _seen in pairs], len({id(s) for s, *_ in pairs}) == len(sources))
    asked = options
    for _source, before, seen in pairs:
        asked = recalled(dataclasses.replace(before, said={k: v for k, v in before.said.items() if k in shared}), asked, seen)
    again = {s.name: s for source in {id(s): s for s, *_ in pairs}.values() for look in _parts(preview(source, asked)) if (s := look.seen)}
    return Recalled(asked, tuple(compare(before, again.get(seen.name, seen)) for _source, before, seen in pairs))


def stopped(recalled_: Recalled) -> None:
    """Raise BadInput where a column that was mapped last time is gone and nothing takes its place."""
    for found in recalled_.differences:
        for header, field in found.lost:
            new = dict(found.renamed).get(header)
            if new is not None:
                raise BadInput(
                    _(
                        "{name} has no column {column} any more, which was {field}; {new} may be it. "
                        "Say --map {new}={field}, or load without it with --changed."
                    ),
                    name=found.file,
                    column=header,
                    field=field,
                    new=new,
                )
            raise BadInput(
                _(
                    "{name} has no column {column} any more, which was {field}. "
                    "Say which one it is with --map COLUMN={field}, or load without it with --changed."
                ),
                name=found.file,
                column=header,
                field=field,
            )


def _known(workspace: Workspace) -> list[Remembered]:
    return [Remembered.of_json(r.body) for r in Records(workspace.root).all(KIND)]


def _looks(source: Source, options: Options, named: Sequence[Remembered]) -> tuple[list[Preview], bool]:
    """Previews of a file read as it was last time, and True; as it is and False, where that does not do any more."""
    before = reading_options(named[0], options) if len(named) == 1 else options
    if before != options:
        try:
            return _parts(preview(source, before)), True
        except ChurnDashError:
            return _parts(preview(source, options)), False
    return _parts(preview(source, options)), True


def _parts(look: Preview) -> list[Preview]:
    return [look, *look.more]


def _nearest(known: Sequence[Remembered], seen: Seen) -> Remembered | None:
    """The remembered source that a file is again: of the same name first, then of the same table."""
    fitting = [r for r in known if matches_source(r, seen.name, seen.header)]
    return max(fitting, key=lambda r: (r.source == stem(seen.name), r.table == seen.table), default=None)
