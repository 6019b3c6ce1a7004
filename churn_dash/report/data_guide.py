"""The contract as a guide: Markdown for the docs, a workbook for the department that cuts the extract."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

import dataframely as dy
import xlsxwriter

from churn_dash.contract import TABLES, Table
from churn_dash.marks import _
from churn_dash.words import say

HEADINGS = (
    _("Column"),
    _("Chinese header"),
    _("Type"),
    _("Unit"),
    _("Needed"),
    _("Meaning"),
    _("Other headers that are recognised"),
    _("Values"),
)
_TYPES = {"String": _("text"), "Date": _("date"), "Float64": _("number"), "Int64": _("whole number"), "Bool": _("yes or no")}
_TO_ENGLISH = "en"


def rows(table: Table, language: str = _TO_ENGLISH) -> Iterator[tuple[str, ...]]:
    """A row a column of the table: name, Chinese header, type, unit, needed, meaning, other headers, values."""
    for name, column in table.columns.items():
        about = column.metadata or {}
        yield (
            name,
            about["zh"],
            say(_TYPES[type(column).__name__], language),
            about["unit"] + _range(column),
            say(_("key"), language) if name in table.key else say(_("yes"), language) if not column.nullable else "",
            say(column.description or "", language),
            ", ".join(about["also"]),
            "; ".join(f"{code} ({', '.join(names)})" if names else code for code, names in about["codes"].items()),
        )


def _range(column: dy.Column) -> str:
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is None:
        return ""
    return f", {low:g} – {high:g}" if high is not None else f", ≥ {low:g}"


def markdown() -> str:
    """docs/DATA.md: every table of the contract."""
    parts = ["# The data", "", _INTRODUCTION]
    for table in TABLES.values():
        parts += ["", f"## {table.name} · {table.zh}", "", (table.schema.__doc__ or "").strip(), "", _line(say(h) for h in HEADINGS)]
        parts.append(_line("---" for _h in HEADINGS))
        parts += [_line(cell.replace("|", "\\|") for cell in row) for row in rows(table)]
    return "\n".join(parts) + "\n"


def _line(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |"


_INTRODUCTION = """Generated from the contract; `make docs` writes it anew. Headers are recognised in English and Chinese, whatever their
case, spaces and underscores. `month` is stored as the date of its first day. Columns that the contract does not know become attributes:
dimensions and features under their own header. Only `customer_month`, or one row a customer with a churn flag, is needed; every
further table opens more of the product.

Where banks differ, this is what the tables mean: `loans` has a row a loan a month, so that run-off can be told for any period;
`tier_history` has a row a change, not a row a month; `product_holdings` also holds what customers told of other banks (`bank` is `other`),
known from `recorded_at` on; `market_month` and `process_month` are known by month and city, and by month and process; rates are per cent
(1.85 and 1.85% are the same); `warnings`, `interventions` and `winbacks` are the bank's own records, each under its own number;
`expert_scores` says how many times as important one indicator is as another. `cards.last_txn_date` is as of the extract: a later extract
replaces it."""


_WRITTEN = datetime.datetime(2026, 1, 1)
"""The date inside the workbook: the same tables give the same file."""


def workbook(language: str = "zh") -> bytes:
    """The guide as xlsx: a sheet a table with the headers to use in row 1 and the guide to its columns below."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _WRITTEN})
    bold, wrap = book.add_format({"bold": True, "bg_color": "#EAF1FC"}), book.add_format({"text_wrap": True, "valign": "top"})
    for table in TABLES.values():
        sheet = book.add_worksheet(table.zh if language == "zh" else table.name)
        for i, heading in enumerate(HEADINGS):
            sheet.write_string(0, i, say(heading, language), bold)
        for r, row in enumerate(rows(table, language), start=1):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, cell, wrap)
        sheet.set_column(0, 4, 16)
        sheet.set_column(5, 7, 48)
        sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()
