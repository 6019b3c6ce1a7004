"""The verb winback: the keys that docs/CLI.md promises, the list, the file, and plain refusals."""

import json

import pytest

from tests.cli.test_acting import made  # noqa: F401
from tests.cli.test_staying_and_costs import promised


def test_winback_keeps_its_promises_and_writes_its_list(run, made, tmp_path):  # noqa: F811
    out = tmp_path / "list.xlsx"
    code, text, _err = run("winback", "--workspace", made, "--list", "--out", out, "--who", "li", "--json")
    told = json.loads(text)
    assert code == 0 and promised("winback") <= set(told)
    assert told["lost"] == told["n"] + sum(told["left_out"].values())
    assert told["list"]["n"] == len(told["list"]["rows"]) > 0 and out.read_bytes()[:2] == b"PK"
    taken = told["exports"][0]
    assert (taken["who"], taken["n"], taken["kind"], taken["version"]) == ("li", told["list"]["n"], "xlsx", told["version"])
    owner = told["list"]["rows"][0]["owner"]
    code, text, _err = run("winback", "--workspace", made, "--owner", owner, "--json")
    assert {r["owner"] for r in json.loads(text)["list"]["rows"]} == {owner}
    code, text, _err = run("winback", "--workspace", made)
    assert code == 0 and "association" in text and "spontaneous" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--bonus-days", 0), "1 to 3,660 days"),
        (("--owner", "nobody"), "Nobody on this list belongs to nobody"),
        (("--from", "2025-13"), "not a month"),
        (("--from", "2025-06", "--to", "2025-01"), "ends before it starts"),
        (("--where", "shoe=42"), "no dimension shoe"),
        (("--definition", "cloze"), "cloze"),
        (("--out", "list.doc"), "none of them"),
    ],
)
def test_winback_refuses_in_a_sentence(run, made, asked, said):  # noqa: F811
    code, out, err = run("winback", "--workspace", made, *asked)
    assert code == 1 and not out and said in err and "Traceback" not in err
