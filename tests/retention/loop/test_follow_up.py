"""What comes back from the managers' spreadsheets: what people do to a file, and what their spreadsheets do to it."""

import csv
import datetime
import io

import openpyxl
import polars as pl
import pytest

from churn_dash import campaigns
from churn_dash.access import Scope
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.intake import Source
from churn_dash.intake.sheets import read_sheets
from churn_dash.report import follow_up_file
from churn_dash.retention.loop.follow_up import examined, take_over
from churn_dash.retention.loop.form import HEADERS
from churn_dash.retention.loop.lists import lists
from churn_dash.store import Records, Workspace, undo
from tests.asking import asked

ALL = Scope.everything()
HEAD = {"customer": 3, "result": 7, "day": 8, "channel": 9, "accepted": 10, "cost": 11, "offer": 12, "note": 13}


@pytest.fixture(scope="module")
def going_out(frozen_folder):
    """The file of the frozen list."""
    space = Workspace.open(frozen_folder)
    return file_of(space, space.dataset().table("campaigns")["campaign_id"][0])


@pytest.fixture
def listed(frozen, going_out):
    """A frozen list: the workspace, its number, and the file that goes out."""
    return *frozen, going_out


def one_list(space, number):
    return next(o for o in lists(space.dataset(), Records(space.root), scope=Scope.everything()) if o.list_id == number)


def file_of(space, number, language="en", scope=ALL):
    one = one_list(space, number)
    return follow_up_file.workbook(follow_up_file.rows(space, space.dataset(), one, scope, language), one, language)


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def longest(book):
    """The sheet of the manager with the most customers."""
    return max(book.worksheets, key=lambda sheet: sheet.max_row)


def closed(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def looked_at(space, data, name="list.xlsx", **more):
    return examined(space.dataset(), read_sheets(Source(name, data)), name, **({"scope": Scope.everything()} | more))


def fill(sheet, row, **values):
    for name, value in values.items():
        sheet.cell(row, HEAD[name]).value = value


def day(space):
    return space.dataset().data_end + datetime.timedelta(days=5)


def spoken_to(space, sheet, row, **more):
    fill(sheet, row, **({"result": "reached", "day": day(space), "channel": "Telephone"} | more))
    return sheet.cell(row, HEAD["customer"]).value


def members(space, number):
    rows = space.dataset().table("campaign_assignments").filter(pl.col("campaign_id") == number)
    return {r["customer_id"]: r for r in rows.iter_rows(named=True)}


def test_the_file_has_a_sheet_a_manager_ids_as_text_drop_downs_hidden_marks_and_nobody_held_out(listed):
    space, number, data = listed
    book, table = opened(data), members(space, number)
    called = {c: r["rm_id"] for c, r in table.items() if r["arm"] == "treated"}
    shown = {s.cell(i, 3).value: s.title for s in book.worksheets[:-1] for i in range(2, s.max_row + 1)}
    assert shown == called and len(book.worksheets) == len(set(called.values())) + 1
    sheet = book.worksheets[0]
    assert all(isinstance(c, str) and len(c) == 7 - 1 and sheet.cell(2, 3).number_format == "@" for c in shown)
    assert sheet.column_dimensions["A"].hidden and sheet.cell(2, 1).value == number
    rules = {r.type for r in sheet.data_validations.dataValidation}
    assert rules == {"list", "date", "decimal"}
    (results,) = [r.formula1 for r in sheet.data_validations.dataValidation if "not reached" in r.formula1]
    assert results.strip('"').split(",")[:2] == ["reached", "not reached"]


def test_what_managers_enter_is_merged_and_a_second_import_changes_nothing(listed):
    space, number, data = listed
    book, before = opened(data), space.dataset().version
    first, last = book.worksheets[0], book.worksheets[-2]
    a = spoken_to(space, first, 2, accepted="yes", cost=12.5, offer="¥1,200", note="call again")
    b = spoken_to(space, first, 3, result="not reached", day=day(space))
    c = spoken_to(space, last, 2, result="asked to be left alone", day=day(space).strftime("%Y/%m/%d"))
    found = take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert (found.entered, found.changed, found.same, found.version) == (3, 0, 0, before + 1)
    assert found.refused == () and found.n_rows == found.empty + 3
    rows = members(space, number)
    assert {k: rows[a][k] for k in ("contacted_at", "accepted", "cost", "incentive_cost", "channel", "result", "note")} == {
        "contacted_at": day(space),
        "accepted": True,
        "cost": 12.5,
        "incentive_cost": 1200.0,
        "channel": "phone",
        "result": "accepted",
        "note": "call again",
    }
    assert (rows[b]["contacted_at"], rows[b]["result"], rows[b]["accepted"]) == (None, "not_reached", False)
    assert (rows[c]["result"], rows[c]["contacted_at"]) == ("opted_out", day(space))
    again = take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert (again.entered, again.changed, again.same, again.version) == (0, 0, 3, before + 1)
    assert space.dataset().version == before + 1
    assert campaigns.evaluate(space.dataset(), number, scope=Scope.everything()).grade == "A"
    undo(space)
    assert all(r["result"] is None for r in members(space, number).values())


def test_somebody_who_asked_to_be_left_alone_is_not_called_again(listed):
    from churn_dash.retention.worklists.standing import standing, touched

    space, _number, data = listed
    book = opened(data)
    who = spoken_to(space, book.worksheets[0], 2, result="asked to be left alone", day=space.dataset().data_end)
    take_over(space, space.dataset(), looked_at(space, closed(book)))
    people = touched(standing(asked(space.dataset()))).people.filter(pl.col("customer_id") == who)
    assert people["refused"].to_list() == [True] and people["last_contact"].to_list() == [space.dataset().data_end]


def test_two_managers_copies_come_one_after_the_other_and_neither_erases_the_other(listed):
    space, number, data = listed
    one, two = opened(data), opened(data)
    a = spoken_to(space, one.worksheets[0], 2, note="first")
    b = spoken_to(space, two.worksheets[1], 2, note="second")
    for sheet in one.worksheets[1:]:
        one.remove(sheet)
    for book in (one, two):
        take_over(space, space.dataset(), looked_at(space, closed(book)))
    rows = members(space, number)
    assert (rows[a]["note"], rows[b]["note"]) == ("first", "second")


def test_a_later_copy_corrects_what_an_earlier_one_said(listed):
    space, number, data = listed
    book = opened(data)
    who = spoken_to(space, book.worksheets[0], 2)
    take_over(space, space.dataset(), looked_at(space, closed(book)))
    fill(book.worksheets[0], 2, result="not reached")
    found = take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert (found.entered, found.changed) == (0, 1)
    assert (members(space, number)[who]["result"], members(space, number)[who]["contacted_at"]) == ("not_reached", None)


def test_sheets_renamed_rows_moved_and_deleted_columns_added_and_notes_beside_do_not_matter(listed):
    space, number, data = listed
    book = opened(data)
    sheet = book.worksheets[0]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
    who = spoken_to(space, sheet, 2)
    filled = [c.value for c in sheet[2]]
    for i, row in enumerate([*reversed(rows[1:-1]), filled], start=2):
        for j, value in enumerate(row, start=1):
            sheet.cell(i, j).value = value
    sheet.delete_rows(len(rows) + 1)
    sheet.insert_cols(5)
    sheet.cell(1, 5).value = "Mood"
    sheet.cell(2, 5).value = "good"
    sheet.title = "王经理 (new)"
    scratch = book.create_sheet("sums", 0)
    scratch.append([1, 2, 3])
    found = take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert found.refused == () and "Mood" in found.ignored
    assert members(space, number)[who]["result"] == "reached"


def test_a_csv_copy_is_read_as_well(listed):
    space, number, _data = listed
    one = one_list(space, number)
    text = follow_up_file.csv(follow_up_file.rows(space, space.dataset(), one, scope=Scope.everything()), "en").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    filled = {"result": "declined", "contacted_at": day(space).isoformat(), "channel": "Visit"}
    for column, value in filled.items():
        rows[1][rows[0].index(HEADERS[column])] = value
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    take_over(space, space.dataset(), looked_at(space, out.getvalue().encode("gb18030"), "list.csv"))
    row = members(space, number)[rows[1][rows[0].index(HEADERS["customer_id"])]]
    assert (row["result"], row["channel"], row["accepted"]) == ("declined", "visit", False)


def test_a_chinese_file_says_the_same(listed):
    space, number, _data = listed
    book = opened(file_of(space, number, "zh"))
    sheet = book.worksheets[0]
    who = sheet.cell(2, 3).value
    (results,) = [r.formula1 for r in sheet.data_validations.dataValidation if "未" in r.formula1]
    fill(sheet, 2, result=results.strip('"').split(",")[0], day=day(space), accepted="是")
    take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert (members(space, number)[who]["result"], members(space, number)[who]["accepted"]) == ("accepted", True)


def test_lost_zeros_are_mended_where_the_hidden_mark_or_the_whole_bank_proves_who_is_meant(listed):
    space, _number, data = listed
    book = opened(data)
    sheet = book.worksheets[0]
    who, other = (spoken_to(space, sheet, row) for row in (2, 3))
    sheet.cell(2, 3).value = int(who)
    sheet.cell(3, 3).value, sheet.cell(3, 2).value = int(other), None
    found = looked_at(space, closed(book))
    assert found.refused == () and set(found.mended) == {who, other} and found.entered == 2


def test_lost_zeros_that_could_be_two_customers_are_refused(listed):
    from churn_dash.retention.loop.matching import Members, match

    there = Members.of("L1", ["000123"], ["000123", "00123"])
    assert "cannot be proved" in str(match("123", None, there).why)
    assert match("123", "unknown mark", there).customer_id is None
    plain = Members.of("L1", ["000123"], ["000123", "123"])
    assert "not on this list" in str(match("123", None, plain).why)
    assert "not on this list" in str(match("123", next(iter(plain.keys)), plain).why)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s, sp: setattr(s.cell(2, 3), "value", "1.23457E+17"), "turned the customer number into 1.23457E"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", 1.23e15), "turned the customer number into 1230000000000000"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", 1.23457e17), "turned the customer number into 1234570{12}"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", 123456789012), "123456789012 is not on this list"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", "000000000999"), "000000000999 is not on this list"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", "999999"), "999999 is not on this list"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", None), "no customer number"),
        (lambda s, sp: setattr(s.cell(2, 1), "value", "L19990101-9"), "of another list, L19990101-9"),
        (lambda s, sp: setattr(s.cell(2, 3), "value", s.cell(3, 3).value), "hidden mark"),
        (lambda s, sp: fill(s, 2, cost=-5), "a cost is 0 or more"),
        (lambda s, sp: fill(s, 2, offer="(30)"), "a cost is 0 or more"),
        (lambda s, sp: fill(s, 2, cost="about 50"), "no amount"),
        (lambda s, sp: fill(s, 2, result="maybe"), "not among the answers"),
        (lambda s, sp: fill(s, 2, accepted="perhaps"), "not among the answers"),
        (lambda s, sp: fill(s, 2, result="declined", accepted="yes"), "cannot be accepted"),
        (lambda s, sp: fill(s, 2, day="05/03/2027"), "no day that can be read one way"),
        (lambda s, sp: fill(s, 2, day=datetime.date(2020, 1, 1)), "before the list was frozen"),
        (lambda s, sp: fill(s, 2, day=datetime.date(2999, 1, 1)), "lies in the future|no day"),
        (lambda s, sp: fill(s, 2, day=None), "day of the contact is missing"),
        (lambda s, sp: fill(s, 2, note="x" * 501), "at most 500"),
    ],
)
def test_a_row_that_cannot_be_taken_over_is_named_with_its_reason_and_the_others_go_on(listed, change, said):
    space, _number, data = listed
    book = opened(data)
    sheet = longest(book)
    spoken_to(space, sheet, 2)
    good = spoken_to(space, sheet, 4)
    change(sheet, space)
    found = looked_at(space, closed(book))
    (refused,) = found.refused
    assert (refused.sheet, refused.row) == (sheet.title, 2)
    assert found.rows["customer_id"].to_list() == [good]
    with pytest.raises(AssertionError):
        assert str(refused.why) == ""
    import re

    assert re.search(said, str(refused.why)), str(refused.why)


def test_a_customer_in_two_rows_that_differ_is_refused_in_both_and_taken_once_where_they_agree(listed):
    space, _number, data = listed
    book = opened(data)
    sheet, other = book.worksheets[:2]
    spoken_to(space, sheet, 2)
    spoken_to(space, sheet, 3)
    for row, note in ((2, None), (3, "else")):
        copied = [c.value for c in sheet[row]]
        copied[HEAD["note"] - 1] = note
        other.append(copied)
    found = looked_at(space, closed(book))
    assert found.entered == 1 and {(r.sheet, r.row) for r in found.refused} == {(sheet.title, 3), (other.title, other.max_row)}


def test_somebody_held_out_who_was_called_is_reported_as_crossover(listed):
    space, number, data = listed
    held = next(c for c, r in members(space, number).items() if r["arm"] == "control")
    book = opened(data)
    sheet = book.worksheets[0]
    sheet.append([None, None, held, None, None, None, "reached", day(space)])
    found = take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert found.crossover == (held,) and members(space, number)[held]["contacted_at"] == day(space)


def test_a_file_without_its_list_is_asked_for_it_and_unknown_lists_and_other_files_are_refused(listed):
    space, number, data = listed
    book = opened(data)
    for sheet in book.worksheets[:-1]:
        spoken_to(space, sheet, 2)
        sheet.delete_cols(1, 2)
    with pytest.raises(BadInput, match="does not say which list"):
        looked_at(space, closed(book))
    assert looked_at(space, closed(book), list_id=number).entered == len(book.worksheets) - 1
    with pytest.raises(NotFound, match="There is no list L1"):
        looked_at(space, data, list_id="L1")
    with pytest.raises(BadInput, match="is no follow-up"):
        looked_at(space, b"a,b\nx,y\n", "other.csv")
    first = opened(data)
    first.worksheets[0].cell(1, 3).value = "Who"
    with pytest.raises(BadInput, match="no column for the customer number"):
        looked_at(space, closed(first))


def test_a_file_is_not_merged_into_older_data(listed):
    space, _number, data = listed
    book = opened(data)
    spoken_to(space, book.worksheets[0], 2)
    old = space.dataset()
    found = looked_at(space, closed(book))
    take_over(space, old, found)
    spoken_to(space, book.worksheets[0], 3)
    with pytest.raises(NotPossible, match="published in the meantime"):
        take_over(space, old, looked_at(space, closed(book)))


def test_a_viewer_of_one_branch_neither_gets_nor_writes_other_branches_customers(listed):
    space, number, data = listed
    home = dict(space.dataset().table("customers").select("customer_id", "branch_id").iter_rows())
    branch = home[next(c for c, r in members(space, number).items() if r["arm"] == "treated")]
    scope = Scope(frozenset([branch]))
    book = opened(file_of(space, number, scope=scope))
    shown = {s.cell(i, 3).value for s in book.worksheets[:-1] for i in range(2, s.max_row + 1)}
    assert shown and {home[c] for c in shown} == {branch}
    whole = opened(data)
    entered = {spoken_to(space, s, row) for s in whole.worksheets[:-1] for row in range(2, s.max_row + 1)}
    found = looked_at(space, closed(whole), scope=scope)
    assert set(found.rows["customer_id"]) == {c for c in entered if home[c] == branch}
    assert len(found.refused) == len(entered) - found.rows.height
    assert all("is not on this list" in str(r.why) for r in found.refused)


def test_a_note_that_looks_like_a_formula_goes_out_harmless_and_comes_back_as_it_was(listed):
    space, number, data = listed
    book, notes = opened(data), ("+1 call on Friday", "=1+1", "-later-")
    sheet = longest(book)
    who = [spoken_to(space, sheet, row, note=n) for row, n in enumerate(notes, 2)]
    for row in range(2, 5):
        sheet.cell(row, HEAD["note"]).data_type = "s"
    take_over(space, space.dataset(), looked_at(space, closed(book)))
    assert [members(space, number)[w]["note"] for w in who] == list(notes)
    ds, one = space.dataset(), one_list(space, number)
    sent = follow_up_file.csv(follow_up_file.rows(space, ds, one, ALL))
    assert all(f",'{n}".encode() in sent for n in notes)
    again = looked_at(space, sent, "list.csv")
    assert (again.entered, again.changed, again.same, again.refused) == (0, 0, 3, ())


def test_a_share_is_no_cost(listed):
    space, _number, data = listed
    book = opened(data)
    spoken_to(space, book.worksheets[0], 2, cost="10%")
    (no,) = looked_at(space, closed(book)).refused
    assert "10% is no amount" in str(no.why)


def test_the_file_without_sheets_names_the_manager(frozen):
    space, _number = frozen
    (one,) = lists(space.dataset(), Records(space.root), scope=Scope.everything())
    made = follow_up_file.rows(space, space.dataset(), one, Scope.everything())
    back = pl.read_csv(follow_up_file.csv(made), infer_schema=False)
    assert back["Relationship manager"].to_list() == made["rm_id"].to_list() and back["Relationship manager"].n_unique() > 1


def test_numbers_of_people_in_a_note_are_hidden_and_counted(listed):
    space, _number, data = listed
    book = opened(data)
    sheet = next(s for s in book.worksheets if s.sheet_state == "visible" and s.max_row > 2)
    fill(sheet, 2, note="wife 13812345678, li@bank.cn")
    fill(sheet, 3, note="asks for 20250131, 1,500 yuan")
    found = looked_at(space, closed(book))
    assert (found.covered, found.as_json()["covered"]) == (1, 1)
    assert set(found.rows["note"]) == {"wife 138********, li@*******", "asks for 20250131, 1,500 yuan"}
    take_over(space, space.dataset(), found)
    again = looked_at(space, closed(book))
    assert (again.same, again.entered, again.changed) == (2, 0, 0)
