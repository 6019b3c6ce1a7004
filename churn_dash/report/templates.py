"""Files to fill in: the headers of a table with one example row, as CSV or as a workbook with a guide to the columns beside it."""

import datetime
import io

import dataframely as dy
import xlsxwriter

from churn_dash.contract import Table
from churn_dash.marks import _
from churn_dash.report import data_guide
from churn_dash.words import say

_DAY, _LATER = datetime.date(2024, 3, 1), datetime.date(2024, 3, 31)
_EARLY = (
    "open_date",
    "start_date",
    "birth_date",
    "sent_at",
    "created_at",
    "from_date",
    "valid_from",
    "assigned_at",
    "activated_date",
    "due_at",
)


def headers(table: Table, language: str = "zh") -> list[str]:
    """The header of each column in Chinese or English; both are recognised."""
    return [(column.metadata or {})["zh"] if language == "zh" else name for name, column in table.columns.items()]


def example(table: Table, language: str = "zh") -> list[str]:
    """One row that loads as it is.

    >>> from churn_dash.contract import TABLES
    >>> example(TABLES["accounts"], "en")[:4]
    ['000123', '000123', 'current', '2024-03-01']
    """
    return [_cell(name, column, language) for name, column in table.columns.items()]


def _cell(name: str, column: dy.Column, language: str) -> str:
    about = column.metadata or {}
    if isinstance(column, dy.Date):
        return f"{_DAY:%Y-%m}" if name == "month" else str(_DAY if name in _EARLY else _LATER)
    if isinstance(column, dy.Bool):
        return "是" if language == "zh" else "yes"
    if isinstance(column, dy.Int64):
        low, high = column.min, column.max
        return str(3 if low is None or low <= 3 <= (high if high is not None else 3) else low)
    if isinstance(column, dy.Float64):
        return next(n for n in ("1234.50", "1.85", "0.85") if column.max is None or float(n) <= column.max)
    if about.get("unit") == "id" or name.endswith("_id"):
        return "000123"
    codes = about.get("codes") or {}
    code = next(iter(codes), None)
    if code is None:
        return "示例" if language == "zh" else "example"
    words: tuple[str, ...] = codes[code]
    return next((w for w in words if not w.isascii()), str(code)) if language == "zh" else str(code)


def csv(table: Table, language: str = "zh") -> bytes:
    """Headers and one example row as UTF-8 CSV with BOM, so that Excel opens it."""
    lines = (",".join(cells) for cells in (headers(table, language), example(table, language)))
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def xlsx(table: Table, language: str = "zh") -> bytes:
    """The same as a workbook, all cells text so that Excel damages no number, with a second sheet that explains the columns."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, text = book.add_format({"bold": True, "bottom": 1, "num_format": "@"}), book.add_format({"num_format": "@"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(table.zh if language == "zh" else table.name)
    sheet.set_column(0, len(table.columns) - 1, 18, text)
    for at, (header, cell) in enumerate(zip(headers(table, language), example(table, language), strict=True)):
        sheet.write_string(0, at, header, bold)
        sheet.write_string(1, at, cell, text)
    sheet.freeze_panes(1, 0)
    guide = book.add_worksheet(say(_("Guide to the columns"), language))
    for at, heading in enumerate(data_guide.HEADINGS):
        guide.write_string(0, at, say(heading, language), bold)
    for r, row in enumerate(data_guide.rows(table, language), start=1):
        for c, cell in enumerate(row):
            guide.write_string(r, c, cell, wrap)
    guide.set_column(0, 4, 16)
    guide.set_column(5, 7, 48)
    book.close()
    return buffer.getvalue()
