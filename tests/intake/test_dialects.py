"""Every row of docs/DIALECTS.md is driven for real; the document is these cases written down."""

import pathlib

import pytest

from churn_dash.errors import BadInput
from churn_dash.intake.extraction import extract
from churn_dash.intake.previewing import preview
from churn_dash.intake.source import Source
from churn_dash.words import say
from docs.dialects import document
from tests.intake.dialects import DIALECTS, Dialect

ROOT = pathlib.Path(__file__).resolve().parents[2]


def driven(dialect: Dialect) -> str:
    """What becomes of the file: the sentence that refuses it, or "read"."""
    source = Source(dialect.name, dialect.data)
    try:
        found = extract([source], dialect.options)
    except BadInput as refusal:
        assert dialect.name in str(refusal)
        return str(refusal)
    assert found.rows_in == found.rows_good + found.rows_quarantined + found.rows_repeated
    months = found.tables["customer_month"].sort("month", "customer_id")
    assert months["aum_end"].to_list()[:2] == [10.5, 11.0]
    assert months["customer_id"].to_list()[:2] == ["001", "002"]
    assert str(months["month"][0]) == "2024-03-01"
    cities = months["city"] if "city" in months.columns else None
    assert tuple(cities.to_list() if cities is not None else ()) == dialect.cities
    said = [*map(say, found.warnings), f"set aside: {found.rows_quarantined}"]
    assert any(dialect.remark in s for s in said), said
    if dialect.encoding:
        look = preview(source, dialect.options)
        assert look.encoding == dialect.encoding
    return "read"


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: f"{d.group}: {d.words}")
def test_a_dialect_is_read_or_refused_as_the_document_says(dialect):
    assert dialect.outcome in driven(dialect)


def test_the_document_is_these_cases():
    assert (ROOT / "docs/DIALECTS.md").read_text(encoding="utf-8") == document(DIALECTS)
