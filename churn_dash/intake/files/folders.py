"""A folder as a source: all data files in it, and what is left out."""

import dataclasses
from collections.abc import Sequence

from churn_dash.errors import BadInput
from churn_dash.intake.files.members import is_data, is_junk, left_out
from churn_dash.intake.source import Source
from churn_dash.words import Text, _

_MOST_FILES = 2_000


def files_of(sources: Sequence[Source]) -> tuple[list[Source], list[Text]]:
    """The sources with every folder replaced by the data files in and under it, in the order of their names; what was left out.

    Raises BadInput for a folder without data files.
    """
    found: list[Source] = []
    told: list[Text] = []
    for source in sources:
        if isinstance(source.data, bytes) or not source.data.is_dir():
            found.append(source)
            continue
        inside = sorted((p.relative_to(source.data).as_posix(), p) for p in source.data.rglob("*") if p.is_file())
        inside = [(name, path) for name, path in inside if not is_junk(name)]
        data = [dataclasses.replace(source, name=f"{source.name}/{name}", data=path) for name, path in inside if is_data(name)]
        if not data or len(data) > _MOST_FILES:
            raise BadInput(_("{name} is a folder with {n} data files. Name the files that shall be read."), name=source.name, n=len(data))
        if left := [name for name, _path in inside if not is_data(name)]:
            told.append(left_out(source.name, left))
        found += data
    return found, told
