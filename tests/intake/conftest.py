"""Files in the forms that users have, made in memory."""

import datetime
import io
import pathlib
import re
import zipfile
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter

from churn_dash.intake.extraction import Extract, extract
from churn_dash.intake.source import Options, Source

REAL = pathlib.Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


@pytest.fixture(scope="session", name="real")
def _real() -> Callable[[str], Source]:
    return real


@pytest.fixture(scope="session", name="loaded")
def _loaded() -> Callable[..., Extract]:
    return loaded


@pytest.fixture(scope="session", name="workbook")
def _workbook() -> Callable[..., bytes]:
    return workbook


@pytest.fixture(scope="session", name="vast_workbook")
def _vast_workbook() -> bytes:
    return vast_workbook()


def real(name: str) -> Source:
    """A real file of ../shared/data; skips the test where the folder is absent."""
    path = REAL / name
    if not path.exists():
        pytest.skip("the real extracts of ../shared/data are not here")
    return Source.on_disk(path)


def loaded(text: str | bytes, name: str = "a.csv", options: Options | None = None) -> Extract:
    data = text.encode() if isinstance(text, str) else text
    return extract([Source(name, data)], options)


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(i, j, datetime.datetime(cell.year, cell.month, cell.day), day)
                elif cell is not None:
                    sheet.write(i, j, cell)
    book.close()
    return out.getvalue()


def vast_workbook() -> bytes:
    """Five kilobytes whose two cells span a thousand million rows and columns."""
    plain = zipfile.ZipFile(io.BytesIO(workbook(("s", [["customer_id"], ["a"]]))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in plain.namelist():
            data = plain.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rb"<dimension[^>]*/>", b"", data)
                cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
                data = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + cells + b"</sheetData>", data, flags=re.S)
            archive.writestr(name, data)
    return out.getvalue()
