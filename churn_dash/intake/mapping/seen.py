"""What one file showed: its headers, what they were taken for, and the words in its columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.mapping.form import Form
from churn_dash.intake.source import Match
from churn_dash.intake.values.codes import coded

MOST_LEVELS = 200
_LONGEST = 60
_ROWS_A_LEVEL = 5
_LOOK = 2_000
_PERSONAL = ("name", "phone", "mobile", "email", "mail", "address", "姓名", "名字", "电话", "手机", "邮箱", "地址", "身份证", "证件")


@dataclass(frozen=True)
class Seen:
    """One file or sheet. ``fields`` is header → column of the contract, ``levels`` header → the words in it where they are few."""

    name: str
    table: str
    header: tuple[str, ...]
    fields: Mapping[str, str | None]
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str | None = None
    separator: str | None = None


def in_sample(sample: pl.DataFrame, form: Form) -> dict[str, tuple[str, ...]]:
    """Header → words of the columns with few of them, in the first rows as text."""
    found = {}
    for match in form.matches:
        if match.field != "" and _worded(match):
            spec = TABLES[match.table].columns.get(match.field) if match.field else None
            words = coded(sample[match.header], (spec.metadata or {}).get("codes") or {} if spec is not None else {})
            if (few := levels(match.header, words)) and not words.drop_nulls().str.contains(r"^[\d.,%:/ -]+$").all():
                found[match.header] = few
    return found


def _worded(match: Match) -> bool:
    if match.field is None:
        return True
    spec = TABLES[match.table].columns[str(match.field)]
    about = spec.metadata or {}
    return spec.dtype == pl.String and about.get("unit") != "id" and not about.get("personal")


def in_rows(rows: pl.DataFrame, headers: Mapping[str, str], matches: Mapping[str, Match]) -> dict[str, tuple[str, ...]]:
    """Column → words of the columns with few of them, in all good rows; ``headers`` is column of ``rows`` → its header."""
    found = {}
    for column, header in headers.items():
        match = matches.get(column)
        if column in rows.columns and rows.schema[column] == pl.String and (match is None or _worded(match)):
            few = levels(header, rows[column])
            if few:
                found[column] = few
    return found


def levels(header: str, words: pl.Series) -> tuple[str, ...] | None:
    """The different words of a column, None where they are many, long, or names of people.

    >>> levels("city", pl.Series(["a", "b"] * 9)), levels("姓名", pl.Series(["a", "b"] * 9))
    (('a', 'b'), None)
    """
    if any(p in header.casefold() for p in _PERSONAL) or words.head(_LOOK).n_unique() > MOST_LEVELS + 1:
        return None
    known = words.drop_nulls()
    distinct = known.unique()
    if not len(distinct) or len(distinct) > MOST_LEVELS or _ROWS_A_LEVEL * len(distinct) > max(len(known), 10 * _ROWS_A_LEVEL):
        return None
    if int(distinct.str.len_chars().max() or 0) > _LONGEST:  # type: ignore[arg-type]
        return None
    return tuple(distinct.sort().to_list())
