"""The verb campaign register: the keys that docs/CLI.md promises, lessons, and plain refusals."""

import json
import shutil

import pytest

from tests.cli.test_acting import made, place  # noqa: F401
from tests.cli.test_staying_and_costs import promised


def test_the_register_keeps_its_promises_and_a_lesson_stays(run, place):  # noqa: F811
    code, out, _err = run("campaign", "register", "--workspace", place, "--json")
    told = json.loads(out)
    assert code == 0 and promised("campaign register") <= set(told)
    number = told["campaigns"][0]["campaign"]
    assert {"grade", "why", "naive", "step", "roi"} <= set(told["campaigns"][0])
    asked = ("campaign", "register", "--workspace", place, "--of", number, "--who", "Li", "--json")
    run(*asked, "--lesson", "Begin earlier")
    code, out, _err = run(*asked, "--lesson", "Not too early")
    line = next(c for c in json.loads(out)["campaigns"] if c["campaign"] == number)
    assert [x["text"] for x in line["lessons"]] == ["Not too early", "Begin earlier"]
    code, out, _err = run("campaign", "register", "--workspace", place)
    assert code == 0 and "Begin earlier" in out and "winner's curse" in out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--lesson", "x"), "needs both"),
        (("--of", "C01"), "needs both"),
        (("--lesson", "x", "--of", "C0l"), "no campaign C0l"),
        (("--lesson", " ", "--of", "C01"), "empty lesson"),
        (("--definition", "cloze"), "cloze"),
    ],
)
def test_the_register_refuses_in_a_sentence(run, made, asked, said, tmp_path):  # noqa: F811
    shutil.copytree(made, tmp_path / "own")
    code, out, err = run("campaign", "register", "--workspace", tmp_path / "own", *asked)
    assert code == 1 and not out and said in err and "Traceback" not in err
