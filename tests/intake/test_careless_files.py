"""Files and options that contradict themselves."""

import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.extraction import extract
from churn_dash.intake.quarantine import spoken
from churn_dash.intake.source import Options, Source


def rows(*more: str) -> bytes:
    body = [f"C{i},2024-{m:02d},100,1" for m in range(1, 5) for i in range(20)]
    return "\n".join(["customer_id,month,aum_end,txn_count", *body, *more]).encode()


def test_two_columns_named_as_one_field_are_refused():
    with pytest.raises(BadInput, match="txn_count and aum_end cannot both be points"):
        extract([Source("a.csv", rows())], Options(mapping={"aum_end": "points", "txn_count": "points"}))


def test_a_monthly_file_of_one_measure_without_any_month_is_refused():
    with pytest.raises(BadInput, match="holds no months"):
        extract([Source("a.csv", b"customer_id,month,aum_end\nC1,soon,5\nC2,later,6\n")])
    with pytest.raises(BadInput, match="holds no months"):
        extract([Source("a.csv", b"customer_id,month,aum_end\ncustomer_id,month,aum_end\n")])


@pytest.mark.parametrize("month", ["2204-01", "1924-02"])
def test_a_mistyped_year_is_set_aside_and_does_not_stretch_the_panel(month):
    got = extract([Source("a.csv", rows(f"C5,{month},100,1"))])
    assert (got.rows_good, got.rows_quarantined) == (80, 1)
    assert "is the year right" in spoken(got.quarantine)["reason"][0] and got.quarantine["value"][0] == month


def test_a_long_gap_between_whole_months_is_no_mistyped_year():
    later = [f"C{i},2028-01,100,1" for i in range(20)]
    assert extract([Source("a.csv", rows(*later))]).rows_quarantined == 0


def test_an_encoding_with_a_null_byte_is_an_unknown_encoding():
    with pytest.raises(NotFound, match="no encoding"):
        extract([Source("a.csv", rows())], Options(encoding="utf\0"))
