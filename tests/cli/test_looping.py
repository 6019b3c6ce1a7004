"""The verbs of frozen lists: from freezing to the funnel, as JSON."""

import json
import shutil

import openpyxl

from tests.retention.loop.conftest import cut_folder, whole  # noqa: F401

NAMED = ("grade", "why", "naive")


def test_a_list_goes_out_comes_back_and_tells_its_funnel(run, cut_folder, tmp_path):  # noqa: F811
    place, out = shutil.copytree(cut_folder, tmp_path / "bank"), tmp_path / "list.xlsx"
    asked = ("--workspace", place, "--json")
    drawn = (
        "--name",
        "Calls",
        "--looks",
        3,
        "--hold-out",
        0.25,
        "--seed",
        7,
        "--capacity",
        40,
        "--grade",
        "high",
        "--grade",
        "medium",
        "--out",
        out,
    )
    code, text, err = run("campaign", "freeze", *drawn, *asked)
    assert code == 0, err
    made = json.loads(text)
    number = made["list_id"]
    assert sum(s["held_out"] for s in made["strata"]) == made["arms"]["control"] == round(0.25 * made["n"])
    assert made["registration"]["seed"] == 7 and made["registration"]["in_time"] and made["registration"]["changed_after"] == []
    handed = json.loads(run("worklist", "--exports", *asked)[1])["exports"]
    assert [e["n"] for e in handed] == [made["arms"]["treated"]]
    book = openpyxl.load_workbook(out)
    sheet = max(book.worksheets, key=lambda s: s.max_row)
    sheet.cell(2, 7).value, sheet.cell(2, 8).value = "reached", made["start"]
    sheet.cell(3, 11).value = -1
    book.save(out)
    back = json.loads(run("campaign", "follow-up", out, *asked)[1])
    assert (back["list_id"], back["entered"], len(back["refused"])) == (number, 1, 1) and "0 or more" in back["refused"][0]["why"]
    found = json.loads(run("campaign", "funnel", number, *asked)[1])
    assert all(k in found for k in NAMED) and not found["due"] and found["grade"] == "A"
    assert {s["stage"]: s["n"] for s in found["stages"] if s["arm"] == "treated"}["reached"] == 1
    judged = json.loads(run("campaign", "evaluate", number, *asked)[1])
    assert judged["registration"]["hash"] == made["registration"]["hash"]
    assert judged["looks"] == {"planned": 3, "left": 2, "stopped": False, "taken": []} and made["registration"]["looks"]["planned"] == 3
    code, _text, err = run("campaign", "evaluate", number, "--look", *asked)
    assert code == 1 and "while the campaign runs" in err
    code, _text, err = run("campaign", "freeze", "--name", "Calls", "--hold-out", 0, *asked)
    assert code == 1 and "share held out" in err
