"""What the person says of the headers: checked against the file and the contract."""

import dataclasses
from collections.abc import Iterable, Sequence

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.mapping.fields import fields, plain
from churn_dash.intake.source import Options
from churn_dash.words import _, nearest


def said(header: Sequence[str], table: str, options: Options) -> dict[str, str | None]:
    """Header → what the person named it, as far as the file has it. Raises NotFound or BadInput where the words do not fit the table."""
    known: dict[str, str | None] = {}
    for asked, field in _asked(options).items():
        title = found(asked, header)
        if title is None:
            continue
        if field and field not in fields(table):
            raise NotFound(
                _("There is no column {field} in {table}. Did you mean {near}? It has {known}."),
                field=field,
                table=table,
                near=nearest(field, fields(table)) or fields(table)[0],
                known=", ".join(fields(table)),
            )
        if field and field in known.values():
            other = next(t for t, f in known.items() if f == field)
            raise BadInput(_("{column} and {other} cannot both be {field}. Name one of them."), column=title, other=other, field=field)
        known[title] = field
    return known


def _asked(options: Options) -> dict[str, str | None]:
    own: dict[str, str | None] = {} if options.id_column is None else {options.id_column: "customer_id"}
    return {**options.mapping, **own}


def found(asked: str, header: Iterable[str]) -> str | None:
    """The header that the person means: the same one, else the same but for case, spaces and underscores."""
    titles = list(header)
    return asked if asked in titles else next((t for t in titles if plain(t) == plain(asked)), None)


def applicable(table: str, options: Options) -> Options:
    """The person's words as far as this table has such columns; others may be meant for another file or table."""
    known = {h: f for h, f in options.mapping.items() if not f or f in fields(table)}
    id_column = options.id_column if "customer_id" in fields(table) else None
    return dataclasses.replace(options, mapping=known, id_column=id_column)


def unknown_headers(headers: Iterable[str], options: Options) -> None:
    """Raise NotFound when the person names a header that no file has."""
    titles = list(headers)
    for asked in (*_asked(options), *options.missing):
        if found(asked, titles) is None:
            raise NotFound(
                _("No file has a column {column}. Did you mean {near}?"), column=asked, near=nearest(asked, titles) or ", ".join(titles[:8])
            )


def unknown_fields(known: Iterable[frozenset[str]], options: Options) -> None:
    """Raise NotFound when the person names a column that the contract lacks, or that fits no table among the files."""
    there = frozenset().union(*known)
    every = {c for t in TABLES for c in fields(t)}
    for asked, field in _asked(options).items():
        if field and field not in every:
            raise NotFound(
                _("There is no column {field} in the contract. Did you mean {near}?"),
                field=field,
                near=nearest(field, every) or "customer_id",
            )
        if field and field not in there:
            raise NotFound(_("{column} cannot be {field}: the file is a table without such a column."), column=asked, field=field)
