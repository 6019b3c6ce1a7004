"""What each check says of a load, and what it keeps quiet about."""

import datetime

import polars as pl
import pytest

from churn_dash.contract.attributes import Attribute
from churn_dash.intake import Options, Source, preview
from churn_dash.intake.checks.dates import impossible_dates
from churn_dash.intake.checks.leaks import leaks
from churn_dash.intake.checks.load import Load
from churn_dash.intake.checks.months import along
from churn_dash.intake.checks.orphans import orphans
from churn_dash.intake.checks.personal import kind, luhn, personal
from churn_dash.intake.checks.ranges import ranges
from churn_dash.intake.checks.report import findings
from churn_dash.intake.checks.scale import scale
from churn_dash.intake.checks.shape import constant, copies
from churn_dash.intake.questions import answered
from churn_dash.words import say

DAY = datetime.date
MOBILES = [f"138{i:08d}" for i in range(40)]


def monthly(values: dict[int, float], customers: int = 40) -> pl.DataFrame:
    rows = [(f"c{i}", DAY(2024, m, 1), v * (1 + i / 50)) for m, v in values.items() for i in range(customers)]
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")


def own(table: str, **columns: list[object]) -> Load:
    frame = pl.DataFrame({"customer_id": [f"c{i}" for i in range(len(next(iter(columns.values()))))], **columns})
    attributes = [Attribute(table, c, c, "category") for c in columns if c != "churned"]
    return Load({table: frame}, attributes)


def codes(found) -> list[str]:
    return [f.code for f in found]


def test_a_month_in_ten_thousands_of_yuan_is_a_scale_accident():
    [found] = scale(Load({"customer_month": monthly({1: 52_000, 2: 50_000, 3: 5.1, 4: 53_000})}))
    assert (found.severity, found.examples, found.count) == ("error", ("2024-03",), 40)
    assert "1/10,000" in say(found.sentence)


@pytest.mark.parametrize(("after", "power"), [(5_000_000, "100×"), (50_000_000, "1,000×"), (500_000_000, "10,000×")])
def test_a_unit_that_changes_for_good_is_told_once(after, power):
    [found] = scale(Load({"customer_month": monthly({1: 50_000, 2: 50_000, 3: 50_000, 4: after, 5: after})}))
    assert found.examples == ("2024-04", "2024-05") and power in say(found.sentence)


def test_growth_is_no_scale_accident():
    assert not scale(Load({"customer_month": monthly({1: 50_000, 2: 200_000, 3: 1_500_000})}))
    assert not scale(Load({"customer_month": monthly({1: 1_000, 2: 50_000, 3: 2_000_000})}))
    assert not scale(Load({"customer_month": monthly({1: 50_000, 2: 5}, customers=10)}))


def test_gaps_incomplete_months_and_falls_that_last_are_told_apart():
    counts = {1: 100, 2: 70, 3: 100, 4: 70, 5: 70, 7: 70}
    rows = pl.concat([monthly({m: 1.0}, n) for m, n in counts.items()])
    assert [(f.code, f.examples) for f in along(rows["month"].value_counts(name="n"))] == [
        ("month_incomplete", ("2024-02",)),
        ("rows_fell", ("2024-04",)),
        ("month_missing", ("2024-06",)),
    ]


def test_days_that_cannot_be_are_counted():
    frame = pl.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "birth_date": [DAY(1899, 5, 1), DAY(2030, 1, 1), DAY(1990, 1, 1), None],
            "open_date": [DAY(1930, 1, 1), DAY(2020, 1, 1), DAY(1980, 1, 1), DAY(2024, 6, 2)],
        }
    )
    found = impossible_dates(Load({"customers": frame}, today=DAY(2024, 6, 1)))
    assert {(f.code, f.column, f.count) for f in found} == {
        ("date_before_1900", "birth_date", 1),
        ("date_in_future", "birth_date", 1),
        ("date_in_future", "open_date", 1),
        ("born_after_opening", "birth_date", 1),
    }


def test_a_month_that_has_not_begun_is_told_and_a_planned_end_is_not():
    assert codes(impossible_dates(Load({"customer_month": monthly({5: 1.0, 7: 1.0})}, today=DAY(2024, 6, 30)))) == ["month_in_future"]
    plan = pl.DataFrame({"campaign_id": ["a"], "end_date": [DAY(2099, 1, 1)]})
    assert not impossible_dates(Load({"campaigns": plan}, today=DAY(2024, 6, 30)))


def test_rows_of_strangers_are_found_in_any_table_beside_a_list():
    people = pl.DataFrame({"customer_id": ["a", "b"]})
    cases = pl.DataFrame({"complaint_id": ["1", "2", "3"], "customer_id": ["a", "x", "x"]})
    [found] = orphans(Load({"customers": people, "complaints": cases}))
    assert (found.severity, found.count, found.examples) == ("error", 2, ("x",))
    assert not orphans(Load({"complaints": cases}))
    seen = monthly({1: 1.0}).with_columns(pl.lit("x").alias("customer_id"))
    assert not orphans(Load({"customers": people, "customer_month": seen, "complaints": cases}))


def test_constant_and_copied_columns_are_named():
    n = 60
    load = own("cross_section", a=[i % 7 for i in range(n)], b=[float(i % 7) for i in range(n)], c=["x"] * n, d=[i % 5 for i in range(n)])
    assert [(f.code, f.column) for f in constant(load)] == [("constant", "c")]
    assert [f.examples for f in copies(load)] == [("a", "b")]


def test_columns_that_differ_in_one_row_are_no_copies():
    n = 50_000
    a = list(range(n))
    assert not copies(own("cross_section", a=a, b=[*a[:-2], 0, 1]))


def test_a_column_that_settles_the_flag_is_a_leak_and_an_honest_one_is_not():
    n = 400
    left = [i % 4 == 0 for i in range(n)]
    load = own(
        "cross_section",
        churned=left,
        known=[10.0 + i % 3 if x else float(i % 3) for i, x in enumerate(left)],
        word=["gone" if x else "here" for x in left],
        gap=[None if x else 1 for x in left],
        honest=[(i * 7) % 11 for i in range(n)],
        Exit_Reason=["a" if i % 2 else "b" for i in range(n)],
    )
    assert {f.column for f in leaks(load)} == {"known", "word", "gap", "Exit_Reason"}


@pytest.mark.parametrize(
    ("cells", "header", "want"),
    [
        (MOBILES, "x", "mobile"),
        ([int(m) for m in MOBILES], "x", "mobile"),
        (["11010519491231002X", "440524188001010014"] * 3, "x", "identity"),
        (["110105194912310021", "440524188001010015"] * 3, "x", None),
        (["a.b@bank.cn", "c@d.com", "e@f.org"], "x", "email"),
        (["4111111111111111", "5500005555555559", "6011111111111117"], "x", "card"),
        (["4111111111111112", "5500005555555558", "6011111111111118"], "x", None),
        (["Hargrave", "Hill"], "Surname", "name"),
        ([f"王{a}{b}" for a in "伟芳娜敏静" for b in "一二三"], "联系人", "name"),
        (["北京", "上海", "黄山"] * 5, "城市", None),
        (["Yes", "No"] * 5, "PhoneService", None),
        (["北京市海淀区中关村大街1号", "上海市南京路2号"] * 3, "地址", "address"),
        (["7", "12", "3"] * 5, "地址", None),
        (["138****5678"] * 5, "手机号", None),
        ([0.5, 1.5], "phone", None),
        ([13_812_345.0] * 4, "amount", None),
    ],
)
def test_personal_data_is_known_by_its_values_or_its_header(cells, header, want):
    assert kind(pl.Series(cells), header) == want


def test_a_digit_changed_breaks_a_card_number():
    assert luhn("4111111111111111") and not any(luhn(f"411111111111111{d}") for d in "023456789")


def test_personal_data_is_a_warning_that_quotes_no_value_whole():
    [found] = personal(own("cross_section", phone=MOBILES))
    assert (found.code, found.severity, found.count) == ("personal_data", "warning", 40)
    assert all("*" in e and e not in MOBILES for e in found.examples)


def test_a_masked_column_is_in_no_table_and_empty_in_the_rows_set_aside(loaded):
    days = ["never" if i == 3 else "1990-01-01" for i in range(len(MOBILES))]
    lines = [f"c{i},{m},{day},{i % 2}" for i, (m, day) in enumerate(zip(MOBILES, days, strict=True))]
    text = "\n".join(["customer_id,手机号,birth_date,churn", *lines])
    kept, masked = loaded(text), loaded(text, options=Options(mask=("手机号",)))
    assert any(a.label == "手机号" for a in kept.attributes) and "personal_data" in codes(kept.findings)
    assert not masked.attributes and "personal_data" not in codes(masked.findings)
    assert kept.quarantine_rows["手机号"].to_list() == [MOBILES[3]] and masked.quarantine_rows["手机号"].to_list() == [None]
    assert masked.rows_in == masked.rows_good + masked.rows_quarantined
    assert kept.content_hash != masked.content_hash


def test_a_preview_asks_whether_personal_data_shall_be_left_out():
    source = Source("a.csv", ("customer_id,手机号,churn\n" + "".join(f"c{i},{m},{i % 2}\n" for i, m in enumerate(MOBILES))).encode())
    [asked] = [q for q in preview(source).questions if q.option == "mask"]
    assert (asked.header, asked.proposal) == ("手机号", "手机号")
    assert answered(Options(), asked, "手机号") == Options(mask=("手机号",)) and answered(Options(), asked, "") == Options()
    assert not [q for q in preview(source, Options(mask=("手机号",))).questions if q.option == "mask"]


def test_ages_nobody_has_and_a_stray_negative_are_told():
    load = own("cross_section", 年龄=[30] * 198 + [999, -1], score=[5] * 199 + [-999])
    load = Load(load.tables, [Attribute("cross_section", c, c, "number") for c in ("年龄", "score")])
    assert [(f.code, f.column, f.count) for f in ranges(load)] == [("age_out_of_range", "年龄", 2), ("few_negative", "score", 1)]


def test_equal_rows_without_a_number_are_kept_unless_said_otherwise(loaded):
    text = "age,gender,churn\n30,F,1\n30,F,1\n30,F,1\n41,M,0\n"
    kept, cut = loaded(text), loaded(text, options=Options(distinct_rows=False))
    assert (kept.rows_good, kept.rows_repeated, cut.rows_good, cut.rows_repeated) == (4, 0, 2, 2)
    assert [f.count for f in kept.findings if f.code == "equal_rows"] == [2]
    assert not [f for f in cut.findings if f.code == "equal_rows"] and [f.count for f in cut.findings if f.code == "repeated"] == [2]
    assert cut.tables["cross_section"]["customer_id"].to_list() == ["1", "4"]


def test_a_clean_load_has_no_finding_that_is_worse_than_a_note(bank):
    assert {f.severity for f in findings(Load(bank.tables, today=DAY(2027, 1, 1)))} <= {"note"}


def test_errors_come_before_warnings_and_notes(loaded):
    text = "customer_id,month,aum_end\n" + "".join(f"c{i},2024-0{m},{'x' if i == 0 else ''}{i}\n" for m in (1, 3) for i in range(60))
    severities = [f.severity for f in loaded(text).findings]
    assert severities == sorted(severities, key=["error", "warning", "note"].index) and severities[0] == "error"
