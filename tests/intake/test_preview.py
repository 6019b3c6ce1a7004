"""A look at a file before it is loaded."""

import pytest

from churn_dash.errors import BadInput
from churn_dash.intake.previewing import preview
from churn_dash.intake.source import Options, Source
from churn_dash.words import LANGUAGES, say


def test_a_preview_proposes_a_column_for_each_header_and_names_what_is_unmapped():
    look = preview(Source("a.csv", b"CustomerId;Exited;Balance;gender\n1;0;5,5;F\n2;1;6;M\n"))
    assert (look.table, look.separator, look.n_rows, look.n_columns) == ("cross_section", ";", 2, 4)
    assert [(m.header, m.field, m.table) for m in look.mapping] == [
        ("CustomerId", "customer_id", "cross_section"),
        ("Exited", "churned", "cross_section"),
        ("Balance", None, "cross_section"),
        ("gender", "gender", "customers"),
    ]
    assert look.unmapped == ("Balance",)
    assert all(0 <= m.confidence <= 1 for m in look.mapping)
    assert all(say(m.reason, language) for m in look.mapping for language in LANGUAGES)


def test_a_preview_follows_what_the_person_says():
    look = preview(Source("a.csv", b"nr,gone,x\n1,y,2\n2,n,3\n"), Options(mapping={"gone": "churned", "x": ""}, id_column="nr"))
    assert [m.field for m in look.mapping] == ["customer_id", "churned", ""]


def test_a_preview_shows_at_most_twenty_rows_as_text():
    look = preview(Source("a.csv", b"customer_id,churn\n" + b"007,1\n" * 99))
    assert look.rows.height == 20
    assert look.rows.row(0) == ("007", "1")


def test_a_preview_says_why_a_file_cannot_be_loaded_instead_of_failing():
    look = preview(Source("a.csv", b"month,aum_end,txn_count\n2024-01,1,2\n"))
    assert look.table is None
    assert isinstance(look.problem, BadInput)
    assert "customer number" in str(look.problem)


def test_a_file_that_cannot_be_read_at_all_has_no_preview():
    with pytest.raises(BadInput, match="empty"):
        preview(Source("a.csv", b""))
