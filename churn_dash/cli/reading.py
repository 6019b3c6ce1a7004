"""How a file shall be read, as options that several verbs share."""

import inspect
import pathlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import typer

from churn_dash import intake
from churn_dash.cli.common import pairs

Files = Annotated[list[pathlib.Path], typer.Argument(help="CSV (also gz, bz2, zip), xlsx, xls, Parquet, or folders of them.")]
Table = Annotated[str | None, typer.Option(help="Table of the contract that the file is.")]
Mapping = Annotated[list[str] | None, typer.Option("--map", help="COLUMN=FIELD; COLUMN= leaves the column out.")]
IdColumn = Annotated[str | None, typer.Option("--id", help="Column that holds the customer number.")]
Encoding = Annotated[str | None, typer.Option(help="Encoding, where it is not recognised.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook.")]
Separator = Annotated[str | None, typer.Option(help="Character between cells, where it is not recognised.")]
Member = Annotated[str | None, typer.Option(help="File inside a zip.")]
HeaderRow = Annotated[int | None, typer.Option(help="Row that names the columns; the first is 1.")]
Month = Annotated[str | None, typer.Option(help="Month of a file that tells none, YYYY-MM.")]
DayOrder = Annotated[Literal["day-first", "month-first"] | None, typer.Option(help="What comes first in dates such as 03/04/2024.")]
Missing = Annotated[list[str] | None, typer.Option(help="COLUMN=VALUE that stands for missing, such as BALANCE=-999999; repeatable.")]
Closed = Annotated[
    Literal["status", "drop-out", "unknown"] | None,
    typer.Option(help="What becomes of closed customers: they keep a status, drop out of the list, or it is not known."),
]
Distinct = Annotated[bool, typer.Option(help="Equal rows of a file without customer number are one customer each.")]
Mask = Annotated[list[str] | None, typer.Option(help="Column of personal data to leave out, also of the rows set aside; repeatable.")]


def sources(files: Sequence[pathlib.Path]) -> list[intake.Source]:
    """The files, under the names they were given."""
    return [intake.Source(f.name, f) for f in files]


def missing_values(given: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """COLUMN=VALUE options as column → values; a column may come several times.

    >>> missing_values(["a=-1", "a=-2"])
    {'a': ('-1', '-2')}
    """
    said: dict[str, tuple[str, ...]] = {}
    for pair in given or ():
        for column, value in pairs([pair], "--missing").items():
            said[column] = (*said.get(column, ()), value)
    return said


def _said(
    table: Table = None,
    mapping: Mapping = None,
    id_column: IdColumn = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    separator: Separator = None,
    member: Member = None,
    header_row: HeaderRow = None,
    month: Month = None,
    day_order: DayOrder = None,
    missing: Missing = None,
    closed: Closed = None,
    distinct_rows: Distinct = True,
    mask: Mask = None,
) -> intake.Options:
    return intake.Options(
        table=table,
        mapping=pairs(mapping, "--map"),
        id_column=id_column,
        encoding=encoding,
        sheet=sheet,
        separator=separator,
        member=member,
        header_row=header_row,
        month=month,
        day_order=day_order,
        missing=missing_values(missing),
        closed=closed,
        distinct_rows=distinct_rows,
        mask=tuple(mask or ()),
    )


def reads(verb: Callable[..., None]) -> Callable[..., None]:
    """A verb whose parameter ``options`` is given on the command line as the options of reading, the same for every verb."""
    shared = inspect.signature(_said).parameters
    own = inspect.signature(verb).parameters

    def command(**given: Any) -> None:
        options = _said(**{name: given.pop(name) for name in shared})
        verb(**given, options=options)

    listed: list[inspect.Parameter] = []
    for name, parameter in own.items():
        listed += shared.values() if name == "options" else [parameter]
    command.__name__, command.__doc__ = verb.__name__, verb.__doc__
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in listed]
    )
    command.__annotations__ = {p.name: p.annotation for p in listed}
    return command
