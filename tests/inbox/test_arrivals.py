"""What is taken from the inbox, what waits, and what is never touched."""

import os
import time

import pytest

from churn_dash.inbox.arrivals import arrivals


def names(folder):
    return [a.path.name for a in arrivals(folder) if a.finished and a.refusal is None]


def old(path):
    os.utime(path, (time.time() - 3600,) * 2)


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.tmp", "a.csv.CRDOWNLOAD", "~$a.xlsx", "Thumbs.db", "a.csv.filepart"])
def test_what_programs_leave_while_they_write_is_no_arrival(tmp_path, name):
    (tmp_path / name).write_text("x")
    assert arrivals(tmp_path) == []


def test_loads_come_in_the_order_of_their_names_and_done_and_failed_are_none(tmp_path):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x")
    for folder in ("done", "failed", "Done", "aa"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "x.csv").write_text("x")
    assert names(tmp_path) == ["a.csv", "aa", "b.csv"]


def test_a_subfolder_is_one_load_of_all_that_is_in_it(tmp_path):
    (tmp_path / "march" / "deeper").mkdir(parents=True)
    for name in ("march/b.csv", "march/a.csv", "march/deeper/c.csv", "march/.DS_Store"):
        (tmp_path / name).write_text("x")
    (found,) = arrivals(tmp_path)
    assert [f.name for f in found.files] == ["a.csv", "b.csv", "c.csv"]


def test_a_subfolder_waits_for_its_last_file(tmp_path):
    (tmp_path / "march").mkdir()
    assert names(tmp_path) == [], "somebody has just made it"
    (tmp_path / "march" / "a.csv").write_text("x")
    (tmp_path / "march" / "b.csv.part").write_text("x")
    assert names(tmp_path) == []
    (tmp_path / "march" / "b.csv.part").rename(tmp_path / "march" / "b.csv")
    assert names(tmp_path) == ["march"]


def test_a_file_without_a_byte_waits_for_its_writer_for_a_minute(tmp_path):
    (tmp_path / "a.csv").touch()
    assert names(tmp_path) == []
    old(tmp_path / "a.csv")
    assert names(tmp_path) == ["a.csv"]


def test_whatever_changes_in_a_file_changes_its_look(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x")
    (first,) = arrivals(tmp_path)
    path.write_text("xy")
    (second,) = arrivals(tmp_path)
    path.unlink()
    path.write_text("xz")
    (third,) = arrivals(tmp_path)
    assert len({first.look, second.look, third.look}) == 3


def test_links_and_pipes_are_refused_in_words_and_never_opened(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "in" / "link.csv").symlink_to(tmp_path / "secret")
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in" / "pipe")
    (tmp_path / "in" / "sub").mkdir()
    (tmp_path / "in" / "sub" / "link.csv").symlink_to(tmp_path / "secret")
    found = arrivals(tmp_path / "in")
    assert [a.path.name for a in found if a.refusal] == ["folder", "link.csv", "pipe", "sub"] and not any(a.files for a in found)
    assert "link" in found[-1].refusal.in_("en") and "链接" in found[-1].refusal.in_("zh")


def test_a_workspace_that_lies_in_the_inbox_is_left_alone(tmp_path):
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "workspace.json").write_text("{}")
    assert arrivals(tmp_path) == []


def test_a_name_in_gbk_is_shown_as_what_it_says(tmp_path):
    with open(os.path.join(os.fsencode(tmp_path), "客户.csv".encode("gbk")), "w") as file:
        file.write("x")
    (found,) = arrivals(tmp_path)
    assert found.name == "客户.csv"
