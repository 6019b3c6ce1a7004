"""What identifies a source, what is remembered of it, and what is different next time."""

import json

import pytest

from churn_dash.intake import Options, Source, extract, preview
from churn_dash.intake.mapping.differences import compare
from churn_dash.intake.mapping.remembered import Remembered, matches_source, recalled, remembering, stem
from churn_dash.words import say

HEADER = "customer_id,月,aum_end,txn_count,城市,channel"


def month(m, header=HEADER, cities=("上海", "北京"), n=40, name="客户清单_20240{m}.csv", encoding="utf-8"):
    rows = [f"{i:04},2024-0{m},{i}.5,{i % 3},{cities[i % len(cities)]},{('app', 'desk', 'web')[i % 3]}" for i in range(n)]
    return Source(name.format(m=m), "\n".join([header, *rows]).encode(encoding))


def first(options=None):
    asked = options or Options()
    return remembering(extract([month(1)], asked).seen[0], asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("客户清单_202403.xlsx", "客户清单_202404.xlsx"),
        ("2024年3月.xlsx", "2024年4月.xlsx"),
        ("AUM 2024-03-31.csv", "aum_20240430.csv.gz"),
        ("bank.xlsx [2024年3月]", "bank.xlsx [2024年4月]"),
    ],
)
def test_a_source_is_its_file_name_without_dates(one, other):
    assert stem(one) == stem(other)


def test_the_same_columns_next_month_are_the_same_source_with_no_difference():
    before = first()
    look = preview(month(2))
    assert matches_source(before, look.seen.name, look.seen.header)
    found = compare(before, look.seen)
    assert not found.any
    assert found.sentences() == ()


def test_another_file_of_the_same_name_is_another_source():
    look = preview(month(2, header="customer_id,gender,open_date,city,referrer,x"))
    assert not matches_source(first(), look.seen.name, look.seen.header)


def test_a_renamed_file_with_the_same_columns_is_the_same_source():
    look = preview(month(2, name="export{m}.csv"))
    assert matches_source(first(), look.seen.name, look.seen.header)


def test_columns_gone_and_new_and_words_never_seen_before_are_listed():
    look = preview(month(2, HEADER.replace("txn_count", "用途说明") + "", cities=("上海", "北京", "深圳")))
    found = compare(first(), look.seen)
    assert (found.gone, found.new) == (("txn_count",), ("用途说明",))
    assert dict(found.categories) == {"城市": ("深圳",)}
    assert found.lost == (("txn_count", "txn_count"),)
    assert [say(s) for s in found.sentences()] == [
        "Column txn_count is gone; it was txn_count.",
        "Column 用途说明 is new.",
        "Column 城市 holds 1 value never seen before: 深圳",
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("城市", "所在地"), ("channel", "chanel"), ("aum_end", "月末资产"), ("月", "统计月份"), ("channel", "way_in")]
)
def test_a_renamed_column_is_told_by_its_field_its_words_or_its_name(old, new):
    found = compare(first(), preview(month(2, HEADER.replace(old, new))).seen)
    assert found.renamed == ((old, new),)
    assert found.gone == found.new == ()


def test_another_encoding_is_a_difference():
    found = compare(first(), preview(month(2, encoding="gb18030")).seen)
    assert found.encoding == ("utf-8", "gb18030")
    assert "encoding" in say(found.sentences()[0])


def test_what_the_person_said_holds_next_time_but_a_month_does_not():
    said = Options(mapping={"channel": "city", "城市": ""}, missing={"aum_end": ("-1",)}, day_order="day-first", closed="drop-out")
    before = first(said)
    now = preview(month(2)).seen
    again = recalled(before, Options(), now)
    assert again.said() == said.said()
    assert "month" not in first(Options(month="2024-01")).said


def test_what_is_said_now_wins_over_last_time():
    before = first(Options(mapping={"channel": "city", "城市": ""}, closed="drop-out"))
    again = recalled(before, Options(mapping={"channel": None, "城市": "city"}, closed="unknown"), preview(month(2)).seen)
    assert again.mapping == {"channel": None, "城市": "city"}
    assert again.closed == "unknown"


def test_what_was_found_without_help_is_not_pinned():
    assert recalled(first(), Options(), preview(month(2)).seen) == Options()


def test_words_of_earlier_months_are_not_forgotten():
    before = first()
    seen = extract([month(2, cities=("深圳",))]).seen[0]
    both = remembering(seen, Options(), before)
    assert set(both.levels["城市"]) == {"上海", "北京", "深圳"}


def test_names_of_people_and_numbers_of_customers_are_not_remembered():
    rows = "\n".join(["customer_id,姓名,城市,churn", *(f"{i:04},王{i % 3},上海,{i % 2}" for i in range(40))])
    before = remembering(extract([Source("a.csv", rows.encode())]).seen[0], Options())
    assert set(before.levels) == {"城市"}


def test_what_is_remembered_survives_json_also_of_a_newer_version():
    before = first(Options(missing={"aum_end": ("-1",)}))
    body = json.loads(json.dumps(before.as_json())) | {"later": 1}
    assert Remembered.of_json(body) == before


def test_a_field_that_is_given_to_another_column_now_leaves_the_old_one():
    before = first(Options(mapping={"channel": "city", "城市": ""}))
    again = recalled(before, Options(mapping={"城市": "city"}), preview(month(2)).seen)
    assert again.mapping == {"城市": "city"}


def test_of_a_column_with_many_words_none_is_remembered():
    rows = "\n".join(["customer_id,ort,churn", *(f"{i:05},dorf{i % 300},{i % 2}" for i in range(3000))])
    assert extract([Source("a.csv", rows.encode())]).seen[0].levels == {}


def test_what_was_left_out_as_personal_stays_out_of_the_rows_set_aside_next_month():
    before = first(Options(mask=("channel",)))
    again = Remembered.of_json(json.loads(json.dumps(before.as_json())))
    now = recalled(again, Options(), preview(month(2)).seen)
    assert now.mask == ("channel",)
    bad = month(2)
    data = bad.data.replace(b"2024-02", b"2024-13", 1)
    found = extract([Source(bad.name, data)], now)
    assert found.rows_quarantined == 1 and found.quarantine_rows["channel"].to_list() == [None]
