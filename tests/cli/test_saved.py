"""Saved segments on the command line: what the page shows, by the same code."""

from functools import partial

import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, measure
from churn_dash.segments import members
from churn_dash.store import Workspace, publish
from tests import asking


@pytest.fixture(scope="module")
def place(bank, tmp_path_factory):
    root = tmp_path_factory.mktemp("cli-saved") / "w"
    publish(Workspace.create(root), extract_of(bank.tables, "bank"))
    return root


@pytest.fixture
def run(answer, place):
    yield partial(answer, workspace=place)
    (place / "records.sqlite").unlink(missing_ok=True)


NAME = "贵宾=“a'b”; --"
READY = ("High net worth customers", "Middle customers", "Small-balance customers")


def test_a_rule_is_saved_shown_asked_for_and_retired(run, place):
    made = run("saved", NAME, "--rule", '{"column": "tier", "in": ["gold"]}', "--tag", "--who", "Ann", "--note", "why")
    assert made["segment"] | {"made": ""} == {
        "name": NAME, "kind": "rule", "ready": False, "tag": True, "segment_version": 1, "who": "Ann", "made": "", "note": "why",
        "n_listed": None, "n_gone": 0, "rule": {"all": [{"column": "tier", "in": ["gold"]}]},
        "history": made["segment"]["history"],
    }  # fmt: skip
    ds = Workspace.open(place).dataset()
    gold = measure(asking.asked(ds, filters=Filters((("tier", ("gold",)),))), ["churn_rate", "customers"]).row(0, named=True)
    assert made["inside"]["churn_rate"] == gold["churn_rate"] and made["inside"]["customers"] == gold["customers"]
    assert made["difference_low"] < made["difference"] < made["difference_high"]
    assert made["difference"] == pytest.approx(made["inside"]["churn_rate"] - made["outside"]["churn_rate"])
    asked = run("measure", "churn_rate", "--where", f"segment:{NAME}=in")["rows"]
    assert asked[0]["churn_rate"] == gold["churn_rate"]
    by = run("measure", "churn_rate", "--by", f"segment:{NAME}")["rows"]
    assert [r[f"segment:{NAME}"] for r in by] == ["in", "out"] and by[0]["churn_rate"] == gold["churn_rate"]
    listed = run("saved", "--overlap")
    assert [s["name"] for s in listed["segments"]] == [NAME, *READY] and listed["segments"][0]["customers"] == gold["customers"]
    assert listed["overlap"][0]["both"] == gold["customers"]
    gone = run("saved", NAME, "--retire")
    assert gone == {"name": NAME, "segment_version": 2, "retired": True, "renamed_to": None}
    assert "was retired on" in run("measure", "churn_rate", "--where", f"segment:{NAME}=in", code=1)
    assert [s["name"] for s in run("saved")["segments"] if not s["ready"]] == []


def test_filters_are_a_rule_only_with_save(run):
    assert "There is no segment new" in run("saved", "new", "--where", "tier=gold", code=1)
    made = run("saved", "new", "--where", "tier=gold", "--where", "tier=mass", "--where", "gender=F", "--save")
    assert made["segment"]["rule"] == {"all": [{"column": "tier", "in": ["gold", "mass"]}, {"column": "gender", "in": ["F"]}]}
    shown = run("saved", "new", "--where", "gender=M")
    assert shown["inside"]["customers"] == 0 and shown["inside"]["churn_rate"] is None and shown["difference"] is None
    assert shown["segment"]["segment_version"] == 1, "looking saves nothing"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_of_customers_is_read_with_its_copies_and_strangers_counted(run, place, tmp_path, encoding):
    ids = members(asking.asked(Workspace.open(place).dataset()))["customer_id"].to_list()[:6]
    path = tmp_path / "list.csv"
    path.write_bytes(("客户号,姓名\n" + "\n".join(f'"{i}",某' for i in [*ids, ids[0], "nobody"]) + "\n\n").encode(encoding))
    made = run("saved", "call", "--list", path)
    assert (made["rows_in"], made["rows_repeated"]) == (8, 1)
    assert (made["segment"]["n_listed"], made["segment"]["n_gone"]) == (7, 1)
    assert made["inside"]["customers"] == 6 and made["segment"]["kind"] == "list"


def test_a_renamed_segment_answers_under_its_new_name(run):
    run("saved", "old", "--where", "tier=gold", "--save")
    assert run("saved", "old", "--rename", "new")["name"] == "new"
    assert [s["name"] for s in run("saved")["segments"]] == ["new", *READY]
    assert "is now called new" in run("saved", "old", code=1)


@pytest.mark.parametrize(
    "args, sentence",
    [
        (("--rule", "{}"), "Name the segment first"),
        (("x", "--rule", "{}"), "names its column"),
        (("x", "--rule", '{"column": "tiers", "in": ["gold"]}'), "nearest is tier"),
        (("x", "--rule", '{"column": "tier", "in": ["gold"]}', "--where", "tier=gold"), "one of --rule, --where and --list"),
        (("x", "--save"), "one of --rule, --where and --list"),
        (("x", "--list", "/no/such/file"), "cannot be read"),
        (("nobody",), "There is no segment nobody"),
        (("nobody", "--retire"), "There is no segment nobody"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, args, sentence):
    said = run("saved", *args, code=1)
    assert sentence in said and said.count("\n") == 1


def test_the_ready_segments_are_listed_asked_for_copied_and_kept(run):
    shown = run("saved", READY[0])
    assert shown["segment"]["ready"] and shown["segment"]["rule"] == {"all": [{"column": "service_tier", "in": ["high"]}]}
    by = run("measure", "customers", "--by", "service_tier")["rows"]
    assert shown["inside"]["customers"] == next(r["customers"] for r in by if r["service_tier"] == "high") > 0
    copied = run("saved", READY[0], "--copy", " Best ")
    assert copied["segment"]["name"] == "Best" and copied["inside"]["customers"] == shown["inside"]["customers"]
    assert "already" in run("saved", READY[1], "--copy", "Best", code=1)
    assert "comes ready" in run("saved", READY[0], "--retire", code=1)
    assert "comes ready" in run("saved", READY[0], "--where", "tier=gold", "--save", code=1)


@pytest.mark.parametrize("name", ["rfm", "cluster", "value_tenth", "orientation", "service_tier", "loyalty"])
def test_groups_break_down_and_filter_every_measure(run, name):
    whole = run("measure", "customers")["rows"][0]["customers"]
    rows = run("measure", "customers", "churn_rate", "--by", name)["rows"]
    assert sum(r["customers"] for r in rows) == whole and len(rows) > 1
    alone = run("measure", "customers", "--where", f"{name}={rows[0][name]}")["rows"]
    assert alone[0]["customers"] == rows[0]["customers"]
    assert "nearest is" in run("measure", "customers", "--where", f"{name}=nonsense", code=1)
