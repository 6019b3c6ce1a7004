"""Rows of delimited text: ragged, blank, quoted, and where they stand in the file."""

import pytest

from churn_dash.errors import BadInput
from churn_dash.intake.quarantine import spoken

HEADER = "customer_id,month,aum_end,txn_count\n"


def test_rows_with_too_many_or_too_few_cells_are_set_aside_with_their_place(loaded):
    found = loaded(HEADER + "a,2024-01,1,1\nb,2024-01,1\n\nc,2024-01,1,1,9\nd,2024-01,1,1,,\ne,2024-01,2,2\n")
    assert (found.rows_in, found.rows_good, found.rows_quarantined) == (5, 3, 2)
    assert found.tables["customer_month"]["customer_id"].to_list() == ["a", "d", "e"]
    assert found.quarantine["source_row"].to_list() == [3, 5]
    reasons = spoken(found.quarantine)["reason"].to_list()
    assert reasons == [
        "The row has 3 cells, the header has 4.",
        "The row has 5 cells, the header has 4.",
    ]
    assert found.quarantine_rows["column 5"].to_list() == [None, "9"]


def test_row_numbers_count_as_a_spreadsheet_does_across_blank_rows(loaded):
    found = loaded("\n" + HEADER + "a,2024-01,1,1\n\n\nb,2024-01,x,1\n")
    assert found.quarantine.select("source_row", "column", "value").row(0) == (6, "aum_end", "x")


def test_row_numbers_know_of_blank_rows_above_the_header(loaded):
    assert loaded("\n\n" + HEADER + "a,2024-01,1,1\nb,2024-01,x,1\n").quarantine["source_row"].to_list() == [5]


def test_blank_lines_of_a_single_column_are_no_rows(loaded):
    found = loaded("customer_id\n1\n\n2\n\n\n")
    assert (found.rows_in, found.rows_good) == (2, 2)


def test_a_nameless_first_column_of_numbers_that_do_not_count_rows_is_kept(loaded):
    found = loaded(",customer_id,churn\n1001,a,0\n1002,b,1\n")
    assert [a.label for a in found.attributes] == ["column 1"]


def test_rows_between_two_cells_with_a_single_quotation_mark_are_kept(loaded):
    rows = "".join(f"c{i},2024-01,{i},1,ok\n" for i in range(9))
    found = loaded(HEADER.strip() + ',note\na,2024-01,1,1,5" pipe\n' + rows + 'z,2024-01,1,1,6" pipe\n')
    assert (found.rows_in, found.rows_good) == (11, 11)


def test_quoted_cells_may_hold_separators_quotes_and_line_feeds(loaded):
    found = loaded('customer_id,month,aum_end,"no\nte"\n"a,1",2024-01,"1,234.50","say ""hi"""\n"b\nb",2024-01,2,x\nc,2024-01,y,z\n')
    table = found.tables["customer_month"]
    assert table["customer_id"].to_list() == ["a,1", "b\nb"]
    assert table["aum_end"].to_list() == [1234.5, 2.0]
    assert table["x_no_te"].to_list() == ['say "hi"', "x"]
    assert found.quarantine["source_row"].to_list() == [4]


def test_quotation_marks_inside_cells_do_not_break_rows(loaded):
    found = loaded(HEADER.strip() + ',note\na,2024-01,1,1,5" pipe\n"b" ,2024-01,2,2,ok\nc,2024-01,3\n')
    assert found.tables["customer_month"]["x_note"].to_list() == ['5" pipe', "ok"]
    assert found.tables["customer_month"]["customer_id"].to_list() == ["a", "b"]
    assert found.quarantine["source_row"].to_list() == [4]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_rows_after_it(loaded):
    rows = "".join(f"c{i},2024-01,1,1\n" for i in range(3000))
    for at in (20, 45_000):
        with pytest.raises(BadInput, match="quotation mark"):
            loaded(HEADER + rows[:at].rsplit("\n", 1)[0] + '\n"x,2024-01,1,1\n' + rows)


def test_a_trailing_separator_on_every_row_is_no_column(loaded):
    found = loaded(HEADER + "a,2024-01,1,1,\nb,2024-01,1,1,\n")
    assert found.rows_good == 2
    assert found.attributes == ()


def test_more_cells_than_names_in_every_row_is_refused(loaded):
    with pytest.raises(BadInput, match="cells"):
        loaded(HEADER + "1,a,2024-01,1,1\n2,b,2024-01,1,1\n")


def test_two_columns_of_the_same_name_are_told_apart(loaded):
    found = loaded("customer_id,churn,note,note\n1,0,a,b\n2,1,c,d\n")
    assert [a.label for a in found.attributes] == ["note", "note (2)"]
    assert found.tables["cross_section"]["x_note_2"].to_list() == ["b", "d"]


def test_numbers_read_at_once_and_numbers_read_as_text_are_the_same(loaded):
    rows = "".join(f"c{i},2024-01,{i / 7},{i}\n" for i in range(1500))
    quick = loaded(HEADER + rows)
    slow = loaded(HEADER + rows + 'x,2024-01,"1,000",7\n')
    assert slow.tables["customer_month"].head(1500).equals(quick.tables["customer_month"])
    assert slow.tables["customer_month"].row(-1)[2:] == (1000.0, 7)


def test_a_late_bad_cell_keeps_its_original_text(loaded):
    rows = "".join(f"c{i},2024-01,{i}.50,{i}\n" for i in range(1500))
    found = loaded(HEADER + rows + "bad,2024-01,-7.50,1\n")
    listed = spoken(found.quarantine).select("source_row", "column", "value", "reason")
    assert listed.row(0) == (
        1502,
        "aum_end",
        "-7.50",
        "The value is below 0.",
    )
    assert found.quarantine_rows.row(0)[3:] == ("bad", "2024-01", "-7.50", "1")


def test_infinite_and_nan_are_no_amounts(loaded):
    found = loaded(HEADER + "a,2024-01,inf,1\nb,2024-01,nan,1\nc,2024-01,3,1\n")
    assert found.quarantine["value"].to_list() == ["inf"]
    assert found.tables["customer_month"]["aum_end"].to_list() == [None, 3.0]
