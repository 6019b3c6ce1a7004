"""The verb campaign plan: the keys that docs/CLI.md promises, and plain refusals."""

import json

import pytest

from tests.cli.test_acting import made  # noqa: F401
from tests.cli.test_staying_and_costs import promised


def test_a_plan_keeps_its_promises(run, made):  # noqa: F811
    asked = ("--hold-out", 0.1, "--effect", 0.01, "--rate", 0.05, "--members", 10_000, "--looks", 5, "--budget", 1000, "--json")
    code, text, _err = run("campaign", "plan", "--workspace", made, *asked)
    told = json.loads(text)
    assert code == 0 and promised("campaign plan") <= set(told)
    assert (told["treated"], told["control"], told["enough"]) == (9000, 1000, False)
    assert [round(one["z"], 3) for one in told["looks"]] == [4.877, 3.357, 2.680, 2.290, 2.031]
    assert told["budget"]["cost"] <= 1000 and "p_value" not in text
    code, text, _err = run("campaign", "plan", "--workspace", made)
    assert code == 0 and "left within 90 days" in text and "stops at the first significant result" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--hold-out", 0), "share held out"),
        (("--rate", 1.5), "between 0 and 1"),
        (("--horizon", 0), "1 to 730 days"),
        (("--budget", -1), "budget"),
        (("--grade", "dire"), "no risk grade dire"),
        (("--where", "tier=none"), "tier"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(run, made, asked, said):  # noqa: F811
    code, _out, err = run("campaign", "plan", "--workspace", made, *asked)
    assert code != 0 and said in err and "Traceback" not in err
