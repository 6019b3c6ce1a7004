"""What leaves the page: CSV that Excel opens rightly, workbooks whose ids stay text."""

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import xlsxwriter

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = b"\xef\xbb\xbf"
_SPARE = 50
"""Rows below the last for which the rules of a form hold, too."""


def formula_safe(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula.

    >>> formula_safe("=1+1"), formula_safe("North")
    ("'=1+1", 'North')
    """
    return f"'{text}" if text.startswith(_RISKY) else text


def _plain(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col(c).cast(pl.String) for c, t in rows.schema.items() if t in (pl.Categorical, pl.Enum))


def csv(rows: pl.DataFrame, labels: Mapping[str, str] | None = None) -> bytes:
    """The rows as UTF-8 CSV with BOM; text cells and headers formula-safe, numbers whole, undefined empty."""
    table = _plain(rows)
    table = table.with_columns(
        pl.col(c).map_elements(formula_safe, return_dtype=pl.String) for c, t in table.schema.items() if t == pl.String
    )
    named = table.rename({c: formula_safe((labels or {}).get(c, c)) for c in table.columns})
    return BOM + named.write_csv(line_terminator="\r\n").encode("utf-8")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, rows, headers by column, the columns of shares 0–1, the columns that are hidden, those that
    are filled in from a list of words, and those into which a ``date`` or an ``amount`` goes."""

    name: str
    rows: pl.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    percent: Sequence[str] = ()
    hidden: Sequence[str] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)


def xlsx(
    rows: pl.DataFrame,
    labels: Mapping[str, str] | None = None,
    about: Sequence[tuple[str, str]] = (),
    percent: Sequence[str] = (),
    sheets: tuple[str, str] = ("List", "About"),
) -> bytes:
    """The rows as a workbook: text as text (ids keep their zeros), dates as dates, and a second sheet that says what they are."""
    return book([Sheet(sheets[0], rows, labels or {}, percent)], about, sheets[1])


def book(sheets: Sequence[Sheet], about: Sequence[tuple[str, str]] = (), about_name: str = "About") -> bytes:
    """A workbook of several sheets, and a last one that says what they are. Names are made such that a spreadsheet takes them."""
    buffer = io.BytesIO()
    as_written = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    made = xlsxwriter.Workbook(buffer, as_written)
    head = made.add_format({"bold": True, "bottom": 1})
    names = sheet_names([*(s.name for s in sheets), about_name])
    for one, name in zip(sheets, names, strict=False):
        _filled(made, made.add_worksheet(name), one, head)
    notes = made.add_worksheet(names[-1])
    notes.set_column(0, 0, 24)
    notes.set_column(1, 1, 90)
    for i, (what, words) in enumerate(about):
        notes.write_string(i, 0, what, head)
        notes.write_string(i, 1, words)
    made.close()
    return buffer.getvalue()


def _filled(made: xlsxwriter.Workbook, sheet: Any, one: Sheet, head: Any) -> None:
    text, date = made.add_format({"num_format": "@"}), made.add_format({"num_format": "yyyy-mm-dd"})
    rate = made.add_format({"num_format": "0.00%"})
    table = _plain(one.rows)
    for j, name in enumerate(table.columns):
        sheet.write_string(0, j, one.labels.get(name, name), head)
        to_fill = (
            date if one.checks.get(name) == "date" else None if name in one.checks else text if table[name].dtype == pl.String else None
        )
        sheet.set_column(j, j, 18, to_fill, {"hidden": name in one.hidden})
        _checked(sheet, j, len(table), one.choices.get(name), one.checks.get(name))
        for i, value in enumerate(table[name].to_list(), start=1):
            if value is None:
                continue
            if isinstance(value, bool):
                sheet.write_boolean(i, j, value)
            elif isinstance(value, int | float):
                sheet.write_number(i, j, value, rate if name in one.percent else None)
            elif isinstance(value, datetime.date):
                sheet.write_datetime(i, j, datetime.datetime.combine(value, datetime.time()), date)
            else:
                sheet.write_string(i, j, str(value), text)
    sheet.freeze_panes(1, 0)


def _checked(sheet: Any, column: int, n: int, words: Sequence[str] | None, kind: str | None) -> None:
    """What may be entered into a column, also in some rows below the last."""
    if words:
        rule: dict[str, Any] = {"validate": "list", "source": list(words)}
    elif kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": datetime.date(2000, 1, 1)}
    elif kind == "amount":
        rule = {"validate": "decimal", "criteria": ">=", "value": 0}
    else:
        return
    sheet.data_validation(1, column, n + _SPARE, column, rule)


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that a spreadsheet takes: at most 31 letters, none of ``[]:*?/\\``, told apart whatever their case.

    >>> sheet_names(["R/01", "r_01", "", "'x'"])
    ['R_01', 'r_01 (2)', '—', 'x']
    """
    found: list[str] = []
    for name in wanted:
        bare = re.sub(r"[\[\]:*?/\\]", "_", name).strip().strip("'")[:31] or "—"
        chosen, n = bare, 1
        while chosen.casefold() in {f.casefold() for f in found}:
            n += 1
            tail = f" ({n})"
            chosen = bare[: 31 - len(tail)] + tail
        found.append(chosen)
    return found
