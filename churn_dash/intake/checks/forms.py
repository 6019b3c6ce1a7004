"""How cells are written, before they are typed: what was read in another form than the plain one, column by column."""

from collections.abc import Mapping, Sequence

import dataframely as dy
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.checks.load import examples, looked_at
from churn_dash.intake.findings import Finding
from churn_dash.intake.source import Match
from churn_dash.words import Count, Text, _

_MOST = 200_000
_SAMPLED = _("{what} Looked at {n} of {of} rows.")
_AMOUNTS = {
    "thousands": (r"\d[,，]\d{3}", _("{n} cells of {column} have separators between thousands, such as {value}: read as numbers.")),
    "ten_thousands": (r"[万亿]", _("{n} cells of {column} are in 万 or 亿, such as {value}: read as yuan.")),
    "full_width": (r"[０-９]", _("{n} cells of {column} have full-width digits, such as {value}: read as numbers.")),
    "bracketed": (r"^\s*[(（].*\d.*[)）]\s*$", _("{n} cells of {column} are in brackets, such as {value}: read as below zero.")),
}
_ODD = r"[,，万亿０-９(（]"
_PLAIN_DAY = r"^\d{4}-\d{2}-\d{2}$"


def forms(table: str, columns: Sequence[pl.Series], matches: Mapping[str, Match], titles: Mapping[str, str]) -> list[Finding]:
    """Notes about cells that were read although they are not written plainly; ``columns`` are called as in the contract."""
    found: list[Finding] = []
    for column in columns:
        if column.dtype != pl.String:
            continue
        cells = column if len(column) <= _MOST else column.gather_every(-(-len(column) // _MOST))
        title = titles.get(column.name, column.name)
        match = matches.get(column.name)
        spec = TABLES[match.table].columns[str(match.field)] if match is not None else None
        if isinstance(spec, dy.Float64 | dy.Int64):
            odd = cells.filter(cells.str.contains(_ODD))
            for code, (pattern, told) in _AMOUNTS.items() if len(odd) else ():
                found += _noted(code, told, table, title, odd.filter(odd.str.contains(pattern)), len(cells), len(column))
        elif isinstance(spec, dy.Date):
            if column.name != "month":
                told = _("{n} cells of {column} write days in another form, such as {value}: read as days.")
                other = cells.filter(~cells.str.contains(_PLAIN_DAY) & cells.str.contains(r"\d"))
                found += _noted("date_form", told, table, title, other, len(cells), len(column))
        else:
            told = _("{n} cells of {column} have blanks around them: they are cut off.")
            found += _noted("blanks_around", told, table, title, cells.filter(_blank_ends(cells)), len(cells), len(column))
            if column.name == "customer_id":
                told = _("{n} cells of {column} begin with a zero, such as {value}: numbers of customers stay text.")
                zeros = cells.filter(cells.str.starts_with("0"))
                found += _noted("leading_zeros", told, table, title, zeros, len(cells), len(column))
    return found


def _blank_ends(cells: pl.Series) -> pl.Series:
    return cells.str.strip_chars().str.len_bytes() != cells.str.len_bytes()


def _noted(code: str, told: str, table: str, title: str, cells: pl.Series, looked: int, of: int) -> list[Finding]:
    if not len(cells):
        return []
    sentence = looked_at(Text(told, n=Count(len(cells)), column=title, value=str(cells[0])), looked, of, _SAMPLED)
    advice = Text(_("Nothing to do where the form is right."))
    return [Finding(code, "note", sentence, advice, table, title, len(cells), len(cells) / looked, examples(cells))]
