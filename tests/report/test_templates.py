"""Template files load as they are, in both languages and both forms."""

import pytest

from churn_dash.contract import TABLES
from churn_dash.intake import Options, Source
from churn_dash.intake.extraction import extract
from churn_dash.report import templates


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", TABLES)
def test_a_template_loads_with_its_example_row(name, form, language):
    table = TABLES[name]
    file = templates.csv(table, language) if form == "csv" else templates.xlsx(table, language)
    found = extract([Source(f"template.{form}", file)], Options(table=name, sheet=None if form == "csv" else _first(table, language)))
    assert found.rows_good == 1 and found.rows_quarantined == 0, found.quarantine.to_dicts()
    row = found.tables[name].row(0, named=True)
    assert not [c for c in table.columns if c in row and row[c] is None]
    assert not found.attributes


def _first(table, language):
    return table.zh if language == "zh" else table.name


def test_a_template_opens_in_excel():
    assert templates.csv(TABLES["accounts"]).startswith(b"\xef\xbb\xbf")
