"""Several files or sheets that together make one load: folders, zips, months in names."""

import datetime
import io
import os
import zipfile

import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.extraction import extract
from churn_dash.intake.files.monthnames import month_in
from churn_dash.intake.previewing import preview
from churn_dash.intake.quarantine import spoken
from churn_dash.intake.source import Options, Source
from churn_dash.words import say

LIST = "客户号,月末资产,城市\n001,{a},上海\n002,{b},北京\n"
PANEL = "customer_id,month,aum_end\n{c},2024-01,1\n"
DAY = datetime.date


def of(name: str, a: float = 1, b: float = 2) -> Source:
    return Source(name, LIST.format(a=a, b=b).encode())


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_twelve_monthly_files_make_one_load_and_each_month_is_said():
    sources = [of(f"客户清单_2024{m:02d}.csv", m, m + 1) for m in range(1, 13)]
    found = extract(sources)
    months = found.tables["customer_month"]
    assert found.rows_in == found.rows_good == 24
    assert months["month"].n_unique() == 12
    assert months.filter(month=DAY(2024, 7, 1), customer_id="001")["aum_end"].to_list() == [7.0]
    assert sum("taken from the name" in say(w) for w in found.warnings) == 12
    assert "Jul 2024" in " ".join(map(say, found.warnings))


def test_lists_with_a_flag_of_several_months_are_months_and_one_alone_is_a_cross_section():
    data = "客户号,是否流失,爱好\n001,否,茶\n002,是,酒\n".encode()
    assert extract([Source("清单202403.csv", data)]).shape == "cross_section"
    both = extract([Source("清单202403.csv", data), Source("清单202404.csv", data)])
    assert both.shape == "panel"
    assert both.rows_good == 4


def test_a_column_goes_before_the_name():
    found = extract([Source("x_202403.csv", (PANEL.format(c="001") + "002,2024-02,3\n").encode())])
    assert set(found.tables["customer_month"]["month"]) == {DAY(2024, 1, 1), DAY(2024, 2, 1)}
    assert not any("name" in say(w) for w in found.warnings)


def test_other_tables_keep_their_columns_whatever_month_their_name_tells():
    data = b"account_id,customer_id,account_type,open_date,close_date\na1,001,current,2020-01-01,\n"
    found = extract([Source("accounts_202403.csv", data)])
    assert "month" not in found.tables["accounts"].columns
    people = extract([Source("customers_202403.csv", b"customer_id,gender,city\n1,F,Rome\n2,M,Bern\n")])
    assert set(people.tables) == {"customers"}


def test_one_file_without_a_month_among_others_with_one_is_refused_and_a_month_that_is_none_too():
    with pytest.raises(BadInput, match=r"rest\.csv.*tells its month"):
        extract([of("a_202401.csv"), of("a_202402.csv"), of("rest.csv")])
    with pytest.raises(BadInput, match="March is no month"):
        extract([of("a.csv")], Options(month="March"))
    assert extract([of("a.csv")], Options(month="2024-03")).tables["customer_month"]["month"][0] == DAY(2024, 3, 1)


def test_rows_set_aside_keep_their_own_cells_and_widths_beside_a_month_from_the_name():
    data = LIST.format(a="x", b=2) + "003,1\n"
    found = extract([Source("清单202403.csv", data.encode())])
    assert found.rows_in == 3
    assert found.quarantine.sort("source_row").select("source_row", "column", "value").rows() == [(2, "月末资产", "x"), (4, None, None)]
    assert any("has 2 cells, the header has 3" in r for r in spoken(found.quarantine)["reason"])
    assert found.quarantine_rows.sort("source_row")["客户号"].to_list() == ["001", "003"]


def test_a_preview_asks_for_the_month_and_proposes_what_the_name_tells():
    assert [q.proposal for q in preview(of("清单202403.csv")).questions if q.option == "month"] == ["2024-03"]
    assert [q.proposal for q in preview(of("清单.csv")).questions if q.option == "month"] == [""]
    assert not [q for q in preview(Source("a.csv", PANEL.format(c="1").encode())).questions if q.option == "month"]


def test_a_folder_is_all_the_data_files_in_it_and_says_what_it_leaves_out(tmp_path):
    folder = tmp_path / "三月"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.csv").write_text(PANEL.format(c="001"))
    (folder / "sub" / "b.csv").write_text(PANEL.format(c="002"))
    for name in (".DS_Store", "._a.csv", "~$a.xlsx", "Thumbs.db"):
        (folder / name).write_bytes(b"junk")
    (folder / "说明.docx").write_bytes(b"words")
    found = extract([Source.on_disk(folder)])
    assert found.rows_good == 2
    assert found.files == ("三月/a.csv", "三月/sub/b.csv")
    assert ["1 file is left out" in say(w) and "说明.docx" in say(w) for w in found.warnings] == [True]
    look = preview(Source.on_disk(folder))
    assert (look.name, [m.name for m in look.more]) == ("三月/a.csv", ["三月/sub/b.csv"])
    again = extract([Source.on_disk(folder)])
    assert again.content_hash == found.content_hash
    (folder / "a.csv").write_text(PANEL.format(c="009"))
    assert extract([Source.on_disk(folder)]).content_hash != found.content_hash


def test_a_folder_without_data_files_is_refused(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(BadInput, match="folder with 0 data files"):
        extract([Source("f", tmp_path)])


def test_a_zip_of_several_files_is_a_question_with_its_members_as_choices():
    data = zipped({"a.csv": PANEL.format(c="1").encode(), "b.csv": PANEL.format(c="2").encode(), "__MACOSX/._a.csv": b"x"})
    look = preview(Source("z.zip", data))
    (question,) = [q for q in look.questions if q.option == "member"]
    assert (question.option, [c for c, _words in question.choices], question.proposal) == ("member", ["a.csv", "b.csv", "*"], None)
    assert look.rows.height == 1
    with pytest.raises(BadInput, match=r"a\.csv, b\.csv.*--member"):
        extract([Source("z.zip", data)])
    assert extract([Source("z.zip", data)], Options(member="b.csv")).tables["customer_month"]["customer_id"].to_list() == ["2"]
    both = extract([Source("z.zip", data)], Options(member="*"))
    assert both.rows_in == 2
    with pytest.raises(NotFound, match=r"c\.csv.*Did you mean"):
        extract([Source("z.zip", data)], Options(member="c.csv"))


def test_names_inside_a_zip_made_by_a_chinese_windows_are_read(monkeypatch):
    name = "清单202403.csv"
    data = zipped({"x" * len(name.encode("gb18030")): LIST.format(a=1, b=2).encode(), "y.csv": b"a"})
    data = data.replace(b"x" * len(name.encode("gb18030")), name.encode("gb18030"))
    look = preview(Source("z.zip", data), Options(member=name))
    assert [q.proposal for q in look.questions if q.option == "month"] == ["2024-03"]


def test_sheets_named_after_months_are_read_together_and_others_left(workbook):
    rows = [["客户号", "月末资产"], ["001", 5]]
    data = workbook(("2024-01", rows), ("2024-02", rows), ("说明", [["读我"], ["x"]]))
    found = extract([Source("a.xlsx", data)])
    assert set(found.tables["customer_month"]["month"]) == {DAY(2024, 1, 1), DAY(2024, 2, 1)}
    assert found.rows_in == 2
    look = preview(Source("a.xlsx", workbook(("x", rows), ("y", rows))))
    assert [(q.option, [c for c, _w in q.choices], q.proposal) for q in look.questions if q.option == "sheet"] == [
        ("sheet", ["x", "y", "*"], "x")
    ]


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("2024年12月31日.csv", (2024, 12)),
        ("aum_20240229_v2.csv", (2024, 2)),
        ("2024.3.xlsx", (2024, 3)),
        ("Sep2023", (2023, 9)),
        ("2023 September", (2023, 9)),
        ("202413.csv", None),
        ("13800138000.csv", None),
        ("marathon.csv", None),
        ("2024.csv", None),
        ("2024-01 to 2024-06", None),
    ],
)
def test_a_month_in_a_name_is_found_or_none_is(name, month):
    assert month_in(name) == (DAY(*month, 1) if month else None)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_with_a_link_to_itself_ends(tmp_path):
    (tmp_path / "a.csv").write_text(PANEL.format(c="1"))
    (tmp_path / "loop").symlink_to(tmp_path)
    assert extract([Source("f", tmp_path)]).rows_in == 1
