"""Whatever the rows: none is lost, and a round trip changes nothing."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.errors import BadInput
from churn_dash.intake.experiment import read_rows
from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Options, Source

CELLS = st.one_of(
    st.sampled_from(["", "1", "-1", "x", "2024-01", "1,000", "12万", '"', "a\nb", "Unknown", " ", "１２"]),
    st.text(st.characters(codec="gb18030", exclude_characters="\ufeff", exclude_categories=["C", "Z"]), max_size=6),
)
KEYS = st.sampled_from(["a", "b", "c", "", "001"])
MONTHS = st.sampled_from(["2024-01", "202402", "2024/3/31", "", "never"])
ROWS = st.lists(st.tuples(KEYS, MONTHS, CELLS, CELLS, st.sampled_from([0, 0, 0, 1, -1])), min_size=1, max_size=25)


def written(rows: list[list[str]], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(",;\t|"))
def test_rows_in_are_good_or_set_aside_or_repeated(rows, separator):
    lines = [["customer_id", "month", "aum_end", "note"]]
    for key, month, amount, note, change in rows:
        cells = [key, month, amount, note]
        lines.append(cells[:-1] if change < 0 else [*cells, "more"] if change else cells)
    lines += [["z", "2024-01", "1", "n"]] * 12
    try:
        found = extract([Source("customer_month.csv", written(lines, separator).encode())])
    except BadInput as refusal:
        assert len(str(refusal)) < 500
        return
    full = sum(any(c.strip() for c in line) for line in lines[1:])
    blank = sum(not any(line) for line in lines[1:])
    assert found.rows_in == found.rows_good + found.rows_quarantined + found.rows_repeated
    assert full <= found.rows_in <= len(lines) - 1 - blank
    assert found.quarantine.height == found.quarantine_rows.height == found.rows_quarantined
    assert found.tables["customer_month"].height == found.rows_good
    assert not found.tables["customer_month"].select("customer_id", "month").is_duplicated().any()
    assert found.quarantine["source_row"].null_count() == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_text_survives_the_round_trip_in_every_encoding(rows, encoding):
    cells = [[f"t{a}", f"t{b}"] for a, b in rows]
    data = written([["first name", "second name"], *cells]).encode(encoding)
    back = read_rows(Source("a.csv", data), Options(encoding=encoding if encoding == "gb18030" else None))
    assert [list(r) for r in back.rows()] == [[a.strip().strip("\u3000"), b.strip().strip("\u3000")] for a, b in cells]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_a_sentence(data):
    try:
        extract([Source("a.csv", data)])
    except BadInput as refusal:
        assert len(str(refusal)) < 600
