"""The command line in careless hands: doubled options, unknown values, numbers that JSON cannot write."""

import json

import pytest


@pytest.fixture
def run(run):
    return lambda *words: run(*words, "--json")


@pytest.fixture
def workspace(run, tmp_path):
    rows = [f"C{i},{int(i % 4 == 0)},{('a=b', 'c')[i % 2]},{('may', 'jun')[i % 2]}" for i in range(40)]
    (tmp_path / "s.csv").write_text("\n".join(["customer_id,churned,Way,month", *rows]))
    assert run("load", tmp_path / "s.csv", "--yes", "--workspace", tmp_path / "w")[0] == 0
    return tmp_path / "w"


def test_a_column_mapped_twice_is_refused(run, tmp_path):
    (tmp_path / "s.csv").write_text("customer_id,churned\nC1,0\n")
    code, _out, err = run("load", tmp_path / "s.csv", "--yes", "--workspace", tmp_path / "w", "--map", "a=churned", "--map", "a=month")
    assert code == 1 and "names a twice" in err and not (tmp_path / "w").exists()


def test_a_value_may_hold_an_equals_sign_and_an_unknown_one_is_told(run, workspace):
    code, out, _err = run("measure", "churn_rate", "--where", "way=a=b", "--workspace", workspace)
    assert code == 0 and json.loads(out)["rows"][0]["churn_rate"] == 0.5
    code, _out, err = run("measure", "churn_rate", "--where", "Way=a=", "--workspace", workspace)
    assert code == 1 and err == "Way has no value a=; the nearest is a=b.\n"


def test_a_column_called_month_without_dates_is_shown_as_it_is(run, workspace):
    code, out, _err = run("measure", "customers", "--by", "month", "--workspace", workspace)
    assert code == 0 and [r["month"] for r in json.loads(out)["rows"]] == ["jun", "may"]


def test_numbers_beyond_reckoning_are_a_sentence_and_large_ones_are_reckoned_with(run, tmp_path):
    (tmp_path / "e.csv").write_text("arm,y\n" + "c,1e308\nt,-1e308\nc,5\nt,7\n" * 9)
    asked = ("--arm", "arm", "--control", "c", "--outcome", "y", "--design", "randomised")
    code, _out, err = run("campaign", "evaluate", "--file", tmp_path / "e.csv", *asked)
    assert code == 1 and "1e+308 is too large" in err and "Traceback" not in err
    (tmp_path / "e.csv").write_text("arm,y\n" + "c,1e50\nt,-1e50\nc,5\nt,7\n" * 9)
    code, out, _err = run("campaign", "evaluate", "--file", tmp_path / "e.csv", *asked)
    low, value, high = (json.loads(out)["effects"][0][k] for k in ("low", "difference", "high"))
    assert code == 0 and value == pytest.approx(-1e50) and low < value < high


def test_an_argument_that_is_no_text_is_refused_before_anything_is_done(run, workspace):
    code, _out, err = run("lessons", "--put", "Name", "--text", "caf\udce9", "--workspace", workspace)
    assert code == 1 and "is not text in UTF-8" in err and "caf\\udce9" in err
    assert run("lessons", "--put", "Name", "--text", "咖啡 \U0001f600?", "--workspace", workspace)[0] == 0
