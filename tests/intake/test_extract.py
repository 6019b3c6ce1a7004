"""What an extract holds: shapes, counts, keys, warnings."""

import datetime
import io

import polars as pl
import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.extraction import extract
from churn_dash.intake.quarantine import spoken
from churn_dash.intake.source import Options, Source
from churn_dash.words import say

JAN, FEB = datetime.date(2024, 1, 1), datetime.date(2024, 2, 1)


def test_one_wide_monthly_file_is_split_and_what_changes_keeps_its_history(loaded):
    found = loaded(
        "客户号,月份,性别,开户日期,城市,月末资产,爱好\n"
        "1,2024-02,女,2020-01-01,北京,20,茶\n1,2024-01,女,2020-01-01,上海,10,酒\n2,2024-01,男,2021-05-06,上海,5,\n"
    )
    assert (found.shape, found.wide, found.rows_good) == ("panel", True, 3)
    months = found.tables["customer_month"]
    assert set(months.columns) == {"customer_id", "month", "city", "aum_end", found.attributes[0].column}
    assert dict(zip(months["month"], months["city"], strict=True)) == {FEB: "北京", JAN: "上海"}
    people = found.tables["customers"].sort("customer_id")
    assert people.select("customer_id", "gender", "open_date", "city").rows() == [
        ("1", "F", datetime.date(2020, 1, 1), "北京"),
        ("2", "M", datetime.date(2021, 5, 6), "上海"),
    ]
    assert found.attributes[0].label == "爱好"
    assert found.attributes[0].table == "customer_month"


def test_several_files_load_together(loaded):
    files = {
        "customers.csv": "customer_id,gender,birth_date,branch_id,open_date\nA,F,1980-01-01,B01,2015-03-01\n",
        "accounts.csv": "account_id,customer_id,account_type,open_date,close_date,close_initiator\na1,A,current,2015-03-01,,\n",
        "customer_month.csv": "customer_id,month,aum_avg,aum_end,txn_count\nA,2023-12,100,100,4\nA,2024-01,102,103,5\n",
    }
    found = extract([Source(n, t.encode()) for n, t in files.items()])
    assert found.shape == "panel"
    assert {t: f.height for t, f in found.tables.items()} == {"customers": 1, "accounts": 1, "customer_month": 2}
    assert found.tables["accounts"].schema["close_date"] == pl.Date
    assert found.files == tuple(files)
    assert not found.wide


def test_months_in_several_files_are_one_table_and_rows_know_their_file():
    files = [("m1.csv", "customer_id,month,aum_end,txn_count\na,2024-01,1,1\nb,2024-01,x,1\n")]
    files += [("m2.csv", "客户号,月份,月末资产,交易笔数\na,2024-02,2,1\na,2024-01,1,1\nc,2024-02,y,1\n")]
    found = extract([Source(n, t.encode()) for n, t in files])
    assert found.tables["customer_month"].height == 2
    assert found.rows_repeated == 1
    assert found.quarantine.select("file", "source_row", "column", "value").rows() == [
        ("m1.csv", 3, "aum_end", "x"),
        ("m2.csv", 4, "月末资产", "y"),
    ]


def test_an_identical_row_is_repeated_and_a_key_with_other_values_is_set_aside_whole(loaded):
    found = loaded(
        "customer_id,month,aum_end,txn_count\na,2024-01,1,1\na,2024-01,1.0,1\nb,2024-01,1,1\nb,202401,2,1\nc,2024-01,1,1\nc,2024-01,x,1\nd,2024-01,,1\n"
    )
    assert (found.rows_in, found.rows_good, found.rows_repeated, found.rows_quarantined) == (7, 2, 1, 4)
    assert found.tables["customer_month"]["customer_id"].to_list() == ["a", "d"]
    assert found.quarantine["source_row"].to_list() == [4, 5, 6, 7]
    assert "comes again with other values" in spoken(found.quarantine)["reason"][0]
    assert "再次出现" in spoken(found.quarantine, "zh")["reason"][0]


def test_equal_rows_without_customer_number_are_different_customers(loaded):
    found = loaded("age,gender,churn\n30,F,1\n30,F,1\n30,F,1\n")
    assert (found.rows_good, found.rows_repeated) == (3, 0)
    assert found.tables["cross_section"]["customer_id"].to_list() == ["1", "2", "3"]


def test_rows_that_break_the_contract_are_set_aside_with_the_reason(loaded):
    found = loaded(
        "account_id,customer_id,account_type,open_date,close_date\n"
        "1,a,活期,2020-01-01,2019-01-01\n,b,活期,2020-01-01,\n3,,活期,2020-01-01,\n4,d,活期,2020-02-30,\n5,e,活期,2020-01-01,2021-01-01\n"
    )
    assert found.rows_good == 1
    assert spoken(found.quarantine).select("source_row", "column", "reason").rows() == [
        (2, "close_date", "The account is closed before it was opened."),
        (3, "account_id", "A value that must not be missing is missing."),
        (4, "customer_id", "A value that must not be missing is missing."),
        (5, "open_date", "The value is not a date such as 2024-03-05."),
    ]
    assert found.quarantine_rows["account_type"].to_list() == ["活期"] * 4


def test_surveys_out_of_range_are_set_aside(loaded):
    found = loaded("survey_id,customer_id,csat,nps\n1,a,5,10\n2,b,6,10\n3,c,5,11\n", "surveys.csv")
    listed = spoken(found.quarantine).select("column", "reason")
    assert listed.rows() == [
        ("csat", "The value is above 5."),
        ("nps", "The value is above 10."),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("month,aum_end,txn_count\n2024-01,1,2\n", "without a customer number"),
        ("customer_id,month,aum_end,txn_count\n1,jan,1,2\n2,feb,1,2\n", "holds no months"),
        ("customer_id,aum_end,txn_count\n1,1,2\n1,2,3\n2,1,2\n2,2,3\n", "several rows for most customers"),
        ("customer_id,month,aum_end\n1,2024-01,x\n", "No row of a.csv can be used"),
    ],
)
def test_a_panel_without_usable_number_or_month_is_refused(loaded, text, words):
    with pytest.raises(BadInput, match=words):
        loaded(text)


def test_a_cross_section_is_not_taken_for_a_panel_because_of_a_column_called_month(loaded):
    found = loaded("age,job,month,y\n30,a,oct,no\n31,b,may,yes\n")
    assert found.shape == "cross_section"
    dated = loaded("customer_id,snapshot_date,age,churn\n1,2024-03-31,30,1\n2,2024-03-31,40,0\n")
    assert dated.shape == "cross_section"


def test_a_flag_beside_monthly_data_is_left_out_and_said_so():
    files = {"kunden.csv": "customer_id,gender,churn\n1,F,1\n", "customer_month.csv": "customer_id,month,aum_end\n1,2024-01,5\n"}
    found = extract([Source(n, t.encode()) for n, t in files.items()])
    assert found.shape == "panel"
    assert found.tables["customers"].columns == ["customer_id", "gender"]
    assert any("churn says who has left but not when" in say(w) for w in found.warnings)


def test_names_given_by_the_person_come_first(loaded):
    text = "nr,kunde,left_us,city\n1,k1,yes,Bonn\n2,k2,no,Ulm\n"
    found = loaded(text, options=Options(mapping={"left_us": "churned", "nr": ""}, id_column="KUNDE"))
    assert found.tables["cross_section"].rows() == [("k1", True, "Bonn"), ("k2", False, "Ulm")]
    assert found.attributes == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (Options(mapping={"chrn": "churned"}), "No file has a column chrn.*churn"),
        (Options(mapping={"churn": "churnd"}), "no column churnd.*churned"),
        (Options(mapping={"churn": "csat"}), "cannot be csat"),
        (Options(table="acounts"), "no table acounts.*accounts"),
        (Options(id_column="nummer"), "No file has a column nummer"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_the_nearest(loaded, options, words):
    with pytest.raises(NotFound, match=words):
        loaded("customer_id,churn\n1,0\n2,1\n", options=options)


def test_a_table_named_by_the_person_needs_its_key(loaded):
    with pytest.raises(BadInput, match="account_id"):
        loaded("customer_id,churn\n1,0\n", options=Options(table="accounts"))


def test_months_with_fewer_rows_and_missing_months_are_warned_of(loaded):
    rows = [f"{c},{m},1" for m, n in (("2024-01", 100), ("2024-02", 79), ("2024-04", 80)) for c in range(n)]
    said = [say(w) for w in loaded("customer_id,month,aum_end\n" + "\n".join(rows)).warnings]
    assert any(s.startswith("Feb 2024 has 79 rows") for s in said)
    assert any(s.startswith("No rows between Feb 2024 and Apr 2024") for s in said)
    assert len(said) == 2


def test_the_hash_follows_contents_and_options_not_order_or_names(loaded):
    one, two = Source("a.csv", b"customer_id,churn\n1,0\n"), Source("b.csv", b"customer_id,churn\n2,0\n")
    assert extract([one, two]).content_hash == extract([two, Source("c.csv", one.data)]).content_hash
    assert extract([one]).content_hash != extract([two]).content_hash
    assert extract([one]).content_hash != extract([one], Options(mapping={"churn": ""})).content_hash


def test_parquet_keeps_its_types_and_leaves_lists_out():
    out = io.BytesIO()
    pl.DataFrame(
        {
            "customer_id": [1, 2],
            "month": [datetime.date(2024, 1, 31)] * 2,
            "aum_end": pl.Series(["1.50", None]).cast(pl.Decimal(10, 2)),
            "tags": [["a"], ["b"]],
            "tier": pl.Series(["x", "y"], dtype=pl.Categorical),
            "seen": [datetime.datetime(2024, 1, 1, 3)] * 2,
            "ok": [True, False],
        }
    ).write_parquet(out)
    found = extract([Source("a.parquet", out.getvalue())])
    assert found.tables["customer_month"].rows() == [
        ("1", JAN, 1.5, "x", JAN, True),
        ("2", JAN, None, "y", JAN, False),
    ]
    assert {a.label: a.kind for a in found.attributes} == {"seen": "date", "ok": "flag"}
    assert "tags" in say(found.warnings[0])


def test_progress_is_told_from_beginning_to_end():
    told = []
    extract([Source("a.csv", b"customer_id,churn\n1,0\n")], progress=lambda text, share: told.append((say(text), share)))
    assert [s for _t, s in told] == sorted(s for _t, s in told)
    assert told[-1][1] == 1.0


def test_an_amount_beyond_all_money_is_set_aside_with_a_count_and_a_sentence(loaded):
    rows = "".join(f"{c},2024-01,{x}\n" for c, x in enumerate(["10", "1e300", "1e15", "-1e15", "1.1e15", "-2e15"]))
    found = loaded("customer_id,month,aum_end\n" + rows)
    kept = found.tables["customer_month"]["aum_end"].sort().to_list()
    assert kept in ([10.0, 1e15], [-1e15, 10.0, 1e15]), "a balance may be negative or not; the bound itself is kept"
    assert found.rows_quarantined == 6 - len(kept)
    said = [say(spoken(r)) if not isinstance(r, str) else r for r in found.quarantine["why"]]
    assert sum("1,000,000,000,000,000" in s for s in said) >= 2
